"""What unusual units mean, to be said where one is first used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from affectlab.report.section import Section

UNITS = {
    "nats": "One nat, a step of log probability, makes words 2.7 times as probable, half a nat 1.6 times.",
    "log odds": "0.7 log odds make odds twice as high.",
    "log ratio": "A log ratio of 0.7 is twice as large.",
    "points": "Points are steps of the measure's scale.",
}
"""By the unit, as numbers have it."""


def explained(sections: Iterable[Section]) -> Iterator[Section]:
    """Sections, each unit explained in the notes of the one that uses it first."""
    left = dict(UNITS)
    for section in sections:
        used = [unit for unit in units_in(section) if unit in left]
        yield replace(section, notes=(*section.notes, *(left.pop(unit) for unit in used))) if used else section


def units_in(section: Section) -> list[str]:
    """The unusual units that a section uses."""
    texts = [text for one in section.whole() for text in _texts(one)]
    return [unit for unit in UNITS if any(re.search(rf"\b{unit}\b", text) for text in texts)]


def _texts(section: Section) -> Iterator[str]:
    """Everything that a section says with numbers."""
    yield from (*section.sentences, *section.notes)
    for figure in section.figures:
        yield figure.caption
    for table in section.tables:
        if not table.quoted:
            yield from (table.title, *table.columns, *(cell for row in table.rows for cell in row))
