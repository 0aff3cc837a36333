"""What every task's file says: the paradigms in which people in a state err. Each form is in a module of its own."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from affectlab.counting import counted
from affectlab.extensions import Extensions
from affectlab.materials.document import Misplaced
from affectlab.materials.form import Outcome
from affectlab.materials.formed import Formed
from affectlab.materials.schema import Id, Name, Of


class Task(Formed):
    """A paradigm in which people in a state err in a known way. Each form is a subclass."""

    kind: Literal["task"]
    primary: str
    """The outcome that findings are about."""
    units: dict[str, str] = Field(min_length=1)
    """Every outcome, with its unit. One that is named like a condition is the items' outcome in it."""
    floor: float | None = None
    """What guessing scores on the primary outcome, where there is something to get right."""
    states: tuple[Annotated[Id, Of(("state",))], ...] = ()
    """The states in which people are said to err; none given, all."""
    control: str = ""
    """What the control items share with the others, and what they lack."""
    forbidden: tuple[str, ...] = ()
    """Words no induction or regulation may contain, ``*`` for any ending."""
    scoring: str = ""

    negativity: ClassVar[bool] = False
    """Whether its primary outcome is how negative the participant's own sentences are, as self-report could have it."""
    forms: ClassVar[Extensions[type[Task]]] = Extensions(
        "form of a task", "affectlab.tasks", "affectlab.tasks.registry"
    )

    @property
    def answer_range(self) -> tuple[int, int] | None:
        """The ends of the scale on which its items are answered; None where they are answered otherwise."""
        return None

    @model_validator(mode="after")
    def _named(self) -> Self:
        if self.primary not in self.units:
            raise Misplaced(f"no outcome is called `{self.primary}`; `units` has {', '.join(self.units)}", "primary")
        return self

    def names(self) -> Iterator[Name]:
        yield from (Name("state", ("states", index), state) for index, state in enumerate(self.states))

    @property
    def unit(self) -> str:
        """The unit of the primary outcome."""
        return self.units[self.primary]

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        return tuple(Outcome(self.id, name, unit) for name, unit in self.units.items())

    @property
    def scored(self) -> tuple[str, ...]:
        return self.forbidden

    @property
    def wordings(self) -> Mapping[str, str]:
        """What each item that can be answered freely begins with, by its id."""
        return {}

    @property
    def grouped(self) -> Mapping[str, str]:
        """What kind each item is of, by its id, where the items are of several; empty where they are alike."""
        return {}

    @property
    def higher(self) -> str:
        """That the primary outcome is higher in one condition than in another, to stand before "than"."""
        return f"the outcome “{self.primary.replace('_', ' ')}” was higher"

    @property
    def lower(self) -> str:
        """That it is lower."""
        return f"the outcome “{self.primary.replace('_', ' ')}” was lower"

    @property
    @abstractmethod
    def item_count(self) -> int:
        """How many items or rounds it has."""

    @abstractmethod
    def shortened(self, items: int) -> Self:
        """The task with fewer items, for a quick run."""

    def describe(self) -> str:
        return f"{self.title}: {counted(self.item_count, 'item')}. {self.scoring}"
