"""From a number to its answers: what is listed beneath a contrast gives the contrast's estimate again."""

from __future__ import annotations

import pandas as pd
import pytest

from affectlab.effects.contrast import Contrast
from affectlab.results.rests import CONDITION, FIRST, SECOND, rests_on
from tests.effects.conftest import evidence_of


def mean(rows: pd.DataFrame, contrast: Contrast) -> float:
    """The mean over units of the mean over items, by nothing but the rows."""
    points = rows.groupby(["vignette", "item", "point"], observed=True)["value"].mean().unstack("point")
    level = points.iloc[:, 0] if contrast.change is None else points[contrast.change[1]] - points[contrast.change[0]]
    return float(level.groupby("vignette", observed=True).mean().mean())


@pytest.mark.parametrize("name", ["dresden", "sadness-bias", pytest.param("errors", marks=pytest.mark.long)])
def test_the_answers_beneath_a_number_give_it_again(name: str) -> None:
    evidence = evidence_of(name)
    compared = 0
    for effect in evidence.summary.effects:
        rows = rests_on(evidence.scores, effect.contrast)
        assert len(rows), effect.contrast
        if effect.contrast.kind not in ("induction", "rival state", "regulation"):
            continue
        again = mean(rows[rows[CONDITION] == FIRST], effect.contrast)
        if effect.contrast.second is not None:
            again -= mean(rows[rows[CONDITION] == SECOND], effect.contrast)
        assert again == pytest.approx(effect.estimate.difference, abs=1e-9), effect.contrast
        compared += 1
    assert compared > 3
