"""Counting a plan before it is run: questions, and the words that have to be evaluated for them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from affectlab.conversation import Conversation
from affectlab.design.plan import Cell, Plan
from affectlab.requests import Answer, Ask, Reply, Request, Response, Speak
from affectlab.session.session import session


class Count(NamedTuple):
    """What a plan asks, before anything is answered.

    What the participant says itself is taken to be as long as it may be, and its choices to be any; so a session
    whose course depends on them is counted as one of the courses that it can take.
    """

    sessions: int
    asks: int
    distinct_asks: int
    replies: int
    distinct_replies: int
    words: int
    """Of all questions, each with the whole conversation before it."""
    distinct_words: int
    """Of the conversation tree, every turn, every question and every reply once."""


def count(plan: Plan) -> Count:
    """Walk every session to its end with responses that say nothing, and count what it asks for."""
    seen: dict[type[Request], set[str]] = {Ask: set(), Speak: set()}
    turns: dict[str, int] = {}
    asked: dict[type[Request], int] = {Ask: 0, Speak: 0}
    words = distinct = 0
    for cell in plan.cells:
        for request in requests(plan, cell):
            kind = type(request)
            asked[kind] += 1
            own = len(request.opening.split()) + (request.max_tokens if isinstance(request, Speak) else 0)
            words += _words(request.conversation, turns) + own
            if request.content not in seen[kind]:
                seen[kind].add(request.content)
                distinct += own
    return Count(
        len(plan), asked[Ask], len(seen[Ask]), asked[Speak], len(seen[Speak]), words, distinct + sum(turns.values())
    )


def requests(plan: Plan, cell: Cell) -> Iterator[Request]:
    """Everything that a session asks for, if nothing that it is answered changes its course."""
    walk = session(plan.procedure(cell), cell)
    try:
        pending = next(walk)
        while True:
            yield from pending
            pending = walk.send([_blank(request) for request in pending])
    except StopIteration:
        return


def _blank(request: Request) -> Response:
    """An even answer, or a reply that differs from every other."""
    if isinstance(request, Speak):
        return Reply(f"… {request.content[:8]}")
    return Answer((-math.log(len(request.options)),) * len(request.options))


def _words(conversation: Conversation, turns: dict[str, int]) -> int:
    total = 0
    for turn in conversation.turns:
        if turn.id not in turns:
            turns[turn.id] = len(turn.text.split())
        total += turns[turn.id]
    return total
