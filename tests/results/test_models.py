"""Models of known susceptibility are told apart, and models that are alike are not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from affectlab.effects.contrast import Contrast, ContrastOutcome
from affectlab.effects.estimate import mean_of_states
from affectlab.effects.find import Effects
from affectlab.effects.models import EVERY
from affectlab.effects.shifts import UNIT
from affectlab.effects.terms import Terms
from affectlab.results.models import models


def shifts(**susceptibility: float) -> Effects:
    """Changes of models whose target scales move by so much, text by text with the same noise of the text."""
    rows = []
    for model, size in susceptibility.items():
        own_noise = np.random.default_rng(len(model))
        shared = np.random.default_rng(5)
        for state in ("fear", "anger", "neutral"):
            for text in range(12):
                noise = shared.normal(0.0, 1.0) + own_noise.normal(0.0, 0.2)
                for scale in ("fear", "anger"):
                    value = (size if scale == state else 0.0) + 0.3 + noise
                    place = [
                        model,
                        "plain",
                        "scene",
                        "moderate",
                        "system",
                        "branched",
                        state,
                        "induction-text",
                        f"{state}-{text}",
                    ]
                    rows.append((*place, "words", scale, value))
    points = pd.DataFrame(rows, columns=[*UNIT, "measure", "scale", "induced"])
    said = {"order": "after", "guidance": "scripted", "regulation": "none", "item": "one", "baseline": 0.0}
    return Effects(points.assign(**said), Terms({"words": "nats"}, ("none",), {}))


def test_the_planted_susceptibilities_are_recovered() -> None:
    table = models(shifts(strong=2.0, weak=1.0, alike=1.0)).susceptibility.set_index(["model", "state"])
    for model, size in (("strong", 2.0), ("weak", 1.0), ("alike", 1.0)):
        every = table.loc[(model, EVERY)]
        assert every["low"] < size + 0.5
        assert every["high"] > size - 0.5
        assert every["n"] == 24


def test_the_same_texts_make_differences_sharp() -> None:
    """The noise of the texts is shared, so that the difference is far more certain than either mean."""
    found = models(shifts(strong=2.0, weak=1.0, alike=1.0))
    pairs = found.differences[found.differences["state"] == EVERY].set_index(["first", "second"])
    strong = pairs.loc[("strong", "weak")]
    assert strong["estimate"] == pytest.approx(1.0, abs=0.2)
    assert strong["low"] > 0.5
    assert strong["p_holm"] < 0.001
    same = pairs.loc[("weak", "alike")]
    assert same["low"] < 0.0 < same["high"]
    mean = found.susceptibility.set_index(["model", "state"]).loc[("strong", EVERY)]
    assert strong["high"] - strong["low"] < 0.5 * (mean["high"] - mean["low"])
    assert len(pairs) == 3


def test_what_moves_neutral_texts_too_is_no_susceptibility() -> None:
    table = models(shifts(one=0.0, other=0.0)).susceptibility
    every = table[table["state"] == EVERY]
    assert (every["low"] < 0.0).all()
    assert (every["high"] > -0.5).all()
    assert (every["estimate"].abs() < 0.9).all()


def test_one_model_is_compared_with_nobody() -> None:
    found = models(shifts(alone=1.0))
    assert found.susceptibility.empty
    assert found.differences.empty


def test_the_interval_over_states_holds_its_level() -> None:
    """Unequal numbers and spreads; 2,000 samples, so that 95 % has a standard error of 0.5 %."""
    chance = np.random.default_rng(11)
    hits = 0
    for _ in range(2000):
        samples = [chance.normal(mean, spread, n) for mean, spread, n in ((1.0, 1.0, 8), (2.0, 3.0, 6), (0.0, 0.5, 10))]
        found = mean_of_states(ASKED, samples)
        hits += found.low <= 1.0 <= found.high
    assert 0.935 <= hits / 2000 <= 0.965


def test_a_state_with_one_text_has_no_interval() -> None:
    found = mean_of_states(ASKED, [np.array([1.0]), np.array([1.0, 2.0])])
    assert np.isnan(found.low)
    assert found.gap
    assert np.isnan(found.p)


def test_the_neutral_texts_are_a_sample_and_the_same_for_every_state() -> None:
    """By hand: three texts each; se² = (1/3 + 1/3)/4 + 4/3, df by Satterthwaite."""
    states = [np.array([1.0, 2.0, 3.0]), np.array([3.0, 4.0, 5.0])]
    found = mean_of_states(ASKED, states, np.array([-2.0, 0.0, 2.0]))
    assert found.difference == pytest.approx(3.0)
    assert found.se == pytest.approx(np.sqrt(1 / 6 + 4 / 3))
    assert found.df == pytest.approx(1.5**2 / (2 * (1 / 12) ** 2 / 2 + (4 / 3) ** 2 / 2))


ASKED = Contrast("induction", ContrastOutcome("words", EVERY, "nats"), {"state": EVERY}, None, {}, None, paired=False)
