"""What must hold whatever the data: invariance to shift, scale, sign, order and labels."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from affectlab import stats
from affectlab.stats._reml import Grouping, reml

settings.register_profile("stats", max_examples=40, deadline=None, derandomize=True)
settings.load_profile("stats")

scores = st.integers(0, 2**32 - 1).map(np.random.default_rng)
sizes = st.integers(5, 30)
shifts = st.floats(-1000, 1000)
scales = st.floats(0.01, 100)


def same(value: Any, rel: float = 1e-6) -> Any:
    return pytest.approx(value, rel=rel, abs=1e-8, nan_ok=True)


Standardised = Callable[[Any, Any], stats.EffectSize]


@given(scores, sizes, shifts, scales)
@pytest.mark.parametrize("effect", [stats.hedges_g, stats.d_z, stats.d_av, stats.d_av_independent])
def test_standardised_effects_know_no_unit(
    effect: Standardised, rng: np.random.Generator, n: int, shift: float, scale: float
) -> None:
    a, b = rng.normal(1, 1, n), rng.normal(0, 2, n)
    one, other = effect(a, b), effect(a * scale + shift, b * scale + shift)
    assert (other.d, other.g, other.low, other.high) == same((one.d, one.g, one.low, one.high), 1e-5)
    mirrored = effect(b, a)
    assert (mirrored.d, mirrored.low, mirrored.high) == same((-one.d, -one.high, -one.low))
    assert one.low < one.d < one.high
    assert abs(one.g) < abs(one.d)


@given(scores, sizes, shifts, scales)
@pytest.mark.parametrize("difference", [stats.raw_difference, stats.raw_change])
def test_raw_differences_scale_and_do_not_shift(
    difference: Callable[..., stats.PointEstimate], rng: np.random.Generator, n: int, shift: float, scale: float
) -> None:
    a, b = rng.normal(1, 1, n), rng.normal(0, 2, n)
    one, other = difference(a, b), difference(a * scale + shift, b * scale + shift)
    assert (other.value, other.low, other.high) == same((one.value * scale, one.low * scale, one.high * scale), 1e-5)
    assert difference(b, a).low == same(-one.high)
    assert difference(a, b, level=0.99).width > one.width


@given(scores, sizes, scales)
def test_rank_correlations_see_only_the_order(rng: np.random.Generator, n: int, scale: float) -> None:
    a = rng.normal(0, 1, n)
    b = a + rng.normal(0, 1, n)
    for correlation in (stats.spearman, stats.kendall):
        one, other = correlation(a, b), correlation(np.exp(a), b**3 * scale)
        assert (other.value, other.p) == same((one.value, one.p))
        assert correlation(a, -b).value == same(-one.value)
        assert correlation(b, a).value == same(one.value)
        assert -1 <= one.value <= 1


@given(scores, sizes)
def test_pearson_is_symmetric_and_bounded(rng: np.random.Generator, n: int) -> None:
    a, b = rng.normal(0, 1, n), rng.normal(0, 1, n)
    one = stats.pearson(a, b)
    assert one.value == same(stats.pearson(b, a).value)
    assert one.value == same(-stats.pearson(a, 5 - 3 * b).value)
    assert -1 <= one.low <= one.value <= one.high <= 1


@given(scores, st.integers(3, 12), st.integers(2, 5), shifts, scales)
def test_reliability_knows_no_unit(rng: np.random.Generator, n: int, k: int, shift: float, scale: float) -> None:
    table = rng.normal(0, 2, (n, 1)) + rng.normal(0, 1, (n, k))
    other = table * scale + shift
    assert stats.cronbach_alpha(other).value == same(stats.cronbach_alpha(table).value, 1e-5)
    assert stats.icc(table, "C,k").value == same(stats.cronbach_alpha(table).value)
    for form in ("1", "A,1", "C,1", "1,k", "A,k", "C,k"):
        one = stats.icc(table, form)  # type: ignore[arg-type]
        assert stats.icc(other, form).value == same(one.value, 1e-5)  # type: ignore[arg-type]
        assert stats.icc(table[::-1, ::-1], form).value == same(one.value)  # type: ignore[arg-type]
        assert one.low <= one.value <= one.high
    shifted = table + np.arange(k) * 3.0
    assert stats.icc(shifted, "C,1").value == same(stats.icc(table, "C,1").value, 1e-5)


@given(scores, st.integers(4, 15), st.integers(2, 4))
def test_krippendorff_knows_no_names_of_codes(rng: np.random.Generator, units: int, coders: int) -> None:
    codes = rng.integers(1, 5, (units, coders)).astype(float)
    codes[0, :2] = (1, 2)
    renamed = np.choose(codes.astype(int) - 1, [7.0, 1.0, 40.0, 3.0])
    nominal = stats.krippendorff_alpha(codes, "nominal").value
    assert stats.krippendorff_alpha(renamed, "nominal").value == same(nominal)
    assert stats.krippendorff_alpha(np.exp(codes), "ordinal").value == same(
        stats.krippendorff_alpha(codes, "ordinal").value
    )
    for metric in ("nominal", "ordinal", "interval"):
        assert stats.krippendorff_alpha(codes, metric).value <= 1  # type: ignore[arg-type]


@given(arrays(np.float64, st.integers(1, 20), elements=st.floats(0, 1)))
def test_adjusted_p_values_keep_the_order(p: np.ndarray[Any, np.dtype[np.float64]]) -> None:
    for adjust in (stats.holm, stats.benjamini_hochberg):
        adjusted = adjust(p)
        assert np.all((adjusted >= p - 1e-15) & (adjusted <= 1))
        assert np.all(np.diff(adjusted[np.argsort(p, kind="stable")]) >= -1e-15)
        assert adjust(p[::-1]).tolist() == same(adjusted[::-1].tolist())
    assert np.all(stats.benjamini_hochberg(p) <= stats.holm(p) + 1e-15)


@given(st.integers(0, 20), st.integers(1, 20), st.integers(0, 20), st.integers(1, 20))
def test_binary_intervals_mirror(x_1: int, more_1: int, x_2: int, more_2: int) -> None:
    n_1, n_2 = x_1 + more_1, x_2 + more_2
    one, other = stats.proportion(x_1, n_1), stats.proportion(n_1 - x_1, n_1)
    assert (other.low, other.high) == same((1 - one.high, 1 - one.low))
    difference, mirrored = (
        stats.proportion_difference(x_1, n_1, x_2, n_2),
        stats.proportion_difference(x_2, n_2, x_1, n_1),
    )
    assert (mirrored.low, mirrored.high) == same((-difference.high, -difference.low))
    assert -1 <= difference.low <= difference.value <= difference.high <= 1
    if x_1 + x_2:
        ratio, reversed_ = stats.log_odds_ratio(x_1, n_1, x_2, n_2), stats.log_odds_ratio(x_2, n_2, x_1, n_1)
        assert (reversed_.value, reversed_.low, reversed_.high) == same((-ratio.value, -ratio.high, -ratio.low))
        assert ratio.low < ratio.value < ratio.high


@given(scores, st.integers(2, 6), st.integers(2, 5), scales, shifts)
def test_variance_components_scale_with_the_square(
    rng: np.random.Generator, a: int, b: int, scale: float, shift: float
) -> None:
    y = (rng.normal(0, 2, (a, 1)) + rng.normal(0, 1, (1, b)) + rng.normal(0, 1, (a, b))).ravel()
    labels = {"v": np.repeat(np.arange(a), b), "w": np.tile(np.arange(b), a)}
    one = stats.variance_components(y, labels)
    other = stats.variance_components(y * scale + shift, labels)
    for source, value in one.estimate.items():
        assert other.estimate[source] == pytest.approx(value * scale**2, rel=1e-5, abs=1e-6 * scale**2)
    order = rng.permutation(y.size)
    shuffled = stats.variance_components(y[order], {k: v[order] for k, v in labels.items()})
    assert shuffled.estimate == same(one.estimate)
    assert math.fsum(one.share.values()) == same(1.0)


@given(scores, st.integers(4, 8), st.integers(4, 7))
def test_generalizability_of_one_facet_is_the_intraclass_correlation(rng: np.random.Generator, a: int, b: int) -> None:
    table = rng.normal(0, 3, (a, 1)) + rng.normal(0, 1, (1, b)) + rng.normal(0, 1, (a, b))
    labels = {"v": np.repeat(np.arange(a), b), "w": np.tile(np.arange(b), a)}
    parts = stats.variance_components(table.ravel(), labels)
    if min(parts.estimate.values()) > 0:
        result = stats.generalizability(parts, "v", {"w": b})
        assert result.relative == same(stats.icc(table, "C,k").value)
        assert result.absolute == same(stats.icc(table, "A,k").value)


@given(scores, st.integers(4, 9))
def test_restricted_likelihood_agrees_with_mean_squares_when_balanced(rng: np.random.Generator, a: int) -> None:
    y = (rng.normal(0, 3, (a, 1)) + rng.normal(0, 2, (1, a)) + rng.normal(0, 1, (a, a))).ravel()
    rows, columns = np.repeat(np.arange(a), a), np.tile(np.arange(a), a)
    parts = stats.variance_components(y, {"v": rows, "w": columns}).estimate
    for host in (None, rows):  # with and without eliminating the rows' blocks first
        fit = reml(y, np.ones((a * a, 1)), [Grouping("v", rows, a, host), Grouping("w", columns, a)])
        if min(parts.values()) > 1e-3:
            assert fit.variance == pytest.approx(list(parts.values()), rel=1e-4)
        assert fit.beta[0] == same(float(y.mean()))


@given(scores, st.integers(4, 12))
def test_a_mixed_model_of_one_score_per_unit_and_condition_is_a_paired_test(rng: np.random.Generator, n: int) -> None:
    a = rng.normal(0, 1, n)
    b = a + rng.normal(0.5, 0.8, n)
    between = np.var(a - b, ddof=1) / 2 < np.var((a + b) / 2, ddof=1) * 2  # the unit's variance is above zero
    model = stats.mixed_model([*b, *a], ["b"] * n + ["a"] * n, {"unit": [*range(n), *range(n)]})
    mixed, paired = model.contrast("b", "a"), stats.paired_t(b, a)
    if between and model.variance["unit"] > 1e-3:
        assert (mixed.difference, mixed.t, mixed.df) == pytest.approx((paired.difference, paired.t, n - 1), rel=1e-4)


@given(scores, st.integers(5, 10), shifts)
def test_bootstrap_is_repeatable_and_moves_with_the_data(rng: np.random.Generator, n: int, shift: float) -> None:
    values, clusters = rng.normal(0, 1, 3 * n), np.repeat(np.arange(n), 3)
    one = stats.cluster_bootstrap(values, clusters, seed=3, draws=299)
    assert stats.cluster_bootstrap(values, clusters, seed=np.random.default_rng(3), draws=299) == one
    named = np.array([f"vignette {i:03}" for i in clusters])
    assert stats.cluster_bootstrap(values, named, seed=3, draws=299) == one
    moved = stats.cluster_bootstrap(values + shift, clusters, seed=3, draws=299)
    assert (moved.low, moved.high) == same((one.low + shift, one.high + shift), 1e-5)


@given(scores, st.integers(5, 10))
def test_a_given_statistic_is_resampled_as_the_mean_is(rng: np.random.Generator, n: int) -> None:
    values, first, second = rng.normal(0, 1, n * 5), np.repeat(np.arange(n), 5), np.tile(np.arange(5), n)
    for labels in ((first,), (first, second)):
        boot: Callable[..., stats.PointEstimate] = (
            stats.cluster_bootstrap if len(labels) == 1 else stats.crossed_bootstrap
        )
        kwargs = {"seed": 5, "draws": 299, "interval": "percentile"}
        assert boot(values, *labels, **kwargs).low == same(boot(values, *labels, statistic=np.mean, **kwargs).low)


@given(scores, st.integers(2, 8), st.integers(3, 6))
def test_trend_turns_with_the_levels(rng: np.random.Generator, n: int, k: int) -> None:
    table = rng.normal(0, 1, (n, k)) + np.arange(k) * 0.3
    rising, falling = stats.page_trend(table), stats.page_trend(table[:, ::-1])
    assert (falling.z, falling.strength) == same((-rising.z, -rising.strength))
    assert stats.page_trend(np.exp(table)).z == same(rising.z)
    rising, falling = stats.jonckheere(list(table.T)), stats.jonckheere(list(table.T[::-1]))
    assert (falling.z, falling.strength) == same((-rising.z, -rising.strength))


@given(st.floats(-50, 50), st.integers(3, 60))
def test_bayes_factor_ignores_the_sign_and_grows_with_t(t: float, n: int) -> None:
    one = stats.jzs_from_t(t, n)
    assert one.log_bf10 == same(stats.jzs_from_t(-t, n).log_bf10)
    assert stats.jzs_from_t(abs(t) + 1, n).log_bf10 > one.log_bf10
    assert one.bf10 * one.bf01 == same(1.0) or math.isinf(one.bf10)


@given(*[st.integers(0, 50)] * 4)
def test_detection_mirrors(hits: int, misses: int, alarms: int, rejections: int) -> None:
    if hits + misses and alarms + rejections:
        one = stats.detection(hits, misses, alarms, rejections)
        other = stats.detection(alarms, rejections, hits, misses)
        assert (other.d_prime, other.criterion, other.a_prime) == same((-one.d_prime, one.criterion, 1 - one.a_prime))
        assert 0 <= one.a_prime <= 1


@given(scores, sizes)
def test_omega_knows_no_sign_of_the_factor(rng: np.random.Generator, n: int) -> None:
    factor = rng.normal(0, 1, (n + 20, 1))
    items = factor * [0.9, 0.8, 0.7, 0.6] + rng.normal(0, 0.6, (n + 20, 4))
    one, other = stats.omega_total(items), stats.omega_total(10 - 2 * items)
    assert (other.value, other.low, other.high) == same((one.value, one.low, one.high), 1e-4)
    assert 0 < one.value < 1
