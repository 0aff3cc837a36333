"""Counting draws: what was named how often, how certain that is, and how many more it takes."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from affectlab.participants.remote import forms
from affectlab.participants.remote.calls import ModelTurn
from affectlab.participants.remote.parse import as_option


class Draw(NamedTuple):
    """One draw: the option that was named, or why there is none."""

    option: int | None
    kind: str
    """named, leniently named, refused, empty, cut off, none"""
    thoughts: int = 0
    reasoning: int = 0
    fingerprint: str = ""
    mark: str = ""
    """What tells this reply from another one: digests of the number that it came with and of its text."""

    @classmethod
    def of(cls, turn: ModelTurn, options: Sequence[str], *, opening: str = "", strict: bool = False) -> Draw:
        """What a turn says about the options."""
        reasoning = turn.usage.reasoning if turn.usage else 0
        mark = f"{_digest(turn.id)} {_digest(turn.raw or turn.text)}" if turn.id else ""
        thought = (turn.thoughts, reasoning, turn.fingerprint, mark)
        if turn.finish == "refused":
            return cls(None, "refused", *thought)
        reading = as_option(turn.text, options, opening=opening)
        if reading.option is not None and (reading.strict or not strict):
            return cls(reading.option, "named" if reading.strict else "leniently named", *thought)
        if forms.refuses(turn.text):
            return cls(None, "refused", *thought)
        if not turn.text.strip():
            return cls(None, "empty", *thought)
        return cls(None, "cut off" if turn.finish == "length" else "none", *thought)


class DrawCounts:
    """The draws of one question, in the order of their seeds, whenever they arrived."""

    def __init__(self, options: int) -> None:
        self.options = options
        self.draws: list[Draw] = []

    @property
    def copies(self) -> int:
        """How many draws are copies of another: the same number, the same text. A few equal numbers are chance."""
        texts: dict[str, set[str]] = {}
        marks = [draw.mark.split() for draw in self.draws if draw.mark]
        for number, text in marks:
            texts.setdefault(number, set()).add(text)
        if any(len(having) > 1 for having in texts.values()):
            return 0  # the numbers tell nothing
        copies = len(marks) - len(texts)
        return copies if copies > 1 + len(marks) // 8 else 0

    def distinct(self) -> DrawCounts:
        """The draws without copies."""
        counts = DrawCounts(self.options)
        counts.draws = list({draw.mark or str(index): draw for index, draw in enumerate(self.draws)}.values())
        return counts

    @property
    def shares(self) -> list[float]:
        """The share of the draws that named each option."""
        counts = Counter(draw.option for draw in self.draws)
        return [counts[index] / len(self.draws) for index in range(self.options)]

    @property
    def refused(self) -> float:
        """The share of the draws that were refusals."""
        return sum(draw.kind == "refused" for draw in self.draws) / len(self.draws)

    @property
    def standard_error(self) -> float:
        """The largest standard error among the options' shares (:func:`share_error`)."""
        return max(share_error(share, len(self.draws)) for share in self.shares)

    def needed(self, target: float) -> int:
        """How many draws in all it takes, as far as these tell, for a standard error of ``target``."""
        return draws_needed(self.shares, len(self.draws), target)

    def record(self) -> dict[str, Any]:
        """What the draws were, for the answer's record."""
        record: dict[str, Any] = {
            "draws": len(self.draws),
            "standard_error": round(self.standard_error, 6),
            "replies": dict(sorted(Counter(draw.kind for draw in self.draws).items())),
        }
        thoughts = [draw.thoughts for draw in self.draws]
        reasoning = [draw.reasoning for draw in self.draws]
        if any(thoughts) or any(reasoning):
            n = len(self.draws)
            record["reasoning"] = {"letters": sum(thoughts) / n, "tokens": sum(reasoning) / n}
        fingerprints = sorted({draw.fingerprint for draw in self.draws if draw.fingerprint})
        if fingerprints:
            record["fingerprint"] = fingerprints
        return record


def share_error(share: float, n: int) -> float:
    """The standard error of a share of ``n`` draws, after Agresti and Coull (1998): four draws are added, half
    of them hits, so that it is never zero where nothing, or everything, was seen.

    >>> round(share_error(0.5, 96), 3), share_error(0.0, 8) > 0
    (0.05, True)
    """
    shrunk = _shrunk(share, n)
    return math.sqrt(shrunk * (1.0 - shrunk) / (n + 4))


def draws_needed(shares: Sequence[float], n: int, target: float) -> int:
    """How many draws it takes for a standard error of ``target`` of every share, as far as ``n`` of them tell.

    >>> draws_needed([0.5, 0.5], 60, 0.05)
    96
    """
    spread = max(_shrunk(share, n) * (1.0 - _shrunk(share, n)) for share in shares)
    return math.ceil(spread / target**2 - 1e-9) - 4


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]


def _shrunk(share: float, n: int) -> float:
    return (share * n + 2.0) / (n + 4.0)
