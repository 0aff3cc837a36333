"""Four decks: two win much and lose more, two win little and lose less."""

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


class Decks(Game):
    """Draw from a deck, and be told what the card wins and loses."""

    name: ClassVar[str] = "decks"

    def step(self, task: GameSettings, block: Block, history: History) -> Step | None:
        """Draw from a deck, and be told what the card wins and loses."""
        if len(history) == task.steps:
            return None
        if history:
            deck = history[-1]
            won, lost = card(task, block, deck, history.count(deck) - 1)
            say = game_line(task, block, "lost" if lost else "won", option=block.options[deck], won=won, loss=lost)
        else:
            say = game_line(task, block, "first")
        return Step(say, task.opening, option_answers(block), {"good": mark(block, *_good(task, block))})

    def outcomes(self, turns: Sequence[PlayedStep]) -> dict[str, float]:
        """Net good: good decks minus bad ones. Late: in the second half, when the decks could be known."""
        net = [2.0 * turn.mass("good") - 1.0 for turn in turns]
        half = len(net) // 2
        return {"net_good": mean(net), "net_late": mean(net[half:])}

    def play(
        self, task: GameSettings, block: Block, history: History, now: Step, shift: float, agent: Parameters
    ) -> Sequence[float]:
        """The log odds of a good deck."""
        return softmax([one * (agent["base"] + shift) for one in now.facts["good"]])


def card(task: GameSettings, block: Block, deck: int, draw: int) -> tuple[int, int]:
    """What a deck's card wins and loses. Of each kind one deck loses often, the other seldom and then much."""
    good, order = _good(task, block), _order(task, block)
    kind = "good" if deck in good else "bad"
    often = order.index(deck) % 2 == 0
    every = 2 if often else 5
    unlucky = chance(task, block, "unlucky", deck, draw // every).randrange(every)
    lost = task.numbers[f"{kind}_loss"] * every if draw % every == unlucky else 0.0
    return round(task.numbers[f"{kind}_win"]), round(lost)


def _order(task: GameSettings, block: Block) -> list[int]:
    """The places of the four decks: the two bad ones, then the two good ones."""
    return chance(task, block, "order").sample(range(len(block.options)), len(block.options))


def _good(task: GameSettings, block: Block) -> tuple[int, ...]:
    return tuple(_order(task, block)[2:])
