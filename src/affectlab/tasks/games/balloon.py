"""The balloon: every puff is worth a point, and any may burst it. The first option is to puff, the second to stop."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

from affectlab.probabilities import logistic
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
    mean,
    option_answers,
)

PUFF, STOP = 0, 1


class Balloon(Game):
    """One balloon after another, for so many decisions."""

    name: ClassVar[str] = "balloon"

    def step(self, task: GameSettings, block: Block, history: History) -> Step | None:
        """One balloon after another, for so many decisions."""
        if len(history) == task.steps:
            return None
        number, puffs, said = 0, 0, game_line(task, block, "first")
        for choice in history:
            if choice == STOP:
                said = game_line(task, block, "stopped", puffs=puffs)
                number, puffs = number + 1, 0
            elif puffs + 1 >= bursts(task, block, number):
                said = game_line(task, block, "burst")
                number, puffs = number + 1, 0
            else:
                puffs += 1
                said = game_line(task, block, "holds", puffs=puffs)
        return Step(said, task.opening, option_answers(block), {"puffs": (float(puffs),), "balloon": (float(number),)})

    def outcomes(self, turns: Sequence[PlayedStep]) -> dict[str, float]:
        """Puffing: the probability of one more puff. Adjusted puffs: those of the balloons that did not burst.

        Indifference: after how many puffs stopping is as likely as going on; nan where puffs do not deter.
        """
        from affectlab.tasks.models import logistic_regression as fitted

        puffs = [turn.step.facts["puffs"][0] for turn in turns]
        stopped = [puff for puff, turn in zip(puffs, turns, strict=True) if turn.choice == STOP]
        going = [turn.probabilities[PUFF] for turn in turns]
        level, slope = fitted([[1.0, puff] for puff in puffs], going) if len(set(puffs)) > 1 else (math.nan, math.nan)
        indifference = float(-level / slope) if slope < 0.0 else math.nan
        return {"puffing": mean(going), "adjusted_puffs": mean(stopped), "indifference": indifference}

    def play(
        self, task: GameSettings, block: Block, history: History, now: Step, shift: float, agent: Parameters
    ) -> Sequence[float]:
        """Each puff makes the next less likely."""
        puff = logistic(agent["base"] + shift - agent["caution"] * (now.facts["puffs"][0] - 2.0))
        return (puff, 1.0 - puff)


def bursts(task: GameSettings, block: Block, number: int) -> int:
    """At which puff a balloon bursts: any of the possible ones, each as likely."""
    return chance(task, block, "bursts", number).randint(1, round(task.numbers["largest"]))
