"""How a measure or a task is given, whatever its form: on branches, or in the conversation."""

from __future__ import annotations

from collections.abc import Sequence

from affectlab.conversation import Conversation
from affectlab.design.steps import Measure
from affectlab.generators import Session
from affectlab.materials.form import Asked
from affectlab.materials.instrument import Instrument
from affectlab.materials.tasks import Task
from affectlab.observations import Observation, Probe
from affectlab.session.branch import Branch


def branched(
    form: Instrument | Task, conversation: Conversation, point: str, seed: int, generated: Sequence[str] = ()
) -> Branch:
    """Give a measure or a task on branches of a conversation; returns everything observed.

    Args:
        seed: for what is drawn: free replies, and the choices that a game goes on from.
        generated: the items that are also answered freely.
    """
    asked = yield from form.administer(conversation, seed, generated)
    return observed(form, point, asked)


def conversed(step: Measure, conversation: Conversation, seed: int) -> Session[tuple[Conversation, list[Observation]]]:
    """Give an instrument in the conversation, which goes on from there."""
    conversation, asked = yield from step.instrument.converse(step.context, step.lines, conversation, seed)
    return conversation, observed(step.instrument, step.point, asked)


def observed(form: Instrument | Task, point: str, asked: Sequence[Asked]) -> list[Observation]:
    """What was asked, with its material and point."""
    probes: list[Probe] = []
    for one in asked:
        about = probes[one.of] if one.of is not None else None
        probes.append(Probe(point, form, one.item, one.kind, one.request, observer=one.observer, of=about))
    return [Observation(probe, one.response) for probe, one in zip(probes, asked, strict=True)]
