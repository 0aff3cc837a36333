"""Units and items both random, against R and closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest

from affectlab import stats
from affectlab.errors import DataError
from affectlab.stats.crossed import INCOMPLETE, with_shared

ANSWERS = np.array([[2, 3, 1, 4], [4, 4, 2, 6], [1, 3, 2, 3], [5, 5, 3, 6], [3, 4, 1, 5]], float)
"""Five units by four items."""
SPREAD = np.array(
    [
        [2.0, 2.9, -0.5, 4.4, 1.1, 4.8],
        [1.9, 2.3, 0.7, 2.5, 3.4, 4.3],
        [5.2, 3.3, 3.1, 4.2, 5.5, 4.5],
        [2.8, 4.0, 0.9, 4.7, 4.0, 6.0],
        [1.5, 0.7, -0.9, 1.4, 2.2, 3.6],
        [1.8, 2.7, 0.7, 2.8, 3.0, 4.5],
    ]
)
FEAR = np.array([[2, 3, 1, 4], [4, 4, 2, 6], [1, 3, 2, 3], [5, 5, 3, 6]], float)
NEUTRAL = np.array([[1, 1, 1, 1], [2, 0, 2, 1], [0, 2, 1, 2]], float)


def test_both_variances_are_those_of_lmer_with_its_degrees_of_freedom() -> None:
    """R 4.2, lmerTest 3.1, lmer(y ~ 1 + (1|unit) + (1|item)): 2.833333, se 0.660790, df 8.73786, p .0021694."""
    found = stats.crossed_t(SPREAD)
    assert found.difference == pytest.approx(2.8333333, abs=1e-7)
    assert (found.se, found.df, found.p) == pytest.approx((0.6607905, 8.737863, 0.002169372), rel=1e-5)


def test_the_interval_over_items_alone_is_the_widest_where_items_vary_most() -> None:
    """R: t.test(colMeans(answers)) gives 3.35 [1.330964, 5.369036], df 3; lmer's, over both, is narrower (df 5.43)."""
    found = stats.crossed_t(ANSWERS)
    assert (found.difference, found.low, found.high, found.df) == pytest.approx((3.35, 1.330964, 5.369036, 3), abs=1e-6)


def test_without_variance_of_items_the_interval_is_that_over_units() -> None:
    """Where items do not differ, the t interval over means of units: R's t.test."""
    table = np.array([1.0, 4.0, 2.0, 6.0])[:, None] + 2 * np.array([[1, -1], [-1, 1], [1, -1], [-1, 1]])
    found, over_units = stats.crossed_t(table), stats.one_sample_t(table.mean(axis=1))
    assert (found.low, found.high, found.df) == pytest.approx((over_units.low, over_units.high, 3))


@pytest.mark.parametrize("raised", [0.025, 0.034, 0.04, 0.109])
def test_a_mean_square_that_equals_the_residual_is_one_without_variance(raised: float) -> None:
    """One answer of twelve differs, so that units vary as much as the residual: the interval is that over items."""
    table = np.tile([2.948812, 3.051075, 3.245425, 2.815542], (3, 1))
    table[2, 2] -= raised
    found, items = stats.crossed_t(table), stats.one_sample_t(table.mean(axis=0))
    assert (found.low, found.high, found.df) == pytest.approx((items.low, items.high, 3), rel=1e-9)


@pytest.mark.parametrize("raised", [0.025, 0.034, 0.04, 0.109])
def test_shared_units_that_vary_as_the_residual_does_add_nothing(raised: float) -> None:
    """One score of twelve differs, so that what units add to all differences alike is zero, but for rounding."""
    shared = np.tile([2.948812, 3.051075, 3.245425, 2.815542], (3, 1))
    shared[2, 2] -= raised
    alone = stats.one_sample_t([1.2, 0.8, 1.9, 1.1])
    assert with_shared(alone, shared) == alone


def test_never_narrower_than_over_units_or_over_items() -> None:
    rng = np.random.default_rng(2)
    for _ in range(200):
        first, second = rng.normal(0, 1, (int(rng.integers(3, 9)), 4)), rng.normal(0, 2, (int(rng.integers(3, 9)), 4))
        both = stats.crossed_welch(first, second)
        units = stats.welch_t(first.mean(axis=1), second.mean(axis=1))
        items = stats.paired_t(first.mean(axis=0), second.mean(axis=0))
        assert both.difference == pytest.approx(units.difference)
        assert both.high - both.low >= max(units.high - units.low, items.high - items.low) * (1 - 1e-12)


def test_the_variance_of_a_difference_holds_items_by_condition() -> None:
    """Mean squares of R's aov in each condition, and var() of the items' differences, put together by hand."""
    found = stats.crossed_welch(FEAR, NEUTRAL)
    parts = []
    for table in (FEAR, NEUTRAL):
        n = len(table)
        rest = table - table.mean(axis=1)[:, None] - table.mean(axis=0) + table.mean()
        parts += [(table.mean(axis=1).var(ddof=1) / n, n - 1)]
        parts += [(-np.sum(rest**2) / (3 * (n - 1)) / (4 * n), 3 * (n - 1))]
    parts += [((FEAR.mean(axis=0) - NEUTRAL.mean(axis=0)).var(ddof=1) / 4, 3)]
    variance = sum(value for value, _ in parts)
    assert found.se == pytest.approx(math.sqrt(variance))
    assert found.df == pytest.approx(variance**2 / sum(value**2 / df for value, df in parts))


def test_missing_answers_by_the_mixed_model() -> None:
    """R 4.2, lme4 and lmerTest: the variances of lmer(y ~ 1 + (1|unit) + (1|item)), the weights that the mean of means
    of units gives to each answer, and df from the covariance of the parameters: se 0.6586426, df 8.511521."""
    gaps = SPREAD.copy()
    gaps[1, 1] = gaps[4, 3] = np.nan
    found = stats.crossed_incomplete(gaps)
    assert found.test == INCOMPLETE
    assert found.difference == pytest.approx(2.8411111, abs=1e-7)
    assert (found.se, found.df) == pytest.approx((0.6586426, 8.511521), rel=1e-5)


def test_items_in_another_number_are_refused() -> None:
    with pytest.raises(DataError, match="differ in items: 4 and 3"):
        stats.crossed_welch(FEAR, NEUTRAL[:, :3])
