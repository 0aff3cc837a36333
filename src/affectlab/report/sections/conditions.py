"""Conditions: whether the same texts shift the answers alike under other frames, deliveries and contexts."""

from __future__ import annotations

from affectlab.effects.shifts import LANGUAGE
from affectlab.report.checked import counted_intervals, readable
from affectlab.report.evidence import Evidence
from affectlab.report.section import Section
from affectlab.report.tabled import tabled
from affectlab.results.manipulation import condition_table


def section(evidence: Evidence) -> Section | None:
    """Each level of a factor minus the first."""
    every = condition_table(evidence.effects)
    # languages have a section of their own
    table = readable(evidence, every[every["factor"] != LANGUAGE])
    if table.empty:
        return None
    prose = tuple(
        f"{level} minus {against} ({factor}): {counted_intervals(part, 'shift')}"
        for (factor, level, against), part in table.groupby(["factor", "level", "against"], sort=False)
    )
    caption = "Shift of the target scale under each level of a factor, contrast with the first level"
    return Section("conditions", "Frame, delivery and context", prose, (tabled(evidence.titles, table, caption),))
