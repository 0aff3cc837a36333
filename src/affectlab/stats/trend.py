"""Monotone trend over ordered levels: does more of the induction give more of the response?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from affectlab.errors import DataError
from affectlab.stats._sample import matrix, varies, vector
from affectlab.stats.threads import one_thread


@dataclass(frozen=True, slots=True)
class Trend:
    """A test of monotone trend; positive where the response rises with the level."""

    test: str
    """Which: "Jonckheere–Terpstra" or "Page"."""
    statistic: float
    """J or L."""
    z: float
    """The statistic minus its expectation without a trend, in its standard deviations without a trend."""
    p: float
    """Two-sided, normal approximation corrected for ties."""
    p_rising: float
    """One-sided, against no trend or a falling one."""
    strength: float
    """Between −1 and 1. Jonckheere–Terpstra: of all pairs of answers at different levels, rising minus falling.
    Page: the mean rank correlation of answers with levels within units."""
    n: tuple[int, ...]
    """Units at each level; or units and levels."""

    @property
    def units(self) -> int:
        """The units that it rests on: all, or those at the level that has the fewest."""
        return self.n[0] if self.test == "Page" else min(self.n)


def _trend(test: str, statistic: float, expected: float, sd: float, strength: float, n: tuple[int, ...]) -> Trend:
    z = (statistic - expected) / sd
    p = float(2 * special.ndtr(-abs(z)))
    return Trend(test, statistic, z, p, float(special.ndtr(-z)), strength, n)


def jonckheere(levels: Sequence[ArrayLike]) -> Trend:
    """Trend over ordered levels, each answered by different units.

    ``J = Σ over i < j of #(x in i, y in j, x < y) + ½ #(x = y)``; z with the tie-corrected variance under no
    trend.

    Parameters: `levels`, one array of scores per level, in ascending order of dose, shapes (n₁,), (n₂,) …;
    strength is ``2 J / (number of pairs) − 1``.

    Assumes independent units and distributions of the same shape under no trend. Normal approximation: from
    about five units a level on.

    Raises `DataError` for NaN, fewer than two levels, an empty level, or constant scores.

    Source: Jonckheere, A. R. (1954). Biometrika 41, 133–145; ties: Kendall, M. G. (1970). Rank Correlation
    Methods (4th ed.), p. 55. z equals that of R's ``cor.test(level, y, method = "kendall", exact = FALSE)``.

    >>> result = jonckheere([[40, 35, 38, 43, 44, 41], [38, 40, 47, 44, 40, 42], [48, 40, 45, 43, 46, 44]])
    >>> result.statistic, round(result.z, 2), round(result.p_rising, 3)
    (79.0, 2.04, 0.021)
    """
    groups = [vector(x, f"level {i + 1}", least=1) for i, x in enumerate(levels)]
    if len(groups) < 2:
        msg = f"{len(groups)} level; a trend needs at least two"
        raise DataError(msg, hint="give one array per level, in ascending order")
    pooled = np.concatenate(groups)
    varies(pooled, "all levels together")
    sizes = np.array([x.size for x in groups], dtype=np.float64)
    statistic = 0.0
    for i, lower in enumerate(groups[:-1]):
        ordered, above = np.sort(lower), np.concatenate(groups[i + 1 :])
        below = np.searchsorted(ordered, above, side="left") + np.searchsorted(ordered, above, side="right")
        statistic += float(below.sum()) / 2
    pairs = (float(pooled.size) ** 2 - float(np.sum(sizes**2))) / 2
    sd = _kendall_sd(sizes, np.unique(pooled, return_counts=True)[1].astype(np.float64), pooled.size) / 2
    return _trend(
        "Jonckheere–Terpstra",
        statistic,
        pairs / 2,
        sd,
        2 * statistic / pairs - 1,
        tuple(x.size for x in groups),
    )


def _kendall_sd(
    u: np.ndarray[tuple[int], np.dtype[np.float64]], t: np.ndarray[tuple[int], np.dtype[np.float64]], n: int
) -> float:
    """Of Kendall's S = 2 J − pairs, under no association, with tie groups of sizes `u` and `t`."""

    def first(x: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
        return float(np.sum(x * (x - 1) * (2 * x + 5)))

    pairs_u, pairs_t = float(np.sum(u * (u - 1))), float(np.sum(t * (t - 1)))
    triples_u, triples_t = float(np.sum(u * (u - 1) * (u - 2))), float(np.sum(t * (t - 1) * (t - 2)))
    variance = (n * (n - 1) * (2 * n + 5) - first(u) - first(t)) / 18 + pairs_u * pairs_t / (2 * n * (n - 1))
    if n > 2:
        variance += triples_u * triples_t / (9 * n * (n - 1) * (n - 2))
    return math.sqrt(variance)


@one_thread
def page_trend(values: ArrayLike) -> Trend:
    """Trend over ordered levels, each answered by the same units.

    ``L = Σ_j j R_j`` with R_j the sum over units of the mid-ranks within the unit at level j; z with the
    exact variance given the ties of each unit, ``Σ_i Σ_j (j − (k+1)/2)² · Σ_j (r_ij − (k+1)/2)² / (k − 1)``.

    Parameters: `values`, units × levels in ascending order of dose, shape (n, k). Strength is the mean over
    units of Spearman's correlation of answer with level; a unit that answers the same at all levels counts as
    0.

    Assumes independent units; under no trend all orders of a unit's answers are equally likely.

    Raises `DataError` for missing cells, fewer than two units or three levels, or units that are all flat.

    Source: Page, E. B. (1963). Journal of the American Statistical Association 58, 216–230. Without ties L
    equals that of ``scipy.stats.page_trend_test``, and z its asymptotic one.

    >>> result = page_trend([[20, 45, 70], [25, 30, 65], [22, 50, 48], [30, 41, 77]])
    >>> result.statistic, round(result.z, 2), round(result.strength, 3)
    (55.0, 2.47, 0.875)
    """
    x = matrix(values, "the table", rows=2, columns=3)
    varies(
        (x - x.mean(axis=1, keepdims=True)).ravel(),
        "every unit over the levels",
        scale=float(np.max(np.abs(x))),
    )
    n, k = x.shape
    centred = np.asarray(stats.rankdata(x, axis=1)) - (k + 1) / 2
    step = np.arange(1, k + 1) - (k + 1) / 2
    own, spread = centred @ step, np.sum(centred**2, axis=1)
    sd = math.sqrt(float(np.sum(step**2)) * float(np.sum(spread)) / (k - 1))
    expected = n * k * (k + 1) ** 2 / 4
    with np.errstate(invalid="ignore", divide="ignore"):
        each = np.where(spread > 0, own / np.sqrt(spread * np.sum(step**2)), 0.0)
    return _trend("Page", expected + float(own.sum()), expected, sd, float(each.mean()), (n, k))
