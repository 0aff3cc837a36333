"""Single vignettes and single answers: what the means are made of."""

from __future__ import annotations

from dataclasses import replace

from affectlab.report.by_cell import figures_of, part_for_each_cell
from affectlab.report.design_cell import DesignCell
from affectlab.report.evidence import Evidence
from affectlab.report.figures.distribution import distributions
from affectlab.report.figures.vignettes import dot_plot
from affectlab.report.section import Section

READ = "What the means are made of: one dot per vignette, and the distribution of single answers as it was read."


def section(evidence: Evidence) -> Section | None:
    """Per measure the vignettes as dots, and single answers as they were read."""

    def fill(design_cell: DesignCell, part: Section) -> Section:
        return replace(part, figures=figures_of(evidence, design_cell, dot_plot, distributions))

    return part_for_each_cell(evidence, Section("vignettes", "Single vignettes and single answers", (READ,)), fill)
