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
from affectlab.results.models import models

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
