"""How much less a language model's answers vary than a human sample's."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special, stats

from affectlab.errors import DataError
from affectlab.stats._sample import probability, varies, vector
from affectlab.stats.estimate import PointEstimate


def sd_ratio(first: ArrayLike, second: ArrayLike, *, level: float = 0.95) -> PointEstimate:
    """The ratio of two independent standard deviations, with an interval that does not assume normal scores.

    ``s₁/s₂``; the limits are the ratios ρ at which ``|ln(c s₁² / ρ² s₂²)| = z se(ρ)``, with
    ``c = (n₁/(n₁−z)) / (n₂/(n₂−z))``, ``se² = (κ − k₁)/(n₁−1) + (κ − k₂)/(n₂−1)``, ``k_i = (n_i−3)/n_i`` and the
    kurtosis κ around trimmed means m, pooled after the second sample is multiplied by ρ,
    ``κ(ρ) = (n₁+n₂) (Σ(x₁ − m₁)⁴ + ρ⁴ Σ(x₂ − m₂)⁴) / (Σ(x₁ − x̄₁)² + ρ² Σ(x₂ − x̄₂)²)²``.
    Without ρ, two samples of different spread would look like one with heavy tails, and the interval be too wide.

    Parameters: `first`, `second`, one score per independent unit, shapes (n₁,) and (n₂,). No unit: 0.5 is
    half the spread.

    Assumes independent units and the same kurtosis in both populations; bounded scales and skew are allowed.
    The F interval for variances is not used: it fails without normality at any n. Conservative below eight units.

    Raises `DataError` for NaN, fewer than five units in a sample, or a constant sample: a model without any
    spread has no ratio, report that.

    Source: Bonett, D. G. (2006). Applied Psychological Measurement 30, 432–439; Banga, S. J., & Fox, G. D. (2013). On
    Bonett's robust confidence interval for a ratio of standard deviations (Minitab), for κ(ρ).

    >>> print(sd_ratio([50, 52, 49, 51, 53, 50, 48, 52], [35, 62, 48, 71, 29, 55, 66, 44]))
    0.1129 [0.05212, 0.2327]
    """
    a, b = vector(first, "the first sample", least=5), vector(second, "the second sample", least=5)
    varies(a, "the first sample")
    varies(b, "the second sample")
    z = float(special.ndtri((1 + probability(level, "level")) / 2))
    if min(a.size, b.size) <= z:
        msg = f"{min(a.size, b.size)} units are too few for a level of {level:g}"
        raise DataError(msg, hint="use more units or a lower level")
    fourth = [float(np.sum((x - stats.trim_mean(x, min(0.5 / math.sqrt(x.size - 4), 0.49))) ** 4)) for x in (a, b)]
    squares = [float(np.sum((x - x.mean()) ** 2)) for x in (a, b)]
    ratio = float(np.std(a, ddof=1) / np.std(b, ddof=1))
    centre = math.log(ratio * math.sqrt(a.size / (a.size - z) / (b.size / (b.size - z))))

    def error(log: float) -> float:
        """The standard error of the logarithm of the ratio, where the true one is this."""
        two, four = math.exp(2 * log), math.exp(4 * log)
        kurtosis = (a.size + b.size) * (fourth[0] + four * fourth[1]) / (squares[0] + two * squares[1]) ** 2
        return math.sqrt(sum((kurtosis - (x.size - 3) / x.size) / (x.size - 1) for x in (a, b))) / 2

    low, high = (math.exp(_crossing(lambda log: abs(log - centre) - z * error(log), centre, side)) for side in (-1, 1))
    method = "ratio of standard deviations, Bonett's interval, inverted"
    return PointEstimate(ratio, low, high, level, method, error(math.log(ratio)) * 2)


def _crossing(outside: Callable[[float], float], centre: float, side: int) -> float:
    """Where a function that is below zero at the centre comes above it on one side."""
    far = centre + side
    while outside(far) <= 0.0:
        far += side * abs(far - centre)
    return float(optimize.brentq(outside, centre, far, xtol=1e-13))
