"""A file changed in one part: the lines of that part change, and every other byte stays, comments and order among them.

Nothing is written anew from what was read. The new text of the part is put in the place of the old one, and what comes
of it is read again: a change that would say anything else than was meant is refused.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from affectlab.errors import InputError
from affectlab.materials.document import Document, Place, parse_text
from affectlab.materials.edited import EditedText, Order, ordered, says_same, span_at
from affectlab.materials.rendered import rendering_of

_MARK = "\ufeff"


def with_value(text: str, place: Place, value: Any, order: Order | None = None, *, path: Path = Path()) -> str:
    """The text of a file with another value at a place; what holds it is made where it is not there yet.

    Args:
        order: of the keys of a mapping; a new key comes last if None.
        path: of the file, for errors.

    Raises:
        InputError: the file cannot be read, or the value cannot be changed without changing another.

    >>> with_value("states: [fear, joy]  # two", ("states",), ["fear", "anger", "joy"])
    'states: [fear, anger, joy]  # two'
    >>> with_value("id: a\\n", ("induction", "texts"), 8)
    'id: a\\ninduction: {texts: 8}\\n'
    """
    content = copy.deepcopy(_read(text, path).data)
    return rewritten(text, put(content, place, value), order, path=path)


def without_part(text: str, place: Place, *, path: Path = Path()) -> str:
    """The text of a file without the key or entry at a place, and without what then holds nothing.

    The same where there is none.

    Raises:
        InputError: as ``with_value``.

    >>> without_part("a: 1\\n# of b\\nb: 2  # gone\\nc: 3\\n", ("b",))
    'a: 1\\n# of b\\nc: 3\\n'
    """
    content = copy.deepcopy(_read(text, path).data)
    if not _holds(content, place):
        return text
    holder = _at(content, place[:-1])
    del holder[place[-1]]
    while not holder and len(place) > 1:
        # a part in which nothing is left goes with it
        place = place[:-1]
        holder = _at(content, place[:-1])
        del holder[place[-1]]
    return rewritten(text, content, path=path)


def with_key(text: str, place: Place, name: str, *, path: Path = Path()) -> str:
    """The text of a file in which the key at a place has another name.

    Raises:
        InputError: as ``with_value``, or there is such a key already.

    >>> with_key("hypotheses:\\n  one: It rises.  # yes\\n", ("hypotheses", "one"), "rise")
    'hypotheses:\\n  rise: It rises.  # yes\\n'
    """
    document = _read(text, path)
    content = copy.deepcopy(document.data)
    holder = _at(content, place[:-1])
    if not isinstance(holder, dict) or place[-1] not in holder or name == place[-1]:
        return text
    if name in holder:
        raise document.error(f"key `{name}` stands twice", place, hint="keep one of the two")
    named = {name if key == place[-1] else key: value for key, value in holder.items()}
    content = put(content, place[:-1], named) if place[:-1] else named
    body, mark = _bare(text)
    found = span_at(body, place[:-1], document)
    key = found.keys[found.names.index(str(place[-1]))]
    made = body[: key.start] + rendering_of(body).inside(name) + body[key.end :]
    return mark + _as_meant([made], content, document)


def rewritten(text: str, content: Any, order: Order | None = None, *, path: Path = Path()) -> str:
    """The text of a file that says something else now: with as few lines changed as can be.

    Raises:
        InputError: the file cannot be read, or a value cannot be changed without changing another.
    """
    document = _read(text, path)
    body, mark = _bare(text)
    rendering = rendering_of(body)
    if document.data is None:
        lead = body if not body or body.endswith("\n") else body + "\n"
        keys = ordered(content, order(()) if order else ())
        made = lead + "".join(f"{rendering.keyed(key, value, 0)}\n" for key, value in keys.items())
        return mark + _as_meant([made], content, document)
    ways = (rendering, replace(rendering, lines=False))
    edits = (EditedText(body, document, order, way).rewritten((), document.data, content) for way in ways)
    return mark + _as_meant(edits, content, document)


def _read(text: str, path: Path) -> Document:
    return parse_text(_bare(text)[0], path)


def _bare(text: str) -> tuple[str, str]:
    """The text without the mark of its encoding, and the mark."""
    return (text[1:], _MARK) if text.startswith(_MARK) else (text, "")


def _as_meant(edits: Iterable[str], content: Any, document: Document) -> str:
    """The first of some texts that says what is meant."""
    for text in edits:
        with suppress(InputError):
            if says_same(parse_text(text, document.path).data, content):
                return text
    hint = "change it in the file itself"
    raise document.error("another part of the file rests on this one, or it is written in a rare way", hint=hint)


def _at(content: Any, place: Place) -> Any:
    for name in place:
        if not _holds(content, (name,)):
            return None
        content = content[name]
    return content


def _holds(content: Any, place: Place) -> bool:
    for name in place:
        if isinstance(content, list):
            known = isinstance(name, int) and name in range(len(content))
        else:
            known = isinstance(content, dict) and name in content
        if not known:
            return False
        content = content[name]
    return True


def put(content: Any, place: Place, value: Any) -> Any:
    """The content of a file with a value at a place; what holds it is made where it is not there yet."""
    if not place:
        return value
    name = place[0]
    if isinstance(name, int):
        held = list(content) if isinstance(content, list) else []
        if name > len(held):
            raise InputError(f"entry {name + 1} of {len(held)}", hint="add one after the last")
        held += [None] * (name + 1 - len(held))
        held[name] = put(held[name], place[1:], value)
        return held
    kept = dict(content) if isinstance(content, dict) else {}
    kept[name] = put(kept.get(name), place[1:], value)
    return kept
