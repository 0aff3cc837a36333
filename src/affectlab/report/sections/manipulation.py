"""The manipulation check: which state moved which scale, and the texts against each of their controls."""

from __future__ import annotations

from dataclasses import replace

from affectlab.report.by_cell import figures_of, part_for_each_cell
from affectlab.report.design_cell import DesignCell
from affectlab.report.evidence import Evidence
from affectlab.report.figures.forest import induction_forest
from affectlab.report.figures.heatmap import heat_map
from affectlab.report.section import Section
from affectlab.report.sentences import claim_sentences
from affectlab.report.tables import findings_tables

READ = (
    "If a text induces what it is meant to induce, its target scale (outlined) should move furthest, and scales "
    "that it "
    "has nothing to do with should not. Raw differences are in the unit of the scale; standardised ones divide by the "
    "spread between vignettes, which in a model can be so small that they grow out of proportion."
)


def section(evidence: Evidence) -> Section | None:
    """Per measure a map of states by scales and a forest of the controls; every finding."""

    def fill(design_cell: DesignCell, part: Section) -> Section:
        return replace(
            part,
            sentences=tuple(claim_sentences(evidence, design_cell, "induction")),
            tables=findings_tables(evidence, design_cell, "induction"),
            figures=figures_of(evidence, design_cell, heat_map, induction_forest),
        )

    return part_for_each_cell(evidence, Section("manipulation", "Manipulation check", (READ,)), fill)
