"""Counting a plan before it is run: questions, and the words that have to be evaluated for them."""

from __future__ import annotations

from typing import NamedTuple

from affectlab.conversation import Conversation
from affectlab.design.plan import Plan
from affectlab.requests import Ask
from affectlab.session.session import session


class Count(NamedTuple):
    """What a plan asks, before anything is answered.

    Where a reply decides what is asked next, only what comes before the first reply can be counted.
    """

    sessions: int
    asks: int
    distinct_asks: int
    replies: int
    words: int
    """Of all questions, each with the whole conversation before it."""
    distinct_words: int
    """Of the conversation tree, every turn and every question once."""


def count(plan: Plan) -> Count:
    """Walk every session to its first response and count what it asks for."""
    seen: set[str] = set()
    turns: dict[str, int] = {}
    asks = replies = words = distinct = 0
    for cell in plan.cells:
        for request in next(session(plan.procedure(cell), cell)):
            if not isinstance(request, Ask):
                replies += 1
                continue
            asks += 1
            own = len(request.opening.split())
            words += _words(request.conversation, turns) + own
            if request.content not in seen:
                seen.add(request.content)
                distinct += own
    return Count(len(plan), asks, len(seen), replies, words, distinct + _distinct(turns))


def _words(conversation: Conversation, turns: dict[str, int]) -> int:
    total = 0
    for turn in conversation.turns:
        if turn.id not in turns:
            turns[turn.id] = len(turn.text.split())
        total += turns[turn.id]
    return total


def _distinct(turns: dict[str, int]) -> int:
    return sum(turns.values())
