"""The materials of a run, word for word, and the scorings that were made with them."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable
from typing import NamedTuple

from affectlab.materials.catalogue import Catalogue
from affectlab.materials.file import MaterialFile
from affectlab.store.schema import FIRST_SCORING

_FILE = "materials.hash, kind, materials.material, place, text, licence, title, withheld"
_OF_SCORING = "FROM keys JOIN materials ON materials.id = keys.material WHERE scoring = ?"


class Scoring(NamedTuple):
    """How scores were made of the observations."""

    number: int
    affectlab: str
    """The version that made them."""
    changes: tuple[str, ...]
    """What differs from the scoring before: each corrected field, with its old and its new value."""


class KeptFile(NamedTuple):
    """A file of a material in the store, and what was withheld of it."""

    file: MaterialFile
    hash: str
    """Of the file as it was used."""
    withheld: bool
    """Whether the text was replaced by what describes it, because it may not be passed on."""


def keep(db: sqlite3.Connection, scoring: Scoring, files: Iterable[MaterialFile]) -> None:
    """Keep a scoring and the files with which it is made, each text once."""
    number, affectlab, changes = scoring
    db.execute("INSERT OR REPLACE INTO scorings VALUES (?, ?, ?)", (number, affectlab, json.dumps(changes)))
    for file in files:
        text = zlib.compress(file.text.encode(), 9)
        db.execute(
            "INSERT OR IGNORE INTO materials (hash, kind, material, place, licence, title, text) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (file.hash, file.kind, file.id, file.place, file.licence, file.title, text),
        )
        db.execute(
            "INSERT OR IGNORE INTO keys SELECT ?, id FROM materials WHERE hash = ? AND kind = ? AND material = ?",
            (number, file.hash, file.kind, file.id),
        )


def carry(db: sqlite3.Connection, before: int, scoring: int) -> None:
    """Take the materials of one scoring over into another that has no others of the same names."""
    there = {file.file.key for file in kept_files(db, scoring)}
    query = f"SELECT materials.id, {_FILE} {_OF_SCORING} ORDER BY materials.id"
    others = [row for row, *of in db.execute(query, (before,)).fetchall() if _kept(*of).file.key not in there]
    db.executemany("INSERT INTO keys VALUES (?, ?)", [(scoring, row) for row in others])


def kept_files(db: sqlite3.Connection, scoring: int) -> list[KeptFile]:
    """The files of a scoring."""
    query = f"SELECT {_FILE} {_OF_SCORING} ORDER BY materials.id"
    return [_kept(*row) for row in db.execute(query, (scoring,))]


def _kept(
    hash: str, kind: str, id: str, place: str, text: bytes | None, licence: str, title: str, withheld: int
) -> KeptFile:
    said = zlib.decompress(text).decode() if text is not None else ""
    return KeptFile(MaterialFile(kind, id, place, said, licence, title), hash, bool(withheld))


def kept_catalogue(files: Iterable[KeptFile], lacking: str) -> Catalogue:
    """The materials as they were when the run was made, whatever lies on the disk now."""
    return Catalogue.of((one.file for one in files if one.file.text), lacking=lacking)


def scorings(db: sqlite3.Connection) -> list[Scoring]:
    """Every scoring, in the order in which they were made."""
    rows = db.execute("SELECT number, affectlab, changes FROM scorings ORDER BY number")
    return [Scoring(number, affectlab, tuple(json.loads(changes))) for number, affectlab, changes in rows]


def material_rows(db: sqlite3.Connection) -> dict[tuple[str, str, str], int]:
    """The row of every material of the run itself, by its kind, the language in whose folder it lies, and its id."""
    query = f"SELECT id, kind, materials.material, place {_OF_SCORING}"
    rows = db.execute(query, (FIRST_SCORING,))
    return {MaterialFile(kind, id, place, "").key: row for row, kind, id, place in rows}
