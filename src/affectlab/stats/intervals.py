"""Intervals for a mean: over units, over clusters, and over two crossed samples of units.

The interval of a finding is the one that treats as random what was sampled. A study that asks 20 vignettes
ten times each has 20 units: `cluster_mean`. A study in which 20 vignettes were each asked with 10 wordings,
and that wants to speak of vignettes *and* wordings in general, has two samples: `crossed_mean`.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from affectlab.errors import DataError
from affectlab.stats._sample import FloatArray, codes, probability, varies, vector
from affectlab.stats.estimate import PointEstimate
from affectlab.stats.moments import Moments, Sample, moments, must_vary
from affectlab.stats.ttest import t_critical


def mean_interval(values: Sample, *, level: float = 0.95) -> PointEstimate:
    """The mean of independent units with its t interval.

    ``m ± t(n−1) · s / √n``.

    Parameters: `values`, one score per independent unit, shape (n,), or the `Moments` of them. Result in the units of
    the scores.

    Assumes independent units and a mean that is about normal. Holds its level for the means of bounded scales
    from about five units on (docs/reference/statistics.md).

    Raises `DataError` for NaN, fewer than two units or constant scores.

    Source: Student (1908). Biometrika 6, 1–25. Equals R's ``t.test(x)$conf.int``.

    >>> print(mean_interval([62, 71, 55, 68, 64]))
    64 [56.4, 71.6]
    """
    x = moments(values, "the sample")
    must_vary(x, "the sample")
    return _t_interval(x, probability(level, "level"), "mean, t interval")


def cluster_means(values: ArrayLike, clusters: ArrayLike) -> FloatArray:
    """The mean of each cluster, in the sorted order of the labels.

    Parameters: `values`, one score per row, shape (rows,); `clusters`, its label per row, shape (rows,).
    Returns shape (clusters,), in the units of the scores. Raises `DataError` for NaN or a label that is
    missing.

    >>> cluster_means([1, 3, 10, 20, 30], ["a", "a", "b", "b", "b"]).tolist()
    [2.0, 20.0]
    """
    x = vector(values, "the sample", least=1)
    code, count = codes(clusters, "the clusters", x.size)
    return np.bincount(code, weights=x, minlength=count) / np.bincount(code, minlength=count)


def cluster_mean(values: ArrayLike, clusters: ArrayLike, *, level: float = 0.95) -> PointEstimate:
    """The mean over clusters, each counted once, with a t interval over clusters. The interval of the findings.

    ``m̄ ± t(G−1) · s_m̄ / √G`` on the G cluster means.

    Parameters: `values`, one score per row, shape (rows,); `clusters`, the sampled unit of each row
    (vignette, model, persona, conversation), shape (rows,). Result in the units of the scores.

    Assumes clusters sampled independently; within a cluster anything may be correlated. Clusters of different
    size count the same, so the estimate is of the mean over all clusters that might have been sampled, not
    over rows.

    Raises `DataError` for NaN, one cluster only, or cluster means without spread.

    Source: Cameron, A. C., & Miller, D. L. (2015). Journal of Human Resources 50, 317–372, section II, for
    why rows within a cluster do not count; the interval is Student's on the cluster means. Equals R's
    ``t.test(tapply(x, g, mean))$conf.int``.

    >>> answers, vignettes = [50, 52, 60, 61, 40, 43], ["a", "a", "b", "b", "c", "c"]
    >>> print(cluster_mean(answers, vignettes))
    51 [27.4, 74.6]
    """
    x = vector(values, "the sample")
    means = cluster_means(x, clusters)
    if means.size < 2:
        msg = f"all {x.size} rows belong to one cluster"
        raise DataError(msg, hint="one unit carries no interval: repeats of it say nothing about other units")
    varies(means, "the cluster means", scale=float(np.max(np.abs(x))))
    return _t_interval(
        moments(means, "the cluster means"), probability(level, "level"), "mean over clusters, t interval"
    )


def coverage_where_few_work(n: int, share: float, *, level: float = 0.95) -> float:
    """How often `mean_interval` holds the mean of units of which a share has an effect of one, and all others none.

    By adding the binomial probabilities of the samples whose interval holds the share. An interval of samples that do
    not vary is none, and counts as a miss.

    Parameters: `n`, units in a sample, at least two; `share`, between 0 and 1. Result between 0 and 1.

    Raises `DataError` for fewer than two units.

    Source: the definition; equal to a simulation of 200,000 samples to .002 (docs/reference/statistics.md).

    >>> [round(coverage_where_few_work(n, 0.25), 2) for n in (4, 8, 16)]
    [0.68, 0.9, 0.93]
    """
    if n < 2:
        msg = f"{n} unit carries no interval"
        raise DataError(msg, hint="at least two units are needed")
    working = np.arange(n + 1)
    mean, half = working / n, t_critical(n - 1.0, level) * np.sqrt(working * (n - working) / (n - 1.0)) / n
    held = np.abs(mean - share) <= half
    chance = np.array([math.comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n + 1)])
    return float(chance[held & (half > 0)].sum())


def _t_interval(x: Moments, level: float, method: str) -> PointEstimate:
    se, df = x.sd / math.sqrt(x.n), float(x.n - 1)
    half = t_critical(df, level) * se
    return PointEstimate(x.mean, x.mean - half, x.mean + half, level, method, se, df)
