"""Every function against R, on the data in golden.json.

Tolerances are relative. 1e-9 where both sides use closed forms or accurate quantiles; wider where R is iterative, and
then the reason stands at the test.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from scipy import stats as scipy_stats

from affectlab import stats

Golden = dict[str, Any]


def close(value: float, rel: float = 1e-9, abs_: float = 1e-12) -> Any:
    return pytest.approx(value, rel=rel, abs=abs_)


# --- t tests and equivalence


def check_t(test: stats.TTest, expected: Golden) -> None:
    for key, value in expected.items():
        assert getattr(test, key) == close(value), key


def test_t_tests(golden: Golden) -> None:
    """R: t.test."""
    data, expected = golden["data"], golden["ttest"]
    check_t(stats.welch_t(data["x"], data["y"]), expected["welch"])
    check_t(stats.welch_t(data["x"], data["y"], level=0.9), expected["welch_90"])
    check_t(stats.student_t(data["x"], data["y"]), expected["student"])
    check_t(stats.paired_t(data["after"], data["before"]), expected["paired"])
    one = dict(expected["one_sample"])  # R's interval is of the mean, ours of its distance from the reference
    one["low"], one["high"] = one["low"] - 55, one["high"] - 55
    check_t(stats.one_sample_t(data["x"], 55), one)
    check_t(stats.paired_t(data["sleep1"], data["sleep2"]), expected["sleep_paired"])
    check_t(stats.welch_t(data["sleep1"], data["sleep2"]), expected["sleep_welch"])


def test_equivalence(golden: Golden) -> None:
    """R: t.test with mu at each bound and a one-sided alternative, and its 90 % interval."""
    data, expected, bounds = golden["data"], golden["tost"], {"lower": -15.0, "upper": 15.0}
    results = {
        "welch": stats.tost(data["x"], data["y"], **bounds),
        "paired": stats.tost_paired(data["after"], data["before"], **bounds),
        "one_sample": stats.tost_one_sample(data["x"], 55, **bounds),
    }
    for name, result in results.items():
        for key, value in expected[name].items():
            assert getattr(result, key) == close(value), (name, key)


# --- effect sizes


def test_effects(golden: Golden) -> None:
    """R: effectsize 0.8.3. Its limits come from an optimiser that stops at 1e-6; its g limits are J times ours."""
    data, expected = golden["data"], golden["effects"]
    effect = stats.hedges_g(data["x"], data["y"])
    assert effect.d == close(expected["cohens_d"]["value"])
    assert effect.g == close(expected["hedges_g"]["value"])
    assert effect.low == close(expected["cohens_d"]["low"], 2e-5)
    assert effect.high == close(expected["cohens_d"]["high"], 2e-5)
    assert effect.g / effect.d * effect.low == close(expected["hedges_g"]["low"], 2e-5)
    effect = stats.d_z(data["after"], data["before"])
    assert effect.d == close(expected["d_z"]["value"])
    assert effect.g == close(expected["g_z"]["value"])
    assert effect.low == close(expected["d_z"]["low"], 2e-5)
    assert effect.high == close(expected["d_z"]["high"], 2e-5)


def test_noncentral_limits_put_the_observed_t_at_the_tails(golden: Golden) -> None:
    """What R's optimiser approximates, checked by scipy's noncentral t (good to about 2e-6 of a probability)."""
    data = golden["data"]
    effect, root = stats.d_z(data["after"], data["before"]), math.sqrt(10)
    assert scipy_stats.nct.sf(effect.d * root, 9, effect.low * root) == close(0.025, 5e-6)
    assert scipy_stats.nct.cdf(effect.d * root, 9, effect.high * root) == close(0.025, 5e-6)


def test_average_standard_deviation(golden: Golden) -> None:
    """R: Bonett's formulas written a second time; g of the independent form is metafor's escalc("SMDH")."""
    data, expected = golden["data"], golden["effects"]
    effect = stats.d_av(data["after"], data["before"])
    for key, value in expected["d_av"].items():
        assert getattr(effect, key) == close(value), key
    effect = stats.d_av_independent(data["x"], data["y"])
    for key, value in expected["d_av_independent"].items():
        assert getattr(effect, key) == close(value), key
    assert effect.g == close(expected["smdh"]["g"])


def test_sd_ratio(golden: Golden) -> None:
    """R: Bonett's formula written a second time."""
    estimate = stats.sd_ratio(golden["data"]["x"], golden["data"]["y"])
    for key, value in golden["sd_ratio"].items():
        assert getattr(estimate, key) == close(value), key


