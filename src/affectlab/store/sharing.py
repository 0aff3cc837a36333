"""Taking out of a copy of a store what may not be passed on."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from affectlab.materials.file import MaterialFile
from affectlab.store.store import Store

WITHHELD = "[withheld]"
_LONG = 3
"""So many words of a material in something said are no coincidence."""


class Withheld(NamedTuple):
    """A material that may not be passed on."""

    hash: str
    file: MaterialFile
    instead: MaterialFile | None
    """What is left of it."""
    texts: tuple[str, ...]


def withhold(copy: Store, materials: Sequence[Withheld], said: Mapping[str, str]) -> None:
    """Replace materials by what describes them, and everything said and asked that stems from them.

    Args:
        said: for each text that is known to stem from one, what stands in its place.
    """
    for one in materials:
        text = zlib.compress(one.instead.text.encode(), 9) if one.instead is not None else None
        copy.change("UPDATE materials SET text = ?, withheld = 1 WHERE hash = ?", [(text, one.hash)])
        _questions(copy, one)
    _turns(copy, materials, said)
    facts = [
        {"kind": file.kind, "id": file.id, "title": file.title, "licence": file.licence, "hash": hash}
        for hash, file, _, _ in materials
    ]
    copy.describe("withheld", [*(copy.described("withheld") or []), *facts])
    copy.tidy()


def _questions(copy: Store, one: Withheld) -> None:
    """The questions that were asked with a material, or about it: how the turn was begun, and the options."""
    _, rows = copy.query(
        "SELECT DISTINCT responses.id, opening, texts.text, conversation FROM observations "
        "JOIN probes ON probes.id = observations.probe LEFT JOIN materials ON materials.id = probes.material "
        "JOIN responses ON responses.id = observations.response LEFT JOIN texts ON texts.id = responses.options "
        "WHERE materials.hash = ? OR subject = ?",
        (one.hash, one.file.id),
    )
    whole, begun = set(one.texts), set()
    answers: list[tuple[Any, ...]] = []
    for id, opening, options, _ in rows:
        hidden = opening
        if any(text in opening for text in one.texts):
            begun.add(opening)
            hidden = WITHHELD
        shown = [
            f" [{number}]" if option.strip() in whole else option
            for number, option in enumerate(json.loads(options) if options else [], 1)
        ]
        answers.append((hidden, copy.listed(shown) if options else None, id))
    copy.change("UPDATE responses SET opening = ?, options = ? WHERE id = ?", answers)
    asked = {conversation for _, _, _, conversation in rows}
    ends = [(f"{WITHHELD} asked with {one.file.kind} {one.file.id}", id) for id in sorted(asked)]
    copy.change("UPDATE turns SET text = ? WHERE id = ? AND role = 'user'", ends)
    _, replies = copy.query("SELECT id, text FROM turns WHERE role = 'assistant'")
    hidden_replies = [(WITHHELD, id) for id, text in replies if any(text.startswith(opening) for opening in begun)]
    copy.change("UPDATE turns SET text = ? WHERE id = ?", hidden_replies)


def _turns(copy: Store, materials: Iterable[Withheld], said: Mapping[str, str]) -> None:
    """Everything said that is known to stem from a material, or has a passage of one in it."""
    passages = [text for one in materials for text in one.texts if len(text.split()) >= _LONG]
    changed: list[tuple[str, str]] = []
    for id, text in copy.query("SELECT id, text FROM turns")[1]:
        shown = said.get(text, text)
        for passage in passages:
            if passage in shown:
                shown = shown.replace(passage, WITHHELD)
        if shown != text:
            changed.append((shown, id))
    copy.change("UPDATE turns SET text = ? WHERE id = ?", changed)
