"""The experimenter of a protocol, who answers to what the participant does, in fixed lines.

Two small state machines, one for the speech and one for the sums: each begins with a line, hears a reply, and
knows what to say next. Both take the same number of exchanges with everyone, whatever is said.
"""

from __future__ import annotations

from typing import Protocol as Seam

from affectlab.conversation import Conversation
from affectlab.design.steps import Generate, RunStage
from affectlab.generators import Session
from affectlab.materials.protocol import Arithmetic, Speech
from affectlab.observations import Observation
from affectlab.requests import Reply
from affectlab.scoring.sums import Counting
from affectlab.session.reply import generate


class Experimenter(Seam):
    """One stage of a protocol from the experimenter's side."""

    opening: str
    end: str

    def after(self, reply: Reply) -> str:
        """What is said to a reply."""


class Listener:
    """Listens to a speech, and prompts a participant that stops before its time."""

    def __init__(self, speech: Speech) -> None:
        self.speech = speech
        self.opening, self.end = speech.opening, speech.end
        self.prompts = 0

    def after(self, reply: Reply) -> str:
        """That it may go on where it was still speaking, else the next prompt."""
        if reply.finish == "length":
            return self.speech.further
        self.prompts += 1
        return self.speech.prompt(self.prompts - 1)


class Checker:
    """Checks every number; at an error says so, and starts again."""

    def __init__(self, sums: Arithmetic) -> None:
        self.sums = sums
        self.opening, self.end = sums.line(sums.opening), sums.line(sums.end)
        self.count = Counting(sums.start)
        self.prompts = 0

    def after(self, reply: Reply) -> str:
        """That it may go on, that there was an error, or that a number is awaited."""
        self.count, verdict = self.count.after_reply(self.sums, reply)
        if verdict == "none":
            self.prompts += 1
            return self.sums.prompt(self.prompts - 1)
        if verdict == "wrong" and self.sums.wrong is not None:
            return self.sums.line(self.sums.wrong)
        return self.sums.line(self.sums.correct)


def run_stage(step: RunStage, conversation: Conversation, seed: int) -> Session[tuple[Conversation, list[Observation]]]:
    """Go through a stage: the given number of exchanges, then its end."""
    part = step.part
    experimenter: Experimenter = Listener(part) if isinstance(part, Speech) else Checker(part)
    line = experimenter.opening
    observations: list[Observation] = []
    for number in range(1, part.exchanges + 1):
        turn = Generate(line, step.protocol, step.stage, f"exchange-{number}", part.max_tokens, part.temperature)
        conversation, observation = yield from generate(turn, conversation, seed)
        observations.append(observation)
        reply = observation.response
        line = experimenter.after(reply if isinstance(reply, Reply) else Reply("", "empty"))
    return conversation.user(experimenter.end).assistant(step.protocol.reply), observations
