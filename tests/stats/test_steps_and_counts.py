"""Proportional odds and counts: values of R (MASS 7.3-58.2: `polr`, `glm.nb`), to the digits that agree."""

from __future__ import annotations

import numpy as np
import pytest

from affectlab.errors import DataError
from affectlab.stats.counts import count_model
from affectlab.stats.ordinal import proportional_odds

STEPS = {
    "a": [1, 2, 2, 3, 3, 4, 2, 1, 3, 2, 4, 5],
    "b": [2, 3, 3, 4, 5, 5, 4, 3, 2, 4, 5, 3],
    "c": [1, 1, 2, 2, 1, 3, 2, 1, 4, 2, 1, 2],
}
COUNTS = {"calm": [0, 2, 1, 0, 3, 1], "sad": [4, 9, 1, 12, 3, 7], "other": [0, 0, 5, 1, 0, 2]}


def test_proportional_odds_are_those_of_polr() -> None:
    model = proportional_odds(STEPS)
    assert model.thresholds == pytest.approx([-1.8735603600, 0.0178480257, 1.2533185517, 2.5396043692], abs=1e-6)
    found = [model.contrast("b", "a"), model.contrast("c", "a")]
    assert [one.value for one in found] == pytest.approx([1.4171346648, -1.5405830883], abs=1e-6)
    assert [one.se for one in found] == pytest.approx([0.767536071, 0.811244256], abs=1e-6)
    assert [model.log_likelihood, model.null] == pytest.approx([-49.37835323, -56.07719615], abs=1e-7)
    assert model.omnibus().statistic == pytest.approx(13.39769, abs=1e-5)
    assert model.omnibus().p == pytest.approx(0.001232337, abs=1e-8)
    assert model.contrast("c", "b").value == pytest.approx(-1.5405830883 - 1.4171346648, abs=1e-6)


def test_steps_at_any_distance_and_turned_round_say_the_same() -> None:
    model = proportional_odds(STEPS)
    apart = proportional_odds({name: [10.0**one for one in of] for name, of in STEPS.items()})
    turned = proportional_odds({name: [-one for one in of] for name, of in STEPS.items()})
    assert apart.contrast("b", "a") == model.contrast("b", "a")
    assert turned.contrast("b", "a").value == pytest.approx(-model.contrast("b", "a").value, abs=1e-8)


def test_the_assumption_is_tested_where_there_is_one() -> None:
    crossed = {"a": [1] * 20 + [2] * 2 + [3] * 20, "b": [1] * 2 + [2] * 38 + [3] * 2}
    chi2, df, p = proportional_odds(crossed).proportionality()
    assert df == 1
    assert chi2 > 20
    assert p < 1e-5
    assert proportional_odds({"a": [0, 1, 1], "b": [0, 0, 1]}).proportionality()[1] == 0


def test_two_steps_are_a_logistic_regression() -> None:
    model = proportional_odds({"a": [0] * 12 + [1] * 8, "b": [0] * 5 + [1] * 15})
    found = model.contrast("b", "a")
    assert found.value == pytest.approx(np.log(15 / 5) - np.log(8 / 12), abs=1e-8)
    assert found.se == pytest.approx(np.sqrt(1 / 15 + 1 / 5 + 1 / 8 + 1 / 12), abs=1e-8)


def test_conditions_without_overlap_are_refused() -> None:
    with pytest.raises(DataError, match="without overlap"):
        proportional_odds({"a": [1, 1, 2], "b": [3, 4, 4]})
    with pytest.raises(DataError, match="steps"):
        proportional_odds({"a": range(30), "b": range(30)})


def test_counts_are_those_of_glm_nb() -> None:
    model = count_model(COUNTS)
    assert model.dispersion == pytest.approx(2.66410225, abs=1e-6)
    found = [model.contrast("sad", "calm"), model.contrast("other", "calm")]
    assert [one.value for one in found] == pytest.approx([1.637608789, 0.133531393], abs=1e-7)
    assert [one.se for one in found] == pytest.approx([0.543833838, 0.626879147], abs=1e-7)
    assert [one.p for one in found] == pytest.approx([0.00260191651, 0.83133931933], abs=1e-4)
    assert [model.log_likelihood, model.null] == pytest.approx([-34.79574000, -39.55551182], abs=1e-7)


def test_counts_that_vary_no_more_than_poissons_are_modelled_as_those() -> None:
    model = count_model({"a": [2, 3, 2, 3], "b": [5, 6, 5, 6]})
    found = model.contrast("b", "a")
    assert model.method == "Poisson"
    assert found.se == pytest.approx(np.sqrt(1 / 10 + 1 / 22), abs=1e-12)


@pytest.mark.parametrize("values", [[1.5, 2, 3], [-1, 2, 3], [0, 0, 0]])
def test_what_are_no_counts_is_refused(values: list[float]) -> None:
    with pytest.raises(DataError):
        count_model({"a": values, "b": [0, 0, 0]})


def test_a_planted_ratio_is_found_again() -> None:
    rng = np.random.default_rng(3)
    covered = 0
    for _ in range(100):
        shares = {name: rng.negative_binomial(2, 2 / (2 + mean), 40) for name, mean in (("a", 4), ("b", 8))}
        found = count_model(shares).contrast("b", "a")
        covered += found.low < np.log(2) < found.high
    assert covered >= 88
