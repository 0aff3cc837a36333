"""Errors: the outcome of every task after each state's texts, against neutral texts and against each control."""

from __future__ import annotations

from dataclasses import replace

from affectlab.report.by_cell import part_for_each_cell
from affectlab.report.design_cell import DesignCell
from affectlab.report.evidence import Evidence
from affectlab.report.figures.bias import bias_plots
from affectlab.report.section import Section
from affectlab.report.sections.completions import completions
from affectlab.report.sentences import claim_sentences
from affectlab.report.tables import findings_tables


def section(evidence: Evidence) -> Section | None:
    """A forest of each task, or one of many; every finding; the first free completions."""
    first = evidence.design_cells[:1]

    def fill(design_cell: DesignCell, part: Section) -> Section:
        freely = tuple(completions(evidence, design_cell)) if design_cell in first else ()
        return replace(
            part,
            sentences=tuple(claim_sentences(evidence, design_cell, "error")),
            tables=(*findings_tables(evidence, design_cell, "error"), *freely),
            figures=tuple(bias_plots(evidence, design_cell)),
        )

    return part_for_each_cell(evidence, Section("errors", "Errors"), fill)
