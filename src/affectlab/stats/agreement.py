"""Krippendorff's α: agreement of any number of coders on any scale, with missing codes."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from affectlab.errors import DataError
from affectlab.stats._sample import ROUNDING, FloatArray, probability, table
from affectlab.stats.estimate import PointEstimate
from affectlab.stats.threads import one_thread
from affectlab.stats.ttest import t_critical

Metric = Literal["nominal", "ordinal", "interval", "ratio"]


@one_thread
def krippendorff_alpha(codes: ArrayLike, metric: Metric, *, level: float = 0.95) -> PointEstimate:
    """Agreement beyond chance of coders, judges or repeats.

    ``α = 1 − D_o/D_e`` with ``D_o = Σ o_ck δ²_ck / n``, ``D_e = Σ n_c n_k δ²_ck / (n(n−1))`` over pairs of
    codes in a unit and pairs at large; δ² is 0/1 (nominal), ``(Σ from c to k of n_g − (n_c + n_k)/2)²``
    (ordinal), ``(c − k)²`` (interval) or ``((c − k)/(c + k))²`` (ratio). Interval: α ± t(units − 1) · se, se
    by leaving out each unit once, cut at 1.

    Parameters: `codes`, units × coders, numbers, NaN where a coder did not code a unit, shape (units,
    coders); `metric`. No unit: 1 is perfect, 0 chance, below 0 systematic disagreement.

    Assumes units are sampled independently; coders are interchangeable. By simulation 95 % covers 93–96 %
    from ten units on, where the usual percentile bootstrap over units covers 85–93 % for ten to fifty. Where
    leaving out a unit makes no difference (perfect agreement), or leaves one code only, the limits are NaN.

    Raises `DataError` for infinite codes, fewer than two units with two codes or more, codes that never vary
    (agreement then is not agreement but a lack of variation), or negative codes on a ratio scale.

    Source: Krippendorff, K. (2011). Computing Krippendorff's Alpha-Reliability, pp. 1–8, whose example C is a
    golden value; interval: Tukey, J. W. (1958). Annals of Mathematical Statistics 29, 614 (the jackknife).

    >>> nan = float("nan")
    >>> print(krippendorff_alpha([[1, 1, nan], [2, 2, 3], [3, 3, 3], [1, 2, nan], [3, nan, 3]], "nominal"))
    0.5111 [-0.2475, 1]
    """
    x = table(codes, "the codes")
    if np.any(np.isinf(x)) or (metric == "ratio" and np.any(x < 0)):
        msg = "codes are infinite, or negative on a ratio scale"
        raise DataError(msg, hint="missing codes are NaN; a scale with negative values is an interval scale")
    x = x[np.count_nonzero(~np.isnan(x), axis=1) >= 2]
    if x.shape[0] < 2:
        msg = f"{x.shape[0]} units were coded at least twice; at least 2 are needed"
        raise DataError(msg, hint="agreement needs units that several coders coded")
    scale = np.unique(x[~np.isnan(x)])
    if scale.size < 2:
        msg = f"every code is {scale[0]:g}"
        raise DataError(msg, hint="without variation agreement cannot be told from indifference; report the share")
    counts = np.stack([np.count_nonzero(x == c, axis=1) for c in scale], axis=1).astype(np.float64)
    share = counts / (counts.sum(axis=1, keepdims=True) - 1)
    coincidences = share.T @ counts - np.diag(share.sum(axis=0))
    value = _alpha(coincidences, scale, metric)
    n = len(counts)
    without = np.array(
        [_alpha(coincidences - np.outer(s, c) + np.diag(s), scale, metric) for s, c in zip(share, counts, strict=True)]
    )
    se = math.sqrt((n - 1) / n * float(np.sum((without - without.mean()) ** 2)))
    half = t_critical(n - 1, probability(level, "level")) * se if se > ROUNDING else math.nan
    method = f"Krippendorff's alpha, {metric}, jackknife over {n} units"
    return PointEstimate(
        value, value - half, min(value + half, 1.0) if half == half else half, level, method, se, n - 1
    )


def _alpha(coincidences: FloatArray, scale: FloatArray, metric: Metric) -> float:
    """α from how often each two codes coincide in a unit; NaN if only one code occurs."""
    marginals = coincidences.sum(axis=1)
    distance = _distance(marginals, scale, metric)
    expected = float(marginals @ distance @ marginals)
    observed = float(np.sum(coincidences * distance))
    return math.nan if expected <= 0 else 1 - (float(marginals.sum()) - 1) * observed / expected


def _distance(marginals: FloatArray, scale: FloatArray, metric: Metric) -> FloatArray:
    """δ² between every two codes."""
    if metric == "nominal":
        return 1.0 - np.eye(scale.size)
    if metric == "ordinal":
        middle = np.cumsum(marginals) - marginals / 2
        return np.asarray(np.subtract.outer(middle, middle) ** 2)
    gap = np.subtract.outer(scale, scale)
    if metric == "ratio":
        total = np.add.outer(scale, scale)
        gap = np.divide(gap, total, out=np.zeros_like(gap), where=total > 0)
    return np.asarray(gap**2)
