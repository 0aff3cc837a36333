"""A game: its rules, its scores, and how a participant with known parameters plays it, each game in one module.

What happens by chance in a game is a table that belongs to its round: every participant, in every state, finds
the same rewards behind the same choices, so that they differ in nothing but what they choose.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from random import Random
from typing import ClassVar, NamedTuple, Protocol

from pydantic import Field

from affectlab.materials.schema import Id, Part
from affectlab.materials.template import fill
from affectlab.seeds import derive
from affectlab.tasks.agent import Parameters
from affectlab.tasks.item import CONTROL

History = tuple[int, ...]
"""The options chosen so far, by their place among the round's options."""


class Block(Part):
    """One round of a game: its own words and numbers, in its own order of options."""

    id: Id
    options: tuple[str, ...] = Field(min_length=2)
    control: bool = False
    fields: dict[str, float | str] = Field(default_factory=dict)

    @property
    def suffix(self) -> str:
        """What is added to the names of its outcomes."""
        return CONTROL if self.control else ""


class GameSettings(Protocol):
    """What a game may know of the task that plays it."""

    @property
    def id(self) -> str:
        """The task's id."""

    @property
    def version(self) -> int:
        """The version of its file."""

    @property
    def steps(self) -> int:
        """How many steps a round has."""

    @property
    def numbers(self) -> dict[str, float]:
        """The parameters of the game."""

    @property
    def lines(self) -> dict[str, str]:
        """What is said in it; templates."""

    @property
    def opening(self) -> str:
        """How the participant's turn begins."""

    @property
    def primary(self) -> str:
        """The outcome that findings are about."""


class Step(NamedTuple):
    """What is said and asked next."""

    say: str
    opening: str
    options: tuple[str, ...]
    facts: Mapping[str, tuple[float, ...]]
    """What is true of each option at this step, for the scoring."""


class PlayedStep(NamedTuple):
    """A step of a round: what it was, what was read, and what was chosen."""

    step: Step
    probabilities: tuple[float, ...]
    choice: int | None
    """None at the last step, after which nothing shows what was drawn."""

    def mass(self, fact: str) -> float:
        """The probability of the options of which a fact is true."""
        return math.fsum(p * one for p, one in zip(self.probabilities, self.step.facts[fact], strict=True))


class Game(ABC):
    """The rules of a game. A task's file names it as its ``protocol`` and gives its lines, numbers and rounds."""

    name: ClassVar[str]

    @abstractmethod
    def step(self, task: GameSettings, block: Block, history: History) -> Step | None:
        """The step that follows what was chosen so far; None where the round is over."""

    @abstractmethod
    def outcomes(self, turns: Sequence[PlayedStep]) -> dict[str, float]:
        """What is scored in a round."""

    @abstractmethod
    def play(
        self, task: GameSettings, block: Block, history: History, now: Step, shift: float, agent: Parameters
    ) -> Sequence[float]:
        """The probabilities with which an agent chooses each option, its primary outcome moved by the shift."""

    def overall(self, rounds: Sequence[Sequence[PlayedStep]]) -> dict[str, float]:
        """What is scored over all rounds of a kind together."""
        return {}


def chance(task: GameSettings, block: Block, *place: object) -> Random:
    """The chance that rules at a place of a round; rounds with the same ``schedule`` share it."""
    return Random(derive(task.version, task.id, block.fields.get("schedule", block.id), *place))


def option_answers(block: Block) -> tuple[str, ...]:
    """The options as the participant says them."""
    return tuple(f" {option}" for option in block.options)


def game_line(task: GameSettings, block: Block, name: str, **facts: object) -> str:
    """A line of the game, filled with what is the case, and with the round's fields, which may hold that too."""
    fields = {key: fill(value, facts) if isinstance(value, str) else value for key, value in block.fields.items()}
    return fill(task.lines[name], {**fields, **facts})


def mark(block: Block, *chosen: int) -> tuple[float, ...]:
    """One for the options named, zero for the others."""
    return tuple(float(place in chosen) for place in range(len(block.options)))


def mean(values: Sequence[float]) -> float:
    """The mean; nan of nothing."""
    return math.fsum(values) / len(values) if values else math.nan
