"""What refusals and illegal answers could hide: bounds that hold whatever the missing answers would have been."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from affectlab.errors import DataError
from affectlab.stats._sample import vector


@dataclass(frozen=True, slots=True)
class Bounds:
    """The range of a mean, or of a difference of means, over all values the missing answers could have had."""

    low: float
    high: float
    observed: float
    """From the answers that came back, as if the rest were like them."""
    missing: float
    """Share of missing answers, between 0 and 1; of a difference, that of the arm with more."""


def worst_case_mean(answers: ArrayLike, *, missing: int, lowest: float, highest: float) -> Bounds:
    """The mean of an arm if all its missing answers were the lowest, and if all were the highest.

    ``(Σ x + m·lowest)/(n + m) … (Σ x + m·highest)/(n + m)``.

    Parameters: `answers`, the valid ones, shape (n,), in scale points; `missing`, how many were refused or
    illegal; `lowest`, `highest`, the ends of the scale. The bounds are of this sample and hold no sampling
    error.

    Assumes nothing about why answers are missing.

    Raises `DataError` for NaN among the answers, none at all, answers beyond the scale, or a negative count.

    Source: Manski, C. F. (1990). American Economic Review 80 (2), 319–323; Horowitz, J. L., & Manski, C. F.
    (2000). Journal of the American Statistical Association 95, 77–84.

    >>> worst_case_mean([60, 70, 80], missing=1, lowest=0, highest=100)
    Bounds(low=52.5, high=77.5, observed=70.0, missing=0.25)
    """
    x = vector(answers, "the answers", least=1)
    if not (math.isfinite(lowest) and math.isfinite(highest) and lowest < highest) or missing < 0:
        msg = f"{missing} missing answers on a scale from {lowest:g} to {highest:g} is no such scale or count"
        raise DataError(msg, hint="the ends of the scale must be finite and in order, the count not negative")
    if np.any((x < lowest) | (x > highest)):
        msg = f"an answer lies beyond the scale from {lowest:g} to {highest:g}"
        raise DataError(msg, hint="an illegal answer counts as missing")
    total, count = float(x.sum()), x.size + missing
    return Bounds(
        low=(total + missing * lowest) / count,
        high=(total + missing * highest) / count,
        observed=float(x.mean()),
        missing=missing / count,
    )


def worst_case_difference(first: Bounds, second: Bounds) -> Bounds:
    """The difference of two arms if the missing answers of both were as bad, and as good, for it as can be.

    ``low₁ − high₂ … high₁ − low₂``. Parameters: both arms from `worst_case_mean`. Assumptions and source as
    there. An effect whose bounds exclude zero cannot be explained by who refused.

    >>> arm = worst_case_mean([60, 70, 80], missing=1, lowest=0, highest=100)
    >>> control = worst_case_mean([20, 25, 30, 25], missing=0, lowest=0, highest=100)
    >>> worst_case_difference(arm, control)
    Bounds(low=27.5, high=52.5, observed=45.0, missing=0.25)
    """
    return Bounds(
        low=first.low - second.high,
        high=first.high - second.low,
        observed=first.observed - second.observed,
        missing=max(first.missing, second.missing),
    )
