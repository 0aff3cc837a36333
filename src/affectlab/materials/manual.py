"""A manual: how a therapist is to talk, as data; a treatment, or a control that only talks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, Self

from pydantic import Field, model_validator

from affectlab.materials.document import Misplaced
from affectlab.materials.schema import Id, Material, Part
from affectlab.materials.words import count_words


class Criterion(Part):
    """A question about a transcript, to be answered with yes or no by a reader who knows neither arm nor state."""

    id: Id
    question: str = Field(min_length=1)
    fulfilled: bool
    """Whether a therapist who keeps to the manual makes the answer a yes."""


class Manual(Material):
    """What a therapist is told, and how a reader can tell whether the therapist kept to it.

    The frame and the stages are told to the therapist only. What the client hears is the opening, and what the
    therapist makes of the rest.
    """

    kind: Literal["manual"]
    role: Literal["treatment", "control"]
    frame: str = Field(min_length=1)
    """What the therapist is told before the first turn: role, aims and rules."""
    opening: str = Field(min_length=1)
    """The therapist's first line; the same words for every client."""
    stages: tuple[str, ...] = Field(min_length=1)
    """What the therapist is to do in one turn after another."""
    adherence: tuple[Criterion, ...] = Field(min_length=1)
    """What a reader is asked about the transcript; the criteria of every manual can be asked of every transcript."""

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        seen: set[str] = set()
        for index, criterion in enumerate(self.adherence):
            if criterion.id in seen:
                message = f"criterion `{criterion.id}` stands twice; give each its own"
                raise Misplaced(message, "adherence", index)
            seen.add(criterion.id)
        return self

    @property
    def words(self) -> int:
        """The number of words that the therapist is told."""
        return sum(count_words(text) for text in (self.frame, *self.stages))

    def instructions(self, turns: int) -> Iterator[str]:
        """The instruction for each turn of a dialogue: the stages in their order, in shares as equal as can be.

        In a dialogue that is shorter than the stages are many, some are left out.
        """
        for turn in range(turns):
            yield self.stages[turn * len(self.stages) // turns]
