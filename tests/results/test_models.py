"""Models of known susceptibility are told apart, and models that are alike are not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from affectlab.effects.find import Effects
from affectlab.effects.models import EVERY
from affectlab.effects.shifts import UNIT
from affectlab.effects.terms import Terms
from affectlab.results.models import models, over_models
from affectlab.stats.crossed import crossed_t
from affectlab.stats.ttest import one_sample_t

STATES = ("fear", "anger", "sadness", "disgust", "worry", "stress")


def shifts(states: Sequence[str] = STATES, **susceptibility: float) -> Effects:
    """Changes of models whose target scales move by so much, text by text with the same noise of the text."""
    rows = []
    for model, size in susceptibility.items():
        own_noise = np.random.default_rng(len(model))
        shared = np.random.default_rng(5)
        for state in (*states, "neutral"):
            for text in range(12):
                noise = shared.normal(0.0, 1.0) + own_noise.normal(0.0, 0.2)
                for scale in states:
                    value = (size if scale == state else 0.0) + 0.3 + noise
                    place = [
                        model,
                        "plain",
                        "scene",
                        "moderate",
                        "system",
                        "branched",
                        "",
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
        assert every["n"] == 6, "states are the units"


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


def test_a_few_states_are_no_sample_and_each_stands_alone() -> None:
    found = models(shifts(("fear", "anger"), strong=2.0, weak=1.0))
    assert set(found.susceptibility["state"]) == {"fear", "anger"}
    assert (found.differences["p_holm"] < 0.001).all()


def test_a_statement_over_models_takes_the_models_for_a_sample() -> None:
    """Planted: six models whose shifts differ by 0.93; two models are no sample."""
    names = {f"m{number}": size for number, size in enumerate((0.4, 1.9, 1.0, 2.6, 0.1, 1.5))}
    found = over_models(shifts(("fear", "anger"), **names), lambda contrast: True)
    assert list(found["state"]) == ["fear", "anger"]
    apart = np.std(list(names.values()), ddof=1) / 6**0.5
    for _, row in found.iterrows():
        assert row["estimate"] == pytest.approx(1.25, abs=0.7)
        assert (row["high"] - row["low"]) / 2 > 2.0 * apart, "no narrower than over models alone"
    assert over_models(shifts(("fear", "anger"), one=1.0, two=2.0), lambda contrast: True).empty


def test_over_models_the_interval_holds_its_level() -> None:
    """By simulation, 600 studies: models that differ by 0.5 and texts that move all models alike by 0.5."""
    rng, covered, models_alone = np.random.default_rng(25), 0, 0
    for _ in range(600):
        table = 1.0 + rng.normal(0, 0.5, (8, 1)) + rng.normal(0, 0.5, 6) + rng.normal(0, 0.2, (8, 6))
        found = crossed_t(table)
        covered += found.low <= 1.0 <= found.high
        alone = one_sample_t(table.mean(axis=0))
        models_alone += alone.low <= 1.0 <= alone.high
    assert covered / 600 >= 0.92
    assert models_alone / 600 < covered / 600 - 0.02
