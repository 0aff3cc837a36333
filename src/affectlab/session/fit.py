"""Whether every conversation of a plan has room in the context of the model that holds it; found before anything
is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from affectlab.design.plan import Plan
from affectlab.design.steps import ChooseTechnique, Generate, Intervene, Measure, Perform, RunStage, Say, Step, Talk
from affectlab.errors import InputError
from affectlab.participants.base import Participant
from affectlab.requests import SessionRole

ASKED = 64
"""Tokens that a question on a branch may add at the end."""
AROUND = 8
"""Tokens that a template puts around a turn."""


def require_room(
    plan: Plan, participants: Mapping[str, Participant], others: Mapping[SessionRole, Participant]
) -> None:
    """See that every conversation fits.

    What a participant says itself is taken to be as long as it may be.

    Raises:
        InputError: one does not; the message names the longest.
    """
    rooms = {name: _Room(one) for name, one in participants.items()}
    roles = {role: _Room(one) for role, one in others.items()}
    for procedure, (cell, *_) in plan.procedures():
        if cell.model not in rooms:
            continue
        client = rooms[cell.model]
        for step in _talks(procedure.steps):
            roles.get("therapist", client).holds(
                f"the manual `{step.manual.id}` with {step.turns} turns of {step.max_tokens} tokens",
                "ask for fewer turns or shorter ones, or shorten the manual",
                (step.manual.frame, step.manual.opening, *step.manual.instructions(step.turns)),
                2 * (step.turns + 1) * step.max_tokens,
            )
        said, spoken = _said(procedure.steps)
        about = f"a session with `{cell.vignette}` and `{cell.regulation}`"
        client.holds(about, "leave out rounds, turns or neutral turns", (procedure.frame.text, *said), spoken + ASKED)


class _Room:
    """The context of a participant."""

    def __init__(self, participant: Participant) -> None:
        self.name = participant.name
        self.context = participant.capabilities.context
        self.tokens = cache(participant.tokens)

    def holds(self, what: str, hint: str, texts: tuple[str, ...], spoken: int) -> None:
        """Complain where texts, and tokens of its own, are longer than the context."""
        if not self.context:
            return
        needed = sum(self.tokens(text) + AROUND for text in texts) + spoken
        if needed > self.context:
            raise InputError(f"{what} may need {needed} tokens, and {self.name} holds {self.context}", hint=hint)


def _talks(steps: tuple[Step, ...]) -> Iterator[Talk]:
    yield from (step for step in steps if isinstance(step, Talk))


def _said(steps: tuple[Step, ...]) -> tuple[list[str], int]:
    """The texts said in a session's conversation, and the tokens that are spoken in it at most."""
    texts: list[str] = []
    spoken = 0
    for step in steps:
        match step:
            case Say():
                texts += [step.text, step.reply]
            case Generate():
                texts.append(step.text)
                spoken += step.max_tokens
            case RunStage():
                part = step.part
                texts += [part.opening, part.end, *[max(part.answers, key=len)] * part.exchanges]
                spoken += part.exchanges * part.max_tokens
            case Talk():
                texts.append(step.manual.opening)
                spoken += 2 * (step.turns + 1) * step.max_tokens
            case ChooseTechnique():
                ways = [_said(way) for way in step.ways.values()]
                longest = max(ways, key=lambda way: sum(len(text) for text in way[0]) + way[1])
                texts += [step.menu.text, *longest[0]]
                spoken += step.menu.max_tokens + longest[1]
            case Measure() | Perform() | Intervene():
                pass
    return texts, spoken
