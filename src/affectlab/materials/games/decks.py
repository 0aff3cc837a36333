"""Four decks: two win much and lose more, two win little and lose less."""

from __future__ import annotations

from affectlab.materials.games.step import History, Step, answers, chance, line, mark
from affectlab.materials.tasks import Block, Interactive


def decks(task: Interactive, block: Block, history: History) -> Step | None:
    """Draw from a deck, and be told what the card wins and loses."""
    if len(history) == task.steps:
        return None
    if history:
        deck = history[-1]
        won, lost = card(task, block, deck, history.count(deck) - 1)
        say = line(task, block, "lost" if lost else "won", option=block.options[deck], won=won, loss=lost)
    else:
        say = line(task, block, "first")
    return Step(say, task.opening, answers(block), {"good": mark(block, *_good(task, block))})


def card(task: Interactive, block: Block, deck: int, draw: int) -> tuple[int, int]:
    """What a deck's card wins and loses. Of each kind one deck loses often, the other seldom and then much."""
    good, order = _good(task, block), _order(task, block)
    kind = "good" if deck in good else "bad"
    often = order.index(deck) % 2 == 0
    every = 2 if often else 5
    unlucky = chance(task, block, "unlucky", deck, draw // every).randrange(every)
    lost = task.numbers[f"{kind}_loss"] * every if draw % every == unlucky else 0.0
    return round(task.numbers[f"{kind}_win"]), round(lost)


def _order(task: Interactive, block: Block) -> list[int]:
    """The places of the four decks: the two bad ones, then the two good ones."""
    return chance(task, block, "order").sample(range(len(block.options)), len(block.options))


def _good(task: Interactive, block: Block) -> tuple[int, ...]:
    return tuple(_order(task, block)[2:])
