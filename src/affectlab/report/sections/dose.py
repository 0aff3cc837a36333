"""Dose-response: whether a more severe event of the same length moves the target scale further."""

from __future__ import annotations

from affectlab.report.checked import counted_intervals, readable
from affectlab.report.evidence import Evidence
from affectlab.report.section import Section
from affectlab.report.tabled import tabled
from affectlab.results.manipulation import dose_table


def section(evidence: Evidence) -> Section | None:
    """The step from grade to grade, and the monotone trend."""
    table = readable(evidence, dose_table(evidence.effects))
    if table.empty:
        return None
    prose = (
        counted_intervals(table, "step from grade to grade", "steps from grade to grade"),
        "The step is the mean slope of the target scale over the grades, event by event, in raw units with a 95 % t "
        "interval; the strength of the monotone trend lies between −1 and 1 (Page's test over the same events, "
        "Jonckheere's over different ones), and p rising is one-sided.",
    )
    return Section("dose", "Dose–response", prose, (tabled(evidence.titles, table, CAPTION),))


CAPTION = "The target scale over the grades of severity"
