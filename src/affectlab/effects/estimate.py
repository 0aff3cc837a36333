"""The one place where a contrast becomes a number with its interval."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from affectlab.effects.contrast import Contrast
from affectlab.errors import DataError
from affectlab.stats.effects import EffectSize, d_z, hedges_g
from affectlab.stats.ttest import TTest, one_sample_t, paired_t, welch_t

Values = NDArray[np.float64]
LEVEL = 0.95
STANDARDISED: Mapping[str, str] = {"one-sample": "d_z", "paired": "d_z", "Welch": "g"}
"""Per method, the standardised effect that stands beside it, as it is called in print."""


@dataclass(frozen=True)
class Estimate:
    """What was found for a contrast. There is one for each contrast, wherever it stands."""

    contrast: Contrast
    difference: float
    """In the unit of the outcome; also where there is no interval."""
    low: float
    high: float
    level: float
    se: float
    df: float
    p: float
    """Two-sided, against zero."""
    n: Mapping[str, int]
    """Levels of each random factor under the first condition."""
    n_second: Mapping[str, int]
    """The same under the second condition; that of the first where units are the same, empty where there is none."""
    method: str
    """``one-sample``, ``paired`` or ``Welch``: the t test that the interval is of."""
    gap: str = ""
    """Why there is no interval, where there is none."""
    further: Mapping[str, float] = field(default_factory=dict)
    """``d``, ``g``, ``d_low``, ``d_high``: standardised, from the same data; absent where they allow none."""

    @property
    def units(self) -> int:
        """Sampled units under the first condition."""
        return self.n[self.contrast.unit]

    @property
    def excludes_zero(self) -> bool:
        """Whether the interval lies on one side of zero."""
        return self.low > 0.0 or self.high < 0.0

    def row(self) -> dict[str, Any]:
        """The estimate as a plain record."""
        return {**asdict(self), "contrast": self.contrast.row()}


def estimate(contrast: Contrast, first: Values, second: Values | None = None, *, level: float = LEVEL) -> Estimate:
    """Estimate a contrast: a one-sample, paired or Welch's t test over its units.

    Args:
        contrast: what is asked.
        first: one value for each unit under the first condition, without gaps: replicates, items and what else is
            beneath averaged.
        second: the same under the second condition; in the same order where units are paired.
        level: of the interval.

    Where the data allow no interval there is the difference of means, and ``gap`` says why.
    """
    test, samples = _test(contrast, first, second)
    n = {contrast.unit: len(first)}
    n_second = {} if second is None else {contrast.unit: len(second)}
    try:
        found = test(*samples, level=level)
    except DataError as error:
        means = [float(sample.mean()) if len(sample) else math.nan for sample in samples]
        numbers = (means[0] - sum(means[1:]), *(math.nan,) * 2, level, *(math.nan,) * 3)
        return Estimate(contrast, *numbers, n, n_second, _NAMES[test], error.message)
    numbers = (found.difference, found.low, found.high, level, found.se, found.df, found.p)
    return Estimate(contrast, *numbers, n, n_second, found.test, "", _standardised(samples, contrast.paired, level))


def _test(contrast: Contrast, first: Values, second: Values | None) -> tuple[Callable[..., TTest], tuple[Values, ...]]:
    """The test that the design of a contrast asks for."""
    if second is None:
        return one_sample_t, (first,)
    return (paired_t if contrast.paired else welch_t), (first, second)


_NAMES: Mapping[Callable[..., TTest], str] = {one_sample_t: "one-sample", paired_t: "paired", welch_t: "Welch"}


def _standardised(samples: tuple[Values, ...], paired: bool, level: float) -> dict[str, float]:
    """Hedges' g between units, d_z within them."""
    size: Callable[..., EffectSize] = d_z if paired or len(samples) == 1 else hedges_g
    try:
        found = size(*samples, level=level)
    except DataError:
        return {}
    return {"d": found.d, "g": found.g, "d_low": found.low, "d_high": found.high}