# --- Bayes factors


def test_bayes_factors(golden: Golden) -> None:
    """R: the integral at a tolerance of 1e-11; BayesFactor itself is within 1e-6 but for large t, where it approximates
    (by 3e-4 of the logarithm at t = 25 and t = 60)."""
    expected = golden["bayes"]
    columns = (expected[k] for k in ("t", "n1", "n2", "r", "log_bf10", "bayesfactor"))
    for t, n_1, n_2, scale, log_bf, package in zip(*columns, strict=True):
        found = stats.jzs_from_t(t, n_1, n_2 or None, scale=scale).log_bf10
        assert found == close(log_bf, 1e-8, 1e-8), t
        assert found == close(package, 2e-5 if abs(t) > 20 else 1e-8, 1e-8), t


# --- many tests


def test_multiplicity(golden: Golden) -> None:
    """R: p.adjust."""
    expected = golden["multiplicity"]
    assert stats.holm(expected["p"]).tolist() == close(expected["holm"])
    assert stats.benjamini_hochberg(expected["p"]).tolist() == close(expected["bh"])


# --- yes or no


def test_binary(golden: Golden) -> None:
    """R: prop.test (Wilson); the score interval from Pearson residuals of a restricted glm; t.test of logits."""
    wilson, odds = golden["binary"]["wilson"], golden["binary"]["odds"]
    for x, n, low, high in zip(wilson["x"], wilson["n"], wilson["low"], wilson["high"], strict=True):
        estimate = stats.proportion(x, n)
        assert (estimate.low, estimate.high) == (close(low), close(high))
    for a, n_1, c, n_2, value, low, high in zip(*(odds[k] for k in odds), strict=True):
        estimate = stats.log_odds_ratio(a, n_1, c, n_2)
        assert estimate.value == close(value)
        assert estimate.low == (close(low, 1e-7) if low is not None else -math.inf)
        assert estimate.high == (close(high, 1e-7) if high is not None else math.inf)
    change = stats.logit_change(golden["binary"]["p1"], golden["binary"]["p2"])
    assert [change.low, change.high] == close(golden["binary"]["logit"])


# --- correlations and trend


def test_correlations(golden: Golden) -> None:
    """R: cor.test. Kendall's p is exact without ties on both sides."""
    g = golden["rank"]
    pearson = stats.pearson(g["u"], g["v"])
    for key, value in g["pearson"].items():
        assert getattr(pearson, key) == close(value), key
    pairs = {
        "spearman": stats.spearman(g["u"], g["v"]),
        "spearman_8": stats.spearman(g["u"][:8], g["v"][:8]),
        "spearman_tied": stats.spearman(g["tied_u"], g["tied_v"]),
        "kendall": stats.kendall(g["u"], g["v"]),
        "kendall_tied": stats.kendall(g["tied_u"], g["tied_v"]),
    }
    for name, result in pairs.items():
        assert result.value == close(g[name]["value"]), name
        assert result.p == close(g[name]["p"]), name


def test_trend(golden: Golden) -> None:
    """R: z of cor.test(level, y, method = "kendall", exact = FALSE). Page: scipy's, without ties."""
    expected = golden["rank"]["jonckheere"]
    assert stats.jonckheere(expected["groups"]).z == close(expected["z"])
    table = np.array(golden["rank"]["page"]["table"])
    found, other = stats.page_trend(table), scipy_stats.page_trend_test(table, method="asymptotic")
    assert found.statistic == close(other.statistic)
    assert found.p_rising == close(other.pvalue)


# --- reliability and agreement


def test_alpha_and_omega(golden: Golden) -> None:
    """R: psych::alpha with Feldt's limits; lavaan's omega and its standard error, which iterate to about 1e-6. Our
    limits of omega are on the scale of ln(1 − ω), lavaan's are not."""
    expected = golden["reliability"]
    alpha = stats.cronbach_alpha(expected["items"])
    for key, value in expected["alpha"].items():
        assert getattr(alpha, key) == close(value), key
    omega = stats.omega_total(expected["items"])
    assert omega.value == close(expected["omega"]["value"], 1e-6)
    assert omega.se == close(expected["omega"]["se"], 1e-5)


