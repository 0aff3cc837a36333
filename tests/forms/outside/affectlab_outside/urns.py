"""Urns: two urns hold different shares of winning balls; each draw shows what it brought."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from affectlab.probabilities import softmax
from affectlab.tasks.agent import Parameters
from affectlab.tasks.games.game import (
    Block,
    Game,
    GameSettings,
    History,
    PlayedStep,
    Step,
    chance,
    game_line,
    mark,
    mean,
    option_answers,
)


class Urns(Game):
    """Draw from an urn, and be told whether the ball wins."""

    name: ClassVar[str] = "urns"

    def step(self, task: GameSettings, block: Block, history: History) -> Step | None:
        if len(history) == task.steps:
            return None
        good = chance(task, block, "good").randrange(len(block.options))
        said = "first"
        if history:
            share = task.numbers["rich" if history[-1] == good else "poor"]
            said = "won" if chance(task, block, "ball", history[-1], len(history)).random() < share else "lost"
        return Step(game_line(task, block, said), task.opening, option_answers(block), {"good": mark(block, good)})

    def outcomes(self, turns: Sequence[PlayedStep]) -> dict[str, float]:
        return {"rich_draws": mean([turn.mass("good") for turn in turns])}

    def play(
        self, task: GameSettings, block: Block, history: History, now: Step, shift: float, agent: Parameters
    ) -> Sequence[float]:
        return softmax([one * (agent["base"] + shift) for one in now.facts["good"]])
