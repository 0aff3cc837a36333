"""Full-text search in all that was said in a run. The index lies in the user's cache, and is no part of the run."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sqlite3
import tempfile
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from affectlab.participants.cache import cache_folder
from affectlab.run import STORE, content_stamp

_BUILD = """
CREATE TABLE texts (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE places (text INTEGER NOT NULL, session INTEGER NOT NULL, PRIMARY KEY (text, session)) WITHOUT ROWID;
CREATE TABLE stamp (stamp TEXT NOT NULL);
INSERT INTO texts (text) SELECT DISTINCT text FROM run.turns WHERE role != 'intervention';
INSERT OR IGNORE INTO texts (text) SELECT DISTINCT text FROM run.responses WHERE text != '';
CREATE TEMP TABLE numbered AS SELECT turns.id, turns.parent, texts.id AS text
  FROM run.turns LEFT JOIN texts ON texts.text = turns.text;
CREATE UNIQUE INDEX temp.numbered_id ON numbered (id);
INSERT OR IGNORE INTO places
  WITH RECURSIVE said (session, turn) AS (
    SELECT id, conversation FROM run.sessions
    UNION SELECT session, conversation FROM run.observations JOIN run.responses ON responses.id = response
      WHERE session >= 0
    UNION SELECT session, parent FROM said JOIN numbered ON numbered.id = turn WHERE parent IS NOT NULL)
  SELECT text, session FROM said JOIN numbered ON numbered.id = turn WHERE text IS NOT NULL;
INSERT OR IGNORE INTO places SELECT texts.id, session FROM run.observations
  JOIN run.responses ON responses.id = response JOIN texts ON texts.text = responses.text WHERE session >= 0;
CREATE VIRTUAL TABLE said
  USING fts5 (text, content='texts', content_rowid='id', tokenize="unicode61 remove_diacritics 2");
INSERT INTO said (said) VALUES ('rebuild');
"""
_MATCHED = """
FROM places WHERE text IN (SELECT rowid FROM said WHERE said MATCH :words)
AND (:among IS NULL OR session IN (SELECT value FROM json_each(:among)))"""
_COUNTED = f"SELECT count(DISTINCT session) {_MATCHED}"
_PAGE = f"""
SELECT session, min(text) {_MATCHED} GROUP BY session ORDER BY session LIMIT :many OFFSET :after"""
_EXCERPTS = """
SELECT rowid, snippet(said, 0, char(2), char(3), ' … ', 16) FROM said
WHERE said MATCH :words AND rowid IN (SELECT value FROM json_each(:texts))"""
_WORD = re.compile(r"\w+", re.UNICODE)


class Hit(NamedTuple):
    """A session in which the words were said."""

    session: int
    excerpt: tuple[tuple[str, bool], ...]
    """Parts of a text, and whether each is one of the words."""


class SearchIndex:
    """The index of one run, made anew where the run has changed."""

    def __init__(self, run: Path) -> None:
        self._run = run.resolve()
        name = hashlib.sha256(str(self._run).encode()).hexdigest()
        self.path = cache_folder() / "search" / f"{name}.sqlite"

    def count(self, words: str, among: Collection[int] | None = None) -> int:
        """In how many sessions all the words were said in one text; the last word may be the beginning of one.

        Args:
            words: as they are typed: everything beside letters and numbers only parts them.
            among: the sessions that are looked at; all if None.
        """
        wanted = _wanted(words, among)
        return int(self._read(_COUNTED, wanted)[0][0]) if wanted["words"] else 0

    def hits(self, words: str, among: Collection[int] | None = None, *, after: int = 0, many: int = -1) -> list[Hit]:
        """Such sessions in their order, each with the first text that has the words.

        Args:
            words: as for ``count``.
            among: as for ``count``.
            after: how many are passed over.
            many: how many are told at most; all that follow if negative.
        """
        wanted = _wanted(words, among)
        if not wanted["words"]:
            return []
        found = self._read(_PAGE, {**wanted, "after": after, "many": many})
        texts = json.dumps(sorted({text for _, text in found}))
        excerpts = dict(self._read(_EXCERPTS, {"words": wanted["words"], "texts": texts}))
        return [Hit(session, _parts(excerpts[text])) for session, text in found]

    def _read(self, query: str, values: Mapping[str, Any]) -> list[Any]:
        self.make_current()
        with closing(sqlite3.connect(f"{self.path.as_uri()}?mode=ro", uri=True)) as db:
            return db.execute(query, values).fetchall()

    def make_current(self) -> None:
        """Have the index be that of the run as it is now."""
        stamp = content_stamp(self._run)
        try:
            with closing(sqlite3.connect(f"{self.path.as_uri()}?mode=ro", uri=True)) as db:
                if db.execute("SELECT stamp FROM stamp").fetchall() == [(stamp,)]:
                    return
        except sqlite3.Error:
            pass
        self._build(stamp)

    def _build(self, stamp: str) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.path.parent, suffix=".part")
        os.close(handle)
        try:
            with closing(sqlite3.connect(name, uri=True, isolation_level=None)) as db:
                db.execute("PRAGMA synchronous=OFF")
                db.execute("PRAGMA journal_mode=OFF")
                db.execute("ATTACH ? AS run", (f"{(self._run / STORE).as_uri()}?mode=ro",))
                db.executescript(f"BEGIN;{_BUILD}")
                db.execute("INSERT INTO stamp VALUES (?)", (stamp,))
                db.execute("COMMIT")
            os.replace(name, self.path)
        finally:
            Path(name).unlink(missing_ok=True)


def _wanted(words: str, among: Collection[int] | None) -> dict[str, Any]:
    return {"words": matching(words), "among": None if among is None else json.dumps(list(among))}


def matching(words: str) -> str:
    """What is typed as a question to the index: its words alone, since signs there have a meaning.

    >>> matching('thin "ice" OR -col')
    '"thin" "ice" "OR" "col"*'
    """
    found: Sequence[str] = _WORD.findall(words)
    return " ".join(f'"{one}"' for one in found) + ("*" if found else "")


def _parts(text: str) -> tuple[tuple[str, bool], ...]:
    """An excerpt in parts; what the index put around the words is taken out."""
    parts = re.split("([\x02\x03])", text)
    found, marked = [], False
    for part in parts:
        if part in ("\x02", "\x03"):
            marked = part == "\x02"
        elif part:
            found.append((part, marked))
    return tuple(found)
