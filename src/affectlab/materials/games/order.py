"""Serial order: words are read, and said again one by one in the same order."""

from __future__ import annotations

from affectlab.materials.games.step import History, Step, answers, chance, line, mark
from affectlab.materials.tasks import Block, Interactive


def serial_order(task: Interactive, block: Block, history: History) -> Step | None:
    """The next place in the order."""
    now, right = len(history), presented(task, block)
    if now == min(task.steps, len(right)):
        return None
    words = ", ".join(block.options[place] for place in right)
    say = line(task, block, "next" if now else "first", words=words)
    return Step(say, task.opening, answers(block), {"right": mark(block, right[now])})


def presented(task: Interactive, block: Block) -> list[int]:
    """The order in which the words are read."""
    return chance(task, block, "order").sample(range(len(block.options)), len(block.options))
