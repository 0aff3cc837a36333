"""What was done in a protocol: the speech and the sums."""

from __future__ import annotations

import pandas as pd

from affectlab.report.evidence import Evidence
from affectlab.report.section import Section
from affectlab.report.tabled import tabled
from affectlab.results.manipulation import performance_table


def section(evidence: Evidence) -> Section | None:
    """Errors, longest run, silence, repetition and refusal, per protocol."""
    table = performance_table(evidence.scores, evidence.study.protocol_techniques)
    if table.empty:
        return None
    prose = (
        "Every session took the same number of exchanges. Every number was checked; in the stress test the first "
        "error was pointed out and the sums began again. The sums of the protocols differ in difficulty, so their "
        "errors are told side by side and not compared.",
    )
    caption = "Means over sessions of each score, in the protocol of each state"
    return Section("protocols", "In the protocols", prose, (tabled(evidence.titles, _beside(table), caption),))


def _beside(table: pd.DataFrame) -> pd.DataFrame:
    """A line for each score, the protocols beside each other."""
    place = ["model", "frame", "technique", "stage", "score"]
    wide = table.set_index([*place, "state"])[[*_SUFFIXES]].unstack("state", sort=False)
    names = [(value, state) for state in table["state"].unique() for value in _SUFFIXES]
    shown = pd.DataFrame({f"{state}{_SUFFIXES[value]}": wide[value, state] for value, state in names}).reset_index()
    return shown.drop(columns=[name for name in place if shown[name].nunique() == 1])


_SUFFIXES = {"estimate": "", "low": " low", "high": " high"}
