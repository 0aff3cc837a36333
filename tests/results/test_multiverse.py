"""A finding under every specification: known curves, planted nulls, and what a run gives."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from affectlab.effects.effect import LEAST_STANDARDISED, Effect
from affectlab.materials.schema import NEUTRAL
from affectlab.participants.simulated import Simulated
from affectlab.results.multiverse import ALL, curves, multiverse
from affectlab.results.summary import summarise
from affectlab.run import Run
from affectlab.stats import hedges_g, paired_t
from tests.conftest import Lab, run
from tests.effects.planted import made_of


def claim(
    rng: np.random.Generator,
    effect: float,
    *,
    frame: str = "a",
    units: int = 6,
    paired: bool = False,
    unit: str = "nats",
) -> Effect:
    """A contrast with so many units in each condition and three items."""
    rows = [
        {"condition": condition, "unit": f"{'' if paired else condition}{unit}", "item": item, "value": value}
        for condition, mean in (("first", effect), ("second", 0.0))
        for unit, item in itertools.product(range(units), "xyz")
        for value in [mean + rng.normal()]
    ]
    return made_of(pd.DataFrame(rows), frame=frame, paired=paired, unit=unit)


def test_each_specification_is_the_difference_that_it_says() -> None:
    rng = np.random.default_rng(1)
    parts = [claim(rng, 1.0, frame=frame, units=LEAST_STANDARDISED) for frame in "ab"]
    (curve,) = curves(parts)
    assert curve.unit == "SD"
    table = curve.specifications
    assert len(table) == 2 * 4, "two frames, three items and their mean"
    assert table["d"].is_monotonic_increasing
    whole = table[(table["frame"] == "b") & (table["item"] == ALL)].iloc[0]
    means = parts[1].items.groupby(["condition", "unit"])["value"].mean()
    samples = [means[name].to_numpy() for name in ("first", "second")]
    assert whole["d"] == pytest.approx(hedges_g(*samples).g)
    assert whole["difference"] == pytest.approx(samples[0].mean() - samples[1].mean())
    assert curve.median == pytest.approx(float(np.median(table["d"])))


def test_of_units_too_few_to_standardise_a_curve_is_raw_and_each_unit_of_outcome_has_its_own() -> None:
    rng = np.random.default_rng(1)
    parts = [
        claim(rng, 1.0, frame=frame, unit=unit) for frame, unit in zip("aabb", ["nats", "points"] * 2, strict=True)
    ]
    found = curves(parts)
    assert [curve.unit for curve in found] == ["nats", "points"]
    for curve in found:
        table = curve.specifications
        assert table["difference"].is_monotonic_increasing
        assert table[["d", "d_low", "d_high"]].isna().all(axis=None)
        assert set(table["note"]) == {"standardised effects need 10 units per condition; here are 6"}
        assert curve.median == pytest.approx(float(np.median(table["difference"])))
        assert curve.apart == np.mean(table["low"] > 0.0)


@pytest.mark.parametrize("paired", [False, True])
def test_two_units_have_a_curve_and_neither_interval_nor_p(paired: bool) -> None:
    (curve,) = curves([claim(np.random.default_rng(1), 3.0, units=2, paired=paired)])
    assert np.isfinite(curve.median)
    assert np.isnan([curve.p_median, curve.p_least, curve.apart]).all()
    assert curve.specifications[["low", "high", "p"]].isna().all(axis=None)
    assert set(curve.specifications["note"]) == {"two texts give no interval; three are needed"}


def test_within_units_the_difference_is_paired() -> None:
    part = claim(np.random.default_rng(2), 1.0, paired=True)
    (curve,) = curves([part])
    whole = curve.specifications[curve.specifications["item"] == ALL].iloc[0]
    wide = part.items.pivot_table(index="unit", columns="condition", values="value")
    test = paired_t(wide["first"], wide["second"])
    assert (whole["p"], whole["difference"], whole["n"]) == (
        pytest.approx(test.p),
        pytest.approx(test.difference),
        len(wide),
    )


@pytest.mark.parametrize("paired", [False, True])
def test_a_curve_without_an_effect_is_rejected_at_its_level(paired: bool) -> None:
    """Specifications share their units: the test of a whole curve must not take them for independent ones."""
    rng = np.random.default_rng(3)
    p = [curves([claim(rng, 0.0, units=4 + 3 * paired, paired=paired)], seed=i)[0].p_median for i in range(200)]
    assert 0.01 <= np.mean(np.array(p) <= 0.05) <= 0.10
    assert curves([claim(rng, 4.0, units=6)])[0].p_median < 0.01


def test_what_has_one_specification_has_no_curve_and_what_is_constant_is_a_gap() -> None:
    part = claim(np.random.default_rng(4), 1.0)
    one = made_of(part.items[part.items["item"] == "x"])
    assert curves([one]) == []
    still = part.items.assign(value=part.items["value"].where(part.items["item"] != "x", 2.0))
    (curve,) = curves([made_of(still)])
    gap = curve.specifications[curve.specifications["item"] == "x"].iloc[0]
    assert np.isnan([gap["d"], gap["low"]]).all()
    assert gap["note"]
    assert {one["d"] for one in curve.row()["specifications"]} == {None}


@pytest.fixture
def done(lab: Lab, simulated: Callable[..., Simulated], tmp_path: Path) -> Run:
    """A run with planted shifts and two contexts."""
    study = lab.load(contexts=["branched", "sequential"])
    shifts: Mapping[str, Mapping[str, float]] = {"fear": {"fear": 2.0}, "sadness": {"sadness": 1.0}}
    noise = {"text": 0.2, "regulation": 0.1, "task": 0.1, "item": 0.05}
    return run(study, simulated(study, shifts=shifts, removes={"breathing": 0.5}, noise=noise), tmp_path / "run")


def test_a_run_is_asked_in_every_way_it_holds(done: Run) -> None:
    found = {(c.question.kind, c.question.state, c.question.against): c for c in multiverse(done)}
    fear = found["induction", "fear", NEUTRAL]
    assert set(fear.specifications["context"]) == {"branched", "sequential"}
    assert set(fear.specifications["item"]) == {ALL, "now", "today"}
    assert fear.same_sign == 1.0
    assert fear.p_median == pytest.approx(2 / 70), (
        "the most extreme of 70 rearrangements of eight texts, and its mirror"
    )
    assert found["regulation", "fear", "reading"].median < 0


def test_the_specification_that_is_the_finding_has_its_numbers_to_the_last_bit(done: Run) -> None:
    found = {one.contrast: one for one in summarise(done).findings}
    whole = pd.concat([curve.specifications for curve in multiverse(done)]).query("item == @ALL")
    assert len(whole) == len(set(whole["contrast"])) > 4
    for row in whole.itertuples():
        one = found[str(row.contrast)]
        assert (row.difference, row.low, row.high) == (one.estimate, one.low, one.high)
