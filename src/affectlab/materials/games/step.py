"""A step of a game, and what a game is: the next step as a function of everything chosen before.

What happens by chance in a game is a table that belongs to its round: every participant, in every state, finds
the same rewards behind the same choices, so that they differ in nothing but what they choose.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import NamedTuple

from affectlab.materials.tasks import Block, Interactive
from affectlab.seeds import derive

History = tuple[int, ...]
"""The options chosen so far, by their place among the round's options."""


class Step(NamedTuple):
    """What is said and asked next."""

    say: str
    opening: str
    options: tuple[str, ...]
    facts: Mapping[str, tuple[float, ...]]
    """What is true of each option at this step, for the scoring."""


Game = Callable[[Interactive, Block, History], Step | None]
"""The step that follows a history; None where the round is over."""


def chance(task: Interactive, block: Block, *place: object) -> Random:
    """The chance that rules at a place of a round; rounds with the same ``schedule`` share it."""
    return Random(derive(task.version, task.id, block.fields.get("schedule", block.id), *place))


def answers(block: Block) -> tuple[str, ...]:
    """The options as the participant says them."""
    return tuple(f" {option}" for option in block.options)


def line(task: Interactive, block: Block, name: str, **facts: object) -> str:
    """A line of the game, filled with what is the case, and with the round's fields, which may hold that too."""
    fields = {key: value.format_map(facts) if isinstance(value, str) else value for key, value in block.fields.items()}
    return task.lines[name].format_map({**fields, **facts})


def mark(block: Block, *chosen: int) -> tuple[float, ...]:
    """One for the options named, zero for the others."""
    return tuple(float(place in chosen) for place in range(len(block.options)))
