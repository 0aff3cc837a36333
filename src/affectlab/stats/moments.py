"""What a test of means needs of a sample: how many units, their mean, and how far they are spread."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from affectlab.errors import DataError
from affectlab.stats._sample import ROUNDING, constant, too_few, vector


@dataclass(frozen=True, slots=True)
class Moments:
    """The size, mean and spread of a sample; a test of means needs no more, so published ones can be made again."""

    n: int
    """Units."""
    mean: float
    squares: float
    """The sum of squared distances from the mean, ``(n − 1) s²``."""
    constant: bool
    """Whether all units have the same score, up to rounding."""

    def __len__(self) -> int:
        return self.n

    @property
    def variance(self) -> float:
        """``s²``; NaN of one unit."""
        return self.squares / (self.n - 1) if self.n > 1 else math.nan

    @property
    def sd(self) -> float:
        """``s``; NaN of one unit."""
        return math.sqrt(self.variance)


Sample = ArrayLike | Moments
"""One score for each unit, or what is known of them."""


def moments_of_sd(mean: float, sd: float, n: int) -> Moments:
    """What a table of means, standard deviations and sizes says of a sample.

    Parameters: `mean` and `sd` in the units of the scores, the standard deviation with n − 1 as most programs print
    it; `n`, the number of units, each of which counts once. A test of moments equals that of the scores as far as
    these have all their digits: of a mean and SD printed with two decimals it is right to about as many.

    Raises `DataError` for numbers that are not finite, a negative SD, or fewer than one unit.

    Source: Student (1908), as in `student_t`. Equals R's ``mean(x)``, ``sd(x)`` and ``length(x)`` read backwards.

    >>> sample = moments_of_sd(64.0, 6.1237, 5)
    >>> sample.n, sample.mean, round(sample.squares, 1)
    (5, 64.0, 150.0)
    """
    if not math.isfinite(mean):
        raise DataError(f"the mean is {mean:g}", hint="give the mean of each condition")
    if n < 1:
        raise DataError(f"a sample of {n} units", hint="n is the number of units, at least 1")
    if n == 1:
        return Moments(1, mean, 0.0, True)
    if not (math.isfinite(sd) and sd >= 0):
        raise DataError(f"the SD is {sd:g}", hint="give a standard deviation, zero or more")
    return Moments(n, mean, (n - 1) * sd**2, sd <= ROUNDING * abs(mean))


def moments(sample: Sample, name: str, *, least: int = 2) -> Moments:
    """The moments of scores, of which those that mean nothing are refused.

    >>> moments([62, 71, 55, 68, 64], "the sample").mean
    64.0
    """
    if isinstance(sample, Moments):
        if sample.n < least:
            raise too_few(name, sample.n, least)
        return sample
    x = vector(sample, name, least=least)
    mean = x.mean()
    return Moments(x.size, float(mean), float(np.sum((x - mean) ** 2)), constant(x))


def must_vary(sample: Moments, name: str) -> None:
    """Refuse a sample without spread: there is nothing to compare a difference with."""
    if sample.constant:
        msg = f"all {sample.n} values in {name} are {sample.mean:g}"
        raise DataError(msg, hint="no spread, no inference: report the raw value and check the measure responds")
