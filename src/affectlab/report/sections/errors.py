"""Errors: the outcome of every task after each state's texts, against neutral texts and against each control."""

from __future__ import annotations

from dataclasses import replace

from affectlab.report.evidence import Evidence
from affectlab.report.figures.bias import bias_plots
from affectlab.report.section import Section
from affectlab.report.sections.completions import completions
from affectlab.report.sentences import claim_sentences
from affectlab.report.setting import Setting
from affectlab.report.settings import by_setting
from affectlab.report.tables import findings_tables


def section(evidence: Evidence) -> Section | None:
    """A forest of each task, or one of many; every finding; the first free completions."""
    first = evidence.settings[:1]

    def fill(setting: Setting, part: Section) -> Section:
        freely = tuple(completions(evidence, setting)) if setting in first else ()
        return replace(
            part,
            sentences=tuple(claim_sentences(evidence, setting, "error")),
            tables=(*findings_tables(evidence, setting, "error"), *freely),
            figures=tuple(bias_plots(evidence, setting)),
        )

    return by_setting(evidence, Section("errors", "Errors"), fill)
