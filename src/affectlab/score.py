"""A score: one number that a participant gave on a scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from affectlab.requests import Answer, Response

REPLY = "reply"
"""The scale of rows that are no measure: what was said, what was chosen, what a reader said of a talk."""


class Score(NamedTuple):
    """One number. ``value`` is nan where the participant gave no legal answer: a refusal is a row, not a gap."""

    point: str
    measure: str
    item: str
    scale: str
    value: float
    key: str
    """The response in the store from which the row comes; of several, the first."""


def finite(value: float) -> float:
    """The value where it is a number, else nan."""
    return value if math.isfinite(value) else math.nan


def log_sum(logprobs: Sequence[float]) -> float:
    """The log of a sum of probabilities given by their logs.

    >>> log_sum([math.log(0.25), math.log(0.5)]) == math.log(0.75)
    True
    >>> log_sum([-math.inf])
    -inf
    """
    top = max(logprobs, default=-math.inf)
    if top == -math.inf:
        return top
    return top + math.log(math.fsum(math.exp(logprob - top) for logprob in logprobs))


def legal(response: Response) -> bool:
    """Whether there is a legal answer to be scored; a wrong answer is one, a refusal and an illegal one are not.

    >>> from affectlab.requests import Reply
    >>> legal(Answer((-1.0, -2.0))), legal(Answer((-math.inf, -math.inf), refused=1.0)), legal(Reply("No."))
    (True, False, False)
    """
    return isinstance(response, Answer) and response.coverage > 0.0
