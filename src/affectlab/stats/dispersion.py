"""How much less a language model's answers vary than a human sample's."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from affectlab.errors import DataError
from affectlab.stats._sample import probability, varies, vector
from affectlab.stats.estimate import PointEstimate


def sd_ratio(first: ArrayLike, second: ArrayLike, *, level: float = 0.95) -> PointEstimate:
    """The ratio of two independent standard deviations, with an interval that does not assume normal scores.

    ``s₁/s₂``; limits ``√exp(ln(c s₁²/s₂²) ± z se)``, ``c = (n₁/(n₁−z)) / (n₂/(n₂−z))``,
    ``se² = (κ − k₁)/(n₁−1) + (κ − k₂)/(n₂−1)``, ``k_i = (n_i−3)/n_i`` and the pooled kurtosis
    ``κ = (n₁+n₂) Σ(x − m)⁴ / (Σ(x − x̄)²)²`` around trimmed means m.

    Parameters: `first`, `second`, one score per independent unit, shapes (n₁,) and (n₂,). No unit: 0.5 is
    half the spread.

    Assumes independent units and the same kurtosis in both populations; bounded scales and skew are allowed.
    The F interval for variances is not used: it fails without normality at any n.

    Raises `DataError` for NaN, fewer than five units in a sample, or a constant sample: a model without any
    spread has no ratio, report that.

    Source: Bonett, D. G. (2006). Applied Psychological Measurement 30, 432–439.

    >>> print(sd_ratio([50, 52, 49, 51, 53, 50, 48, 52], [35, 62, 48, 71, 29, 55, 66, 44]))
    0.1129 [0.04605, 0.2767]
    """
    a, b = vector(first, "the first sample", least=5), vector(second, "the second sample", least=5)
    varies(a, "the first sample")
    varies(b, "the second sample")
    z = float(special.ndtri((1 + probability(level, "level")) / 2))
    if min(a.size, b.size) <= z:
        msg = f"{min(a.size, b.size)} units are too few for a level of {level:g}"
        raise DataError(msg, hint="use more units or a lower level")
    fourth = sum(float(np.sum((x - stats.trim_mean(x, min(0.5 / math.sqrt(x.size - 4), 0.49))) ** 4)) for x in (a, b))
    squares = sum(float(np.sum((x - x.mean()) ** 2)) for x in (a, b))
    kurtosis = (a.size + b.size) * fourth / squares**2
    se = math.sqrt(sum((kurtosis - (x.size - 3) / x.size) / (x.size - 1) for x in (a, b)))
    ratio = float(np.std(a, ddof=1) / np.std(b, ddof=1))
    centre = math.log(ratio**2 * (a.size / (a.size - z)) / (b.size / (b.size - z)))
    low, high = (math.exp((centre + sign * z * se) / 2) for sign in (-1, 1))
    return PointEstimate(ratio, low, high, level, "ratio of standard deviations, Bonett's interval", se)
