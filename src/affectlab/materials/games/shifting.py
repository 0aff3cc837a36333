"""Set shifting: cards are sorted by a rule that is not told and changes without warning."""

from __future__ import annotations

from affectlab.materials.games.step import History, Step, answers, chance, line, mark
from affectlab.materials.tasks import Block, Interactive

COLOURS = ("red", "green", "blue", "yellow")
SHAPES = ("stars", "rings", "squares", "arrows")
NUMBERS = ("one", "two", "three", "four")


def set_shifting(task: Interactive, block: Block, history: History) -> Step | None:
    """Name the feature to sort by, and be told whether it was right."""
    now = len(history)
    if now == task.steps:
        return None
    say = f"{line(task, block, 'card', card=_card(task, block, now))}"
    if now:
        right = history[-1] == rule(task, block, now - 1)
        say = f"{line(task, block, 'right' if right else 'wrong')} {say}"
    run = round(float(block.fields["run"]))
    old = rule(task, block, now - run) if now >= run else -1
    facts = {"right": mark(block, rule(task, block, now)), "old": mark(block, old), "since": (float(now % run),)}
    return Step(say, task.opening, answers(block), facts)


def rule(task: Interactive, block: Block, step: int) -> int:
    """The feature that counts at a step: another one after every run."""
    run = round(float(block.fields["run"]))
    first = chance(task, block, "rule").randrange(len(block.options))
    return (first + step // run) % len(block.options)


def _card(task: Interactive, block: Block, step: int) -> str:
    source = chance(task, block, "card", step)
    return f"{source.choice(NUMBERS)} {source.choice(COLOURS)} {source.choice(SHAPES)}"