@pytest.mark.parametrize("data", ["shrout_fleiss", "raters"])
def test_icc(golden: Golden, data: str) -> None:
    """R: psych::ICC(lmer = FALSE)."""
    expected = golden["reliability"][f"icc_{data}"]
    for form, value, low, high in zip(*(expected[k] for k in ("form", "value", "low", "high")), strict=True):
        estimate = stats.icc(golden["reliability"][data], form)
        assert (estimate.value, estimate.low, estimate.high) == (close(value), close(low), close(high)), form


@pytest.mark.parametrize("metric", ["nominal", "ordinal", "interval", "ratio"])
def test_krippendorff(golden: Golden, metric: Any) -> None:
    """R: α from all pairs of codes one by one, without a coincidence matrix."""
    expected = golden["krippendorff"]
    codes = np.array(expected["codes"], dtype=float)
    assert np.count_nonzero(np.isnan(codes)) == 11
    assert stats.krippendorff_alpha(codes, metric).value == close(expected[metric])


# --- variance components


def facets(data: Golden) -> dict[str, list[int]]:
    return {name: data[name] for name in ("vignette", "wording", "frame")}


def check_components(found: stats.VarianceComponents, expected: Golden, rel: float) -> None:
    for source, value in expected.items():
        name = "residual" if source == "Residual" else source
        other = " × ".join(reversed(name.split(":")))
        mine = found.variance.get(name.replace(":", " × "), found.variance.get(other))
        assert mine == pytest.approx(value, rel=rel), source


def test_expected_mean_squares(golden: Golden) -> None:
    """R: lmer by REML, the same in a balanced design with no component at zero (lmer stops within 1e-5)."""
    g = golden["variance"]
    found = stats.variance_components(g["full"]["y"], facets(g["full"]))
    assert found.method == "expected mean squares"
    check_components(found, g["full_fit"], 1e-4)
    terms = [("vignette",), ("wording",), ("frame",)]
    check_components(stats.variance_components(g["full"]["y"], facets(g["full"]), terms=terms), g["main_fit"], 1e-4)


def test_restricted_likelihood(golden: Golden) -> None:
    """R: lmer on an incomplete design, which stops within 1e-5 of the optimum."""
    g = golden["variance"]
    found = stats.variance_components(g["part"]["y"], facets(g["part"]))
    assert found.method == "restricted maximum likelihood"
    check_components(found, g["part_main"], 1e-4)
    assert found.mean == close(g["part_mean"], 1e-6)
    terms = [("vignette",), ("wording",), ("frame",), ("vignette", "wording")]
    found = stats.variance_components(g["part"]["y"], facets(g["part"]), terms=terms)
    check_components(found, g["part_fit"], 1e-4)


def test_crossed_t(golden: Golden) -> None:
    """R: lmer's intercept, standard error and Satterthwaite df (a numerical derivative)."""
    g = golden["variance"]
    for found in (stats.crossed_t(g["crossed"]), stats.crossed_incomplete(g["crossed"])):
        assert found.difference == close(g["crossed_mean"])
        assert found.se == close(g["crossed_se"], 1e-5)
        assert found.df == close(g["crossed_df"], 1e-3)


# --- clusters


def test_clusters(golden: Golden) -> None:
    """R: t.test of cluster means; clubSandwich's CR1 standard error of the mean of rows."""
    g = golden["cluster"]
    estimate = stats.cluster_mean(g["answers"], g["cluster"])
    assert (estimate.value, estimate.low, estimate.high) == (close(g["mean"]), close(g["low"]), close(g["high"]))
    boot = stats.cluster_bootstrap(g["answers"], g["cluster"], seed=1)
    assert (boot.value, boot.se) == (close(g["row_mean"]), close(g["cr1_se"]))


# --- signal detection and power


