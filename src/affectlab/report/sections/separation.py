"""What the errors need: the text or only the state's word, one's own part in it; and whether regulation takes them."""

from __future__ import annotations

import pandas as pd

from affectlab.effects.shifts import DESIGN_CELL
from affectlab.report.evidence import Evidence
from affectlab.report.numbers import counted, listed
from affectlab.report.section import Section
from affectlab.report.tabled import all_tabled
from affectlab.results.columns import constant_columns
from affectlab.results.separation import Separation, separate
from affectlab.results.together import Together, relate

SEPARATION = (
    "Each task's outcome, contrast with neutral texts, after a state's texts and under each control or "
    "after a regulation"
)
TOGETHER = "Rank correlation of self-report and behaviour across vignettes, within states"


def section(evidence: Evidence) -> Section | None:
    """Each task in each of its states under every control and after every regulation; self-report and behaviour."""
    if not evidence.study.tasks:
        return None
    apart = separate(evidence.scores, evidence.study, evidence.effects)
    moves = relate(evidence.scores, evidence.study, evidence.summary.usability)
    tables = {
        caption: _tabled([one.row() for one in found])
        for caption, found in ((SEPARATION, apart), (TOGETHER, moves))
        if found
    }
    if not tables:
        return None
    prose = (*_parted(apart), *_moved(moves))
    return Section("separation", "What the errors need", prose, all_tabled(evidence.titles, tables))


def _parted(found: list[Separation]) -> list[str]:
    """Per control or regulation: in how many of the effects of the texts it tells something."""
    said = []
    for arm in dict.fromkeys(one.arm for one in found):
        of_arm = [one for one in found if one.arm == arm]
        shown = [one for one in of_arm if one.part not in ("not measurable", "no effect of the text")]
        where = "After" if of_arm[0].regulated else "Under"
        without = f"{len(of_arm) - len(shown)} of {len(of_arm)} pairs of task and state have no effect of the texts"
        named = [f"{one.task} under {one.state}: {one.sentence}" for one in shown]
        said.append(f"{where} {arm}: {without}. {'; '.join(named)}{'.' if named else ''}".strip())
    return said


def _moved(found: list[Together]) -> list[str]:
    have = [one for one in found if one.low == one.low]
    if not have:
        return []
    apart = [one for one in have if one.low > 0.0 or one.high < 0.0]
    named = listed([f"{one.task} with {one.measure}" for one in apart])
    return [
        f"Self-report and behaviour: {counted(len(have), 'correlation')} across vignettes, of which {len(apart)} "
        f"{'has' if len(apart) == 1 else 'have'} an interval apart from zero" + (f": {named}." if named else ".")
    ]


def _tabled(rows: list[dict[str, object]]) -> pd.DataFrame:
    table = pd.DataFrame(rows)
    return table.drop(columns=constant_columns(table, (*DESIGN_CELL, "note")))
