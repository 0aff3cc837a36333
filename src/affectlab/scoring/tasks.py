"""From the observations of a task to its outcomes: item by item, by condition, and over all items.

A wrong answer counts as wrong; an illegal one and a refusal have no value, and the store tells them apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from affectlab.materials.tasks import ACCURACY, Completion, Interactive, Itemised, Options, Question, Rating, Task
from affectlab.observations import Observation
from affectlab.requests import Answer, Response
from affectlab.scoring.estimates import Row, Scored, estimated
from affectlab.scoring.games import played
from affectlab.trial import Trial, finite, legal, log_sum

POSITION = "position"
"""The probability of the option shown first, over both orders: 0.5 where position does not matter."""
SELF_REFERENCE = "self_reference"
"""By how much more negative a stem is completed about oneself than about another person."""


def outcomes(task: Task, observations: Sequence[Observation], keys: Sequence[str]) -> Iterator[Trial]:
    """The trials of a task at one point of a session.

    Item rows have the outcome as their scale, with ``-control`` added where the item is a control; outcomes over
    all items have the item ``all``, and contrasts of pairs the pair's name.
    """
    point = observations[0].probe.point
    for item, scale, value, key in _rows(task, observations, keys):
        yield Trial(point, task.id, item, scale, finite(value), key)


def _rows(task: Task, observations: Sequence[Observation], keys: Sequence[str]) -> Iterator[Row]:
    match task:
        case Completion():
            yield from _completed(task, observations, keys)
        case Options():
            yield from _chosen(task, observations, keys)
        case Rating():
            yield from _rated(task, observations, keys)
        case Interactive():
            for item, scale, value, first in played(task, observations):
                yield item, scale, value, keys[first]


def _completed(task: Completion, observations: Sequence[Observation], keys: Sequence[str]) -> Iterator[Row]:
    stems = {stem.id: stem for stem in task.items}
    pairs: dict[str, dict[str, float]] = {}
    for observation, key in zip(observations, keys, strict=True):
        item, response = observation.probe.item, observation.response
        if not isinstance(response, Answer):
            yield item, "text", math.nan, key
            continue
        value, stem = negativity(task, response), stems[item]
        yield item, "negativity", value, key
        if stem.who in task.units:
            yield item, stem.who, value, key
        pair = pairs.setdefault(stem.pair, {})
        pair[stem.who] = value
        if len(pair) == 2 and SELF_REFERENCE in task.units:
            yield stem.pair, SELF_REFERENCE, pair["self"] - pair["other"], key


def negativity(task: Completion, answer: Answer) -> float:
    """Log odds of the negative over the positive completions."""
    cut = len(task.words.negative)
    return log_sum(answer.logprobs[:cut]) - log_sum(answer.logprobs[cut:])


def _chosen(task: Options, observations: Sequence[Observation], keys: Sequence[str]) -> Iterator[Row]:
    answered = {one.probe.item: (one.response, key) for one, key in zip(observations, keys, strict=True)}
    asked: dict[str, list[Question]] = {}
    for question in task.questions():
        asked.setdefault(question.item, []).append(question)
    scored = []
    for item in task.items:
        both = [(question, *answered[question.probe]) for question in asked[item.id]]
        orders = [_outcomes(task, question, response, item.key) for question, response, _ in both]
        means = {outcome: math.fsum(order[outcome] for order in orders) / len(orders) for outcome in orders[0]}
        scored.append(Scored(item, means, both[0][2]))
        if task.displayed:
            first = [_mass(response, question, {question.roles[0]}) for question, response, _ in both]
            yield item.id, POSITION, math.fsum(map(math.exp, first)) / len(first), both[-1][2]
    yield from _summarised(task, scored)


def _outcomes(task: Options, question: Question, response: Response, key: str | None) -> dict[str, float]:
    """What one answer says on every outcome of the items."""
    found = {outcome: _value(task, outcome, question, response) for outcome in task.values}
    if ACCURACY in task.units and key is not None:
        found[ACCURACY] = math.exp(_mass(response, question, {key}))
    return found


def _value(task: Options, outcome: str, question: Question, response: Response) -> float:
    values = task.values[outcome]
    if task.units[outcome] == "log odds":
        ones = {role for role, value in values.items() if value == 1.0}
        zeros = {role for role, value in values.items() if value == 0.0}
        return _mass(response, question, ones) - _mass(response, question, zeros)
    return math.fsum(math.exp(_mass(response, question, {role})) * value for role, value in values.items())


def _mass(response: Response, question: Question, roles: set[str]) -> float:
    """The log probability of some roles, given a legal answer; nan without one."""
    if not isinstance(response, Answer) or not legal(response):
        return math.nan
    chosen = [log for log, role in zip(response.logprobs, question.roles, strict=True) if role in roles]
    return log_sum(chosen) - math.log(response.coverage)


def _rated(task: Rating, observations: Sequence[Observation], keys: Sequence[str]) -> Iterator[Row]:
    answered = {one.probe.item: (one.response, key) for one, key in zip(observations, keys, strict=True)}
    scored = []
    for item in task.items:
        response, key = answered[item.id]
        value = response.expected(task.scale.values) if isinstance(response, Answer) and legal(response) else math.nan
        scored.append(Scored(item, {task.outcome: value}, key))
    yield from _summarised(task, scored)


def _summarised(task: Itemised, scored: Sequence[Scored]) -> Iterator[Row]:
    """The items' rows, each also under its condition where that is an outcome; then what is estimated over them."""
    for item, values, key in scored:
        for outcome, value in values.items():
            yield item.id, outcome + item.suffix, value, key
        if item.condition in task.units and values:
            yield item.id, item.condition + item.suffix, next(iter(values.values())), key
    for control in (False, True):
        part = [one for one in scored if one.item.control is control]
        for estimate in task.estimates if part else ():
            for item_id, name, value, key in estimated(estimate, part):
                yield item_id, name + part[0].item.suffix, value, key
