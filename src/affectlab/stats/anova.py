"""Omnibus tests: whether any of several conditions differs from the others, between units or within them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special

from affectlab.errors import DataError
from affectlab.stats._sample import FloatArray, constant, matrix, probability
from affectlab.stats.moments import Moments, Sample, moments, must_vary
from affectlab.stats.threads import one_thread


@dataclass(frozen=True, slots=True)
class Omnibus:
    """A test of all conditions together, and how much of the variance goes with them."""

    test: str
    statistic: float
    """F; χ² where there is no `df2`."""
    df1: float
    df2: float
    """NaN for a χ²."""
    p: float
    effect: str
    """What `value` is."""
    value: float
    low: float
    """NaN where the function documents that there is no interval."""
    high: float
    level: float
    n: tuple[int, ...]
    """Units: of each condition, or of the one sample that had them all."""
    epsilon: float = math.nan
    """Of repeated measures: Greenhouse and Geisser's, by which both degrees of freedom were multiplied."""
    generalized: float = math.nan
    """Of repeated measures: generalised eta squared."""


def anova(samples: Sequence[Sample], *, level: float = 0.95) -> Omnibus:
    """Test whether several independent means differ, assuming equal variances.

    ``F = (SS_B / (k−1)) / (SS_W / (N−k))``, and ``ω² = (k−1)(F−1) / ((k−1)(F−1) + N)``, zero where F is below one.
    The interval is of ``λ / (λ + N)``, the share of variance that goes with the conditions, λ being the
    noncentralities at which F stands at a tail of (1 − level)/2 of the noncentral F distribution. As F tests in one
    tail only, a 95 % interval begins above zero where p is below .025; at a level of .90 it does where p is below
    .05.

    Parameters: `samples`, for each condition one score per independent unit, shapes (n₁,), …, (n_k,), or the `Moments`
    of them. ω² lies between 0 and 1.

    Assumes independent units, normal scores and equal variances. Unlike the t test of two samples, the test does not
    hold its level under unequal variances, even with samples of equal size: `welch_anova` is the safer one.

    Raises `DataError` for NaN, fewer than two conditions, fewer than two units in one, or no spread within any.

    Source: Hays, W. L. (1963). Statistics for Psychologists (ω²); Steiger, J. H. (2004). Psychological Methods 9,
    164–182 (interval). Equals R's ``oneway.test(y ~ g, var.equal = TRUE)`` and ``effectsize::omega_squared(aov(y ~
    g))``, whose interval is another: it puts ω² in the place of F.

    >>> test = anova([[62, 71, 55, 68], [40, 51, 45, 58], [35, 48, 41, 36]])
    >>> [round(x, 3) for x in (test.statistic, test.df1, test.df2, test.p, test.value, test.low, test.high)]
    [12.199, 2.0, 9.0, 0.003, 0.651, 0.191, 0.835]
    """
    groups = _groups(samples)
    if all(x.constant for x in groups):
        msg = "no condition has any spread"
        raise DataError(msg, hint="no spread, no inference: report the means and check the measure responds")
    sizes, means = _sizes_and_means(groups)
    total, df1 = int(sizes.sum()), float(len(groups) - 1)
    df2 = total - len(groups)
    within = sum(x.squares for x in groups) / df2
    between = float(sizes @ (means - float(sizes @ means) / total) ** 2) / df1
    return _between("ANOVA", between / within, df1, float(df2), groups, level)


