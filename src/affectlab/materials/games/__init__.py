"""The games that an interactive task can play, by the name of their protocol."""

from __future__ import annotations

from affectlab.materials.document import Document
from affectlab.materials.games.balloon import balloon
from affectlab.materials.games.bandit import bandit
from affectlab.materials.games.decks import decks
from affectlab.materials.games.letters import n_back
from affectlab.materials.games.order import serial_order
from affectlab.materials.games.shifting import set_shifting
from affectlab.materials.games.step import Game, History, Step
from affectlab.materials.tasks import Block, Interactive

GAMES: dict[str, Game] = {
    "bandit": bandit,
    "balloon": balloon,
    "decks": decks,
    "n-back": n_back,
    "serial-order": serial_order,
    "set-shifting": set_shifting,
}


def step(task: Interactive, block: Block, history: History) -> Step | None:
    """The step that follows a history; None where the round is over."""
    return GAMES[task.protocol](task, block, history)


def playable(task: Interactive, document: Document) -> None:
    """Play every round of a task once.

    Raises:
        InputError: there is no such game, or a line, a number or a field that it needs is missing.
    """
    if task.protocol not in GAMES:
        message = f"unknown protocol `{task.protocol}`"
        raise document.error(message, ("protocol",), hint=f"the protocols are {', '.join(GAMES)}")
    for index, block in enumerate(task.blocks):
        try:
            history: History = ()
            while step(task, block, history) is not None:
                history = (*history, len(history) % len(block.options))
        except KeyError as missing:
            hint = "add it to `lines`, to `numbers` or to the round's `fields`"
            raise document.error(f"the game needs `{missing.args[0]}`", ("blocks", index), hint=hint) from None


__all__ = ["GAMES", "Game", "History", "Step", "playable", "step"]
