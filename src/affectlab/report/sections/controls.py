"""Specificity: what a state's texts do beyond the controls that are made from them."""

from __future__ import annotations

from affectlab.materials.control import Control
from affectlab.report.checked import counted_intervals, readable
from affectlab.report.evidence import Evidence
from affectlab.report.section import Section
from affectlab.report.tabled import tabled
from affectlab.results.manipulation import specificity


def section(evidence: Evidence) -> Section | None:
    """The text minus each control, event by event."""
    table = readable(evidence, specificity(evidence.effects))
    if table.empty:
        return None
    arms = [str(arm) for arm in table["against"].unique()]
    separates = " ".join(f"“{arm}” separates: {evidence.study.catalogue.get(Control, arm).separates}" for arm in arms)
    prose = (
        *(f"Against {arm}: {_lowered(counted_intervals(table[table['against'] == arm], 'state'))}" for arm in arms),
        f"What each control tells apart. {separates}",
    )
    return Section(
        "controls", "Against controls made from the same text", prose, (tabled(evidence.titles, table, CAPTION),)
    )


CAPTION = "Shift of the target scale under the text and under each control, and the difference"


def _lowered(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]
