"""Bandits: options that pay in points, steadily (two-armed) or with a drift (restless)."""

from __future__ import annotations

from affectlab.materials.games.step import History, Step, answers, chance, line
from affectlab.materials.tasks import Block, Interactive


def bandit(task: Interactive, block: Block, history: History) -> Step | None:
    """Choose, and be told what the choice paid."""
    now = len(history)
    if now == task.steps:
        return None
    if now:
        paid = rewards(task, block, now - 1)[history[-1]]
        say = line(task, block, "outcome", option=block.options[history[-1]], reward=paid)
    else:
        say = line(task, block, "first")
    facts = {"mean": means(task, block, now), "reward": tuple(map(float, rewards(task, block, now)))}
    return Step(say, task.opening, answers(block), facts)


def means(task: Interactive, block: Block, step: int) -> tuple[float, ...]:
    """What each option pays on average at a step: fixed, or a walk that drifts and is drawn back to the centre."""
    high, low = task.numbers["high"], task.numbers["low"]
    better = chance(task, block, "better").randrange(len(block.options))
    values = tuple(high if place == better else low for place in range(len(block.options)))
    drift, back, centre = task.numbers.get("drift", 0.0), task.numbers.get("back", 0.0), (high + low) / 2.0
    if not drift:
        return values
    walk = chance(task, block, "drift")
    for _ in range(step):
        values = tuple(value + back * (centre - value) + drift * walk.gauss(0.0, 1.0) for value in values)
    return values


def rewards(task: Interactive, block: Block, step: int) -> tuple[int, ...]:
    """What each option would pay at a step, in whole points and never below none."""
    spread = task.numbers["spread"]
    noise = (chance(task, block, "noise", place, step).gauss(0.0, spread) for place in range(len(block.options)))
    return tuple(max(0, round(mean + one)) for mean, one in zip(means(task, block, step), noise, strict=True))
