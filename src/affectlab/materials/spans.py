"""Where in the text of a file each of its parts stands, to the character: what a change of one part rests on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from affectlab.materials.document import HALVES, LOADER


@dataclass(frozen=True)
class Span:
    """A part of a text: a scalar, a list, a mapping, or an alias, which stands for another part."""

    start: int
    end: int
    kind: str
    """``scalar``, ``list``, ``mapping``, or ``alias``."""
    style: str = ""
    """Of a scalar: ``|``, ``>``, a quote, or nothing. Of a list or mapping: ``[`` where it stands in brackets."""
    keys: tuple[Span, ...] = ()
    """Of a mapping."""
    values: tuple[Span, ...] = ()
    """Of a mapping, or of a list."""
    names: tuple[str, ...] = ()
    """What the keys say."""

    def part(self, name: str | int) -> Span | None:
        """The part of a name or number; None where there is none, or it stands elsewhere."""
        if self.kind == "mapping" and name in self.names:
            return self.values[self.names.index(str(name))]
        if self.kind == "list" and isinstance(name, int) and 0 <= name < len(self.values):
            return self.values[name]
        return None


def spans(text: str) -> Span:
    """The parts of a text that can be read.

    >>> found = spans("states: [fear, joy]  # two")
    >>> [(one.start, one.end) for one in found.part("states").values]
    [(9, 13), (15, 18)]
    """
    # of the same length, so that every part stays where it is
    readable = HALVES.sub(lambda found: "x" * len(found[0]), text) if text.lstrip().startswith("{") else text
    events = yaml.parse(readable, Loader=LOADER)
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            return _span(next(events), events, text)
    return Span(0, 0, "scalar")


def _span(event: Any, events: Iterator[Any], text: str) -> Span:
    start, end = event.start_mark.index, event.end_mark.index
    if isinstance(event, yaml.AliasEvent):
        return Span(start, end, "alias")
    if isinstance(event, yaml.ScalarEvent):
        # a block scalar is said to end where the next part begins
        style = event.style or ""
        return Span(start, _trimmed(text, start, end) if style in ("|", ">") else end, "scalar", style)
    parts: list[Span] = []
    names: list[str] = []
    mapping = isinstance(event, yaml.MappingStartEvent)
    closing = yaml.MappingEndEvent if mapping else yaml.SequenceEndEvent
    for child in events:
        if isinstance(child, closing):
            mark: Any = child.end_mark
            end = mark.index
            break
        if mapping and len(parts) % 2 == 0:
            names.append(getattr(child, "value", ""))
        parts.append(_span(child, events, text))
    if not event.flow_style:
        end = parts[-1].end if parts else start
    keys, values = (parts[::2], parts[1::2]) if mapping else ([], parts)
    style = "[" if event.flow_style else ""
    return Span(start, end, "mapping" if mapping else "list", style, tuple(keys), tuple(values), tuple(names))


def _trimmed(text: str, start: int, end: int) -> int:
    return start + len(text[start:end].rstrip())
