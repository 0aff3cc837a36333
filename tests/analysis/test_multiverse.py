"""A finding under every specification: known curves, planted nulls, and what a run gives."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from affectlab.analysis.claims import Claim, claims
from affectlab.analysis.findings import findings
from affectlab.analysis.multiverse import ALL, curves, multiverse
from affectlab.effects.shifts import DESIGN, by_point
from affectlab.materials.schema import NEUTRAL
from affectlab.participants.simulated import Simulated
from affectlab.run import Run, run
from affectlab.stats import hedges_g, paired_t
from tests.conftest import Lab


def claim(rng: np.random.Generator, effect: float, *, frame: str = "a", units: int = 6, paired: bool = False) -> Claim:
    """A claim with so many units in each condition and three items."""
    rows = [
        {"condition": condition, "unit": f"{'' if paired else condition}{unit}", "item": item, "value": value}
        for condition, mean in (("breathing" if paired else "fear", effect), (NEUTRAL, 0.0))
        for unit, item in itertools.product(range(units), "xyz")
        for value in [mean + rng.normal()]
    ]
    setting = {**dict.fromkeys(DESIGN, "-"), "frame": frame}
    kind, technique = ("regulation", "breathing") if paired else ("induction", "")
    return Claim(kind, setting, "fear", "words", technique, NEUTRAL, pd.DataFrame(rows))  # type: ignore[arg-type]


def test_each_specification_is_the_difference_that_it_says() -> None:
    rng = np.random.default_rng(1)
    parts = [claim(rng, 1.0, frame=frame) for frame in "ab"]
    (curve,) = curves(parts)
    table = curve.specifications
    assert len(table) == 2 * 4, "two frames, three items and their mean"
    assert table["d"].is_monotonic_increasing
    whole = table[(table["frame"] == "b") & (table["item"] == ALL)].iloc[0]
    means = parts[1].means()
    samples = [means.loc[means["condition"] == name, "value"].to_numpy() for name in ("fear", NEUTRAL)]
    assert whole["d"] == pytest.approx(hedges_g(*samples).g)
    assert whole["difference"] == pytest.approx(samples[0].mean() - samples[1].mean())
    assert curve.median == pytest.approx(float(np.median(table["d"])))


def test_within_units_the_difference_is_paired() -> None:
    part = claim(np.random.default_rng(2), 1.0, paired=True)
    (curve,) = curves([part])
    whole = curve.specifications[curve.specifications["item"] == ALL].iloc[0]
    wide = part.means().pivot_table(index="unit", columns="condition", values="value")
    test = paired_t(wide["breathing"], wide[NEUTRAL])
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
    one = Claim(**{**vars(part), "rows": part.rows[part.rows["item"] == "x"]})
    assert curves([one]) == []
    still = part.rows.assign(value=part.rows["value"].where(part.rows["item"] != "x", 2.0))
    (curve,) = curves([Claim(**{**vars(part), "rows": still})])
    gap = curve.specifications[curve.specifications["item"] == "x"].iloc[0]
    assert np.isnan(gap["d"])
    assert gap["note"]
    assert curve.row()["specifications"][-1]["d"] is None


@pytest.fixture
def done(lab: Lab, simulated: Callable[..., Simulated], tmp_path: Path) -> Run:
    """A run with planted shifts and two contexts."""
    study = lab.load(contexts=["forked", "sequential"])
    shifts: Mapping[str, Mapping[str, float]] = {"fear": {"fear": 2.0}, "sadness": {"sadness": 1.0}}
    noise = {"text": 0.2, "regulation": 0.1, "task": 0.1, "item": 0.05}
    return run(study, simulated(study, shifts=shifts, removes={"breathing": 0.5}, noise=noise), tmp_path / "run")


def test_a_run_is_asked_in_every_way_it_holds(done: Run) -> None:
    found = {(c.question.kind, c.question.state, c.question.against): c for c in multiverse(done)}
    fear = found["induction", "fear", NEUTRAL]
    assert set(fear.specifications["context"]) == {"forked", "sequential"}
    assert set(fear.specifications["item"]) == {ALL, "now", "today"}
    assert fear.same_sign == 1.0
    assert fear.p_median == pytest.approx(2 / 70), (
        "the most extreme of 70 rearrangements of eight texts, and its mirror"
    )
    assert found["regulation", "fear", "reading"].median < 0


def test_claims_are_those_of_the_findings(done: Run) -> None:
    trials = done.numbers()
    primary = {"endings": "negativity"}
    controls = ("reading", "none")
    made = {
        (c.kind, c.setting["context"], c.state, c.measure, c.regulation, c.against): c.means()
        for c in claims(by_point(trials), primary, controls)
    }
    found = findings(by_point(trials), {"words": "nats", "endings": "log odds"}, controls, primary)
    same = [one for one in found if one.against != "baseline"]
    assert len(same) == len(made)
    for one in same:
        means = made[one.claim, one.context, one.state, one.measure, one.regulation or "", one.against]
        of = means.groupby("condition")["value"].mean()
        assert of[one.regulation or one.state] - of[one.against] == pytest.approx(one.estimate)
