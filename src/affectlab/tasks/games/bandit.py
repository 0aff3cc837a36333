"""Bandits: options that pay in points, steadily (two-armed) or with a drift (restless)."""

from __future__ import annotations

import math
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
    mean,
    option_answers,
)


class Bandit(Game):
    """Choose, and be told what the choice paid."""

    name: ClassVar[str] = "bandit"

    def step(self, task: GameSettings, block: Block, history: History) -> Step | None:
        """Choose, and be told what the choice paid."""
        now = len(history)
        if now == task.steps:
            return None
        if now:
            paid = rewards(task, block, now - 1)[history[-1]]
            say = game_line(task, block, "outcome", option=block.options[history[-1]], reward=paid)
        else:
            say = game_line(task, block, "first")
        facts = {"mean": means(task, block, now), "reward": tuple(map(float, rewards(task, block, now)))}
        return Step(say, task.opening, option_answers(block), facts)

    def outcomes(self, turns: Sequence[PlayedStep]) -> dict[str, float]:
        """Best: the option that pays more on average. Exploration: the option that has paid less so far."""
        best = [turn.probabilities[_top(turn.step.facts["mean"])] for turn in turns]
        explored, switched = [], []
        for number, turn in enumerate(turns):
            paid = _paid(turns[:number], len(turn.probabilities))
            if None not in paid and len(set(paid)) > 1:
                explored.append(1.0 - turn.probabilities[_top([one or 0.0 for one in paid])])
            before = turns[number - 1].choice if number else None
            if before is not None:
                switched.append(1.0 - turn.probabilities[before])
        return {"best": mean(best), "exploration": mean(explored), "switching": mean(switched)}

    def overall(self, rounds: Sequence[Sequence[PlayedStep]]) -> dict[str, float]:
        """The parameters of a learner, fitted to all rounds."""
        from affectlab.tasks.models import PlayedRound as Told
        from affectlab.tasks.models import directed, learning

        told = []
        for turns in rounds:
            chosen = [turn for turn in turns if turn.choice is not None]
            choices = [turn.choice for turn in chosen if turn.choice is not None]
            paid = [turn.step.facts["reward"][choice] for turn, choice in zip(chosen, choices, strict=True)]
            told.append(Told([turn.probabilities[0] for turn in turns], choices, paid))
        start = mean([value for turns in rounds for value in turns[0].step.facts["mean"]])
        found = learning(told, start)
        rate = found.rate if found is not None else math.nan
        return {
            "learning_rate": rate,
            "temperature": found.temperature if found is not None else math.nan,
            "directed": directed(told, rate, start) if found is not None else math.nan,
        }

    def play(
        self, task: GameSettings, block: Block, history: History, now: Step, shift: float, agent: Parameters
    ) -> Sequence[float]:
        """A delta-rule learner that may also be drawn to what it knows less of."""
        start = mean(now.facts["mean"]) if not history else self._start(task, block)
        values, counts = [start] * len(now.options), [0] * len(now.options)
        rate = agent["learning_rate"] + (shift if task.primary == "learning_rate" else 0.0)
        for place, choice in enumerate(history):
            past = self.step(task, block, history[:place])
            assert past is not None
            values[choice] += rate * (past.facts["reward"][choice] - values[choice])
            counts[choice] += 1
        drawn = agent["directed"] + (shift if task.primary == "directed" else 0.0)
        weight = 1.0 / agent["temperature"]
        return softmax(
            [weight * value + drawn / math.sqrt(count + 1) for value, count in zip(values, counts, strict=True)]
        )

    def _start(self, task: GameSettings, block: Block) -> float:
        first = self.step(task, block, ())
        assert first is not None
        return mean(first.facts["mean"])


def means(task: GameSettings, block: Block, step: int) -> tuple[float, ...]:
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


def rewards(task: GameSettings, block: Block, step: int) -> tuple[int, ...]:
    """What each option would pay at a step, in whole points and never below none."""
    spread = task.numbers["spread"]
    noise = (chance(task, block, "noise", place, step).gauss(0.0, spread) for place in range(len(block.options)))
    return tuple(max(0, round(mean + one)) for mean, one in zip(means(task, block, step), noise, strict=True))


def _top(values: Sequence[float]) -> int:
    return max(range(len(values)), key=lambda place: values[place])


def _paid(turns: Sequence[PlayedStep], options: int) -> list[float | None]:
    """What each option has paid on average; None for one that was never chosen."""
    paid: list[list[float]] = [[] for _ in range(options)]
    for turn in turns:
        if turn.choice is not None:
            paid[turn.choice].append(turn.step.facts["reward"][turn.choice])
    return [mean(one) if one else None for one in paid]
