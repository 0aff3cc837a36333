"""Where numbers are extreme: limits that hold by direct integration, and models that cannot be told are refused."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, special

from affectlab.errors import DataError
from affectlab.stats import anova, mixed_model, sd_ratio
from affectlab.stats.effects import FAR, noncentrality
from affectlab.stats.ttest import paired_t


def tail(t: float, df: float, limit: float) -> float:
    """P(T ≤ t) for a noncentral t, as the integral of Φ(t χ/√df − δ) over the density of χ²."""

    def density(u: float) -> float:
        log = (
            df / 2 * math.log(df / 2) - special.gammaln(df / 2) + (df - 1) * math.log(u) - df * u * u / 2 + math.log(2)
        )
        return math.exp(log) * float(special.ndtr(t * u - limit))

    at = limit / t
    width = 12 / math.sqrt(2 * df)
    points = sorted({max(at + k / t, 1e-9) for k in (-9, -3, 0, 3, 9)})
    return integrate.quad(density, max(1e-9, 1 - width), 1 + width, points=points, limit=2000, epsabs=1e-12)[0]


@pytest.mark.parametrize("t", [FAR * 1.001, 1e3, 1e4])
@pytest.mark.parametrize("df", [4, 18, 200])
def test_limits_of_a_large_t_stand_at_their_tails(t: float, df: float) -> None:
    low, high = noncentrality(t, df, 0.95)
    assert (tail(t, df, low), tail(t, df, high)) == (pytest.approx(0.975, abs=2e-6), pytest.approx(0.025, abs=2e-6))
    assert noncentrality(-t, df, 0.95) == (-high, -low)


def test_limits_of_an_endless_t_are_those_of_chi() -> None:
    """As t grows, δ/t tends to a quantile of χ/√df."""
    for t in (4e5, 1e9, 1e15):
        low, high = noncentrality(t, 18, 0.95)
        assert [low / t, high / t] == pytest.approx(
            [math.sqrt(special.chdtri(18, q) / 18) for q in (0.975, 0.025)], rel=1e-6
        )


def test_limits_join_where_the_method_changes() -> None:
    for df in (2, 10, 1000):
        below, above = (noncentrality(FAR * (1 + side * 1e-9), df, 0.95) for side in (-1, 1))
        assert below == pytest.approx(above, rel=5e-5), "the library is inexact by 2e-5 here"


def test_an_f_beyond_all_has_no_traceback() -> None:
    x = np.array([0.0, 1e-7, 2e-7, 3e-7])
    assert anova([x, x + 1, x + 2]).statistic > 1e9


def test_what_cannot_be_told_from_the_condition_is_refused() -> None:
    rng = np.random.default_rng(1)
    arm, unit = np.repeat([0, 1], 40), np.tile(np.arange(20), 4)
    y = rng.normal(size=80)
    for name in ("unit", "item"):
        with pytest.raises(DataError, match=f"{name} has one level in each condition"):
            mixed_model(y, arm, {name: arm, "other": unit})


def test_a_residual_next_to_nothing_is_no_finding() -> None:
    rng = np.random.default_rng(2)
    unit, arm = np.tile(np.arange(12), 4), np.repeat([0, 1], 24)
    y = rng.normal(0, 1, 12)[unit] * 1e6 + rng.normal(0, 1, 48)
    with pytest.raises(DataError, match=r"the residual is less than|without rest"):
        mixed_model(y, arm, {"unit": unit, "item": np.tile(np.repeat([0, 1], 12), 2)})


def crossed_scores(residual: float, seed: int) -> np.ndarray:
    """Eight units and six items under two conditions that differ over units alone; shape (2, 8, 6)."""
    rng = np.random.default_rng(seed)
    shared = rng.normal(0, 1, (8, 1)) + rng.normal(0, 1, 6)
    moved = np.stack([1.0 + rng.normal(0, 0.5, (8, 1)) + 0.0 * shared, 0.0 * shared])
    return shared + moved + residual * rng.normal(size=(2, 8, 6))


@pytest.mark.parametrize("residual", [1.0, 0.1, 0.03, 0.015])
def test_a_small_residual_costs_no_digits(residual: float) -> None:
    """Closed form: where items do not move apart, the standard error and df are those of the paired t over units."""
    condition, unit, item = (place.ravel() for place in np.indices((2, 8, 6)))
    seen = 0
    for seed in range(12):
        y = crossed_scores(residual, seed)
        model = mixed_model(y.ravel(), condition, {"unit": unit, "item": item})
        if model.variance["item × condition"] > 0.0:
            continue
        found, expected = model.contrast("0", "1"), paired_t(y[0].mean(axis=1), y[1].mean(axis=1))
        assert found.se == pytest.approx(expected.se, rel=1e-6)
        assert found.df == pytest.approx(7.0, rel=1e-4)
        seen += 1
    assert seen >= 3


@pytest.mark.parametrize("residual", [1e-3, 1e-4, 1e-6, 1e-9])
def test_a_residual_too_small_for_the_digits_is_refused(residual: float) -> None:
    condition, unit, item = (place.ravel() for place in np.indices((2, 8, 6)))
    with pytest.raises(DataError, match=r"the residual is less than|without rest"):
        mixed_model(crossed_scores(residual, 1).ravel(), condition, {"unit": unit, "item": item})


@pytest.mark.parametrize("t", [6.0, 20.0, 60.0])
def test_limits_of_a_moderate_t_stand_at_their_tails(t: float) -> None:
    """By direct integration; the library's own inverse is off by 2e-6 in the tail at t = 60."""
    low, high = noncentrality(t, 18, 0.95)
    assert (tail(t, 18, low), tail(t, 18, high)) == (pytest.approx(0.975, abs=1e-9), pytest.approx(0.025, abs=1e-9))


def test_the_ratio_of_spreads_covers_alike_whatever_it_is() -> None:
    """The interval moves with the scale of a sample, so that its coverage does not depend on the true ratio."""
    rng = np.random.default_rng(3)
    first, second = rng.normal(0, 1, 12), rng.normal(0, 1, 9)
    one, other = sd_ratio(first, second), sd_ratio(first, 7 * second)
    assert (7 * other.low, 7 * other.high) == pytest.approx((one.low, one.high))
