"""The known truth of a simulated participant: what its file may say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

from pydantic import Field

from affectlab.materials.document import Place
from affectlab.materials.instrument import Changed
from affectlab.materials.schema import Grade, Id, Material, Name, Part


class Noise(Part):
    """Standard deviations of planted noise, in the unit of the latent state."""

    text: float = Field(default=0.0, ge=0.0)
    """Between induction texts: the sampled unit."""
    regulation: float = Field(default=0.0, ge=0.0)
    """Between regulated sessions."""
    task: float = Field(default=0.0, ge=0.0)
    """Between induction texts, in the outcome of a task."""
    item: float = Field(default=0.0, ge=0.0)
    """Between single answers."""


class Answering(Part):
    """How a participant answers whatever it is asked: what a validity check is to find. Without it, as one should."""

    holds: dict[Id, Annotated[float, Field(ge=0.0, le=1.0)]] = Field(
        default={"meaning-flip": 0.95, "reverse-keyed": 0.85, "evaluation-awareness": 0.1}
    )
    """Per check, with which probability the statements of its pairs are held for true; an even one if not named."""
    chooses: dict[Id, dict[Id, Annotated[float, Field(ge=0.0, le=1.0)]]] = Field(default_factory=dict)
    """Per check and option, the probability with which it is chosen; the rest is even."""
    agrees: float = Field(default=0.0, ge=-1.0, le=1.0)
    """The share of answers that are yes to anything; negative, no."""
    drifts: float = Field(default=0.0, ge=0.0, le=1.0)
    """By how much an answer moves whenever the same question is asked anew."""
    order: float = 0.0
    """By how much a rating moves, as a share of the scale, where the scale is named from above."""
    labels: float = 0.0
    """The same, where its steps are called by letters."""
    carries: float = 0.0
    """The same, where an own answer stands in the conversation before it."""
    wording: dict[Changed, Annotated[float, Field(ge=-1.0, le=1.0)]] = Field(default_factory=dict)
    """Per kind of change, the share of every shift that is left when it is made; all of it if not named."""
    even: float = Field(default=0.0, ge=0.0, le=1.0)
    """The share of rating answers that is spread evenly over the options."""
    coverage: dict[Id, Annotated[float, Field(gt=0.0, le=1.0)]] = Field(default_factory=dict)
    """Per state whose text was given, the share of a rating answer that falls on the scale; all of it if not named."""
    refuses: dict[Id, Annotated[float, Field(ge=0.0, le=1.0)]] = Field(default_factory=dict)
    """Per state whose text was given, the share of requests that are refused."""


class Truth(Material):
    """What a simulated participant answers, and why: the known truth that an analysis must recover."""

    kind: Literal["truth"]
    shifts: dict[str, dict[str, float]] = Field(default_factory=dict)
    """Per state, by how much a moderate text moves each scale; in nats for a cloze, see ``points``."""
    unnamed: Literal["nothing", "default"] = "nothing"
    """What happens in states that ``shifts`` and tasks that neither ``tasks`` nor ``nulls`` names: nothing, or what
    the state's file plants (``materials/state.py``)."""
    nulls: tuple[Id, ...] = ()
    """Tasks on which no state that ``shifts`` names has an effect."""
    grades: dict[Grade, float] = Field(default_factory=dict)
    """Per grade, the multiple of a moderate text's shift."""
    arms: dict[str, float] = Field(default_factory=dict)
    """Per control of an induction, the share of the text's shift that it brings; none where it is not named."""
    removes: dict[str, float] = Field(default_factory=dict)
    """Per regulation, the share of the shift that it takes away; negative where it adds to it."""
    prevents: dict[str, float] = Field(default_factory=dict)
    """Per regulation, the share of a later induction that it keeps off where it comes first."""
    prefers: dict[str, float] = Field(default_factory=dict)
    """Per regulation, its weight where one is chosen; 1 where it is not named."""
    doses: dict[str, dict[str, float]] = Field(default_factory=dict)
    """Per material of an intervention, by how much a dose of 1 shifts each scale; no other can be applied to it."""
    interventions: tuple[str, ...] = ("steering",)
    """The kinds of intervention that can be done to it."""
    decay: float = Field(default=0.0, ge=0.0, lt=1.0)
    """The share of the shift that wears off in a neutral turn."""
    tasks: dict[str, dict[str, float]] = Field(default_factory=dict)
    """Per task and state, the shift of the outcome."""
    agents: dict[str, dict[str, float]] = Field(default_factory=dict)
    """Per task, the parameters with which it is answered, where they are not the ordinary ones."""
    points: float = Field(default=1.0, gt=0.0)
    """Scale points of a rating per unit of the latent state."""
    noise: Noise = Noise()
    answering: Answering = Answering()
    refusals: float = Field(default=0.0, ge=0.0, le=1.0)
    """The share of requests that are refused."""

    def names(self) -> Iterator[Name]:
        answering = self.answering
        states: tuple[tuple[Place, Iterable[str]], ...] = (
            (("shifts",), self.shifts),
            *((("tasks", task), shifts) for task, shifts in self.tasks.items()),
            (("answering", "coverage"), answering.coverage),
            (("answering", "refuses"), answering.refuses),
        )
        for place, named in states:
            yield from (Name("state", (*place, state), state) for state in named)
        for part in ("shifts", "doses"):
            for of, shifts in getattr(self, part).items():
                yield from (Name("scale", (part, of, scale), scale) for scale in shifts)
        for part in ("removes", "prevents", "prefers"):
            yield from (Name("regulation", (part, id), id) for id in getattr(self, part))
        yield from (Name("control", ("arms", id), id) for id in self.arms)
        for part in ("tasks", "agents"):
            yield from (Name("task", (part, id), id) for id in getattr(self, part))
        yield from (Name("task", ("nulls", index), id) for index, id in enumerate(self.nulls))
        for part in ("holds", "chooses"):
            yield from (Name("check", ("answering", part, id), id) for id in getattr(answering, part))
