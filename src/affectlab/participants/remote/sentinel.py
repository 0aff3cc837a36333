"""A sentinel: a short prompt that is asked along with the questions, and what followed it when the server was opened.

A model that is exchanged behind the same name says something else to it, also where the server tells no fingerprint.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

WATCHED = 8
"""The tokens that it looks at."""
STRAY = 0.25
"""Nats by which a log probability may stray; batches move one by some 0.06 on servers that are not batch-invariant."""


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
