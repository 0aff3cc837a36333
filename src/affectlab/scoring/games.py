"""From the steps of a game to its outcomes: round by round, and the parameters of a model over all rounds."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from affectlab.materials.games import Step, step
from affectlab.materials.tasks import Block, Interactive
from affectlab.observations import Observation
from affectlab.requests import Answer, Ask
from affectlab.scoring.estimates import ALL, sensitivity
from affectlab.scoring.models import Played, directed, learning, logistic
from affectlab.trial import legal


class Turn(NamedTuple):
    """A step of a round: what it was, what was read, and what was chosen."""

    step: Step
    probabilities: tuple[float, ...]
    choice: int | None
    """None at the last step, after which nothing shows what was drawn."""

    def mass(self, fact: str) -> float:
        """The probability of the options of which a fact is true."""
        return math.fsum(p * one for p, one in zip(self.probabilities, self.step.facts[fact], strict=True))


class Round(NamedTuple):
    """A round, and the place of its first observation."""

    block: Block
    turns: Sequence[Turn]
    first: int


def played(task: Interactive, observations: Sequence[Observation]) -> Iterator[tuple[str, str, float, int]]:
    """Item, outcome, value, and the place of the observation by which the row is found again."""
    rounds = [replayed(task, block, observations) for block in task.blocks]
    for one in rounds:
        for outcome, value in OUTCOMES[task.protocol](one.turns).items():
            if outcome in task.units:
                yield one.block.id, outcome + one.block.suffix, value, one.first
    for control in (False, True):
        part = [one for one in rounds if one.block.control is control and one.turns]
        if task.protocol == "bandit" and part:
            for outcome, value in _parameters(part).items():
                if outcome in task.units:
                    yield ALL, outcome + part[0].block.suffix, value, part[0].first


def replayed(task: Interactive, block: Block, observations: Sequence[Observation]) -> Round:
    """A round as it went, from what stands in the conversation: each question shows the choice before it."""
    asked = [(place, one) for place, one in enumerate(observations) if one.probe.item.rpartition("-")[0] == block.id]
    history: tuple[int, ...] = ()
    turns: list[Turn] = []
    for number, (_, one) in enumerate(asked):
        now = step(task, block, history)
        if now is None or not isinstance(one.response, Answer) or not legal(one.response):
            break
        choice = _choice(asked[number + 1][1], now) if number + 1 < len(asked) else None
        turns.append(Turn(now, one.response.probabilities, choice))
        history = (*history, choice) if choice is not None else history
    return Round(block, turns, asked[0][0] if asked else 0)


def _choice(following: Observation, before: Step) -> int:
    request = following.probe.request
    assert isinstance(request, Ask)
    answered = request.conversation.parent
    assert answered is not None
    return before.options.index(answered.text.removeprefix(before.opening))


Outcomes = Callable[[Sequence[Turn]], dict[str, float]]


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values) if values else math.nan


def _bandit(turns: Sequence[Turn]) -> dict[str, float]:
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
    return {"best": _mean(best), "exploration": _mean(explored), "switching": _mean(switched)}


def _top(values: Sequence[float]) -> int:
    return max(range(len(values)), key=lambda place: values[place])


def _paid(turns: Sequence[Turn], options: int) -> list[float | None]:
    """What each option has paid on average; None for one that was never chosen."""
    paid: list[list[float]] = [[] for _ in range(options)]
    for turn in turns:
        if turn.choice is not None:
            paid[turn.choice].append(turn.step.facts["reward"][turn.choice])
    return [_mean(one) if one else None for one in paid]


def _parameters(rounds: Sequence[Round]) -> dict[str, float]:
    told = []
    for one in rounds:
        chosen = [turn for turn in one.turns if turn.choice is not None]
        choices = [turn.choice for turn in chosen if turn.choice is not None]
        paid = [turn.step.facts["reward"][choice] for turn, choice in zip(chosen, choices, strict=True)]
        told.append(Played([turn.probabilities[0] for turn in one.turns], choices, paid))
    start = _mean([mean for one in rounds for mean in one.turns[0].step.facts["mean"]])
    found = learning(told, start)
    rate = found.rate if found is not None else math.nan
    return {
        "learning_rate": rate,
        "temperature": found.temperature if found is not None else math.nan,
        "directed": directed(told, rate, start) if found is not None else math.nan,
    }


def _balloon(turns: Sequence[Turn]) -> dict[str, float]:
    """Puffing: the probability of one more puff. Adjusted puffs: those of the balloons that did not burst.

    Indifference: after how many puffs stopping is as likely as going on; nan where puffs do not deter.
    """
    puffs = [turn.step.facts["puffs"][0] for turn in turns]
    stopped = [puff for puff, turn in zip(puffs, turns, strict=True) if turn.choice == 1]
    going = [turn.probabilities[0] for turn in turns]
    level, slope = logistic([[1.0, puff] for puff in puffs], going) if len(set(puffs)) > 1 else (math.nan, math.nan)
    indifference = float(-level / slope) if slope < 0.0 else math.nan
    return {"puffing": _mean(going), "adjusted_puffs": _mean(stopped), "indifference": indifference}


def _decks(turns: Sequence[Turn]) -> dict[str, float]:
    """Net good: good decks minus bad ones. Late: in the second half, when the decks could be known."""
    net = [2.0 * turn.mass("good") - 1.0 for turn in turns]
    half = len(net) // 2
    return {"net_good": _mean(net), "net_late": _mean(net[half:])}


def _n_back(turns: Sequence[Turn]) -> dict[str, float]:
    targets = [turn.probabilities[0] for turn in turns if turn.step.facts["target"][0]]
    others = [turn.probabilities[0] for turn in turns if not turn.step.facts["target"][0]]
    if not targets or not others:
        return {"d_prime": math.nan, "criterion": math.nan, "accuracy": math.nan}
    hits, alarms = math.fsum(targets), math.fsum(others)
    found = sensitivity(hits, len(targets) - hits, alarms, len(others) - alarms)
    balanced = (hits / len(targets) + 1.0 - alarms / len(others)) / 2.0
    return {"d_prime": found.d_prime, "criterion": found.criterion, "accuracy": balanced}


def _serial_order(turns: Sequence[Turn]) -> dict[str, float]:
    return {"accuracy": _mean([turn.mass("right") for turn in turns])}


def _set_shifting(turns: Sequence[Turn]) -> dict[str, float]:
    """Perseveration: the old rule, from the second card after a change on, when it has been called wrong."""
    known = [turn for turn in turns if turn.step.facts["since"][0] >= 1.0]
    changed = [turn for turn in known if any(turn.step.facts["old"])]
    return {
        "accuracy": _mean([turn.mass("right") for turn in known]),
        "perseveration": _mean([turn.mass("old") for turn in changed]),
    }


OUTCOMES: dict[str, Outcomes] = {
    "bandit": _bandit,
    "balloon": _balloon,
    "decks": _decks,
    "n-back": _n_back,
    "serial-order": _serial_order,
    "set-shifting": _set_shifting,
}
"""Per protocol, what is scored in a round."""
