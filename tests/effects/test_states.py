"""What is said over states takes the states for a sample: the texts of several states are no sample of one kind."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from affectlab.effects.contrast import Contrast, ContrastOutcome, Random
from affectlab.effects.effect import FIRST, SECOND, Effect
from affectlab.effects.estimate import estimate
from affectlab.effects.find import Effects
from affectlab.effects.regulation import RIGHT_AFTER
from affectlab.effects.shifts import UNIT
from affectlab.effects.states import over_states
from affectlab.effects.terms import Terms
from affectlab.stats.crossed import with_shared
from affectlab.stats.ttest import one_sample_t
from tests.effects.conftest import evidence_of

STATES = ("fear", "anxiety", "anger", "sadness", "disgust", "worry", "stress")
TEXTS = 4
DIFFERENCES = (
    (-0.10, -0.32, 0.05, -0.21),
    (-0.55, -0.71, -0.40, -0.62),
    (-0.90, -0.74, -1.02, -0.83),
    (-0.31, -0.12, -0.44, -0.28),
    (-0.05, 0.11, -0.17, 0.02),
    (-0.72, -0.51, -0.88, -0.66),
    (-0.48, -0.30, -0.61, -0.52),
)
"""Technique minus control, of four texts in each of the seven states."""


def in_state(state: str, first: list[float], second: list[float] | None, *, paired: bool) -> Effect:
    """A contrast in one state, of texts with one item."""
    against = {"state": state if paired else "neutral", "arm": "control"}
    contrast = Contrast(
        "regulation", ContrastOutcome("m", state, "points"), {"state": state, "arm": "a"},
        None if second is None else against, {"model": "m"}, ("a", "b"), paired, (Random("vignette"), Random("item")),
    )  # fmt: skip
    names = [f"{state}-{number}" for number in range(len(first))]
    other = names if paired else [f"neutral-{number}" for number in range(len(second or ()))]
    parts = [(FIRST, first, names), (SECOND, second or [], other)]
    rows = [
        (side, name, "i", value) for side, values, units in parts for name, value in zip(units, values, strict=False)
    ]
    table = pd.DataFrame(rows, columns=["condition", "unit", "item", "value"])
    held = None if second is None else pd.Series(second, other)
    return Effect(contrast, pd.Series(first, names), held, item_rows=lambda: table)


def test_the_states_are_the_units() -> None:
    """R 4.2, ``lmerTest::lmer(d ~ 1 + (1 | state))`` and ``t.test`` of the means of states, which it equals, df 6.

    Pooled as 28 texts the same numbers gave [-0.56, -0.32].
    """
    parts = [in_state(state, list(d), [0.0] * TEXTS, paired=True) for state, d in zip(STATES, DIFFERENCES, strict=True)]
    found = over_states(parts).estimate
    assert found.difference == pytest.approx(-0.4382142857, abs=1e-9)
    assert (found.se, found.df) == pytest.approx((0.1148170, 6.0), abs=1e-6)
    assert (found.low, found.high) == pytest.approx((-0.7191614, -0.1572671), abs=1e-6)
    assert str(found.population) == "states and texts, this item"
    assert found.units == 7


def test_standardised_it_is_in_standard_deviations_within_states() -> None:
    """28 texts in 7 states leave 21 degrees of freedom; with 27 a difference comes out 1.13 times too large."""
    parts = [in_state(state, list(d), [0.0] * TEXTS, paired=True) for state, d in zip(STATES, DIFFERENCES, strict=True)]
    found = over_states(parts).estimate
    sd = math.sqrt(np.mean([np.var(d, ddof=1) for d in DIFFERENCES]))
    assert found.further["d"] == pytest.approx(found.difference / sd)
    assert found.further["d_low"] * found.further["d_high"] > 0.0


def test_a_few_states_are_no_sample_of_states() -> None:
    parts = [in_state(state, list(d), [0.0] * TEXTS, paired=True) for state, d in zip(STATES, DIFFERENCES, strict=True)]
    found = over_states(parts[:5]).estimate
    assert math.isnan(found.low)
    assert found.gap == "5 states are no sample of states in general; 6 are needed"


def scores(techniques: dict[str, np.ndarray], noise: np.ndarray) -> Effects:
    """Regulation arms in seven states with texts of their own; how much a technique takes away differs by state."""
    rows = []
    for at, state in enumerate(STATES):
        for text in range(TEXTS):
            for arm, removed in techniques.items():
                place = [
                    "m",
                    "plain",
                    "scene",
                    "moderate",
                    "user",
                    "branched",
                    "",
                    state,
                    "induction-text",
                    f"{state}-{text}",
                ]
                end = 2.0 - removed[at] + noise[at, text, list(techniques).index(arm)]
                rows.append((*place, "after", "scripted", arm, "words", state, "one", 2.0, end))
    columns = [*UNIT, "order", "guidance", "regulation", "measure", "scale", "item", "induced", "regulated"]
    points = pd.DataFrame(rows, columns=columns)
    return Effects(points, Terms({"words": "nats"}, ("none",), {}))


@pytest.mark.parametrize(("empty", "gap"), [(1, ""), (2, "5 states are no sample of states in general; 6 are needed")])
def test_a_state_without_scores_is_no_unit(empty: int, gap: str) -> None:
    """Of seven states those that have scores are counted, and averaged."""
    scores = [list(d) if place >= empty else [] for place, d in enumerate(DIFFERENCES)]
    parts = [in_state(state, d, [0.0] * len(d), paired=True) for state, d in zip(STATES, scores, strict=True)]
    found = over_states(parts).estimate
    assert (found.units, found.gap) == (7 - empty, gap)
    assert found.difference == pytest.approx(np.mean(DIFFERENCES[empty:]))
    assert math.isnan(found.low) == bool(gap)


def test_over_states_the_interval_covers_the_mean_of_states_in_general() -> None:
    """By simulation, 1,000 studies: states that differ by 0.4 and texts by 0.2 around a mean of -0.5.

    Of texts pooled over states the interval falls short; with the states random it keeps its level (99.9 % range of a
    binomial).
    """
    rng, covered, pooled = np.random.default_rng(18), 0, 0
    for _ in range(1000):
        means = rng.normal(-0.5, 0.4, (7, 1))
        d = means + rng.normal(0.0, 0.2, (7, TEXTS))
        parts = [in_state(state, list(row), [0.0] * TEXTS, paired=True) for state, row in zip(STATES, d, strict=True)]
        found = over_states(parts, same_items=False).estimate
        covered += found.low <= -0.5 <= found.high
        test = one_sample_t(d.ravel())
        pooled += test.low <= -0.5 <= test.high
    assert 0.927 <= covered / 1000 <= 0.973
    assert pooled / 1000 < 0.88


def test_neutral_texts_that_all_states_share_are_a_sample_too() -> None:
    """By simulation, 1,000 studies: eight neutral texts, each moves the scales of all states alike (SD 0.4)."""
    rng, covered, alone = np.random.default_rng(19), 0, 0
    for _ in range(1000):
        own = 1.0 + rng.normal(0.0, 0.2, (7, 1)) + rng.normal(0.0, 0.2, (7, TEXTS))
        neutral = rng.normal(0.0, 0.4, (8, 1)) + rng.normal(0.0, 0.1, (8, 7))
        parts = [in_state(state, list(own[at]), list(neutral[:, at]), paired=False) for at, state in enumerate(STATES)]
        found = over_states(parts, same_items=False).estimate
        covered += found.low <= 1.0 <= found.high
        test = one_sample_t(own.mean(axis=1) - neutral.mean(axis=0))
        alone += test.low <= 1.0 <= test.high
    assert 0.927 <= covered / 1000 <= 0.98
    assert alone / 1000 < 0.9


def test_the_shared_units_add_the_variance_that_they_have_in_common() -> None:
    """Closed form: (MS of units - MS of the residual) / nk of a table without a residual is the variance of its row
    means over n."""
    rows = np.array([0.0, 1.0, 5.0, 2.0, 3.0, 4.0, 2.0, 3.0])
    test = one_sample_t([1.0, 2.0, 6.0, 3.0, 2.5, 4.0, 1.5, 3.5])
    found = with_shared(test, np.repeat(rows[:, None], 3, axis=1))
    assert found.se**2 == pytest.approx(test.se**2 + np.var(rows, ddof=1) / 8)
    flat = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    assert with_shared(test, flat) == test


@pytest.mark.parametrize("study", ["dresden", "regulation-dose"])
def test_no_number_over_states_takes_their_texts_for_one_sample(study: str) -> None:
    for one in evidence_of(study).effects:
        if one.contrast.state == "all":
            assert one.contrast.unit == "state", one.contrast
            assert one.estimate.units == len(one.first) <= len(evidence_of(study).study.states)
            assert one.estimate.units >= 6


def test_relief_over_states_has_the_degrees_of_freedom_that_the_means_of_states_leave() -> None:
    """By hand: between the texts of a state the levels have SD s in each arm: relief is the mean difference over s."""
    levels = np.array([-0.15, -0.05, 0.05, 0.15])
    noise = np.stack([np.stack([levels, levels], axis=1)] * 7)
    removed = np.linspace(0.1, 0.7, 7)
    found = scores({"none": np.zeros(7), "breathing": removed}, noise)
    (one,) = [
        of for of in found.regulations if of.contrast.state == "all" and of.contrast.change == ("induced", RIGHT_AFTER)
    ]
    assert one.estimate.further["relief"] == pytest.approx(removed.mean() / np.std(levels, ddof=1))
    assert one.estimate.difference == pytest.approx(-removed.mean())
    assert str(one.estimate.population) == "states and texts, this item"
    assert estimate(one.contrast, one.first.to_numpy(), one.second.to_numpy()).units == 7  # type: ignore[union-attr]
