"""Probabilities from log odds and around expected values, and their logarithms."""

from __future__ import annotations

import math
from collections.abc import Sequence


def log(p: float) -> float:
    """The natural logarithm of a probability; ``-inf`` where it is 0."""
    return math.log(p) if p > 0.0 else -math.inf


def around(target: float, values: Sequence[int]) -> tuple[float, ...]:
    """Log probabilities over the two steps of a scale next to ``target``, such that their mean is ``target``.

    >>> [round(math.exp(one), 2) for one in around(12.5, range(0, 31, 10))]
    [0.0, 0.75, 0.25, 0.0]
    """
    step = values[1] - values[0]
    lower = values[0] + step * min(math.floor((target - values[0]) / step), len(values) - 2)
    upper = (target - lower) / step
    masses = {lower: 1.0 - upper, lower + step: upper}
    return tuple(log(masses.get(value, 0.0)) for value in values)


def logistic(logit: float) -> float:
    """The probability of some log odds.

    >>> logistic(0.0)
    0.5
    """
    return 1.0 / (1.0 + math.exp(-logit)) if logit > -700.0 else 0.0


def logit(p: float) -> float:
    """The log odds of a probability between 0 and 1."""
    return math.log(p) - math.log1p(-p)


def softmax(logits: Sequence[float]) -> Sequence[float]:
    """Probabilities whose log ratios are the differences of some numbers."""
    top = max(logits)
    weights = [math.exp(one - top) for one in logits]
    return [weight / math.fsum(weights) for weight in weights]
