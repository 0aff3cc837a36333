"""n-back in text: one letter after another; was it the same so many letters ago? The first option says yes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

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
    option_answers,
)

LETTERS = "BFHKLMQRTX"
TARGETS = 1.0 / 3.0
"""How many of the letters are repetitions."""


class NBack(Game):
    """The next letter; the first few, which nothing can match, are said together."""

    name: ClassVar[str] = "n-back"

    def step(self, task: GameSettings, block: Block, history: History) -> Step | None:
        """The next letter; the first few, which nothing can match, are said together."""
        back, now = round(float(block.fields["back"])), len(history)
        if now == task.steps:
            return None
        shown = sequence(task, block)
        target = shown[now + back] == shown[now]
        name = "next" if now else "first"
        say = game_line(task, block, name, letter=shown[now + back], before=", ".join(shown[:back]))
        return Step(
            say,
            task.opening,
            option_answers(block),
            {"right": mark(block, 0 if target else 1), "target": (float(target),)},
        )

    def outcomes(self, turns: Sequence[PlayedStep]) -> dict[str, float]:
        """Sensitivity and criterion from the probabilities of yes; accuracy, targets and others weighing the same."""
        from affectlab.tasks.models import sensitivity

        targets = [turn.probabilities[0] for turn in turns if turn.step.facts["target"][0]]
        others = [turn.probabilities[0] for turn in turns if not turn.step.facts["target"][0]]
        if not targets or not others:
            return {"d_prime": math.nan, "criterion": math.nan, "accuracy": math.nan}
        hits, alarms = math.fsum(targets), math.fsum(others)
        found = sensitivity(hits, len(targets) - hits, alarms, len(others) - alarms)
        balanced = (hits / len(targets) + 1.0 - alarms / len(others)) / 2.0
        return {"d_prime": found.d_prime, "criterion": found.criterion, "accuracy": balanced}

    def play(
        self, task: GameSettings, block: Block, history: History, now: Step, shift: float, agent: Parameters
    ) -> Sequence[float]:
        """Yes by signal detection."""
        from scipy.special import ndtr

        side = 0.5 if now.facts["target"][0] else -0.5
        yes = float(ndtr(side * (agent["d_prime"] + shift) - agent["criterion"]))
        return (yes, 1.0 - yes)


def sequence(task: GameSettings, block: Block) -> list[str]:
    """The letters: exactly a third of them repeat, none of the others does; in every six, two."""
    back, length = round(float(block.fields["back"])), round(task.numbers["length"])
    source = chance(task, block, "letters", back)
    sixes = range(0, length, 6)
    repeats = {start + place for start in sixes for place in source.sample(range(6), round(6 * TARGETS))}
    shown = source.sample(LETTERS, back)
    for now in range(length):
        others = [letter for letter in LETTERS if letter not in shown[-back:]]
        shown.append(shown[now] if now in repeats else source.choice(others))
    return shown
