"""Numbers from papers, recomputed: the counts of the target study, and values printed with the methods themselves.

Counts: negative sentence completions of GPT-4o, five runs each, as counted by three raters (shared raw data of the
target study). Pooling raters counts each run three times and pairs conversations that have nothing to do with each
other; the run is the unit.
"""

from __future__ import annotations

import numpy as np
import pytest

from affectlab.stats import (
    d_z,
    hedges_g,
    icc,
    jonckheere,
    krippendorff_alpha,
    paired_t,
    proportion_difference,
    student_t,
)

SAD = np.array([[18, 13, 16, 17, 22], [15, 10, 16, 17, 22], [14, 6, 12, 11, 16]], dtype=float)
NEUTRAL = np.array([[10, 10, 14, 10, 11], [8, 8, 9, 9, 11], [4, 4, 9, 7, 6]], dtype=float)


def test_raters_pooled_as_if_they_were_runs() -> None:
    test, effect = paired_t(SAD.ravel(), NEUTRAL.ravel()), d_z(SAD.ravel(), NEUTRAL.ravel())
    assert (round(test.t, 2), test.df, round(effect.d, 2)) == (7.23, 14.0, 1.87)
    assert test.p == pytest.approx(4.4e-6, rel=0.02)


def test_the_run_as_unit() -> None:
    sad, neutral = SAD.mean(axis=0), NEUTRAL.mean(axis=0)
    test, effect = student_t(sad, neutral), hedges_g(sad, neutral)
    assert (round(test.t, 2), test.df, round(test.p, 3), round(effect.d, 2)) == (3.60, 8.0, 0.007, 2.28)
    assert test.difference == pytest.approx(15.0 - 8.6667, abs=1e-4)


@pytest.mark.parametrize(
    ("rater", "t", "p", "d"), [(0, 3.75, 0.020, 1.68), (1, 4.83, 0.008, 2.16), (2, 3.33, 0.029, 1.49)]
)
def test_each_rater_alone(rater: int, t: float, p: float, d: float) -> None:
    test = paired_t(SAD[rater], NEUTRAL[rater])
    assert (round(test.t, 2), round(test.p, 3)) == (t, p)
    assert round(d_z(SAD[rater], NEUTRAL[rater]).d, 2) == d


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((0, 10, 0, 10), -0.2775, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0),
        ((10, 10, 0, 10), 0.6075, 1.0),
    ],
)
def test_newcombe_1998_table_ii_method_10(counts: tuple[int, int, int, int], low: float, high: float) -> None:
    estimate = proportion_difference(*counts)
    assert (round(estimate.low, 4), round(estimate.high, 4)) == (low, high)


def test_shrout_and_fleiss_1979_table_4(golden: dict[str, dict[str, list[list[float]]]]) -> None:
    ratings = golden["reliability"]["shrout_fleiss"]
    printed = {"1": 0.17, "A,1": 0.29, "C,1": 0.71, "1,k": 0.44, "A,k": 0.62, "C,k": 0.91}
    assert {form: round(icc(ratings, form).value, 2) for form in printed} == printed  # type: ignore[arg-type]


def test_krippendorff_2011_example_c() -> None:
    nan = float("nan")
    coders = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, nan, nan, nan],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, nan, 3],
        [nan, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, nan],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, nan],
    ]
    units = np.array(coders).T
    printed = {"nominal": 0.743, "ordinal": 0.815, "interval": 0.849, "ratio": 0.797}
    assert {m: round(krippendorff_alpha(units, m).value, 3) for m in printed} == printed  # type: ignore[arg-type]


def test_hollander_and_wolfe_motivation_data() -> None:
    """Nonparametric Statistical Methods (2nd ed.), table 6.6: J = 79."""
    levels = [[40, 35, 38, 43, 44, 41], [38, 40, 47, 44, 40, 42], [48, 40, 45, 43, 46, 44]]
    assert jonckheere(levels).statistic == 79
