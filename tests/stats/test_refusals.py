"""What cannot be analysed is refused with a count and a hint, or is a NaN that is documented; never a number."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from affectlab import stats
from affectlab.errors import DataError

NAN = float("nan")
GOOD = [1.0, 3.0, 2.0, 5.0, 4.0, 7.0]
OTHER = [2.0, 1.0, 4.0, 3.0, 6.0, 4.0]
TABLE = [[1.0, 2.0, 4.0], [2.0, 4.0, 5.0], [5.0, 4.0, 7.0], [3.0, 6.0, 6.0], [1.0, 1.0, 3.0]]

ONE_SAMPLE: dict[str, Callable[[Any], object]] = {
    "one_sample_t": stats.one_sample_t,
    "mean_interval": stats.mean_interval,
    "d_z of differences": stats.d_z,
    "tost_one_sample": lambda x: stats.tost_one_sample(x, lower=-1, upper=1),
    "cluster_mean": lambda x: stats.cluster_mean(x, list(range(len(x)))),
    "cluster_bootstrap": lambda x: stats.cluster_bootstrap(x, list(range(len(x))), seed=1),
    "variance_components": lambda x: stats.variance_components(
        x, {"v": [i // 2 for i in range(len(x))], "w": [i % 2 for i in range(len(x))]}
    ),
}
PAIRED: dict[str, Callable[[Any, Any], object]] = {
    "paired_t": stats.paired_t,
    "raw_change": stats.raw_change,
    "d_z": stats.d_z,
    "d_av": stats.d_av,
    "tost_paired": lambda x, y: stats.tost_paired(x, y, lower=-1, upper=1),
    "pearson": stats.pearson,
    "spearman": stats.spearman,
    "kendall": stats.kendall,
}
INDEPENDENT: dict[str, Callable[[Any, Any], object]] = {
    "welch_t": stats.welch_t,
    "student_t": stats.student_t,
    "raw_difference": stats.raw_difference,
    "hedges_g": stats.hedges_g,
    "d_av_independent": stats.d_av_independent,
    "sd_ratio": stats.sd_ratio,
    "tost": lambda x, y: stats.tost(x, y, lower=-1, upper=1),
}
TABLES: dict[str, Callable[[Any], object]] = {
    "crossed_t": stats.crossed_t,
    "cronbach_alpha": stats.cronbach_alpha,
    "omega_total": stats.omega_total,
    "icc": lambda x: stats.icc(x, "A,1"),
    "page": stats.page_trend,
}


def refused(call: Callable[[], object], *words: str) -> None:
    with pytest.raises(DataError) as caught:
        call()
    assert caught.value.hint
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize("name", ONE_SAMPLE)
def test_one_sample(name: str) -> None:
    function = ONE_SAMPLE[name]
    function(GOOD)
    refused(lambda: function([*GOOD[:4], NAN, math.inf]), "2 of 6", "missing or infinite")
    refused(lambda: function([4.0]))
    refused(lambda: function([]))
    refused(lambda: function([5.0] * 6), "5")
    refused(lambda: function([0.1 + 0.2, 0.3, 0.3, 0.3, 0.3, 0.3]))
    refused(lambda: function(["calm"] * 6), "not numeric")


@pytest.mark.parametrize("name", PAIRED)
def test_paired(name: str) -> None:
    function = PAIRED[name]
    function(GOOD, OTHER)
    refused(lambda: function(GOOD, OTHER[:5]), "6 and 5")
    refused(lambda: function(GOOD, [NAN, *OTHER[1:]]), "1 of 6")
    refused(lambda: function([1.0], [2.0]))
    refused(lambda: function([5.0] * 6, [5.0] * 6))


@pytest.mark.parametrize("name", ["paired_t", "raw_change", "d_z", "tost_paired"])
def test_a_constant_change_has_no_test(name: str) -> None:
    refused(lambda: PAIRED[name](np.array(GOOD) + 0.1, GOOD), "all 6 values in the differences")


@pytest.mark.parametrize("name", INDEPENDENT)
def test_independent(name: str) -> None:
    function = INDEPENDENT[name]
    function(GOOD, OTHER[:5])
    refused(lambda: function([1.0, NAN, 2.0, 3.0, 4.0], OTHER), "1 of 5")
    refused(lambda: function([1.0], OTHER), "1 unit")
    refused(lambda: function([5.0] * 6, [2.0] * 6), "all 6 values")


@pytest.mark.parametrize("name", ["welch_t", "student_t", "hedges_g", "d_av_independent"])
def test_one_constant_arm_is_no_reason_to_refuse(name: str) -> None:
    INDEPENDENT[name](GOOD, [0.0] * 5)
    INDEPENDENT[name]([0.0] * 5, GOOD)


@pytest.mark.parametrize("name", TABLES)
def test_tables(name: str) -> None:
    function = TABLES[name]
    function(TABLE)
    refused(lambda: function([[1.0, NAN, 2.0], *TABLE[1:]]), "1 of 15 cells")
    refused(lambda: function(GOOD), "1 dimensions")
    refused(lambda: function([[1.0, 2.0, 3.0]]))
    refused(lambda: function(np.full((5, 3), 4.0)))


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0, -0.5, NAN])
def test_levels(level: float) -> None:
    refused(lambda: stats.mean_interval(GOOD, level=level), "between 0 and 1")
    refused(lambda: stats.hedges_g(GOOD, OTHER, level=level))
    refused(lambda: stats.proportion(1, 2, level=level))


def test_clusters() -> None:
    refused(lambda: stats.cluster_mean(GOOD, ["a"] * 6), "one cluster")
    refused(lambda: stats.cluster_mean(GOOD, ["a", "b"]), "(2,)")
    refused(lambda: stats.cluster_mean(GOOD, ["a", None, "b", "c", "d", "e"]), "1 of 6 labels")
    refused(lambda: stats.cluster_mean(GOOD, [1.0, NAN, 2.0, 3.0, 4.0, 5.0]), "1 of 6 labels")
    refused(lambda: stats.cluster_bootstrap(GOOD, list("aabbcc"), seed=1), "3 levels")
    refused(lambda: stats.cluster_bootstrap([1.0, 2.0] * 4, list("aabbccdd"), seed=1), "4 levels")
    refused(lambda: stats.cluster_bootstrap([1.0, 2.0] * 5, list("aabbccddee"), seed=1), "all cluster means")
    refused(lambda: stats.cluster_bootstrap(GOOD, list("abcdef"), seed=1, draws=50), "50 draws")
    refused(
        lambda: stats.cluster_bootstrap(GOOD, list("abcdef"), seed=1, statistic=np.mean, interval="studentized"),
        "only for means",
    )
    refused(lambda: stats.cluster_bootstrap(GOOD, list("abcdef"), seed=1, statistic=lambda x: NAN), "not finite")
    refused(lambda: stats.cluster_bootstrap(np.ones((6, 2)), list("abcdef"), seed=1), "several columns")
    values, rows, columns = np.arange(25.0), np.repeat(np.arange(5), 5), np.tile(np.arange(5), 5)
    refused(lambda: stats.crossed_bootstrap(values, rows, columns % 2, seed=1), "second factor has 2 levels")


@pytest.mark.parametrize("name", ["anova", "welch_anova"])
def test_several_samples(name: str) -> None:
    function = getattr(stats, name)
    function([GOOD, OTHER, GOOD[:3]])
    refused(lambda: function([GOOD]), "1 condition")
    refused(lambda: function([GOOD, OTHER, [1.0]]), "sample 3", "1 unit")
    refused(lambda: function([GOOD, [NAN, *OTHER]]), "sample 2", "1 of 7")
    refused(lambda: function([[5.0] * 4, [6.0] * 4]))


def test_one_constant_sample_has_no_weight_in_welch_s_test() -> None:
    refused(lambda: stats.welch_anova([GOOD, [0.0] * 5, OTHER]), "all 5 values in sample 2")
    assert stats.anova([GOOD, [0.0] * 5, OTHER]).p > 0


def test_repeated_scores() -> None:
    refused(lambda: stats.repeated_anova([[1.0, NAN, 2.0], *TABLE[1:]]), "1 of 15 cells")
    refused(lambda: stats.repeated_anova(np.add.outer(GOOD, [0.0, 0.1, 0.3])), "same amounts")
    refused(lambda: stats.repeated_anova(TABLE[:1]))


def test_several_proportions() -> None:
    refused(lambda: stats.proportions_test([3], [5]), "1 proportion")
    refused(lambda: stats.proportions_test([0, 0, 0], [5, 5, 5]), "only failures")
    refused(lambda: stats.proportions_test([3, 9], [5, 5]), "9 successes in 5")
    refused(lambda: stats.cochran_q([[0, 0, 0], [1, 1, 1]]), "none of 2 units")
    refused(lambda: stats.cochran_q([[0, 2, 0], [1, 0, 1]]), "neither 0 nor 1")


def test_correlation_of_a_constant_and_a_perfect_one() -> None:
    for correlation in (stats.pearson, stats.spearman, stats.kendall):
        refused(lambda c=correlation: c(GOOD, [3.0] * 6), "second score")  # type: ignore[misc]
        refused(lambda c=correlation: c(GOOD[:3], OTHER[:3]), "at least 4")  # type: ignore[misc]
        perfect = correlation([1.0, 2.0, 3.0, 4.0], [2.0, 4.0, 6.0, 8.0])
        assert perfect.value == pytest.approx(1.0)
        assert math.isnan(perfect.low)
        assert math.isnan(perfect.high)
    assert stats.spearman([1, 2, 3, 4], [2, 4, 6, 80]).p == pytest.approx(2 / math.factorial(4))


def test_binary() -> None:
    refused(lambda: stats.proportion(3, 2), "3 successes in 2 trials")
    refused(lambda: stats.proportion(0, 0))
    refused(lambda: stats.proportion(NAN, 5))
    refused(lambda: stats.log_odds_ratio(0, 10, 0, 10), "only failures")
    refused(lambda: stats.log_odds_ratio(10, 10, 10, 10), "only successes")
    refused(lambda: stats.logit_change([0.5, 1.0, 0.2], [0.4, 0.3, 0.1]), "0 or 1")
    open_ended = stats.log_odds_ratio(10, 10, 4, 10)
    assert open_ended.high == math.inf
    assert 0 < open_ended.low < open_ended.value


def test_equivalence_bounds() -> None:
    refused(lambda: stats.tost(GOOD, OTHER, lower=1, upper=5), "do not enclose zero")
    refused(lambda: stats.tost(GOOD, OTHER, lower=-5, upper=NAN), "do not enclose zero")
    refused(lambda: stats.tost(GOOD, OTHER, lower=-5, upper=5, alpha=0.5))


def test_bayes() -> None:
    refused(lambda: stats.jzs(stats.welch_t(GOOD, OTHER)), "Welch")
    refused(lambda: stats.jzs_from_t(NAN, 10))
    refused(lambda: stats.jzs_from_t(2.0, 1))
    refused(lambda: stats.jzs_from_t(2.0, 10, scale=0))
    assert stats.jzs_from_t(900.0, 5000).bf10 == math.inf
    assert math.isfinite(stats.jzs_from_t(900.0, 5000).log_bf10)


def test_multiplicity() -> None:
    for adjust in (stats.holm, stats.benjamini_hochberg):
        refused(lambda f=adjust: f([0.01, NAN]), "1 of 2")  # type: ignore[misc]
        refused(lambda f=adjust: f([0.01, 1.2]))  # type: ignore[misc]
        refused(lambda f=adjust: f([]))  # type: ignore[misc]


def test_reliability() -> None:
    constant_item = np.column_stack([np.array(TABLE), np.full(5, 3.0)])
    refused(lambda: stats.cronbach_alpha(constant_item), "item 4")
    refused(lambda: stats.omega_total(constant_item), "item 4")
    refused(lambda: stats.cronbach_alpha([[1, -1], [2, -2], [3, -3]]), "sum")
    refused(lambda: stats.omega_total(np.array(TABLE)[:3]), "too few")
    copies = np.column_stack([GOOD, GOOD, OTHER])
    refused(lambda: stats.omega_total(copies), "determine each other")


def test_a_heywood_case_has_no_interval() -> None:
    rng = np.random.default_rng(2)
    factor = rng.normal(size=60)
    items = np.column_stack([factor, 0.5 * factor + rng.normal(size=60), 0.5 * factor + rng.normal(size=60)])
    items[:, 0] += rng.normal(scale=1e-4, size=60)
    estimate = stats.omega_total(items)
    assert ("Heywood" in estimate.method) == math.isnan(estimate.low) == math.isnan(estimate.high)


def test_agreement() -> None:
    refused(lambda: stats.icc(TABLE, "B,2"), "B,2")  # type: ignore[arg-type]
    refused(lambda: stats.icc([[1, 1], [2, 2], [3, 3]], "A,1"), "perfectly")
    refused(lambda: stats.icc([[1, 2], [2, 3], [3, 4]], "C,1"), "constants")
    refused(lambda: stats.krippendorff_alpha([[1, 1], [1, 1], [1, NAN]], "nominal"), "every code is 1")
    refused(lambda: stats.krippendorff_alpha([[1, NAN], [NAN, 2], [1, 2]], "nominal"), "1 units")
    refused(lambda: stats.krippendorff_alpha([[1, -1], [1, 2]], "ratio"), "ratio")
    refused(lambda: stats.krippendorff_alpha([[1, math.inf], [1, 2]], "nominal"))
    perfect = stats.krippendorff_alpha([[1, 1], [2, 2], [1, 1]], "nominal")
    assert perfect.value == 1
    assert math.isnan(perfect.low)
    assert math.isnan(perfect.high)


def test_variance() -> None:
    labels = {"v": [0, 0, 1, 1, 2, 2], "w": [0, 1, 0, 1, 0, 1]}
    refused(lambda: stats.variance_components(GOOD, {}), "no facet")
    refused(lambda: stats.variance_components(GOOD, {"v": [1] * 6}), "v has one level")
    refused(lambda: stats.variance_components(GOOD, labels, terms=[("x",)]), "x")
    refused(lambda: stats.variance_components(GOOD, labels, terms=[("v", "w")]), "residual")
    refused(lambda: stats.variance_components(GOOD, {"row": list(range(6)), "w": labels["w"]}), "row")
    rng = np.random.default_rng(1)
    many = {"v": rng.integers(0, 5000, 20000), "w": rng.integers(0, 5000, 20000)}
    refused(lambda: stats.variance_components(rng.normal(size=20000), many), "too many")
    parts = stats.variance_components(GOOD, labels)
    refused(lambda: stats.generalizability(parts, "x", {"w": 3}), "x")
    refused(lambda: stats.generalizability(parts, "v", {}), "nothing")
    refused(lambda: stats.generalizability(parts, "v", {"w": 0}))


def test_trend() -> None:
    refused(lambda: stats.jonckheere([GOOD]), "at least two")
    refused(lambda: stats.jonckheere([GOOD, []]), "level 2")
    refused(lambda: stats.jonckheere([[3.0, 3.0], [3.0, 3.0]]))
    refused(lambda: stats.page_trend([[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]]), "every unit")
    refused(lambda: stats.page_trend([[1.0, 2.0], [2.0, 3.0]]), "2 × 3")


def test_detection() -> None:
    refused(lambda: stats.detection(0, 0, 1, 1), "no signal")
    refused(lambda: stats.detection(1, 1, 0, 0), "no noise")
    refused(lambda: stats.detection(-1, 1, 1, 1))
    refused(lambda: stats.detection(NAN, 1, 1, 1))
    refused(lambda: stats.detection(5, 0, 1, 4, correction="none"), "infinite")


def test_missing() -> None:
    refused(lambda: stats.worst_case_mean([1, 200], missing=1, lowest=0, highest=100), "beyond the scale")
    refused(lambda: stats.worst_case_mean([1], missing=-1, lowest=0, highest=100))
    refused(lambda: stats.worst_case_mean([1], missing=1, lowest=0, highest=math.inf))
    refused(lambda: stats.worst_case_mean([], missing=1, lowest=0, highest=100))


def test_power() -> None:
    refused(lambda: stats.power_paired(0.5, 1))
    refused(lambda: stats.power_paired(NAN, 10))
    refused(lambda: stats.power_independent(0.5, 0, 10))
    refused(lambda: stats.simulated_power(lambda rng: NAN, seed=1, draws=10), "10 of 10")
    refused(lambda: stats.simulated_power(lambda rng: 0.5, seed=1, draws=0))
    rng = np.random.default_rng(1)
    refused(lambda: stats.crossed_scores(0, {"v": -1.0}, {"v": 3}, rng))
    refused(lambda: stats.crossed_scores(0, {"w": 1.0}, {"v": 3}, rng), "w")
    refused(lambda: stats.sd_ratio([1, 2, 3], GOOD), "at least 5")
