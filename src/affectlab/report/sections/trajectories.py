"""Trajectories: how each state's target scale went through a session."""

from __future__ import annotations

from dataclasses import replace

from affectlab.report.by_cell import figures_of, part_for_each_cell
from affectlab.report.design_cell import DesignCell
from affectlab.report.evidence import Evidence
from affectlab.report.figures.trajectory import trajectories
from affectlab.report.section import Section

READ = (
    "From baseline through induction and stabilisation to regulation. The baseline is shared by all vignettes and has "
    "no interval."
)


def section(evidence: Evidence) -> Section | None:
    """A figure for each measure."""

    def fill(design_cell: DesignCell, part: Section) -> Section:
        return replace(part, figures=figures_of(evidence, design_cell, trajectories))

    return part_for_each_cell(evidence, Section("trajectories", "Trajectories", (READ,)), fill)
