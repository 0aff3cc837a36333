"""A session: one participant goes through one procedure.

A walk along the conversation, and the forks that leave it. Measures and tasks are asked on forks and change
nothing in the conversation, unless the study's context says otherwise; so what is pending on the path and on
all forks is asked together.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from affectlab.conversation import Conversation
from affectlab.design.cell import Cell
from affectlab.design.steps import Choose, Enact, Hear, Inquire, Intervene, Measure, Perform, Procedure, Say, Step, Talk
from affectlab.materials.schema import Frame
from affectlab.observations import Observation
from affectlab.session.choosing import choose
from affectlab.session.dialogue import talk
from affectlab.session.experimenter import enact
from affectlab.session.fork import Fork
from affectlab.session.hearing import hear
from affectlab.session.inquiring import inquire
from affectlab.session.measuring import conversed, forked
from affectlab.walks import Walk, given, side_by_side


class Ended(NamedTuple):
    """What a session leaves: the conversation as it was at the end, and everything observed, in order."""

    conversation: Conversation
    observations: list[Observation]


Session = Walk[Ended]


def session(procedure: Procedure, cell: Cell) -> Session:
    """Go through a procedure."""
    forks: list[Fork] = []
    conversation, observations = yield from side_by_side(_path(procedure, cell, forks), forks)
    return Ended(conversation, observations)


def _path(procedure: Procedure, cell: Cell, forks: list[Fork]) -> Walk[Conversation]:
    conversation = opened(procedure.frame)
    for step in procedure.steps:
        conversation = yield from _take(step, conversation, cell, forks)
    return conversation


def _take(step: Step, conversation: Conversation, cell: Cell, forks: list[Fork]) -> Walk[Conversation]:
    """One step; returns the conversation after it, and adds what leaves it to the forks."""
    match step:
        case Say():
            return conversation.say(step.role, step.text).assistant(step.reply)
        case Intervene():
            return conversation.intervened(step.intervention)
        case Hear():
            conversation, observation = yield from hear(step, conversation, cell.seed)
            forks.append(given([observation]))
            return conversation
        case Enact():
            conversation, observations = yield from enact(step, conversation, cell.seed)
            forks.append(given(observations))
            return conversation
        case Inquire():
            forks.append(inquire(step, conversation, cell.seed))
            return conversation
        case Choose():
            conversation, chosen = yield from choose(step, conversation, cell, forks)
            for one in step.ways.get(chosen, ()):
                conversation = yield from _take(one, conversation, cell, forks)
            return conversation
        case Talk():
            return (yield from talk(step, conversation, cell, forks, partial(_fork, cell=cell, forks=forks)))
        case Perform() | Measure(context="forked"):
            _fork(step, conversation, cell, forks)
            return conversation
        case Measure():
            conversation, observations = yield from conversed(step, conversation, cell.seed)
            forks.append(given(observations))
            return conversation


def _fork(step: Measure | Perform, conversation: Conversation, cell: Cell, forks: list[Fork]) -> None:
    """What is measured on a fork."""
    if isinstance(step, Perform):
        forks.append(forked(step.task, conversation, step.point, cell.seed, step.generated))
    else:
        forks.append(forked(step.instrument, conversation, step.point, cell.seed))


def opened(frame: Frame) -> Conversation:
    """The conversation that a frame opens."""
    conversation = Conversation.begin()
    if frame.text:
        conversation = conversation.say(frame.role, frame.text)
        if frame.role == "user":
            conversation = conversation.assistant("Okay.")
    return conversation
