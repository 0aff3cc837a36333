"""An estimate is a number with its interval and the name of the method that gave both."""

from __future__ import annotations

from dataclasses import dataclass

FEWEST = 3
"""Sampled units in a condition below which no interval and no p is told of a sample: of two, a single difference is all
that says how units vary, so that a t interval is 25 times as wide as its standard error and rests on normal effects
alone. The functions of this package compute what they are asked; whoever tells a result keeps to this."""


@dataclass(frozen=True, slots=True)
class PointEstimate:
    """A point estimate with an interval.

    >>> estimate = PointEstimate(value=12.0, low=4.5, high=19.5, level=0.95, method="mean, t interval")
    >>> print(estimate)
    12 [4.5, 19.5]
    >>> estimate.covers(0.0)
    False
    """

    value: float
    """The estimate, in the units the function states."""
    low: float
    """Lower limit; NaN where the function documents that there is none."""
    high: float
    """Upper limit; NaN where the function documents that there is none."""
    level: float
    """Confidence level, between 0 and 1."""
    method: str
    """Estimator and interval, as they should be named in a methods section."""
    se: float = float("nan")
    """Standard error, where the interval rests on one."""
    df: float = float("nan")
    """Degrees of freedom of the interval, where it has any."""

    def covers(self, value: float) -> bool:
        """Whether the interval contains `value`; False where there is no interval."""
        return self.low <= value <= self.high

    @property
    def width(self) -> float:
        """The distance between the limits."""
        return self.high - self.low

    def __str__(self) -> str:
        return f"{self.value:.4g} [{self.low:.4g}, {self.high:.4g}]"