def test_detection(golden: Golden) -> None:
    """R: qnorm and dnorm."""
    g = golden["detection"]
    for i in range(len(g["hits"])):
        found = stats.detection(g["hits"][i], g["misses"][i], g["fa"][i], g["cr"][i])
        for key in ("d_prime", "criterion", "log_beta"):
            assert getattr(found, key) == close(g[key][i]), (i, key)


def test_power(golden: Golden) -> None:
    """R: power.t.test(strict = TRUE)."""
    assert stats.power_paired(0.5, 34) == close(golden["power"]["paired"], 1e-8)
    assert stats.power_independent(0.5, 64, 64) == close(golden["power"]["independent"], 1e-8)
    assert stats.power_paired(0.0, 10) == close(golden["power"]["null"], 1e-8)
    assert stats.power_paired(38.0 / 30**0.5, 30) == close(1.0, 1e-8)  # where scipy has no value for the far tail


# --- omnibus tests


def check(test: object, expected: Golden, rel: float = 1e-9, abs_: float = 1e-9) -> None:
    for key, value in expected.items():
        assert getattr(test, key) == close(value, rel, abs_), key


@pytest.mark.parametrize("name", ["PlantGrowth", "InsectSprays", "chickwts"])
def test_anova(golden: Golden, name: str) -> None:
    """R: oneway.test on its own data sets; effectsize's omega_squared of aov; limits by a root of pf(…, ncp)."""
    g = golden["anova"][name]
    y, group = np.array(g["y"]), np.array(g["g"])
    samples = [y[group == one] for one in dict.fromkeys(g["g"])]
    check(stats.welch_anova(samples), g["welch"], 1e-8)
    check(stats.anova(samples), g["equal"], 1e-8)
    assert stats.anova(samples).value == close(g["omega2"])


def test_the_published_statistics_of_plant_growth(golden: Golden) -> None:
    """As the help pages and textbooks print them: F(2, 27) = 4.846, p = .01591; Welch's F(2, 17.128) = 5.181."""
    y = np.array(golden["anova"]["PlantGrowth"]["y"]).reshape(3, 10)
    equal, welch = stats.anova(y), stats.welch_anova(y)
    assert (round(equal.statistic, 3), equal.df1, equal.df2, round(equal.p, 5)) == (4.846, 2, 27, 0.01591)
    assert (round(welch.statistic, 3), round(welch.df2, 3), round(welch.p, 5)) == (5.181, 17.128, 0.01739)


def test_repeated_anova(golden: Golden) -> None:
    """R: afex::aov_ez (F, degrees of freedom, both eta squared); p of anova(lm, test = "Spherical")."""
    g = dict(golden["repeated"])
    table, printed, uncorrected = g.pop("table"), g.pop("epsilon_printed"), g.pop("p_uncorrected")
    test = stats.repeated_anova(table)
    check(test, g, 1e-8)
    assert round(test.epsilon, 4) == printed
    assert scipy_stats.f.sf(test.statistic, 3, 18) == close(uncorrected)


def test_proportions(golden: Golden) -> None:
    """R: prop.test; limits by a root of pchisq(…, ncp); Cochran's Q is mantelhaen.test stratified by units."""
    g = golden["proportions"]
    test = stats.proportions_test(g["yes"], g["asked"])
    check(test, {key: g[key] for key in ("statistic", "df1", "p")})
    assert [test.low, test.high] == close(g["limits"], 1e-8)
    check(stats.cochran_q(g["answers"]), g["cochran"])


def test_omnibus_of_a_mixed_model(golden: Golden) -> None:
    """R: anova of lmerTest::lmer, whose variances stop at a relative 1e-7 and whose derivatives are numerical."""
    for name, data in (("interactions", "data"), ("nested", "between")):
        rows, expected = golden["mixed"][data], golden["mixed"][f"{name}_f"]
        model = stats.mixed_model(rows["y"], rows["state"], {"vignette": rows["vignette"], "item": rows["item"]})
        check(model.omnibus(), expected, 1e-3)


# --- what has a value of its own beside the tests it belongs to


