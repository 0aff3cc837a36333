"""The resolution of an engine: how far an answer moves with who shares the batch.

The sums behind an answer are the same in any company, but not in the same order. A difference between two answers
that is no larger than this says nothing; so it stands in the record of every run, beside the effects.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

import numpy as np

from affectlab.conversation import Conversation
from affectlab.participants.base import Participant
from affectlab.requests import Answer, Ask

ALONE = 4
"""Of the questions, so many are also asked each by itself."""

_TEXT = (
    "The kettle is on. You sort the letters on the table by size, the small ones on top, and put the pen back into "
    "the drawer. Outside a delivery van turns, and somebody closes a gate. You read the list for tomorrow once more."
)
_OPENINGS = ("Right now I am", "The letters are", "It is", "At this moment I am", "- calm:", "- energy:")
_WORDS = (" calm", " afraid", " alone", " overwhelmed", " ready", " sure")
_NUMBERS = tuple(f" {number}" for number in range(11))


def measure_resolution(participant: Participant) -> dict[str, Any]:
    """Per kind of company, the largest change of a probability, a log probability and an expected value (0 to 10)."""
    asks = _asks()
    return company(participant, asks, fresh_answers(participant, asks))


class ServiceResolution:
    """The same of a model behind an interface, measured at the start of a run and at its end.

    What was computed for a question stays in such a server's cache, and may differ from what is computed anew; and a
    server may come to say other things while a run goes on.
    """

    def __init__(self) -> None:
        self._first: list[Answer] = []

    def measure(self, participant: Participant) -> dict[str, Any]:
        """The changes from answers asked cold to those asked again, in another order, alone, and when the run began."""
        asks = _asks()
        now = fresh_answers(participant, asks)
        found = {"asked again": largest_changes(now, fresh_answers(participant, asks))}
        found |= company(participant, asks, now)
        if self._first:
            found["asked later in the run"] = largest_changes(self._first, now)
        self._first = self._first or now
        return found


def asked_at_once() -> list[Ask]:
    """Every question of one measurement of a service, as often as it is asked."""
    asks = _asks()
    return [*asks, *asks, *asks, *(asks[at] for at in _alone(asks))]


def largest_between(participants: Sequence[Participant]) -> Mapping[str, float]:
    """The largest change from what the first says to what any other one does."""
    asks = _asks()
    first, *others = [fresh_answers(one, asks) for one in participants]
    changes = [largest_changes(first, one) for one in others]
    return {part: max(change[part] for change in changes) for part in changes[0]}


def largest_of(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """Of two measurements the larger of every number: what moved once may move again.

    >>> largest_of({"asked alone": {"probability": 0.1}}, {"asked alone": {"probability": 0.02}, "more": {}})
    {'asked alone': {'probability': 0.1}, 'more': {}}
    """
    larger = {
        company: {part: max(moved, before.get(company, {}).get(part, 0.0)) for part, moved in found.items()}
        for company, found in now.items()
    }
    return {**before, **larger}


def company(participant: Participant, asks: Sequence[Ask], first: Sequence[Answer]) -> dict[str, Any]:
    """The change from the answers in one batch to those in another order, and to those of questions asked alone."""
    order = Random(1).sample(range(len(asks)), len(asks))
    shuffled = fresh_answers(participant, [asks[at] for at in order])
    few = _alone(asks)
    alone = [fresh_answers(participant, [asks[at]])[0] for at in few]
    return {
        "another order": largest_changes([first[at] for at in order], shuffled),
        "asked alone": largest_changes([first[at] for at in few], alone),
    }


def _alone(asks: Sequence[Ask]) -> list[int]:
    """The places of those that are also asked each by itself, spread over all."""
    return [at * len(asks) // ALONE for at in range(ALONE)]


def fresh_answers(participant: Participant, asks: Sequence[Ask]) -> list[Answer]:
    """The answers, from a participant that has forgotten everything before."""
    participant.reset()
    found = dict(participant.respond(asks))
    return [one for _, one in sorted(found.items()) if isinstance(one, Answer)]


def largest_changes(first: Sequence[Answer], second: Sequence[Answer]) -> Mapping[str, float]:
    """The largest differences between two sets of answers to the same questions."""
    pairs = list(zip(first, second, strict=True))
    logs = [np.abs(np.subtract(a.logprobs, b.logprobs)) for a, b in pairs]
    masses = [np.abs(np.exp(a.logprobs) - np.exp(b.logprobs)) for a, b in pairs]
    scales = range(len(_NUMBERS))
    expected = [abs(a.expected(scales) - b.expected(scales)) for a, b in pairs if len(a.logprobs) == len(_NUMBERS)]
    return {
        "probability": float(max(part.max() for part in masses)),
        "log probability": float(max(part.max() for part in logs)),
        "expected value": float(max(expected, default=0.0)),
    }


def _asks() -> list[Ask]:
    said = Conversation.begin().user(_TEXT).assistant("Okay.").user("How is it now?")
    return [Ask(said, opening, _NUMBERS if opening.startswith("-") else _WORDS) for opening in _OPENINGS]