def welch_anova(samples: Sequence[Sample], *, level: float = 0.95) -> Omnibus:
    """Test whether several independent means differ, without assuming equal variances.

    With ``w_j = n_j / s_j²``, ``W = Σ w_j``, ``m̃ = Σ w_j m_j / W`` and ``Λ = Σ (1 − w_j/W)² / (n_j − 1)``:
    ``F = (Σ w_j (m_j − m̃)² / (k−1)) / (1 + 2 (k−2) Λ / (k²−1))``, with k − 1 and ``(k²−1) / (3Λ)`` degrees of
    freedom. ω² and its interval as in `anova`, from this F: the estimate is of ``λ / (λ + N)`` with ``λ = Σ n_j (μ_j
    − μ̃)² / σ_j²``, where each distance is measured in the standard deviation of its own condition; with equal
    variances that is the ω² of `anova`. Of two samples F is the square of `welch_t`.

    Parameters as in `anova`. Assumes independent units and means that are about normal; by simulation 95 % covers
    93–98 % from five units a condition, most where there is no effect (docs/reference/statistics.md).

    Raises `DataError` for NaN, fewer than two conditions, fewer than two units in one, or a condition without
    spread, whose weight would be infinite.

    Source: Welch, B. L. (1951). Biometrika 38, 330–336; ω² as in `anova`. Equals R's ``oneway.test(y ~ g)``. R's
    ``effectsize::omega_squared`` of that test puts Welch's df₂ in the place of N − k, as if there were fewer units.

    >>> test = welch_anova([[62, 71, 55, 68], [40, 51, 45, 58], [35, 48, 41, 36]])
    >>> [round(x, 3) for x in (test.statistic, test.df1, test.df2, test.p, test.value)]
    [12.18, 2.0, 5.923, 0.008, 0.651]
    """
    groups = _groups(samples)
    for j, x in enumerate(groups, start=1):
        must_vary(x, f"sample {j}")
    sizes, means = _sizes_and_means(groups)
    weights = sizes / np.array([x.variance for x in groups])
    share, k = weights / weights.sum(), len(groups)
    spread = float(np.sum((1 - share) ** 2 / (sizes - 1)))
    between = float(weights @ (means - float(share @ means)) ** 2) / (k - 1)
    f = between / (1 + 2 * (k - 2) * spread / (k * k - 1))
    return _between("Welch ANOVA", f, float(k - 1), (k * k - 1) / (3 * spread), groups, level)


@one_thread
def repeated_anova(scores: ArrayLike, *, level: float = 0.95) -> Omnibus:
    """Test whether the means of several conditions differ in the same units, corrected for unequal covariances.

    ``F = (SS_C / (k−1)) / (SS_E / ((n−1)(k−1)))`` with SS_E the interaction of units and conditions; both degrees of
    freedom times ``ε = (tr S)² / ((k−1) tr S²)``, S the doubly centred covariance matrix of the conditions, which is 1
    where all differences of conditions vary alike, and never below 1/(k−1). `value` is partial eta squared, ``SS_C /
    (SS_C + SS_E)``; `generalized` is ``SS_C / (SS_C + SS_E + SS_U)`` with SS_U of the units' means, comparable with an
    effect between units. Both are biased upwards in small samples. The interval is of partial eta squared, as ``λ /
    (λ + ε n (k−1))`` at the limits λ of the noncentrality of F with the corrected degrees of freedom.

    Parameters: `scores`, a row for each unit and a column for each condition, shape (n, k), no missing cell.

    Assumes independent units and normal scores. ε comes out too low in very small samples, which errs on the safe
    side; the interval is somewhat short for large effects under unequal covariances (docs/reference/statistics.md).

    Raises `DataError` for missing cells, fewer than two units or conditions, or conditions that differ by the same
    amounts in every unit.

    Source: Greenhouse, S. W., & Geisser, S. (1959). Psychometrika 24, 95–112; Olejnik, S., & Algina, J. (2003).
    Psychological Methods 8, 434–447 (generalised eta squared). Equals R's ``afex::aov_ez(…, within = …)`` with
    ``es = "pes"`` and ``"ges"``, and ``anova(lm(scores ~ 1), X = ~1, test = "Spherical")``.

    >>> test = repeated_anova([[12, 15, 14], [10, 11, 15], [8, 13, 12], [16, 15, 19], [9, 12, 9]])
    >>> [round(x, 3) for x in (test.statistic, test.df1, test.df2, test.p, test.value, test.generalized)]
    [3.396, 1.439, 5.757, 0.112, 0.459, 0.168]
    """
    x = matrix(scores, "the table")
    n, k = x.shape
    mean, of_units, of_conditions = float(x.mean()), x.mean(axis=1), x.mean(axis=0)
    rest = x - of_units[:, None] - of_conditions[None, :] + mean
    if constant(rest, scale=float(np.max(np.abs(x)))):
        msg = f"the {k} conditions differ by the same amounts in each of {n} units"
        raise DataError(msg, hint="no spread, no inference: report the means and check the measure responds")
    ss_c = n * float(np.sum((of_conditions - mean) ** 2))
    ss_e, ss_u = float(np.sum(rest**2)), k * float(np.sum((of_units - mean) ** 2))
    covariance = rest.T @ rest
    epsilon = float(np.trace(covariance)) ** 2 / ((k - 1) * float(np.sum(covariance**2)))
    f = ss_c / (ss_e / (n - 1))
    df1, df2 = epsilon * (k - 1), epsilon * (n - 1) * (k - 1)
    low, high = (_share(limit, epsilon * n * (k - 1)) for limit in noncentralities(f, df1, df2, level))
    return Omnibus(
        test="repeated-measures ANOVA, Greenhouse–Geisser",
        statistic=f,
        df1=df1,
        df2=df2,
        p=f_tail(f, df1, df2),
        effect="partial eta squared",
        value=ss_c / (ss_c + ss_e),
        low=low,
        high=high,
        level=level,
        n=(n,),
        epsilon=epsilon,
        generalized=ss_c / (ss_c + ss_e + ss_u),
    )


