"""A talk: a therapist and the participant speak in turn, each in a conversation of its own.

The therapist's conversation holds its manual and the participant's words; the participant's holds what it was told
before and the therapist's words. What is measured is asked on branches of the latter, so neither of them holds a
measure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from affectlab.conversation import Conversation
from affectlab.design.cell import Cell
from affectlab.design.steps import Measure, Perform, Talk
from affectlab.generators import Session, without_requests
from affectlab.materials.manual import Manual
from affectlab.observations import Observation, Probe
from affectlab.requests import Ask, SessionRole, Speak
from affectlab.seeds import derive
from affectlab.session.branch import Branch
from affectlab.session.reply import spoken

YES_OR_NO = (" yes", " no")


def talk(
    step: Talk,
    client: Conversation,
    cell: Cell,
    branches: list[Branch],
    probe: Callable[[Measure | Perform, Conversation], None],
) -> Session[Conversation]:
    """Talk to the end; returns the client's conversation.

    Args:
        branches: to which what was said, and what a reader says of it, is added.
        probe: adds what is measured after a turn.
    """
    manual, goes_on = step.manual, step.lines["therapist-goes-on"].text
    therapist = Conversation.begin(manual.frame).user(step.lines["therapist-begins"].text).assistant(manual.opening)
    said: list[tuple[str, str]] = [("Therapist", manual.opening)]
    client, answered = yield from _reply(step, client.user(manual.opening), cell, "client", 0, branches)
    said.append(("Client", answered))
    for number, instruction in enumerate(manual.instructions(step.turns), 1):
        for one in step.between[number - 1]:
            probe(one, client)
        therapist = therapist.user(goes_on.replace("{instruction}", instruction).replace("{said}", answered))
        therapist, words = yield from _reply(step, therapist, cell, "therapist", number, branches)
        client, answered = yield from _reply(step, client.user(words), cell, "client", number, branches)
        said += [("Therapist", words), ("Client", answered)]
    branches.append(_read(step, said))
    return client


def _reply(
    step: Talk, conversation: Conversation, cell: Cell, to: SessionRole, turn: int, branches: list[Branch]
) -> Session[tuple[Conversation, str]]:
    """One turn of one of the two, and the conversation with it."""
    speak = Speak(conversation, derive(cell.seed, conversation.id), "", step.max_tokens, step.temperature, to=to)
    (reply,) = yield [speak]
    probe = Probe(step.point, step.manual, f"{to}-{turn}", "spoken", speak, purpose="process")
    branches.append(without_requests([Observation(probe, reply)]))
    words = spoken(reply)
    return conversation.assistant(words), words


def talk_transcript(said: Sequence[tuple[str, str]]) -> str:
    """A talk as a reader sees it.

    >>> print(talk_transcript([("Therapist", "Hello."), ("Client", "Hi.")]))
    Therapist: Hello.
    Client: Hi.
    """
    return "\n".join(f"{who}: {words}" for who, words in said)


def _read(step: Talk, said: Sequence[tuple[str, str]]) -> Branch:
    """A reader, who sees the talk and nothing else, is asked for every manual's criteria, and for the manual."""
    before, answers = step.lines["reader"], step.lines["reader-answers"].text
    shown = before.text.replace("{transcript}", talk_transcript(said))
    read = Conversation.begin().user(shown).assistant(before.reply)
    opening = step.guess.opening
    probes = [
        _criterion(step, manual, one.id, read.user(answers.replace("{question}", one.question)), opening)
        for manual, one in step.criteria
    ]
    ask = Ask(read.user(step.guess.text), opening, step.guess.options, to="reader")
    probes.append(Probe(step.point, step.guess, "guess", "read", ask, purpose="process"))
    responses = yield [one.request for one in probes]
    return [Observation(one, response) for one, response in zip(probes, responses, strict=True)]


def _criterion(step: Talk, manual: Manual, id: str, asked: Conversation, opening: str) -> Probe:
    ask = Ask(asked, opening, YES_OR_NO, to="reader")
    return Probe(step.point, manual, id, "read", ask, purpose="process")
