"""A session: one participant goes through one procedure.

It follows the conversation, and branches leave it. Measures and tasks are asked on branches and change
nothing in the conversation, unless the study's context says otherwise; so what is pending on the main branch and on
all branches is asked together.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from affectlab.conversation import Conversation
from affectlab.design.cell import Cell
from affectlab.design.steps import (
    ChooseTechnique,
    Generate,
    Intervene,
    Measure,
    Perform,
    Procedure,
    RunStage,
    Say,
    Step,
    Talk,
    ValidityProbe,
)
from affectlab.generators import Session, run_together, without_requests
from affectlab.materials.schema import Frame
from affectlab.observations import Observation
from affectlab.session.branch import Branch
from affectlab.session.dialogue import talk
from affectlab.session.experimenter import run_stage
from affectlab.session.measuring import branched, conversed
from affectlab.session.reply import generate
from affectlab.session.technique_choice import choose_technique
from affectlab.session.validity_probes import probe_validity


class Ended(NamedTuple):
    """What a session leaves: the conversation as it was at the end, and everything observed, in order."""

    conversation: Conversation
    observations: list[Observation]


WholeSession = Session[Ended]


def session(procedure: Procedure, cell: Cell) -> WholeSession:
    """Go through a procedure."""
    branches: list[Branch] = []
    conversation, observations = yield from run_together(_main_branch(procedure, cell, branches), branches)
    return Ended(conversation, observations)


def _main_branch(procedure: Procedure, cell: Cell, branches: list[Branch]) -> Session[Conversation]:
    conversation = opened(procedure.frame)
    for step in procedure.steps:
        conversation = yield from _take(step, conversation, cell, branches)
    return conversation


def _take(step: Step, conversation: Conversation, cell: Cell, branches: list[Branch]) -> Session[Conversation]:
    """One step; returns the conversation after it, and adds what leaves it to the branches."""
    match step:
        case Say():
            return conversation.say(step.role, step.text).assistant(step.reply)
        case Intervene():
            return conversation.intervened(step.intervention)
        case Generate():
            conversation, observation = yield from generate(step, conversation, cell.seed)
            branches.append(without_requests([observation]))
            return conversation
        case RunStage():
            conversation, observations = yield from run_stage(step, conversation, cell.seed)
            branches.append(without_requests(observations))
            return conversation
        case ValidityProbe():
            branches.append(probe_validity(step, conversation, cell.seed))
            return conversation
        case ChooseTechnique():
            conversation, chosen = yield from choose_technique(step, conversation, cell, branches)
            for one in step.ways.get(chosen, ()):
                conversation = yield from _take(one, conversation, cell, branches)
            return conversation
        case Talk():
            return (yield from talk(step, conversation, cell, branches, partial(_branch, cell=cell, branches=branches)))
        case Perform() | Measure(context="branched"):
            _branch(step, conversation, cell, branches)
            return conversation
        case Measure():
            conversation, observations = yield from conversed(step, conversation, cell.seed)
            branches.append(without_requests(observations))
            return conversation


def _branch(step: Measure | Perform, conversation: Conversation, cell: Cell, branches: list[Branch]) -> None:
    """What is measured on a branch."""
    if isinstance(step, Perform):
        branches.append(branched(step.task, conversation, step.point, cell.seed, step.generated))
    else:
        branches.append(branched(step.instrument, conversation, step.point, cell.seed))


def opened(frame: Frame) -> Conversation:
    """The conversation that a frame opens."""
    conversation = Conversation.begin()
    if frame.text:
        conversation = conversation.say(frame.role, frame.text)
        if frame.role == "user":
            conversation = conversation.assistant("Okay.")
    return conversation
