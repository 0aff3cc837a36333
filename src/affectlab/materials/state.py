"""A state as a file: what it is called, where it lies in valence and arousal, and what belongs to it elsewhere."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from affectlab.materials.document import Misplaced
from affectlab.materials.instrument import Instrument
from affectlab.materials.schema import NEUTRAL, Id, Material, Part
from affectlab.materials.tasks import Task

Norm = Annotated[float, Field(ge=1.0, le=9.0)]


class Label(Part):
    """What a state is called in sentences."""

    noun: str = Field(min_length=1)
    """As in "texts of fear"."""
    adjective: str = Field(min_length=1)
    """As in "You are afraid."; said where a control uses the state's word alone."""


class Norms(Part):
    """Where people place the state's noun, from 1 to 9: unhappy to happy, calm to aroused."""

    valence: Norm
    arousal: Norm
    source: str = Field(min_length=1)
    """Who asked them, and where it was published."""


class Planted(Part):
    """What the simulated participant does in the state where its truth names neither the state nor the task."""

    scale: float = 2.0
    """By how much a moderate text moves each scale of the state, as ``shifts`` of a truth: in nats for a cloze."""
    task: float = 0.8
    """By how much it moves the outcome of each task in which people in the state are said to err."""


class State(Material):
    """A state that can be induced; or, in the role ``neutral``, the condition in which none is."""

    kind: Literal["state"]
    role: Literal["induced", "neutral"] = "induced"
    label: Label
    order: int = Field(default=100, ge=0)
    """Its place where all states are listed; those with the same are in the order of their ids."""
    norms: Norms | None = None
    words: tuple[str, ...] = ()
    """Words that name it and that no instrument scores or forbids, ``*`` for any ending: no text may contain them."""
    scales: dict[Id, tuple[Id, ...]] = Field(default_factory=dict)
    """Per instrument, the scales that belong to it beside the one of its own id."""
    references: tuple[Id, ...] = ()
    """Entries of the human references that bear on it and do not name it themselves."""
    errors: tuple[Id, ...] = ()
    """Tasks in which people in it are said to err and whose files do not name it."""
    planted: Planted = Planted()

    @model_validator(mode="after")
    def _reserved(self) -> Self:
        if (self.role == "neutral") is not (self.id == NEUTRAL):
            message = f"the neutral condition is `{NEUTRAL}`, and no other; give this another id or role"
            raise Misplaced(message, "role" if self.role == "neutral" else "id")
        return self

    @property
    def neutral(self) -> bool:
        """Whether it is the neutral condition."""
        return self.role == "neutral"

    def owns(self, scale: str, instrument: Instrument) -> bool:
        """Whether a scale belongs to it: by its id, by what the instrument says, or by what its own file says."""
        said = instrument.target(scale) == self.id
        return scale == self.id or said or scale in self.scales.get(instrument.id, ())

    def errs(self, task: Task) -> bool:
        """Whether people in it are said to err in a task; one that names no states is for all."""
        return not self.neutral and (not task.states or self.id in task.states or task.id in self.errors)
