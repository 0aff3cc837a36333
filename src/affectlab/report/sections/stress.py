"""What was done in an enacted protocol: the speech and the sums."""

from __future__ import annotations

from affectlab.analysis.manipulation import performance
from affectlab.report.evidence import Evidence
from affectlab.report.sections import Section


def section(evidence: Evidence) -> Section | None:
    """Errors, longest run, silence, repetition and refusal, per protocol."""
    table = performance(evidence.trials, evidence.study.enacted)
    if table.empty:
        return None
    prose = (
        "Every session took the same number of exchanges. Every number was checked; in the stress test the first "
        "error was pointed out and the sums began again. The sums of the protocols differ in difficulty, so their "
        "errors are told side by side and not compared.",
    )
    caption = "Means over sessions, per protocol (its state), stage and score"
    return Section("protocols", "In the protocols", prose, tables={caption: table})
