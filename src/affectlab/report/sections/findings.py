"""The findings in words, design cell by design cell, and what the validity checks say against them."""

from __future__ import annotations

from affectlab.report.check import concern, verdicts
from affectlab.report.clinical_trial import primary_outcome
from affectlab.report.evidence import Evidence
from affectlab.report.section import Section
from affectlab.report.sentences import findings_paragraph
from affectlab.report.table import Table
from affectlab.report.tables import frame

EVERY = "Every finding"


def section(evidence: Evidence) -> Section:
    """Of a trial its primary outcome; a paragraph for each design cell; then what speaks against all of them."""
    said = [(one.label(evidence.design_cells), findings_paragraph(evidence, one)) for one in evidence.design_cells]
    parts = [Section(f"findings-{number}", label, (text,)) for number, (label, text) in enumerate(said)]
    sentences = (*primary_outcome(evidence), *(text for _, text in said if len(said) == 1))
    against = Section("against", "What speaks against it", (verdicts(evidence.checks), *_concerns(evidence)))
    found = evidence.summary.findings
    every = (Table.of(frame(found), EVERY, folded=True),) if found else ()
    file = Section("every", EVERY, tables=every)
    return Section(
        "findings",
        "Findings",
        sentences,
        parts=(*(parts if len(said) > 1 else ()), against, *(() if file.bare else (file,))),
    )


def _concerns(evidence: Evidence) -> list[str]:
    return [f"{one.name}. {concern(one)}" for one in evidence.checks if one.verdict in ("fails", "borderline")]
