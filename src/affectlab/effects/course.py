"""Contrasts along a session: an target scale at a point against its baseline, in one arm or in all that share it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from affectlab.effects.contrast import Contrast, ContrastOutcome
from affectlab.effects.effect import Effect, beside, row_changes, under
from affectlab.effects.find import Effects
from affectlab.materials.schema import INDUCTION_TEXT, NOTHING


def course_of(
    effects: Effects,
    outcome: ContrastOutcome,
    state: str,
    cell: Mapping[str, str],
    point: str,
    values: pd.Series[float],
) -> Effect:
    """The change of a scale from baseline to a point under a state's texts.

    Where the run has the contrast already, as it has of inductions and of what was not regulated, it is that.

    Args:
        cell: the design, and the ``regulation``, ``order`` and ``guidance`` of one arm.
        values: one for each unit.
    """
    if cell.get("regulation") == NOTHING:
        cell = {factor: level for factor, level in cell.items() if factor not in ("order", "guidance")}
    first, span = {"state": state, "arm": INDUCTION_TEXT}, ("baseline", point)
    random = effects.terms.sampled(outcome.measure)
    for kind in ("course", "induction", "other scale"):
        contrast = Contrast(kind, outcome, first, None, cell, span, False, random)
        if contrast.id in effects.by_id:
            return effects.by_id[contrast.id]

    def apart() -> pd.DataFrame:
        rows = under(effects.of_scale(cell["model"], outcome.measure, outcome.scale), {**cell, **first})
        return beside(rows, None, lambda part: row_changes(part, span))

    return Effect(Contrast("course", outcome, first, None, cell, span, False, random), values, None, item_rows=apart)