def f_tail(f: float, df1: float, df2: float) -> float:
    """The p of an F statistic."""
    return float(special.fdtrc(df1, df2, f))


def noncentralities(f: float, df1: float, df2: float, level: float) -> tuple[float, float]:
    """Limits for the noncentrality behind an observed F, which stands at a tail of (1 − level)/2 for each; zero where
    even none puts it there.

    >>> low, high = noncentralities(5.18, 2, 17.128, 0.95)
    >>> round(low, 3), round(high, 3)
    (0.257, 28.108)
    """
    return _limits(lambda noncentrality: float(special.ncfdtr(df1, df2, noncentrality, f)), 1 + f * df1, level)


def square_root_limits(chi2: float, df: float, total: float, level: float) -> tuple[float, float]:
    """``√(λ / total)`` at the limits λ for the noncentrality behind an observed χ²."""
    low, high = _limits(lambda noncentrality: float(special.chndtr(chi2, df, noncentrality)), 1 + chi2, level)
    return math.sqrt(low / total), math.sqrt(high / total)


def _limits(below: Callable[[float], float], start: float, level: float) -> tuple[float, float]:
    """The noncentralities at which a statistic has a share of (1 ± level)/2 `below` it."""
    tail = (1 - probability(level, "level")) / 2

    def limit(share: float) -> float:
        if below(0.0) <= share:
            return 0.0
        top = start
        while below(top) > share:
            top *= 2
        if not below(top) <= share:
            return math.nan  # beyond what the distribution function can tell
        return float(optimize.brentq(lambda noncentrality: below(noncentrality) - share, 0.0, top, xtol=1e-10))

    return limit(1 - tail), limit(tail)


def _groups(samples: Sequence[Sample]) -> list[Moments]:
    groups = [moments(sample, f"sample {j}") for j, sample in enumerate(samples, start=1)]
    if len(groups) < 2:
        msg = f"{len(groups)} condition; at least 2 are needed"
        raise DataError(msg, hint="give the scores of each condition")
    return groups


def _sizes_and_means(groups: Sequence[Moments]) -> tuple[FloatArray, FloatArray]:
    return np.array([float(x.n) for x in groups]), np.array([x.mean for x in groups])


def _between(test: str, f: float, df1: float, df2: float, groups: Sequence[Moments], level: float) -> Omnibus:
    n = tuple(x.n for x in groups)
    excess, total = max(df1 * (f - 1), 0.0), float(sum(n))
    low, high = (_share(limit, total) for limit in noncentralities(f, df1, df2, level))
    p = f_tail(f, df1, df2)
    return Omnibus(test, f, df1, df2, p, "omega squared", _share(excess, total), low, high, level, n)


def _share(noncentrality: float, total: float) -> float:
    return noncentrality / (noncentrality + total)
