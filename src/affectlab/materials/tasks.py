"""What a task file may say: the paradigms in which people in a state err, as data."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from affectlab.materials.schema import Id, Material, Part, places, unique


class TaskStem(Part):
    """A sentence to be completed; self and other versions of one sentence share their ``pair``."""

    id: Id
    pair: Id
    who: Literal["self", "other"]
    domain: str
    text: str


class CompletionWords(Part):
    """Matched completions; which list is which is the key of the task."""

    negative: tuple[str, ...] = Field(min_length=1)
    positive: tuple[str, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _balanced(self) -> Self:
        if len(self.negative) != len(self.positive):
            raise ValueError("the word lists differ in length; give every word its counterpart")
        unique("word", places("negative", self.negative) | places("positive", self.positive))
        return self


class Generation(Part):
    """How a free reply is drawn."""

    max_tokens: int = Field(gt=0)
    temperature: float = Field(ge=0.0)
    stop: tuple[str, ...] = ()


class Task(Material):
    """A paradigm in which humans in a state err in a known way."""

    kind: Literal["task"]
    form: Literal["completion"]
    question: str
    minimum_coverage: float = Field(ge=0.0, le=1.0)
    items: tuple[TaskStem, ...] = Field(min_length=1)
    words: CompletionWords
    forbidden: tuple[str, ...] = ()
    scoring: str = ""
    generation: Generation | None = None

    @model_validator(mode="after")
    def _keyed(self) -> Self:
        unique("item", places("items", (item.id for item in self.items)))
        return self

    @property
    def primary(self) -> str:
        """The outcome that findings are about."""
        return "negativity"

    @property
    def unit(self) -> str:
        """The unit of the primary outcome."""
        return "log odds"

    @property
    def spoken(self) -> tuple[str, ...]:
        """The items that can also be answered freely."""
        return tuple(item.id for item in self.items) if self.generation is not None else ()
