"""The text of a file while it is changed: each value that differs is replaced where it stands, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from affectlab.materials.document import Document, Place
from affectlab.materials.rendered import Rendering
from affectlab.materials.spans import Span, spans

Order = Callable[[Place], Sequence[str]]
"""The keys that a mapping can have, in the order in which a new one is put among the others."""


class EditedText:
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
        if place and self._found(place).kind == "alias":
            self._replace(place, new)
        elif isinstance(old, dict) and isinstance(new, dict) and old and new:
            self._mapping(place, old, new)
        elif isinstance(old, list) and isinstance(new, list) and old and new:
            self._listed(place, old, new)
        elif place:
            self._replace(place, new)
        return self.text

    def _mapping(self, place: Place, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        for key, value in new.items():
            if key in old:
                self.rewritten((*place, key), old[key], value)
        for key in ordered({key: new[key] for key in new if key not in old}, self._known(place)):
            self._add_key(place, key, new[key], list(new))
        for key in (key for key in old if key not in new):
            self._drop(place, key)

    def _listed(self, place: Place, old: Sequence[Any], new: Sequence[Any]) -> None:
        one, other = ([json.dumps(entry, sort_keys=True) for entry in entries] for entries in (old, new))
        for kind, start, end, first, last in reversed(SequenceMatcher(None, one, other, False).get_opcodes()):
            if kind == "equal":
                continue
            shared = min(end - start, last - first)
            for number in reversed(range(start + shared, end)):
                self._drop(place, number)
            for number in range(first + shared, last):
                self._add_entry(place, start + number - first, new[number])
            for number in reversed(range(shared)):
                self.rewritten((*place, start + number), old[start + number], new[first + number])

    def _known(self, place: Place) -> Sequence[str]:
        return self.order(place) if self.order is not None else ()

    def _found(self, place: Place) -> Span:
        return span_at(self.text, place, self.document)

    def _splice(self, start: int, end: int, text: str) -> None:
        self.text = self.text[:start] + text + self.text[end:]

    # in brackets, or line by line

    def _replace(self, place: Place, value: Any) -> None:
        holder, span = self._found(place[:-1]), self._found(place)
        if holder.style == "[":
            lead = " " if span.start == span.end and self.text[span.start - 1 : span.start] == ":" else ""
            self._splice(span.start, span.end, lead + self.rendering.inside(value))
            return
        column = self._column(holder)
        made = self.rendering.after(value, column, style=span.style)
        if holder.kind == "mapping":
            start = holder.keys[holder.names.index(str(place[-1]))].end
            colon = self.text.index(":", start) + 1
        else:
            colon = self._dash(holder, span) + 1
            made = self.rendering.entry(made, column)
        if self._line_end(colon) < span.start:
            # the old value begins on a line of its own: the new one takes its place there, or stands after the colon
            end = self._line_end(span.end)
            if made.startswith(("\n", "\r")):
                self._splice(self._line_start(span.start), end, made.lstrip("\r\n"))
                return
            rest = self.text[self._line_end(colon) : self._line_start(span.start)].rstrip("\r\n ")
            comment = self.text[colon : self._line_end(colon)]
            self._splice(colon, end, made + comment + rest)
            return
        rest = self.text[span.end : self._line_end(span.end)]
        self._splice(colon, self._line_end(span.end), _first_line(made, rest))

    def _add_key(self, place: Place, key: str, value: Any, names: Sequence[str]) -> None:
        holder = self._found(place)
        index = _index(key, holder.names, self._known(place) or names)
        if holder.style == "[":
            self._insert_inside(holder, index, f"{self.rendering.inside(key)}: {self.rendering.inside(value)}")
            return
        column = self._column(holder)
        line = self.rendering.keyed(key, value, column)
        if index == 0:
            start = holder.keys[0].start
            self._splice(start, start, line + self.rendering.newline + " " * column)
        else:
            end = self._line_end(holder.values[index - 1].end)
            self._splice(end, end, self.rendering.newline + " " * column + line)

    def _add_entry(self, place: Place, index: int, value: Any) -> None:
        holder = self._found(place)
        if holder.style == "[":
            self._insert_inside(holder, index, self.rendering.inside(value))
            return
        column = self._column(holder)
        flow = all(one.style == "[" or one.kind == "scalar" for one in holder.values)
        entry = "-" + self.rendering.entry(self.rendering.after(value, column, short=flow), column)
        if index == 0:
            self._splice(holder.start, holder.start, entry + self.rendering.newline + " " * column)
        else:
            end = self._line_end(holder.values[index - 1].end)
            self._splice(end, end, self.rendering.newline + " " * column + entry)

    def _drop(self, place: Place, name: str | int) -> None:
        holder = self._found(place)
        index = holder.names.index(str(name)) if holder.kind == "mapping" else int(name)
        if holder.style == "[":
            self._drop_inside(holder, index)
            return
        starts = [one.start for one in holder.keys] or [self._dash(holder, one) for one in holder.values]
        start, end = starts[index], self._line_end(holder.values[index].end)
        line = self._line_start(start)
        if not self.text[line:start].strip():
            self._splice(line, self._next_line(end), "")
        elif index + 1 < len(starts):
            self._splice(start, starts[index + 1], "")

    def _insert_inside(self, holder: Span, index: int, made: str) -> None:
        starts = [one.start for one in holder.keys or holder.values]
        if not starts:
            self._splice(holder.start + 1, holder.start + 1, made)
            return
        line = self._line_start(starts[-1])
        own_line = not self.text[line : starts[-1]].strip()
        between = self.rendering.newline + self.text[line : starts[-1]] if own_line else " "
        if index < len(starts):
            self._splice(starts[index], starts[index], f"{made},{between}")
            return
        end = holder.values[-1].end
        comma = _comma(self.text, end, holder.end)
        if comma >= 0:
            self._splice(comma + 1, comma + 1, f"{between}{made},")
        elif own_line and self._line_end(end) < holder.end - 1:
            stop = self._line_end(end)
            self._splice(stop, stop, between + made)
            self._splice(end, end, ",")
        else:
            self._splice(end, end, f",{between}{made}")

    def _drop_inside(self, holder: Span, index: int) -> None:
        start = (holder.keys or holder.values)[index].start
        end = holder.values[index].end
        following = (holder.keys or holder.values)[index + 1].start if index + 1 < len(holder.values) else holder.end
        comma = _comma(self.text, end, following)
        if comma >= 0:
            end = comma + 1
        elif index:
            before = _comma(self.text, holder.values[index - 1].end, start)
            if self.text[before + 1 : start].strip() or "\n" in self.text[before:start]:
                self._splice(start, end, "")
                self._splice(before, before + 1, "")
                self._drop_blank(start - 1)
                return
            start = before
        stop = end
        while comma >= 0 and self.text[stop : stop + 1] == " " and self.text[stop + 1 : stop + 2] != "#":
            stop += 1
        self._splice(start, stop, "")
        self._drop_blank(start)

    def _drop_blank(self, at: int) -> None:
        """Take out the line at a position where nothing, or a comment on what was there alone, is left of it."""
        line, end = self._line_start(at), self._line_end(at)
        left = self.text[line:end].strip()
        if line and (not left or (left.startswith("#") and line <= at and not self.text[line:at].strip())):
            self._splice(line, self._next_line(end), "")

    # lines

    def _column(self, holder: Span) -> int:
        start = holder.keys[0].start if holder.keys else holder.start
        return start - self._line_start(start)

    def _dash(self, holder: Span, entry: Span) -> int:
        """Where the dash of an entry stands: in the column of the list, in the nearest line above its value."""
        column = self._column(holder)
        line = self._line_start(entry.start)
        while line > 0 and self.text[line + column : line + column + 1] != "-":
            line = self._line_start(line - 1)
        return line + column

    def _line_start(self, at: int) -> int:
        return self.text.rfind("\n", 0, at) + 1

    def _line_end(self, at: int) -> int:
        found = self.text.find("\n", at)
        end = len(self.text) if found < 0 else found
        return end - 1 if self.text[end - 1 : end] == "\r" and end > at else end

    def _next_line(self, end: int) -> int:
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


def span_at(text: str, place: Place, document: Document) -> Span:
    """Where the part at a place stands in a text.

    Raises:
        InputError: it is an alias of another part, or below one.
    """
    span: Span | None = spans(text)
    for name in place:
        span = None if span is None else span.part(name)
    if span is None:
        raise document.error("is written elsewhere in the file (`*name`)", place, hint="change it in the file itself")
    return span


def ordered(content: Mapping[str, Any], known: Sequence[str]) -> dict[str, Any]:
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
