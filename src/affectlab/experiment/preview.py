"""A cell's session as it would go, without a model: what is said, and every question on its branch."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from affectlab.conversation import Conversation
from affectlab.design.plan import Plan
from affectlab.errors import InputError
from affectlab.observations import Observation
from affectlab.requests import Answer, Ask, Read, Reading, Reply, Request, Response, Speak
from affectlab.session.count import requests_until_end
from affectlab.session.session import Ended, session

SAID = "[what the participant says]"
"""What stands for a reply that nobody gives."""


@dataclass(frozen=True)
class Question:
    """What is asked on a branch, which the participant never sees again."""

    point: str
    measure: str
    item: str
    purpose: str
    branch: tuple[tuple[str, str], ...]
    """Who says what after the turn at which the conversation branches."""
    opening: str = ""
    """How the participant's turn is begun."""
    options: tuple[str, ...] = ()
    """The answers; none where it replies in its own words."""
    reads: tuple[str, ...] = ()
    """The numbers that are read from inside it, where nothing is asked."""


@dataclass(frozen=True)
class Turn:
    """Somebody says something, or something is done; and what is asked after it.

    At the beginning, before anything is said, one without a role where something is asked even there.
    """

    role: str
    text: str
    questions: tuple[Question, ...]


def preview(plan: Plan, cell: int) -> list[Turn]:
    """The conversation of a cell's session.

    Where its course depends on what the participant answers, it is one of the courses that it can take.

    Raises:
        InputError: the plan has no such cell.
    """
    if not 0 <= cell < len(plan):
        raise InputError(
            f"there is no cell {cell}", hint=f"name one from 0 to {len(plan) - 1}; `plan --cells` has them"
        )
    ended = _ended(plan, cell)
    path = {link.id: link for link in _links(ended.conversation)}
    asked: dict[str, list[Question]] = {id: [] for id in path}
    for one in ended.observations:
        at, branch = _branched(one.probe.request.conversation, path)
        asked[at].append(_question(one, branch))
    turns = [Turn(*_told(link), tuple(asked[id])) for id, link in path.items()]
    return turns if turns[0].questions else turns[1:]


def _ended(plan: Plan, cell: int) -> Ended:
    place = plan.cells[cell]
    running = requests_until_end(session(plan.procedure(place), place), _unsaid)
    try:
        while True:
            next(running)
    except StopIteration as end:
        ended: Ended = end.value
        return ended


def _unsaid(request: Request) -> Response:
    """An even answer, or words that stand for a reply."""
    if isinstance(request, Read):
        return Reading((0.0,) * len(request.quantities))
    if isinstance(request, Speak):
        return Reply(SAID)
    return Answer((-math.log(len(request.options)),) * len(request.options))


def _links(conversation: Conversation) -> Iterator[Conversation]:
    """The conversation link by link; the empty one, in which nothing is said yet, first."""
    found = [conversation]
    while found[-1].parent is not None:
        found.append(found[-1].parent)
    yield from reversed(found)


def _branched(asked: Conversation, path: dict[str, Conversation]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Where a conversation leaves the path, and what is said after it."""
    links = list(_links(asked))
    shared = [link for link in links if link.id in path]
    return shared[-1].id, tuple(_told(link) for link in links[len(shared) :])


def _told(link: Conversation) -> tuple[str, str]:
    if link.intervention is not None:
        return "intervention", str(link.intervention)
    return str(link.role or ""), link.text


def _question(one: Observation, branch: tuple[tuple[str, str], ...]) -> Question:
    probe, request = one.probe, one.probe.request
    common = (probe.point, probe.material.id, probe.item, str(probe.purpose), branch)
    if isinstance(request, Ask):
        return Question(*common, request.opening, request.options)
    if isinstance(request, Read):
        return Question(*common, reads=request.quantities)
    return Question(*common, request.opening)
