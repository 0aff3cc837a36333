"""Bootstrap intervals that resample whole clusters: vignettes, models, personas; or two crossed samples of them.

Rows are never resampled: a row is not a unit. With few clusters the plain percentile interval is too short
(with five, 95 % covers about 83 %), so the default is the studentized interval for means and the expanded
percentile interval for any other statistic. docs/reference/statistics.md has the coverage of each.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from affectlab.errors import DataError
from affectlab.stats._sample import FloatArray, IntArray, Seed, codes, generator, probability, varies, vector
from affectlab.stats.estimate import PointEstimate
from affectlab.stats.threads import one_thread
from affectlab.stats.ttest import t_critical

#: From the resampled rows to a number. Rows are along the first axis.
Statistic = Callable[[FloatArray], float]
Interval = Literal["studentized", "expanded", "percentile"]

#: Fewer clusters than this have too few distinct resamples for an interval.
LEAST = 5
#: Draws computed at once.
BLOCK = 500


def cluster_bootstrap(
    values: ArrayLike,
    clusters: ArrayLike,
    *,
    seed: Seed,
    statistic: Statistic | None = None,
    draws: int = 1999,
    interval: Interval | None = None,
    level: float = 0.95,
) -> PointEstimate:
    """A statistic of rows that are nested in one sample of clusters, with a bootstrap interval.

    Clusters are drawn with replacement, each with all its rows. Intervals, θ̂ being the estimate:
    *studentized* (mean only): ``θ̂ − q₍₁₋α/2₎ se, θ̂ − q₍α/2₎ se`` with q the quantiles of ``(θ* − θ̂)/se*``
    and se the cluster-robust standard error; *percentile*: quantiles of θ*; *expanded*: the same at the more
    extreme quantile ``Φ(−√(G/(G−1)) t(G−1))``, which makes up for the narrowness of G clusters.

    Parameters: `values`, one row per answer, shape (rows,) or (rows, columns); `clusters`, its label per row,
    shape (rows,); `seed`, an integer or a `numpy.random.Generator`, which makes the result repeatable;
    `statistic`, from the resampled rows to a number (default: the mean of all rows); `interval`, default
    studentized for the mean, expanded for any other statistic. Result in the units of the statistic.

    Assumes clusters sampled independently; within a cluster anything may be correlated.

    Raises `DataError` for NaN, fewer than five clusters, no spread between clusters, or a statistic that is
    not finite in more than 5 % of the draws (fewer are left out).

    Source: Cameron, A. C., Gelbach, J. B., & Miller, D. L. (2008). Review of Economics and Statistics 90,
    414–427 (clusters, studentized); Hesterberg, T. C. (2015). The American Statistician 69, 371–386
    (expanded).

    >>> answers = [50, 52, 60, 61, 40, 43, 71, 66, 58, 55]
    >>> vignettes = ["a", "a", "b", "b", "c", "c", "d", "d", "e", "e"]
    >>> estimate = cluster_bootstrap(answers, vignettes, seed=1)
    >>> round(estimate.value, 1), estimate.covers(50), estimate.covers(90)
    (55.6, True, False)
    """
    return _bootstrap(values, [("the clusters", clusters)], seed, statistic, draws, interval, level)


def crossed_bootstrap(
    values: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    *,
    seed: Seed,
    statistic: Statistic | None = None,
    draws: int = 1999,
    interval: Interval | None = None,
    level: float = 0.95,
) -> PointEstimate:
    """A statistic of rows that are crossed by two samples of units, such as vignettes × models, with an interval.

    The "pigeonhole" bootstrap: both factors are drawn with replacement and independently; a row enters as
    often as its first label was drawn times as often as its second. Intervals as in `cluster_bootstrap`, with
    the two-way cluster-robust standard error ``√max(V_A + V_B − V_AB, V_A, V_B)`` and, where expanded, the
    smaller number of levels.

    Parameters: `values`, shape (rows,) or (rows, columns); `first`, `second`, the labels of each row, shape
    (rows,). The table may have missing and repeated cells. The rest, and the errors, as in
    `cluster_bootstrap`.

    Assumes both factors are samples from populations of which the result is to speak. No bootstrap is exact
    for crossed factors (McCullagh 2000); this one is conservative where neither factor matters.

    Source: Owen, A. B. (2007). Annals of Applied Statistics 1, 386–411; Cameron, A. C., Gelbach, J. B., &
    Miller, D. L. (2011). Journal of Business & Economic Statistics 29, 238–249; McCullagh, P. (2000).
    Bernoulli 6, 285–301.

    >>> rng = np.random.default_rng(2)
    >>> table = 50 + 8 * rng.standard_normal((6, 1)) + 3 * rng.standard_normal((1, 5)) + rng.standard_normal((6, 5))
    >>> vignettes, wordings = np.repeat(list("abcdef"), 5), np.tile(list("vwxyz"), 6)
    >>> estimate = crossed_bootstrap(table.ravel(), vignettes, wordings, seed=1)
    >>> estimate.covers(50), estimate.covers(90)
    (True, False)
    """
    factors = [("the first factor", first), ("the second factor", second)]
    return _bootstrap(values, factors, seed, statistic, draws, interval, level)


@one_thread
def _bootstrap(
    values: ArrayLike,
    factors: list[tuple[str, ArrayLike]],
    seed: Seed,
    statistic: Statistic | None,
    draws: int,
    interval: Interval | None,
    level: float,
) -> PointEstimate:
    data, labels, sizes = _rows(values, factors)
    alpha = (1 - probability(level, "level")) / 2
    kind: Interval = interval or ("studentized" if statistic is None else "expanded")
    if draws * alpha < 5:
        msg = f"{draws} draws leave {draws * alpha:.1f} beyond each limit"
        raise DataError(msg, hint="1999 draws or more for a 95 % interval")
    rng = generator(seed)
    if statistic is None:
        if data.ndim != 1:
            msg = "the mean of a table with several columns was asked for"
            raise DataError(msg, hint="give one column, or a statistic of the rows")
        value, se, means, errors = _means(data, labels, sizes, draws, rng)
    else:
        if kind == "studentized":
            msg = "the studentized interval is only for means"
            raise DataError(msg, hint='use interval="expanded" for other statistics')
        value, means = _statistics(data, labels, sizes, draws, rng, statistic)
        se, errors = float(np.std(means, ddof=1)), np.ones_like(means)
    name = "mean" if statistic is None else getattr(statistic, "__name__", "statistic")
    method = f"{name}, {kind} bootstrap over {' × '.join(map(str, sizes))} clusters, {draws} draws"
    if kind == "studentized":
        used = errors > 0
        upper, lower = np.quantile((means[used] - value) / errors[used], [1 - alpha, alpha])
        return PointEstimate(value, value - float(upper) * se, value - float(lower) * se, level, method, se)
    if kind == "expanded":
        few = min(sizes)
        alpha = float(special.ndtr(-math.sqrt(few / (few - 1)) * t_critical(few - 1, level)))
    low, high = np.quantile(means, [alpha, 1 - alpha])
    return PointEstimate(value, float(low), float(high), level, method, se)


def _rows(values: ArrayLike, factors: list[tuple[str, ArrayLike]]) -> tuple[FloatArray, list[IntArray], list[int]]:
    array = vector(np.ravel(values), "the sample", least=LEAST).reshape(np.shape(values))
    labels, sizes = [], []
    for name, factor in factors:
        code, size = codes(factor, name, len(array))
        if size < LEAST:
            msg = f"{name} has {size} level{'' if size == 1 else 's'}; a bootstrap needs at least {LEAST}"
            raise DataError(msg, hint="sample more units, or treat this factor as fixed")
        labels.append(code)
        sizes.append(size)
    return array, labels, sizes


def _weights(sizes: list[int], draws: int, rng: np.random.Generator) -> Iterator[tuple[FloatArray, FloatArray]]:
    """How often each level of the first and of the second factor is drawn: blocks of shape (draws, levels).

    A single factor is crossed with a second one of one level, which is always drawn once.
    """
    for start in range(0, draws, BLOCK):
        count = min(BLOCK, draws - start)
        first = rng.multinomial(sizes[0], np.full(sizes[0], 1 / sizes[0]), size=count)
        other = sizes[1] if len(sizes) == 2 else 1
        second = rng.multinomial(other, np.full(other, 1 / other), size=count)
        yield first.astype(np.float64), second.astype(np.float64)


def _means(
    data: FloatArray, labels: list[IntArray], sizes: list[int], draws: int, rng: np.random.Generator
) -> tuple[float, float, FloatArray, FloatArray]:
    """The mean and its cluster-robust standard error, in the sample and in each draw."""
    shape = (sizes[0], sizes[1] if len(sizes) == 2 else 1)
    cell = labels[0] * shape[1] + (labels[1] if len(sizes) == 2 else 0)
    counts = np.bincount(cell, minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)
    shift = float(data.mean())
    sums = np.bincount(cell, weights=data - shift, minlength=shape[0] * shape[1])
    totals = sums.reshape(shape).astype(np.float64)
    value, se = _mean_and_error(totals, counts, np.ones((1, shape[0])), np.ones((1, shape[1])))
    if not se[0] > 1e-12 * max(abs(shift), float(np.max(np.abs(data)))):
        msg = f"all cluster means are {shift:g}"
        raise DataError(msg, hint="no spread, no inference: report the raw value and check the measure responds")
    blocks = [_mean_and_error(totals, counts, w, v) for w, v in _weights(sizes, draws, rng)]
    means, errors = np.concatenate([b[0] for b in blocks]), np.concatenate([b[1] for b in blocks])
    finite = np.isfinite(means)
    return float(value[0]) + shift, float(se[0]), means[finite] + shift, errors[finite]


def _mean_and_error(
    totals: FloatArray, counts: FloatArray, w: FloatArray, v: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Means and standard errors of cells, `totals` and `counts` (A, B), weighted by `w` (draws, A), `v` (draws, B)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        rows = np.einsum("da,da->d", w, v @ counts.T)
        mean = np.einsum("da,da->d", w, v @ totals.T) / rows
        by_first = v @ totals.T - mean[:, None] * (v @ counts.T)
        variance = np.einsum("da,da->d", w, by_first**2) * _unbiased(totals.shape[0])
        if totals.shape[1] > 1:
            by_second = w @ totals - mean[:, None] * (w @ counts)
            second = np.einsum("db,db->d", v, by_second**2) * _unbiased(totals.shape[1])
            squares = [np.einsum("da,da->d", w, v @ x.T) for x in (totals**2, totals * counts, counts**2)]
            both = squares[0] - 2 * mean * squares[1] + mean**2 * squares[2]
            both *= _unbiased(totals.shape[0]) * _unbiased(totals.shape[1])
            variance = np.maximum.reduce([variance + second - both, variance, second])
        return mean, np.sqrt(variance) / rows


def _unbiased(levels: int) -> float:
    return levels / (levels - 1)


def _statistics(
    data: FloatArray,
    labels: list[IntArray],
    sizes: list[int],
    draws: int,
    rng: np.random.Generator,
    statistic: Statistic,
) -> tuple[float, FloatArray]:
    """Any statistic, in the sample and in each draw."""
    value = float(statistic(data))
    if not math.isfinite(value):
        msg = "the statistic is not finite in the sample itself"
        raise DataError(msg, hint="look at the data before resampling them")
    rows, results = np.arange(data.shape[0]), []
    for w, v in _weights(sizes, draws, rng):
        for first, second in zip(w, v, strict=True):
            times = first[labels[0]] * (second[labels[1]] if len(sizes) == 2 else 1.0)
            drawn = np.repeat(rows, times.astype(np.intp))
            results.append(float(statistic(data[drawn])) if drawn.size else math.nan)
    array = np.array(results)
    finite = np.isfinite(array)
    if np.count_nonzero(~finite) > 0.05 * draws:
        msg = f"the statistic is not finite in {np.count_nonzero(~finite)} of {draws} draws"
        raise DataError(msg, hint="too few clusters carry it; use more clusters or a simpler statistic")
    varies(array[finite], "the bootstrap distribution")
    return value, array[finite]
