"""Tests of mean differences by Student's t, each with the raw difference and its interval."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from affectlab.stats._sample import FloatArray, pair, probability, varies, vector
from affectlab.stats.estimate import PointEstimate
from affectlab.stats.moments import Moments, Sample, moments, must_vary


@dataclass(frozen=True, slots=True)
class TTest:
    """A t test and what it tests: the raw difference, in scale points."""

    test: str
    """Which test: "Welch", "Student", "paired" or "one-sample"."""
    t: float
    df: float
    p: float
    """Two-sided."""
    difference: float
    """First mean minus second (or minus the reference), in scale points."""
    se: float
    low: float
    high: float
    level: float
    n: tuple[int, ...]
    """Units: of both samples, or of the one."""

    @property
    def estimate(self) -> PointEstimate:
        """The raw difference with its interval."""
        method = f"raw mean difference, t interval ({self.test})"
        return PointEstimate(self.difference, self.low, self.high, self.level, method, self.se, self.df)


def t_critical(df: float, level: float) -> float:
    """The quantile of t with `df` degrees of freedom that leaves (1 − level)/2 above it."""
    return float(special.stdtrit(df, (1 + level) / 2))


def t_two_sided(t: float, df: float) -> float:
    """The two-sided p of a t statistic."""
    return float(2 * special.stdtr(df, -abs(t)))


def _t_test(test: str, difference: float, se: float, df: float, level: float, n: tuple[int, ...]) -> TTest:
    t = difference / se
    half = t_critical(df, level) * se
    return TTest(test, t, df, t_two_sided(t, df), difference, se, difference - half, difference + half, level, n)


def two_samples(first: Sample, second: Sample) -> tuple[Moments, Moments]:
    """Two samples of different units, one of which has some spread."""
    a, b = moments(first, "the first sample"), moments(second, "the second sample")
    if a.constant:
        must_vary(b, "the second sample, as in the first,")
    return a, b


def welch_t(first: Sample, second: Sample, *, level: float = 0.95) -> TTest:
    """Test the difference of two independent means without assuming equal variances.

    ``t = (m₁ − m₂) / √(s₁²/n₁ + s₂²/n₂)`` with the degrees of freedom of Welch and Satterthwaite.

    Parameters: `first`, `second`, one score per independent unit, shapes (n₁,) and (n₂,), or the `Moments` of either;
    `level` of the interval. The difference is in the units of the scores.

    Assumes independent units and means that are about normal. Repeats of one prompt are not independent
    units: average them first (`cluster_mean`).

    Raises `DataError` for NaN, fewer than two units in a sample, or two samples without any spread.

    Source: Welch, B. L. (1947). Biometrika 34, 28–35. Equals R's ``t.test(x, y)``.

    >>> result = welch_t([13.3, 9.7, 12.7, 13.3, 20.0], [7.3, 7.3, 10.7, 8.7, 9.3])
    >>> round(result.t, 2), round(result.df, 2), round(result.p, 3)
    (2.85, 5.14, 0.035)
    """
    a, b = two_samples(first, second)
    va, vb = a.variance / a.n, b.variance / b.n
    df = (va + vb) ** 2 / (va**2 / (a.n - 1) + vb**2 / (b.n - 1))
    return _t_test("Welch", a.mean - b.mean, math.sqrt(va + vb), df, probability(level, "level"), (a.n, b.n))


def student_t(first: Sample, second: Sample, *, level: float = 0.95) -> TTest:
    """Test the difference of two independent means, assuming equal variances.

    ``t = (m₁ − m₂) / (s_p √(1/n₁ + 1/n₂))`` with n₁ + n₂ − 2 degrees of freedom and the pooled variance
    ``s_p²``. For comparison with published tests: `welch_t` is the safer one, since a neutral condition of
    a language model often has next to no variance.

    Parameters, units and errors as in `welch_t`.

    Source: Student (1908). Biometrika 6, 1–25; Fisher, R. A. (1925). Metron 5, 90–104.
    Equals R's ``t.test(x, y, var.equal = TRUE)``.

    >>> result = student_t([13.3, 9.7, 12.7, 13.3, 20.0], [7.3, 7.3, 10.7, 8.7, 9.3])
    >>> round(result.t, 2), result.df, round(result.p, 3)
    (2.85, 8.0, 0.022)
    """
    a, b = two_samples(first, second)
    df = float(a.n + b.n - 2)
    se = math.sqrt((a.squares + b.squares) / df * (1 / a.n + 1 / b.n))
    return _t_test("Student", a.mean - b.mean, se, df, probability(level, "level"), (a.n, b.n))


def with_df(test: TTest, df: float) -> TTest:
    """The same statistic with other degrees of freedom: fewer make a test, and its interval, conservative.

    Of two independent normal samples the t with n − 1 degrees of freedom of the smaller bounds the distribution of
    Welch's statistic, whatever the variances.

    Source: Mickey, M. R., & Brown, M. B. (1966). Annals of Mathematical Statistics 37, 639–642.

    >>> test = welch_t([13.3, 9.7, 12.7], [7.3, 7.3, 10.7, 8.7, 9.3])
    >>> wide = with_df(test, 2.0)
    >>> wide.t == test.t, wide.p > test.p, wide.low < test.low
    (True, True, True)
    """
    return _t_test(test.test, test.difference, test.se, df, test.level, test.n)


def paired_t(first: ArrayLike, second: ArrayLike, *, level: float = 0.95) -> TTest:
    """Test the mean change of units that were measured twice.

    ``t = m_D / (s_D / √n)`` on the differences D = first − second, with n − 1 degrees of freedom.

    Parameters: `first`, `second`, both scores of each unit in the same order, shape (n,); `level` of the
    interval. The difference is in the units of the scores.

    Assumes that row i of both is the same unit (one vignette under two conditions, one conversation before
    and after), that units are independent, and a mean difference that is about normal. Two sets of separate
    conversations are not pairs.

    Raises `DataError` for NaN, unequal lengths, fewer than two units, or differences without spread.

    Source: Student (1908). Biometrika 6, 1–25, whose sleep data (p. 20) are the
    golden values. Equals R's ``t.test(x, y, paired = TRUE)``.

    >>> result = paired_t([60, 75, 80, 55], [20, 30, 25, 25])
    >>> round(result.difference, 1), round(result.t, 2), round(result.low, 1), round(result.high, 1)
    (42.5, 8.17, 25.9, 59.1)
    """
    a, b = pair(first, second)
    varies(a - b, "the differences", scale=float(np.max(np.abs(a))))
    return _from_mean("paired", a - b, 0.0, level)


def one_sample_t(values: ArrayLike, reference: float = 0.0, *, level: float = 0.95) -> TTest:
    """Test whether a mean differs from a reference value.

    ``t = (m − reference) / (s / √n)`` with n − 1 degrees of freedom.

    Parameters: `values`, one score per independent unit, shape (n,); `reference` and the difference are in
    the units of the scores. Assumes independent units and a mean that is about normal.

    Raises `DataError` for NaN, fewer than two units or constant scores.

    Source: Student (1908). Biometrika 6, 1–25. Equals R's ``t.test(x, mu = reference)``.

    >>> round(one_sample_t([3.1, 2.6, 3.9, 3.3], 2.5).t, 3)
    2.696
    """
    x = vector(values, "the sample")
    varies(x, "the sample")
    return _from_mean("one-sample", x, reference, level)


def _from_mean(test: str, x: FloatArray, reference: float, level: float) -> TTest:
    se = float(np.std(x, ddof=1)) / math.sqrt(x.size)
    difference = float(x.mean()) - reference
    return _t_test(test, difference, se, float(x.size - 1), probability(level, "level"), (x.size,))