def test_means_and_differences(golden: Golden) -> None:
    """R: tapply, t.test. Relative 1e-9."""
    data, g = golden["data"], golden["beside"]
    means = stats.cluster_means(golden["cluster"]["answers"], golden["cluster"]["cluster"])
    assert means.tolist() == close(g["cluster_means"])
    mean = stats.mean_interval(data["x"])
    assert [mean.low, mean.high] == close(g["mean_interval"])
    for estimate, test in (
        (stats.raw_difference(data["x"], data["y"]), golden["ttest"]["welch"]),
        (stats.raw_change(data["after"], data["before"]), golden["ttest"]["paired"]),
    ):
        check(estimate, {key: test[key] for key in ("df", "low", "high")})
        assert estimate.value == close((test["low"] + test["high"]) / 2)
    assert stats.raw_difference(data["x"], data["y"]).value == close(g["welch_difference"])


def test_two_proportions(golden: Golden) -> None:
    """R: chisq.test (times (N − 1)/N), binom.test; Bonett and Price's formula written a second time. Relative 1e-9."""
    g = golden["beside"]
    z, p = stats.score_test(15, 20, 6, 20)
    assert z**2 == close(g["score_z2"])
    assert p == close(scipy_stats.chi2.sf(g["score_z2"], 1))
    counts = g["paired"]
    estimate, p = stats.paired_proportions(counts["first_only"], counts["second_only"], counts["pairs"])
    assert p == close(counts["p"])
    check(estimate, {key: counts[key] for key in ("value", "low", "high")})


def test_bayes_factors_of_tests(golden: Golden) -> None:
    """R: BayesFactor::ttestBF on the data themselves, accurate to about 1e-6."""
    data, g = golden["data"], golden["beside"]["bayes"]
    assert stats.jzs(stats.paired_t(data["after"], data["before"])).bf10 == close(g["paired"], 1e-6)
    assert stats.jzs(stats.student_t(data["x"], data["y"])).bf10 == close(g["independent"], 1e-6)


def test_equivalence_of_a_test(golden: Golden) -> None:
    """R: t.test(var.equal = TRUE) with mu at each bound. Relative 1e-9."""
    test = stats.student_t(golden["data"]["x"], golden["data"]["y"])
    check(stats.tost_of(test, lower=-15, upper=15), golden["beside"]["tost_of"])


def test_crossed_bootstrap(golden: Golden) -> None:
    """R: the two-way cluster-robust standard error, pair by pair. The interval: every draw of five by five levels, with
    its probability; 4,000 draws know a limit to 1 % of the width, and 4 % is allowed."""
    table = np.array(golden["variance"]["crossed"])
    rows, columns = np.repeat(np.arange(9), 6), np.tile(np.arange(6), 9)
    found = stats.crossed_bootstrap(table.ravel(), rows, columns, seed=1)
    assert found.value == close(table.mean())
    assert found.se == close(golden["beside"]["crossed_robust_se"])
    small = table[:5, :5]
    draws = [draw for draw in itertools.product(range(6), repeat=5) if sum(draw) == 5]
    chance = scipy_stats.multinomial.pmf(np.array(draws), 5, np.full(5, 0.2))
    means = (np.array(draws) @ small @ np.array(draws).T / 25).ravel()
    order = np.argsort(means)
    cumulated = np.cumsum(np.outer(chance, chance).ravel()[order])
    exact = [means[order][np.searchsorted(cumulated, tail)] for tail in (0.025, 0.975)]
    labels = np.repeat(np.arange(5), 5), np.tile(np.arange(5), 5)
    drawn = stats.crossed_bootstrap(
        small.ravel(), *labels, seed=1, draws=4000, interval="percentile", statistic=np.mean
    )
    assert [drawn.low, drawn.high] == pytest.approx(exact, abs=0.04 * (exact[1] - exact[0]))


def test_a_decision_study_is_an_intraclass_correlation(golden: Golden) -> None:
    """R: psych::ICC of the means of four raters, which Brennan's coefficients equal with one facet. Relative 1e-9."""
    ratings = np.array(golden["reliability"]["shrout_fleiss"], dtype=float)
    expected = golden["reliability"]["icc_shrout_fleiss"]
    of = dict(zip(expected["form"], expected["value"], strict=True))
    facets = {"target": np.repeat(np.arange(6), 4), "rater": np.tile(np.arange(4), 6)}
    parts = stats.variance_components(ratings.ravel(), facets)
    for numbers, form in ((1, "1"), (4, "k")):
        found = stats.generalizability(parts, "target", {"rater": numbers})
        assert (found.relative, found.absolute) == (close(of[f"C,{form}"]), close(of[f"A,{form}"]))


