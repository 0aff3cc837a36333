"""Two runs beside each other: a planted difference is found again, and it is what `analyse` says of the same rows."""

from __future__ import annotations

import pandas as pd
import pytest

from affectlab.effects.analyse import analyse
from affectlab.effects.comparison import joined, run_differences
from affectlab.effects.effect import FIRST, SECOND
from affectlab.errors import DataError
from affectlab.participants.simulated import Simulated
from affectlab.report.comparison import ComparedRun, comparison
from affectlab.report.evidence import Evidence
from affectlab.tabular.design import Design
from tests.conftest import Lab, planted, run


def evidence(lab: Lab, shift: float, seed: int) -> Evidence:
    """A run whose texts of fear move the scale by so much, with noise of its own."""
    study = lab.load()
    truth = planted(shifts={"fear": {"fear": shift}}, removes={"breathing": 0.5}, noise={"text": 0.05, "item": 0.05})
    return Evidence.of(run(study, Simulated(truth, study.catalogue, seed=seed)))


@pytest.fixture
def pair(lab: Lab) -> tuple[Evidence, Evidence]:
    return evidence(lab, 2.0, 1), evidence(lab, 0.5, 2)


def test_a_planted_difference_is_found_again(pair: tuple[Evidence, Evidence]) -> None:
    found = list(run_differences(pair[0].effects, pair[1].effects, ("first", "second")))
    (fear,) = (
        one.effect.estimate
        for one in found
        if one.own.contrast.kind == "induction" and one.own.contrast.second is None and one.own.contrast.state == "fear"
    )
    assert fear.low < 1.5 < fear.high
    assert fear.low > 0.0
    assert fear.contrast.paired
    assert fear.units == pair[0].effects.points.query("state == 'fear'")["vignette"].nunique()


def test_a_difference_is_what_analyse_says_of_the_same_rows(pair: tuple[Evidence, Evidence]) -> None:
    compared = 0
    for one in run_differences(pair[0].effects, pair[1].effects, ("first", "second")):
        rows = joined(one.own, one.other)
        long = pd.concat(
            rows[["unit", "item"]].assign(run=name, value=rows[f"value_{name}"]) for name in (FIRST, SECOND)
        )
        means = long.groupby(["run", "unit"], sort=False)["value"].mean().reset_index()
        if len(means) < 6:
            continue
        design = Design("value", "run", unit="unit", within="unit")
        (again,) = analyse(means, design, control=SECOND).contrasts
        own = one.effect.estimate
        assert own.difference == pytest.approx(again.difference, abs=1e-12)
        assert own.these_items is not None
        paired = own.these_items if own.these_items.method == "paired" else None
        if paired is not None:
            assert (paired.low, paired.high) == pytest.approx((again.low, again.high), abs=1e-12)
        compared += 1
    assert compared > 2


def test_a_run_beside_itself_differs_in_nothing(pair: tuple[Evidence, Evidence]) -> None:
    found = list(run_differences(pair[0].effects, pair[0].effects, ("one", "two")))
    assert found
    assert {one.effect.estimate.difference for one in found} == {0.0}


def test_sections_say_what_tells_runs_apart_and_the_largest_difference_first(pair: tuple[Evidence, Evidence]) -> None:
    apart, *_, differences = comparison([ComparedRun("one", pair[0]), ComparedRun("two", pair[1])])
    assert "Nothing tells them apart" in apart.sentences[0]
    (table,) = differences.tables
    assert table.data is not None
    sizes = table.data["difference"].abs().tolist()
    assert sizes == sorted(sizes, reverse=True)
    assert sum(len(one.data) for one in differences.figures) == len(sizes)


def test_runs_with_nothing_in_common_are_told_so(pair: tuple[Evidence, Evidence], lab: Lab) -> None:
    study = lab.load(states=["sadness", "neutral"])
    other = Evidence.of(run(study, Simulated(planted(), study.catalogue, seed=1)))
    only_fear = lab.load(states=["fear", "neutral"])
    fear = Evidence.of(run(only_fear, Simulated(planted(), only_fear.catalogue, seed=1)))
    with pytest.raises(DataError, match="no vignettes and items in common"):
        comparison([ComparedRun("one", fear), ComparedRun("two", other)])
    with pytest.raises(DataError, match="no comparison"):
        comparison([ComparedRun("one", fear)])
