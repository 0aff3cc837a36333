"""Yes-or-no outcomes: proportions, differences, log-odds ratios; and log-odds of probabilities that were read."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special

from affectlab.errors import DataError
from affectlab.stats._sample import matrix, pair, probability
from affectlab.stats.anova import Omnibus, square_root_limits
from affectlab.stats.effects import raw_change
from affectlab.stats.estimate import PointEstimate


def _count(successes: float, trials: float) -> tuple[float, float]:
    if not (math.isfinite(successes) and math.isfinite(trials)) or trials <= 0 or not 0 <= successes <= trials:
        msg = f"{successes:g} successes in {trials:g} trials is not a count"
        raise DataError(msg, hint="successes lie between 0 and the number of trials, which is at least 1")
    return float(successes), float(trials)


def _z(level: float) -> float:
    return float(special.ndtri((1 + probability(level, "level")) / 2))


def proportion(successes: float, trials: float, *, level: float = 0.95) -> PointEstimate:
    """A proportion with Wilson's score interval.

    ``p = x/n``, limits ``(p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n)``.

    Parameters: `successes` of `trials` independent units. Result between 0 and 1. Assumes independent trials
    with one probability; for repeats within vignettes use `cluster_mean` on zeros and ones.

    Raises `DataError` for counts that are none.

    Source: Wilson, E. B. (1927). Journal of the American Statistical Association 22, 209–212. Equals R's
    ``prop.test(x, n, correct = FALSE)$conf.int``.

    >>> print(proportion(0, 20))
    0 [0, 0.1611]
    """
    x, n = _count(successes, trials)
    low, high = _wilson(x, n, _z(level))
    return PointEstimate(x / n, low, high, level, "proportion, Wilson score interval")


def _wilson(x: float, n: float, z: float) -> tuple[float, float]:
    p = x / n
    centre, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = (centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n)
    return (0.0 if x == 0 else low), (1.0 if x == n else high)


def proportion_difference(
    successes_1: float, trials_1: float, successes_2: float, trials_2: float, *, level: float = 0.95
) -> PointEstimate:
    """The raw difference of two independent proportions, with Newcombe's interval from two Wilson intervals.

    ``p₁ − p₂`` with limits ``D − √((p₁−l₁)² + (u₂−p₂)²)`` and ``D + √((u₁−p₁)² + (p₂−l₂)²)``.

    Parameters: successes and trials of both arms. Result between −1 and 1. Assumptions and errors as in
    `proportion`.

    Source: Newcombe, R. G. (1998). Statistics in Medicine 17, 873–890, method 10; table II gives the golden
    values.

    >>> print(proportion_difference(56, 70, 48, 80))
    0.2 [0.05243, 0.3339]
    """
    (x1, n1), (x2, n2), z = _count(successes_1, trials_1), _count(successes_2, trials_2), _z(level)
    p1, p2 = x1 / n1, x2 / n2
    (l1, u1), (l2, u2) = _wilson(x1, n1, z), _wilson(x2, n2, z)
    low = p1 - p2 - math.hypot(p1 - l1, u2 - p2)
    high = p1 - p2 + math.hypot(u1 - p1, p2 - l2)
    return PointEstimate(p1 - p2, low, high, level, "difference of proportions, Newcombe interval")


def log_odds_ratio(
    successes_1: float, trials_1: float, successes_2: float, trials_2: float, *, level: float = 0.95
) -> PointEstimate:
    """The log-odds ratio of two independent proportions, with the score interval.

    Value: ``ln((a+½)(d+½) / ((b+½)(c+½)))`` of the 2 × 2 table, which is finite and less biased than without
    the halves. Limits: the values ψ that the score test of Miettinen and Nurminen does not reject, ``(a − n₁
    p̃₁)² (1/(n₁p̃₁q̃₁) + 1/(n₂p̃₂q̃₂)) (N−1)/N ≤ z²``, p̃ being the estimates under ψ. With an empty cell the
    limit on the open side is infinite: the data do not bound the ratio there.

    Parameters: successes and trials of both arms. Unit: logits; multiply by √3/π = 0.551 for about a d.
    Assumptions as in `proportion`. Exact coverage of 95 % averages 95.0–95.8 % for 10–50 per arm.

    Raises `DataError` for counts that are none, or if both arms have the same single outcome.

    Source: Gart, J. J., & Zweifel, J. R. (1967). Biometrika 54, 181–187 (value); Miettinen, O., & Nurminen,
    M. (1985). Statistics in Medicine 4, 213–226 (interval).

    >>> print(log_odds_ratio(15, 20, 6, 20))
    1.838 [0.5638, 3.327]
    """
    (a, n1), (c, n2), z = _count(successes_1, trials_1), _count(successes_2, trials_2), _z(level)
    b, d = n1 - a, n2 - c
    if a + c == 0 or b + d == 0:
        msg = f"both arms have only {'failures' if a + c == 0 else 'successes'}"
        raise DataError(msg, hint="no odds ratio can be learned from that; report both proportions")
    value = math.log((a + 0.5) * (d + 0.5) / ((b + 0.5) * (c + 0.5)))

    low = _crossing(lambda psi: _score(psi, a, n1, c, n2) - z, value, -1.0) if a > 0 and d > 0 else -math.inf
    high = _crossing(lambda psi: -_score(psi, a, n1, c, n2) - z, value, 1.0) if b > 0 and c > 0 else math.inf
    return PointEstimate(value, low, high, level, "log-odds ratio (½ added), Miettinen–Nurminen score interval")


def _score(psi: float, a: float, n1: float, c: float, n2: float) -> float:
    """The signed root of the score statistic for the log-odds ratio `psi`; it falls as `psi` grows."""
    theta, total = math.exp(psi), a + c
    square, linear = n2 * (theta - 1), n1 * theta + n2 - total * (theta - 1)
    root = math.sqrt(linear**2 + 4 * square * total)
    p2 = 2 * total / (linear + root) if linear > 0 else (root - linear) / (2 * square)
    p1 = p2 * theta / (1 + p2 * (theta - 1))
    information = 1 / (n1 * p1 * (1 - p1)) + 1 / (n2 * p2 * (1 - p2))
    return (a - n1 * p1) * math.sqrt(information * (n1 + n2 - 1) / (n1 + n2))


def _crossing(function: Callable[[float], float], start: float, step: float) -> float:
    """Where a function that is negative at `start` turns positive, going by growing steps."""
    inner, outer = start, start + step
    while function(outer) < 0:
        inner, outer, step = outer, outer + 2 * step, 2 * step
    return float(optimize.brentq(function, inner, outer, xtol=1e-12))


def score_test(successes_1: float, trials_1: float, successes_2: float, trials_2: float) -> tuple[float, float]:
    """Test whether two independent proportions are the same: z, and its two-sided p.

    The score test behind the interval of `log_odds_ratio`, at a ratio of one: ``z² = χ² (N − 1)/N`` of the 2 × 2
    table, without continuity correction. Parameters, assumptions and errors as in `log_odds_ratio`.

    Source: Miettinen & Nurminen (1985), as there; Campbell, I. (2007). Statistics in Medicine 26, 3661–3675, for
    N − 1 in small samples. z² equals R's ``chisq.test(m, correct = FALSE)$statistic`` times (N − 1)/N.

    >>> z, p = score_test(15, 20, 6, 20)
    >>> round(z, 3), round(p, 4)
    (2.814, 0.0049)
    """
    (a, n1), (c, n2) = _count(successes_1, trials_1), _count(successes_2, trials_2)
    if a + c in (0, n1 + n2):
        msg = f"both arms have only {'failures' if a + c == 0 else 'successes'}"
        raise DataError(msg, hint="there is nothing to compare; report both proportions")
    z = _score(0.0, a, n1, c, n2)
    return z, float(2 * special.ndtr(-abs(z)))


def paired_proportions(
    first_only: int, second_only: int, pairs: int, *, level: float = 0.95
) -> tuple[PointEstimate, float]:
    """The difference of two proportions in the same units, and McNemar's exact two-sided p.

    ``D = (b − c)/n``, b and c the units with a yes under the first or the second condition only. Interval: with
    ``p₁ = (b+1)/(n+2)`` and ``p₂ = (c+1)/(n+2)``, ``p₁ − p₂ ± z √((p₁ + p₂ − (p₁ − p₂)²)/(n+2))``. p: binomial, b of
    b + c at one half.

    Parameters: `first_only`, `second_only`, b and c; `pairs`, n. Result between −1 and 1. Assumes independent
    units. Raises `DataError` for counts that are none, or if no unit differs between its conditions.

    Source: McNemar, Q. (1947). Psychometrika 12, 153–157; Bonett, D. G., & Price, R. M. (2012). Journal of
    Educational and Behavioral Statistics 37, 479–488. p equals R's ``binom.test(b, b + c)$p.value``.

    >>> difference, p = paired_proportions(12, 3, 40)
    >>> print(difference, round(p, 4))
    0.225 [0.03312, 0.3955] 0.0352
    """
    b, n = _count(first_only, pairs)
    c, _ = _count(second_only, pairs)
    if b + c > n:
        msg = f"{b:g} and {c:g} of {n:g} pairs differ"
        raise DataError(msg, hint="no more pairs can differ than there are")
    if b + c == 0:
        msg = f"none of {n:g} units differs between its conditions"
        raise DataError(msg, hint="there is nothing to test; report the proportion")
    p = min(1.0, 2 * float(special.bdtr(int(min(b, c)), int(b + c), 0.5)))
    p1, p2 = (b + 1) / (n + 2), (c + 1) / (n + 2)
    half = _z(level) * math.sqrt((p1 + p2 - (p1 - p2) ** 2) / (n + 2))
    low, high = max(p1 - p2 - half, -1.0), min(p1 - p2 + half, 1.0)
    return PointEstimate((b - c) / n, low, high, level, "difference of paired proportions, Bonett–Price interval"), p


def proportions_test(successes: ArrayLike, trials: ArrayLike, *, level: float = 0.95) -> Omnibus:
    """Test whether several independent proportions differ.

    Pearson's ``χ² = Σ n_j (p_j − p)² / (p (1 − p))`` with k − 1 degrees of freedom; `value` is Cramér's ``V = √(χ²/N)``
    of the k × 2 table, its interval ``√(λ / N)`` at the limits λ of the noncentrality of χ².

    Parameters: `successes` of `trials` independent units in each condition, shape (k,). V lies between 0 and 1.

    Assumes independent units; the χ² distribution is approximate, and poor where fewer than five yes or no are expected
    in a condition.

    Raises `DataError` for counts that are none, fewer than two conditions, or only one outcome in all.

    Source: Pearson, K. (1900). Philosophical Magazine 50, 157–175; Cramér, H. (1946). Mathematical Methods of
    Statistics, p. 282; the interval inverts χ² as `anova` inverts F. Equals R's ``prop.test(x, n, correct = FALSE)``.

    >>> test = proportions_test([15, 6, 9], [20, 20, 20])
    >>> [round(x, 3) for x in (test.statistic, test.df1, test.p, test.value, test.low, test.high)]
    [8.4, 2.0, 0.015, 0.374, 0.07, 0.61]
    """
    x, n = np.atleast_1d(np.asarray(successes, float)), np.atleast_1d(np.asarray(trials, float))
    counts = [_count(*both) for both in zip(x.tolist(), n.tolist(), strict=True)]
    if len(counts) < 2:
        msg = f"{len(counts)} proportion; at least 2 are needed"
        raise DataError(msg, hint="give the counts of each condition")
    total, overall = float(n.sum()), float(x.sum() / n.sum())
    if overall in (0.0, 1.0):
        msg = f"all conditions have only {'successes' if overall else 'failures'}"
        raise DataError(msg, hint="there is nothing to compare; report the proportions")
    chi2 = float(np.sum(n * (x / n - overall) ** 2)) / (overall * (1 - overall))
    df = float(len(counts) - 1)
    low, high = square_root_limits(chi2, df, total, level)
    value, sizes, nan = math.sqrt(chi2 / total), tuple(map(int, n)), math.nan
    p = float(special.chdtrc(df, chi2))
    return Omnibus("Pearson chi-squared", chi2, df, nan, p, "Cramér's V", value, low, min(high, 1.0), level, sizes)


def cochran_q(answers: ArrayLike, *, level: float = 0.95) -> Omnibus:
    """Test whether several proportions differ in the same units.

    ``Q = k (k−1) Σ (C_j − C̄)² / (k Σ R_i − Σ R_i²)`` with C_j the yes of conditions and R_i of units, as χ² with
    k − 1 degrees of freedom; `value` is ``Q / (n (k−1))``, the partial eta squared of the zeros and ones. No interval.

    Parameters: `answers`, 0 or 1, a row for each unit and a column for each condition, shape (n, k), no missing cell.

    Assumes independent units; approximate, with few units that differ between conditions poorly so.

    Raises `DataError` for missing cells, other values, or no unit that differs between its conditions.

    Source: Cochran, W. G. (1950). Biometrika 37, 256–266. Equals R's ``mantelhaen.test`` of condition and answer,
    stratified by units.

    >>> test = cochran_q([[1, 1, 0], [1, 0, 0], [1, 1, 0], [1, 1, 1], [0, 1, 0], [1, 0, 0]])
    >>> [round(x, 3) for x in (test.statistic, test.df1, test.p, test.value)]
    [5.2, 2.0, 0.074, 0.433]
    """
    x = matrix(answers, "the table")
    if not np.isin(x, (0.0, 1.0)).all():
        msg = "an answer is neither 0 nor 1"
        raise DataError(msg, hint="code yes as 1 and no as 0")
    (n, k), of_units, of_conditions = x.shape, x.sum(axis=1), x.sum(axis=0)
    below = float(k * of_units.sum() - np.sum(of_units**2))
    if not below:
        msg = f"none of {n} units differs between its conditions"
        raise DataError(msg, hint="there is nothing to test; report the proportions")
    q = k * (k - 1) * float(np.sum((of_conditions - of_conditions.mean()) ** 2)) / below
    p, value, nan = float(special.chdtrc(k - 1, q)), q / (n * (k - 1)), math.nan
    test, effect = "Cochran's Q", "partial eta squared"
    return Omnibus(test, q, float(k - 1), nan, p, effect, value, nan, nan, probability(level, "level"), (n,))


def logit_change(first: ArrayLike, second: ArrayLike, *, level: float = 0.95) -> PointEstimate:
    """The mean change of log-odds of probabilities that were read, unit by unit.

    ``mean(logit p₁ − logit p₂) ± t(n−1) · s / √n``.

    Parameters: `first`, `second`, the probability of the same answer for each unit under two conditions, in
    the same order, shape (n,), strictly between 0 and 1. Unit: logits.

    Assumes independent units and a mean change that is about normal. A probability has no sampling noise
    here: the interval is over units, as in `raw_change`.

    Raises `DataError` for NaN, unequal lengths, fewer than two units, changes without spread, or a
    probability of exactly 0 or 1, whose log-odds are infinite.

    Source: Cox, D. R. (1970). Analysis of Binary Data, for the logit; the interval is Student's. Equals R's
    ``t.test(qlogis(p1) - qlogis(p2))$conf.int``.

    >>> print(logit_change([0.8, 0.7, 0.9, 0.6], [0.5, 0.4, 0.7, 0.5]))
    1.099 [0.3579, 1.839]
    """
    a, b = pair(first, second)
    if np.any((a <= 0) | (a >= 1) | (b <= 0) | (b >= 1)):
        msg = "a probability is 0 or 1 or outside; its log-odds are not finite"
        raise DataError(msg, hint="compare the raw probabilities with raw_change instead")
    return raw_change(special.logit(a), special.logit(b), level=level)
