"""A sentinel: a short prompt that is asked along with the questions, and what followed it when the server was opened.

A model that is exchanged behind the same name says something else to it, also where the server tells no fingerprint.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from affectlab.participants.remote.calls import Position, Wanted

WATCHED = 8
"""The tokens that it looks at."""
STRAY = 0.25
"""Nats by which a log probability may stray; batches move one by some 0.06 on servers that are not batch-invariant."""
STRAY_SHARE = 0.2
"""The same of a probability, where only the likeliest first tokens of a reply are shown."""
SEVERAL = ({"role": "user", "content": "Write ten random words."},)
"""A request after which much can come, so that two models hardly agree."""


@dataclass(frozen=True)
class Sentinel:
    """A short prompt, and what followed it when the server was first asked."""

    prompt: tuple[int, ...]
    logprobs: tuple[tuple[int, float], ...]
    """Of the likeliest tokens."""

    @property
    def ids(self) -> tuple[int, ...]:
        """The tokens that are looked at."""
        return tuple(id for id, _ in self.logprobs)

    def moved(self, found: Mapping[int, float]) -> float:
        """The largest change of a log probability."""
        return max(abs(found[id] - first) for id, first in self.logprobs)


def first_words(alternatives: int) -> Wanted:
    """The turn whose first token is looked at."""
    return Wanted(SEVERAL, limit=1, top=min(WATCHED, alternatives), purpose="sentinel")


@dataclass(frozen=True)
class FirstWords:
    """The same where only a reply's likeliest first tokens are shown: which they were, after a request for words."""

    logprobs: tuple[tuple[str, float], ...]

    def moved(self, position: Position) -> float:
        """The largest change of a probability; one that is not shown any more counts as none."""
        now = {token.text: math.exp(token.logprob) for token in position}
        return max(abs(now.get(text, 0.0) - math.exp(first)) for text, first in self.logprobs)