def test_crossed_scores_have_the_covariance_of_their_components() -> None:
    """The closed form: Σ of each component times the pairs of cells that share its levels. 20,000 tables know each
    element to about 0.2 (1 % of the total variance of 21); 0.8 is four of these."""
    rng = np.random.default_rng(1)
    variance = {"v": 9.0, "w": 4.0, "v × w": 6.0, "residual": 2.0}
    tables = np.array([stats.crossed_scores(12, variance, {"v": 2, "w": 3}, rng) for _ in range(20_000)]).reshape(-1, 6)
    v, w = np.repeat([0, 1], 3), np.tile([0, 1, 2], 2)
    same_v, same_w = np.equal.outer(v, v), np.equal.outer(w, w)
    assert np.cov(tables.T) == pytest.approx(9.0 * same_v + 4 * same_w + 8 * (same_v & same_w), abs=0.8)
    assert tables.mean() == pytest.approx(12, abs=4 * math.sqrt((9 / 2 + 4 / 3 + 8 / 6) / 20_000))


def test_simulated_power(golden: Golden) -> None:
    """R: power.t.test within four standard errors of 2,000 draws; prop.test for the interval, relative 1e-9."""
    found = stats.simulated_power(lambda g: stats.one_sample_t(g.normal(0.5, 1, 34)).p, seed=2, draws=2000)
    assert found.value == pytest.approx(golden["power"]["paired"], abs=4 * math.sqrt(0.8 * 0.2 / 2000))
    p_values = iter([0.01] * 412 + [0.5] * 88)
    exact = stats.simulated_power(lambda _: next(p_values), seed=1, draws=500)
    assert [exact.value, exact.low, exact.high] == close([412 / 500, *golden["beside"]["simulated"]])


def test_worst_cases_are_the_extremes_over_every_answer_that_could_have_been() -> None:
    """By enumeration of all that three and two missing answers from 0 to 4 could have been. Relative 1e-9."""
    arms = ([1.0, 3.0, 4.0], 3), ([0.0, 2.0], 2)
    bounds = [stats.worst_case_mean(known, missing=gone, lowest=0, highest=4) for known, gone in arms]
    means = [
        [np.mean([*known, *filled]) for filled in itertools.product(range(5), repeat=gone)] for known, gone in arms
    ]
    for bound, possible in zip(bounds, means, strict=True):
        assert (bound.low, bound.high) == close((min(possible), max(possible)))
    differences = np.subtract.outer(*means)
    found = stats.worst_case_difference(*bounds)
    assert (found.low, found.high) == close((differences.min(), differences.max()))


# --- mixed models


@pytest.mark.parametrize(("name", "data"), [("interactions", "data"), ("nested", "between")])
def test_mixed_models(golden: Golden, name: str, data: str) -> None:
    """R: lmerTest::lmer. lme4 stops at a relative 1e-7 of the variances; its degrees of freedom are differenced twice.

    In `nested` the variance of item × state is zero on both sides.
    """
    rows, expected = golden["mixed"][data], golden["mixed"][name]
    model = stats.mixed_model(rows["y"], rows["state"], {"vignette": rows["vignette"], "item": rows["item"]})
    for source, value in golden["mixed"][f"{name}_vc"].items():
        ours = source.replace(":", " × ").replace("state", "condition").replace("Residual", "residual")
        assert model.variance[ours] == close(value, 2e-5, 1e-4), source
    assert model.criterion == close(golden["mixed"][f"{name}_reml"])
    tests = [model.contrast(state, "neutral") for state in ("anger", "fear")]
    for i, test in enumerate(tests, start=1):
        assert test.difference == close(expected["estimate"][i], 1e-6)
        assert test.se == close(expected["se"][i], 1e-5)
        assert test.df == close(expected["df"][i], 1e-3)
        assert test.p == close(expected["p"][i], 1e-3)
    neutral = model.mean("neutral")
    assert (neutral.value, neutral.se) == close((expected["estimate"][0], expected["se"][0]), 1e-5)
    assert neutral.df == close(expected["df"][0], 1e-3)
