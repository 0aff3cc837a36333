"""Regulation against each of its controls: every technique in every state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from affectlab.report.by_cell import part_for_each_cell
from affectlab.report.design_cell import DesignCell
from affectlab.report.evidence import Evidence
from affectlab.report.figure import Figure
from affectlab.report.figures.forest import regulation_forest
from affectlab.report.figures.techniques import technique_map
from affectlab.report.manner import by_manner, many
from affectlab.report.numbers import listed
from affectlab.report.section import Section
from affectlab.report.sentences import claim_sentences
from affectlab.report.tables import findings_tables

READ = (
    "A drop after an exercise is an effect of the exercise only as far as a control of the same length does not bring "
    "it as well."
)


def section(evidence: Evidence) -> Section | None:
    """Per measure a forest of each technique, or a map of many; every finding."""

    def fill(design_cell: DesignCell, part: Section) -> Section:
        return replace(
            part,
            sentences=tuple(claim_sentences(evidence, design_cell, "regulation")),
            tables=findings_tables(evidence, design_cell, "regulation"),
            figures=tuple(_forests(evidence, design_cell)),
            notes=tuple(_starts(evidence, design_cell)),
        )

    return part_for_each_cell(evidence, Section("regulation", "Regulation against each control", (READ,)), fill)


def _starts(evidence: Evidence, design_cell: DesignCell) -> Iterator[str]:
    """From which point the changes are counted, in each manner in which something was given."""
    for manner, found in by_manner(evidence.found(design_cell, "regulation")):
        starts = listed(list(dict.fromkeys(map(evidence.summary.begins_of, found))))
        yield f"Regulation{manner.words}: change of the target scale from {starts} to regulated."


def _forests(evidence: Evidence, design_cell: DesignCell) -> Iterator[Figure]:
    """Each technique against its controls; where techniques are many, all against the first control."""
    for instrument in evidence.readable(design_cell):
        for manner, found in by_manner(evidence.found(design_cell, "regulation", instrument.id)):
            if many(found):
                yield technique_map(evidence, design_cell, instrument, found)
                continue
            for technique in evidence.techniques:
                of_technique = [one for one in found if one.regulation == technique]
                if of_technique:
                    yield regulation_forest(evidence, design_cell, instrument, of_technique, manner=manner.words)
