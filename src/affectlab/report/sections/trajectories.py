"""Trajectories: how each state's own scale went through a session."""

from __future__ import annotations

from dataclasses import replace

from affectlab.report.evidence import Evidence
from affectlab.report.figures.trajectory import trajectories
from affectlab.report.section import Section
from affectlab.report.setting import Setting
from affectlab.report.settings import by_setting

READ = (
    "From baseline through induction and stabilisation to regulation. The baseline is shared by all vignettes and has "
    "no interval."
)


def section(evidence: Evidence) -> Section | None:
    """A figure for each measure."""

    def fill(setting: Setting, part: Section) -> Section:
        drawn = (trajectories(evidence, setting, one) for one in evidence.readable(setting))
        return replace(part, figures=tuple(figure for figure in drawn if figure is not None))

    return by_setting(evidence, Section("trajectories", "Trajectories", (READ,)), fill)
