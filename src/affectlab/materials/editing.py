"""A file changed in one part: the lines of that part change, and every other byte stays, comments and order among them.

Nothing is written anew from what was read. The new text of the part is put in the place of the old one, and what comes
of it is read again: a change that would say anything else than was meant is refused.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from affectlab.errors import InputError
from affectlab.materials.document import Document, Place, parse_text
from affectlab.materials.rendered import Rendering, rendering_of
from affectlab.materials.spans import Span, spans

Order = Callable[[Place], Sequence[str]]
"""The keys that a mapping can have, in the order in which a new one is put among the others."""

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
    found = _found(body, place[:-1], document)
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
        ordered = _ordered(content, order(()) if order else ())
        made = lead + "".join(f"{rendering.keyed(key, value, 0)}\n" for key, value in ordered.items())
        return mark + _as_meant([made], content, document)
    ways = (rendering, replace(rendering, lines=False))
    edits = (_Edited(body, document, order, way).rewritten((), document.data, content) for way in ways)
    return mark + _as_meant(edits, content, document)


class _Edited:
    """A text while it is changed, one part after another."""

    def __init__(self, text: str, document: Document, order: Order | None, rendering: Rendering) -> None:
        self.text = text
        self.document = document
        self.order = order
        self.rendering = rendering

    def rewritten(self, place: Place, old: Any, new: Any) -> str:
        """The text with what is new at a place."""
        if says_same(old, new):
            return self.text
        if place and self.found(place).kind == "alias":
            self.replace(place, new)
        elif isinstance(old, dict) and isinstance(new, dict) and old and new:
            self.mapping(place, old, new)
        elif isinstance(old, list) and isinstance(new, list) and old and new:
            self.listed(place, old, new)
        elif place:
            self.replace(place, new)
        return self.text

    def mapping(self, place: Place, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        for key, value in new.items():
            if key in old:
                self.rewritten((*place, key), old[key], value)
        for key in _ordered({key: new[key] for key in new if key not in old}, self.known(place)):
            self.add_key(place, key, new[key], list(new))
        for key in (key for key in old if key not in new):
            self.drop(place, key)

    def listed(self, place: Place, old: Sequence[Any], new: Sequence[Any]) -> None:
        one, other = ([json.dumps(entry, sort_keys=True) for entry in entries] for entries in (old, new))
        for kind, start, end, first, last in reversed(SequenceMatcher(None, one, other, False).get_opcodes()):
            if kind == "equal":
                continue
            shared = min(end - start, last - first)
            for number in reversed(range(start + shared, end)):
                self.drop(place, number)
            for number in range(first + shared, last):
                self.add_entry(place, start + number - first, new[number])
            for number in reversed(range(shared)):
                self.rewritten((*place, start + number), old[start + number], new[first + number])

    def known(self, place: Place) -> Sequence[str]:
        return self.order(place) if self.order is not None else ()

    def found(self, place: Place) -> Span:
        return _found(self.text, place, self.document)

    def splice(self, start: int, end: int, text: str) -> None:
        self.text = self.text[:start] + text + self.text[end:]

    # in brackets, or line by line

    def replace(self, place: Place, value: Any) -> None:
        holder, span = self.found(place[:-1]), self.found(place)
        if holder.style == "[":
            lead = " " if span.start == span.end and self.text[span.start - 1 : span.start] == ":" else ""
            self.splice(span.start, span.end, lead + self.rendering.inside(value))
            return
        column = self.column(holder)
        made = self.rendering.after(value, column, style=span.style)
        if holder.kind == "mapping":
            start = holder.keys[holder.names.index(str(place[-1]))].end
            colon = self.text.index(":", start) + 1
        else:
            colon = self.dash(holder, span) + 1
            made = self.rendering.entry(made, column)
        if self.line_end(colon) < span.start:
            # the old value begins on a line of its own: the new one takes its place there, or stands after the colon
            end = self.line_end(span.end)
            if made.startswith(("\n", "\r")):
                self.splice(self.line_start(span.start), end, made.lstrip("\r\n"))
                return
            rest = self.text[self.line_end(colon) : self.line_start(span.start)].rstrip("\r\n ")
            comment = self.text[colon : self.line_end(colon)]
            self.splice(colon, end, made + comment + rest)
            return
        rest = self.text[span.end : self.line_end(span.end)]
        self.splice(colon, self.line_end(span.end), _first_line(made, rest))

    def add_key(self, place: Place, key: str, value: Any, names: Sequence[str]) -> None:
        holder = self.found(place)
        index = _index(key, holder.names, self.known(place) or names)
        if holder.style == "[":
            self.insert_inside(holder, index, f"{self.rendering.inside(key)}: {self.rendering.inside(value)}")
            return
        column = self.column(holder)
        line = self.rendering.keyed(key, value, column)
        if index == 0:
            start = holder.keys[0].start
            self.splice(start, start, line + self.rendering.newline + " " * column)
        else:
            end = self.line_end(holder.values[index - 1].end)
            self.splice(end, end, self.rendering.newline + " " * column + line)

    def add_entry(self, place: Place, index: int, value: Any) -> None:
        holder = self.found(place)
        if holder.style == "[":
            self.insert_inside(holder, index, self.rendering.inside(value))
            return
        column = self.column(holder)
        flow = all(one.style == "[" or one.kind == "scalar" for one in holder.values)
        entry = "-" + self.rendering.entry(self.rendering.after(value, column, short=flow), column)
        if index == 0:
            self.splice(holder.start, holder.start, entry + self.rendering.newline + " " * column)
        else:
            end = self.line_end(holder.values[index - 1].end)
            self.splice(end, end, self.rendering.newline + " " * column + entry)

    def drop(self, place: Place, name: str | int) -> None:
        holder = self.found(place)
        index = holder.names.index(str(name)) if holder.kind == "mapping" else int(name)
        if holder.style == "[":
            self.drop_inside(holder, index)
            return
        starts = [one.start for one in holder.keys] or [self.dash(holder, one) for one in holder.values]
        start, end = starts[index], self.line_end(holder.values[index].end)
        line = self.line_start(start)
        if not self.text[line:start].strip():
            self.splice(line, self.next_line(end), "")
        elif index + 1 < len(starts):
            self.splice(start, starts[index + 1], "")

    def insert_inside(self, holder: Span, index: int, made: str) -> None:
        starts = [one.start for one in holder.keys or holder.values]
        if not starts:
            self.splice(holder.start + 1, holder.start + 1, made)
            return
        line = self.line_start(starts[-1])
        own_line = not self.text[line : starts[-1]].strip()
        between = self.rendering.newline + self.text[line : starts[-1]] if own_line else " "
        if index < len(starts):
            self.splice(starts[index], starts[index], f"{made},{between}")
            return
        end = holder.values[-1].end
        comma = _comma(self.text, end, holder.end)
        if comma >= 0:
            self.splice(comma + 1, comma + 1, f"{between}{made},")
        elif own_line and self.line_end(end) < holder.end - 1:
            stop = self.line_end(end)
            self.splice(stop, stop, between + made)
            self.splice(end, end, ",")
        else:
            self.splice(end, end, f",{between}{made}")

    def drop_inside(self, holder: Span, index: int) -> None:
        start = (holder.keys or holder.values)[index].start
        end = holder.values[index].end
        following = (holder.keys or holder.values)[index + 1].start if index + 1 < len(holder.values) else holder.end
        comma = _comma(self.text, end, following)
        if comma >= 0:
            end = comma + 1
        elif index:
            before = _comma(self.text, holder.values[index - 1].end, start)
            if self.text[before + 1 : start].strip() or "\n" in self.text[before:start]:
                self.splice(start, end, "")
                self.splice(before, before + 1, "")
                self.drop_blank(start - 1)
                return
            start = before
        stop = end
        while comma >= 0 and self.text[stop : stop + 1] == " " and self.text[stop + 1 : stop + 2] != "#":
            stop += 1
        self.splice(start, stop, "")
        self.drop_blank(start)

    def drop_blank(self, at: int) -> None:
        """Take out the line at a position where nothing, or a comment on what was there alone, is left of it."""
        line, end = self.line_start(at), self.line_end(at)
        left = self.text[line:end].strip()
        if line and (not left or (left.startswith("#") and line <= at and not self.text[line:at].strip())):
            self.splice(line, self.next_line(end), "")

    # lines

    def column(self, holder: Span) -> int:
        start = holder.keys[0].start if holder.keys else holder.start
        return start - self.line_start(start)

    def dash(self, holder: Span, entry: Span) -> int:
        """Where the dash of an entry stands: in the column of the list, in the nearest line above its value."""
        column = self.column(holder)
        line = self.line_start(entry.start)
        while line > 0 and self.text[line + column : line + column + 1] != "-":
            line = self.line_start(line - 1)
        return line + column

    def line_start(self, at: int) -> int:
        return self.text.rfind("\n", 0, at) + 1

    def line_end(self, at: int) -> int:
        found = self.text.find("\n", at)
        end = len(self.text) if found < 0 else found
        return end - 1 if self.text[end - 1 : end] == "\r" and end > at else end

    def next_line(self, end: int) -> int:
        found = self.text.find("\n", end)
        return len(self.text) if found < 0 else found + 1


def says_same(one: Any, other: Any) -> bool:
    """Whether two values say the same in a file: 1 and 1.0 do, and 1 and true do not.

    >>> says_same({"a": 1}, {"a": 1.0}), says_same([True], [1])
    (True, False)
    """
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(says_same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(says_same, one, other))
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)


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


def _found(text: str, place: Place, document: Document) -> Span:
    span: Span | None = spans(text)
    for name in place:
        span = None if span is None else span.part(name)
    if span is None:
        raise document.error("is written elsewhere in the file (`*name`)", place, hint="change it in the file itself")
    return span


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
        held += [None] * (name + 1 - len(held))
        held[name] = put(held[name], place[1:], value)
        return held
    kept = dict(content) if isinstance(content, dict) else {}
    kept[name] = put(kept.get(name), place[1:], value)
    return kept


def _ordered(content: Mapping[str, Any], known: Sequence[str]) -> dict[str, Any]:
    """The keys in the order in which they are known; others last."""
    ranks = {name: rank for rank, name in enumerate(known)}
    return dict(sorted(content.items(), key=lambda one: ranks.get(one[0], len(ranks))))


def _index(key: str, there: Sequence[str], known: Sequence[str]) -> int:
    """Where a new key goes: after the nearest one that comes before it."""
    if key not in known:
        return len(there)
    before = set(known[: known.index(key)])
    return max((index + 1 for index, name in enumerate(there) if name in before), default=0)


def _comma(text: str, start: int, end: int) -> int:
    """Where the comma between two entries stands, which no comment holds; -1 where there is none."""
    at = start
    while at < end:
        if text[at] == "#":
            at = text.find("\n", at)
            if at < 0:
                return -1
        elif text[at] == ",":
            return at
        at += 1
    return -1


def _first_line(made: str, rest: str) -> str:
    """What is written after a colon, with what stood after the old value at the end of its first line."""
    first, newline, others = made.partition("\n")
    if not rest.strip():
        return first + newline + others
    carriage = "\r" if first.endswith("\r") else ""
    return first.removesuffix("\r") + rest + carriage + newline + others
