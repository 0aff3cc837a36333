"""The parts of a study file, and the values that they can have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from affectlab.materials.schema import INDUCTION_TEXT, Grade, Id, Of, Part
from affectlab.requests import SessionRole

Point = Literal["baseline", "prepared", "induced", "stabilised", "regulated"]
POINTS: tuple[Point, ...] = ("baseline", "prepared", "induced", "stabilised", "regulated")
"""The points between the phases of a session, in their order; ``prepared`` is after a regulation that comes first."""

PERSONAS = "personas"
"""Among the frames: every persona that there is."""

Delivery = Literal["user", "system", "elaborated"]
Requirement = Literal["distribution", "opening", "seed", "identical", "reads", "intervenes"]
"""What a study can require of a model: see ``participants.base.Capabilities``."""
Context = Literal["branched", "sequential", "battery"]
Order = Literal["after", "before"]
STARTS: Mapping[Order, tuple[Point, ...]] = {"after": ("stabilised", "induced"), "before": ("baseline",)}
"""Where a regulation can begin, by whether it comes after or before the induction: at the first of these points that
is measured."""


class Inductions(Part):
    """Which texts induce the states, and which controls they are held against."""

    techniques: tuple[Annotated[Id, Of(("technique",))], ...] = Field(default=("imagery",), min_length=1)
    grades: tuple[Grade, ...] = Field(default=("moderate",), min_length=1)
    texts: int = Field(default=4, ge=1)
    """How many texts per state. They are the sampled unit."""
    draw: Literal["seed", "first"] = "first"
    """Which of the texts of a file: drawn by the study's seed, or the first ones, as in files that say nothing of it,
    so that they and their stores keep their texts. More texts with the same seed are these and others."""
    arms: tuple[Annotated[Id, Of(("control",), (INDUCTION_TEXT,))], ...] = Field(
        default=(INDUCTION_TEXT,), min_length=1
    )
    """``induction-text``, and controls made from it; a neutral text has no controls of its own."""
    control_measures: tuple[Annotated[Id, Of(chosen=(("measures",),))], ...] = ()
    """Where some are named, a session under a control is brief: it has these measures only, no task and no
    regulation, and is over after the induction."""
    deliveries: tuple[Delivery, ...] = Field(default=("user",), min_length=1)
    """In a user turn, in a system turn, or in a user turn that the participant then elaborates in its own words."""


class Regulating(Part):
    """How the regulations are given."""

    deliveries: tuple[Literal["scripted", "guided"], ...] = Field(default=("scripted",), min_length=1)
    """The whole text at once, or step by step, each answered by the participant in its own words."""
    rounds: int = Field(default=1, ge=1, le=5)
    """How often it is done; measured after each round."""
    orders: tuple[Order, ...] = Field(default=("after",), min_length=1)
    """After the induction, or before it (prophylaxis)."""
    menu: tuple[Annotated[Id, Of(("regulation",))], ...] = ()
    """What the participant of the arm ``chosen`` chooses from; the techniques of the study where nothing is named."""
    pairs: tuple[tuple[Id, Id], ...] = ()
    """Techniques that are compared with each other, the second subtracted; the controls are beside them anyway."""


class Therapy(Part):
    """How the arms that are manuals are given: as a talk with a therapist."""

    therapist: Annotated[str, Of(("model",))] | None = None
    """The model that talks with the participant, from the manual; the participant's own model if None."""
    reader: Annotated[str, Of(("model",))] | None = None
    """The model that reads the talk, told neither arm nor state; the participant's own model if None."""
    turns: int = Field(default=6, ge=1, le=24)
    """Turns of the therapist after its opening, each answered by the participant and measured after."""
    max_tokens: int = Field(default=60, ge=1)
    """The longest turn of either."""
    temperature: float = Field(default=1.0, ge=0.0)

    @property
    def roles(self) -> dict[SessionRole, str]:
        """The models that are named for the roles beside the client's."""
        named: dict[SessionRole, str | None] = {"therapist": self.therapist, "reader": self.reader}
        return {role: name for role, name in named.items() if name is not None}


class Primary(Part):
    """The outcome that a trial is about, declared before: the change of the state's target scale of a measure."""

    measure: Annotated[Id, Of(chosen=(("measures",),))]
    before: Point = "stabilised"
    point: Annotated[str, Of(words=POINTS)] = "regulated"


class ClinicalTrial(Part):
    """How sessions are allocated to the regulation arms, and what is analysed."""

    primary: Primary
    sessions: int = Field(ge=1)
    """Per vignette. Allocated in permuted blocks: as many as there are arms, or a multiple, gives each vignette every
    arm equally often."""


class Crossing(Part):
    """Which cells of the full crossing are run; balanced, and blocked by text."""

    latin: tuple[Literal["frames", "deliveries", "contexts", "regulations", "grades"], ...] = ()
    """Factors that are not crossed with the texts: each text of each state has one level, by a Latin square."""
    fraction: int = Field(default=1, ge=1)
    """Run one cell in so many of what is left."""


class Testing(Part):
    """A task, and the point at which it is given."""

    task: Annotated[Id, Of(("task",))]
    at: Point = "stabilised"
    generate: bool = True
    """Whether each stem is also completed freely, once per state."""
