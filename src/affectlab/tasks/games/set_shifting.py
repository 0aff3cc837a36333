"""Set shifting: cards are sorted by a rule that is not told and changes without warning."""

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

COLOURS = ("red", "green", "blue", "yellow")
SHAPES = ("stars", "rings", "squares", "arrows")
NUMBERS = ("one", "two", "three", "four")


class SetShifting(Game):
    """Name the feature to sort by, and be told whether it was right."""

    name: ClassVar[str] = "set-shifting"

    def step(self, task: GameSettings, block: Block, history: History) -> Step | None:
        """Name the feature to sort by, and be told whether it was right."""
        now = len(history)
        if now == task.steps:
            return None
        say = f"{game_line(task, block, 'card', card=_card(task, block, now))}"
        if now:
            right = history[-1] == rule(task, block, now - 1)
            say = f"{game_line(task, block, 'right' if right else 'wrong')} {say}"
        run = round(float(block.fields["run"]))
        old = rule(task, block, now - run) if now >= run else -1
        facts = {"right": mark(block, rule(task, block, now)), "old": mark(block, old), "since": (float(now % run),)}
        return Step(say, task.opening, option_answers(block), facts)

    def outcomes(self, turns: Sequence[PlayedStep]) -> dict[str, float]:
        """Perseveration: the old rule, from the second card after a change on, when it has been called wrong."""
        known = [turn for turn in turns if turn.step.facts["since"][0] >= 1.0]
        changed = [turn for turn in known if any(turn.step.facts["old"])]
        return {
            "accuracy": mean([turn.mass("right") for turn in known]),
            "perseveration": mean([turn.mass("old") for turn in changed]),
        }

    def play(
        self, task: GameSettings, block: Block, history: History, now: Step, shift: float, agent: Parameters
    ) -> Sequence[float]:
        """The right feature by skill."""
        return softmax([one * (agent["skill"] + shift) for one in now.facts["right"]])


def rule(task: GameSettings, block: Block, step: int) -> int:
    """The feature that counts at a step: another one after every run."""
    run = round(float(block.fields["run"]))
    first = chance(task, block, "rule").randrange(len(block.options))
    return (first + step // run) % len(block.options)


def _card(task: GameSettings, block: Block, step: int) -> str:
    source = chance(task, block, "card", step)
    return f"{source.choice(NUMBERS)} {source.choice(COLOURS)} {source.choice(SHAPES)}"
