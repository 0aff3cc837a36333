"""An effect with its interval, or with the reason why it has none."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from affectlab.errors import DataError
from affectlab.stats.ttest import TTest

Values = np.ndarray[Any, np.dtype[np.floating[Any]]]


class Effect(NamedTuple):
    """A mean, or a difference of means, in raw units, with its 95 % interval; nan where the data allow none."""

    estimate: float
    low: float
    high: float
    n: int
    """Units that carry it: those of the first sample."""
    note: str
    """Why there is no interval, where there is none."""


def effect(test: Callable[..., TTest], *samples: Values) -> Effect:
    """The effect that a test is about.

    Args:
        test: ``one_sample_t``, ``paired_t`` or ``welch_t``.
        samples: one value per unit, without gaps.
    """
    n = len(samples[0])
    try:
        result = test(*samples)
    except DataError as error:
        means = [float(sample.mean()) if len(sample) else math.nan for sample in samples]
        return Effect(means[0] - sum(means[1:]), math.nan, math.nan, n, error.message)
    return Effect(result.difference, result.low, result.high, n, "")
