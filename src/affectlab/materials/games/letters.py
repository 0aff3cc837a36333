"""n-back in text: one letter after another; was it the same so many letters ago? The first option says yes."""

from __future__ import annotations

from affectlab.materials.games.step import History, Step, answers, chance, line, mark
from affectlab.materials.tasks import Block, Interactive

LETTERS = "BFHKLMQRTX"
TARGETS = 1.0 / 3.0
"""How many of the letters are repetitions."""


def n_back(task: Interactive, block: Block, history: History) -> Step | None:
    """The next letter; the first few, which nothing can match, are said together."""
    back, now = round(float(block.fields["back"])), len(history)
    if now == task.steps:
        return None
    shown = sequence(task, block)
    target = shown[now + back] == shown[now]
    name = "next" if now else "first"
    say = line(task, block, name, letter=shown[now + back], before=", ".join(shown[:back]))
    return Step(
        say, task.opening, answers(block), {"right": mark(block, 0 if target else 1), "target": (float(target),)}
    )


def sequence(task: Interactive, block: Block) -> list[str]:
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
