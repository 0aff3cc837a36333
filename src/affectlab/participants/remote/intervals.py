"""What can be said of an answer when not all of it was seen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from affectlab.participants.remote.calls import Position
from affectlab.participants.remote.glyphs import canonical
from affectlab.participants.remote.parse import ends_here, top_of
from affectlab.requests import Answer

SEEN_ENOUGH = 1e-6
"""The probability out of sight up to which an answer counts as exact; float32 sums do not tell less apart."""


class Seen(NamedTuple):
    """The probability of an option: what was seen of it, and the interval that it must lie in."""

    seen: float
    low: float
    high: float

    @property
    def width(self) -> float:
        """The length of the interval."""
        return self.high - self.low


def in_first_token(
    position: Position, options: Sequence[str], nested: Sequence[bool], *, lenient: bool = False
) -> tuple[list[Seen], list[str]]:
    """What the likeliest first tokens of a reply say about each option; and what had to be assumed.

    A token that spells an option counts for it. One that only begins it may lead there or elsewhere, so it
    widens the interval, and so does all probability that lies outside the returned alternatives. A token that
    spells an option which another one continues is taken as ended, with zero as the lower end. A token that goes
    on from an option to another word (`Nothing` from `No`) is that word.
    """
    wanted = [canonical(option).strip().casefold() if lenient else option for option in options]
    top = top_of(options)
    seen = [0.0] * len(options)
    low = [0.0] * len(options)
    high = [0.0] * len(options)
    assumed: dict[str, None] = {}
    total = 0.0
    for token in position:
        probability = math.exp(token.logprob)
        total += probability
        text = canonical(token.text).lstrip().casefold() if lenient else token.text
        spelt: int | None = None
        for index, option in enumerate(wanted):
            if option.startswith(text) and text != option:
                high[index] += probability
            elif text.startswith(option) and ends_here(option, text[len(option) :], top):
                spelt = index if spelt is None or len(option) > len(wanted[spelt]) else spelt
        if spelt is None:
            continue
        seen[spelt] += probability
        high[spelt] += probability
        if nested[spelt] and text == wanted[spelt]:
            assumed[options[spelt]] = None
        else:
            low[spelt] += probability
    unseen = max(0.0, 1.0 - total)
    if unseen < SEEN_ENOUGH:
        unseen = 0.0
    return [Seen(s, lo, min(1.0, hi + unseen)) for s, lo, hi in zip(seen, low, high, strict=True)], list(assumed)


def expected_interval(answer: Answer, values: Sequence[float]) -> tuple[float, float]:
    """The lowest and highest expected value that a bounded answer allows, given a legal answer.

    Each option's probability may lie anywhere in its interval, so the extremes put all options above some
    value at their upper ends and all below at their lower ends, or the other way round.

    >>> import math
    >>> answer = Answer((math.log(0.4), math.log(0.4)), "bounded", bounds=((0.4, 0.6), (0.4, 0.6)))
    >>> expected_interval(answer, [0.0, 10.0])
    (4.0, 6.0)
    """
    bounds = answer.bounds or tuple((math.exp(lp), math.exp(lp)) for lp in answer.logprobs)
    order = sorted(range(len(values)), key=lambda index: values[index])
    means: list[float] = []
    for cut in range(len(order) + 1):
        for upper in (set(order[:cut]), set(order[cut:])):
            masses = [bounds[i][1] if i in upper else bounds[i][0] for i in range(len(values))]
            total = math.fsum(masses)
            if total > 0.0:
                means.append(math.fsum(m * v for m, v in zip(masses, values, strict=True)) / total)
    if not means:
        return math.nan, math.nan
    return round(min(means), 12), round(max(means), 12)


def log_or_infinity(probability: float) -> float:
    """The natural logarithm, minus infinity at zero."""
    return math.log(probability) if probability > 0.0 else -math.inf
