"""Serial order: words are read, and said again one by one in the same order."""

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


class SerialOrder(Game):
    """The next place in the order."""

    name: ClassVar[str] = "serial-order"

    def step(self, task: GameSettings, block: Block, history: History) -> Step | None:
        """The next place in the order."""
        now, right = len(history), presented(task, block)
        if now == min(task.steps, len(right)):
            return None
        words = ", ".join(block.options[place] for place in right)
        say = game_line(task, block, "next" if now else "first", words=words)
        return Step(say, task.opening, option_answers(block), {"right": mark(block, right[now])})

    def outcomes(self, turns: Sequence[PlayedStep]) -> dict[str, float]:
        """Accuracy: the probability of the right word at each place."""
        return {"accuracy": mean([turn.mass("right") for turn in turns])}

    def play(
        self, task: GameSettings, block: Block, history: History, now: Step, shift: float, agent: Parameters
    ) -> Sequence[float]:
        """The right word by skill."""
        return softmax([one * (agent["skill"] + shift) for one in now.facts["right"]])


def presented(task: GameSettings, block: Block) -> list[int]:
    """The order in which the words are read."""
    return chance(task, block, "order").sample(range(len(block.options)), len(block.options))
