"""The balloon: every puff is worth a point, and any may burst it. The first option is to puff, the second to stop."""

from __future__ import annotations

from affectlab.materials.games.step import History, Step, answers, chance, line
from affectlab.materials.tasks import Block, Interactive

PUFF, STOP = 0, 1


def balloon(task: Interactive, block: Block, history: History) -> Step | None:
    """One balloon after another, for so many decisions."""
    if len(history) == task.steps:
        return None
    number, puffs, said = 0, 0, line(task, block, "first")
    for choice in history:
        if choice == STOP:
            said = line(task, block, "stopped", puffs=puffs)
            number, puffs = number + 1, 0
        elif puffs + 1 >= bursts(task, block, number):
            said = line(task, block, "burst")
            number, puffs = number + 1, 0
        else:
            puffs += 1
            said = line(task, block, "holds", puffs=puffs)
    return Step(said, task.opening, answers(block), {"puffs": (float(puffs),), "balloon": (float(number),)})


def bursts(task: Interactive, block: Block, number: int) -> int:
    """At which puff a balloon bursts: any of the possible ones, each as likely."""
    return chance(task, block, "bursts", number).randint(1, round(task.numbers["largest"]))
