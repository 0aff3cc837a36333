"""Protocols in which the experimenter answers to what the participant does: a speech, then sums."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, Self

from pydantic import Field, model_validator

from affectlab.materials.document import Misplaced, Place
from affectlab.materials.schema import Id, Material, Name, Part, ScriptedTurn

STAGES = ("baseline", "instruction", "preparation", "speech", "arithmetic", "debriefing")
"""The stages of a protocol, in their order. It is measured at the end of each."""


Spoken = Literal["speech", "arithmetic"]
SPOKEN: tuple[Spoken, ...] = ("speech", "arithmetic")
"""The stages in which the experimenter answers to what the participant does."""


class Speech(Part):
    """A free speech of a fixed number of exchanges, whoever stops early."""

    opening: str
    exchanges: int = Field(ge=1)
    """How often the participant speaks."""
    max_tokens: int = Field(gt=0)
    temperature: float = Field(default=1.0, ge=0.0)
    prompts: tuple[str, ...] = Field(min_length=1)
    """Said when it has come to an end by itself before its time is over: one after another, then from the first."""
    further: str
    """Said when it was still speaking."""
    end: str

    @property
    def answers(self) -> tuple[str, ...]:
        """All that the experimenter can say to a reply."""
        return (*self.prompts, self.further)

    def prompt(self, number: int) -> str:
        """What is said when it stops early for the ``number``-th time, from 0."""
        return self.prompts[number % len(self.prompts)]


class Arithmetic(Part):
    """Sums in steps, every number checked; ``{start}`` and ``{step}`` stand in the lines for the numbers."""

    start: int
    step: int
    """Added to every result: below zero, it is subtracted."""
    exchanges: int = Field(ge=1)
    """How often the participant answers."""
    max_tokens: int = Field(gt=0)
    temperature: float = Field(default=1.0, ge=0.0)
    opening: str
    correct: str
    """Said when all numbers were right."""
    wrong: str | None = None
    """Said at an error, after which it starts again; none where errors are not pointed out."""
    silent: tuple[str, ...] = Field(min_length=1)
    """Said when there was no number: one after another, then from the first."""
    end: str

    @model_validator(mode="after")
    def _counts(self) -> Self:
        if self.step == 0:
            raise Misplaced("a step of 0 leads nowhere; write what is added, such as -17", "step")
        if self.step < 0 and self.start + self.step < 0:
            raise Misplaced("the first result is below zero; start higher", "start")
        return self

    def line(self, text: str) -> str:
        """A line with the numbers in it.

        >>> sums = Arithmetic(
        ...     start=2043, step=-17, exchanges=1, max_tokens=9,
        ...     opening="Take {step} from {start}.", correct="", silent=("",), end="",
        ... )
        >>> sums.line(sums.opening)
        'Take 17 from 2043.'
        """
        return text.replace("{start}", str(self.start)).replace("{step}", str(abs(self.step)))

    @property
    def answers(self) -> tuple[str, ...]:
        """All that the experimenter can say to a reply."""
        return tuple(map(self.line, (self.correct, self.wrong or "", *self.silent)))

    def after(self, number: int) -> int:
        """The right result after a number; after the last that is not below zero, the start again."""
        result = number + self.step
        return result if result >= 0 else self.start

    def prompt(self, number: int) -> str:
        """What is said when there is no number for the ``number``-th time, from 0."""
        return self.line(self.silent[number % len(self.silent)])


class Protocol(Material):
    """All lines of the experimenter, by stage, and the numbers."""

    kind: Literal["protocol"]
    state: Id
    """The state that it induces; ``neutral`` for a control."""
    control_of: Id | None = None
    """The protocol that it is the control of."""
    reply: str
    """The participant's scripted acknowledgement, where it does not speak."""
    baseline: str
    instruction: str
    preparation: ScriptedTurn
    speech: Speech
    arithmetic: Arithmetic
    debriefing: str
    goodbye: str

    @property
    def technique(self) -> Id:
        """The name of the technique of induction, which a protocol shares with its control."""
        return self.control_of or self.id

    def names(self) -> Iterator[Name]:
        yield Name("state", ("state",), self.state)

    def lines(self) -> Iterator[tuple[Place, str]]:
        """Every line of the experimenter, with its place in the file."""
        speech, sums = self.speech, self.arithmetic
        yield ("baseline",), self.baseline
        yield ("instruction",), self.instruction
        yield ("preparation", "say"), self.preparation.say
        yield ("speech", "opening"), speech.opening
        for index, prompt in enumerate(speech.prompts):
            yield ("speech", "prompts", index), prompt
        yield ("speech", "further"), speech.further
        yield ("speech", "end"), speech.end
        yield ("arithmetic", "opening"), sums.line(sums.opening)
        yield ("arithmetic", "correct"), sums.line(sums.correct)
        if sums.wrong is not None:
            yield ("arithmetic", "wrong"), sums.line(sums.wrong)
        for index in range(len(sums.silent)):
            yield ("arithmetic", "silent", index), sums.prompt(index)
        yield ("arithmetic", "end"), sums.line(sums.end)
        yield ("debriefing",), self.debriefing
        yield ("goodbye",), self.goodbye
