"""What a section shows design cell by design cell, so that nothing is pooled that differs by design."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from affectlab.materials.instrument import Instrument
from affectlab.report.design_cell import DesignCell
from affectlab.report.evidence import Evidence
from affectlab.report.figure import Figure
from affectlab.report.numbers import counted
from affectlab.report.section import Section

DrawnOf = Callable[[Evidence, DesignCell, Instrument], Figure | None]
"""Draws one measure in one design cell."""

DRAWN = 6
"""Design cells for which figures are drawn; the findings of all are in the section of findings and in its file."""


def figures_of(evidence: Evidence, design_cell: DesignCell, *draw: DrawnOf) -> tuple[Figure, ...]:
    """The figures of each measure of a design cell that can be read, as far as there is something to draw."""
    drawn = (one(evidence, design_cell, instrument) for instrument in evidence.readable(design_cell) for one in draw)
    return tuple(figure for figure in drawn if figure is not None)


def part_for_each_cell(
    evidence: Evidence, section: Section, fill: Callable[[DesignCell, Section], Section]
) -> Section | None:
    """A section with what it shows of each design cell: in itself where there is one, in parts where there are several.

    Args:
        section: its title, and what it says of all design cells.
        fill: what it shows of one, given an empty section.

    Returns:
        None where nothing is shown of any.
    """
    drawn = evidence.design_cells[:DRAWN]
    parts = [
        fill(one, Section(f"{section.id}-{number}", one.label(evidence.design_cells)))
        for number, one in enumerate(drawn)
    ]
    if all(part.bare for part in parts):
        return None
    if len(evidence.design_cells) == 1:
        (only,) = parts
        return replace(only, id=section.id, title=section.title, sentences=(*section.sentences, *only.sentences))
    left = len(evidence.design_cells) - len(drawn)
    more = f"The first {counted(len(drawn), 'design cell')} stand here; the other {left} are among the findings."
    return replace(section, parts=tuple(map(_said, parts)), notes=(*section.notes, *([more] if left else ())))


def _said(part: Section) -> Section:
    nothing = "Nothing is shown here: no measure that this model can use bears on it, or it is not part of the design."
    return replace(part, sentences=(nothing,)) if part.bare else part
