"""How a simulated participant answers a task: as an agent whose parameters are known.

The shift that a state brings is added to the parameter in which the primary outcome is counted: to the log odds
of a choice, to the points of a rating, to the parameter of the same name where there is one (``d_prime``,
``present_bias``, ``learning_rate``). Controls are answered without it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from scipy.special import ndtr

from affectlab.conversation import Conversation
from affectlab.materials.estimates import Contrast, Detecting, Discounting, LossAversion
from affectlab.materials.games import History, Step, step
from affectlab.materials.tasks import (
    ACCURACY,
    Block,
    Choice,
    ChoiceItem,
    Completion,
    Interactive,
    Item,
    Options,
    Question,
    Rating,
    Recall,
    Task,
)
from affectlab.requests import Answer, Ask

Parameters = Mapping[str, float]

LEGAL = 0.8
"""The mass that falls on legal options."""
DEFAULTS: dict[str, float] = {
    "base": 0.0,
    "skill": 1.0,
    "position": 0.0,
    "d_prime": 1.0,
    "criterion": 0.0,
    "log_k": -4.0,
    "present_bias": 0.2,
    "slope": 4.0,
    "loss_aversion": 1.8,
    "sensitivity": 0.4,
    "learning_rate": 0.3,
    "temperature": 2.0,
    "directed": 0.0,
    "caution": 0.5,
}
"""The agent's parameters where the truth plants none. ``position`` are log odds for the option shown first."""


def answer(task: Task, ask: Ask, shift: float, planted: Parameters) -> Answer | None:
    """The agent's distribution over the options; None where it does not recognise what is asked."""
    agent = {**DEFAULTS, **planted}
    match task:
        case Completion():
            return _completed(task, agent["base"] + shift)
        case Choice() | Recall():
            return _chosen(task, ask, shift, agent)
        case Rating():
            return _rated(task, ask, shift, agent)
        case Interactive():
            return _moved(task, ask, shift, agent)
    return None


def _completed(task: Completion, odds: float) -> Answer:
    count = len(task.words.negative)
    negative = _log(0.2 * _logistic(odds) / count)
    positive = _log(0.2 * _logistic(-odds) / count)
    return Answer((*[negative] * count, *[positive] * count))


def _chosen(task: Options, ask: Ask, shift: float, agent: Parameters) -> Answer | None:
    question = next((one for one in task.questions() if _is(one, ask)), None)
    if question is None:
        return None
    item = next(item for item in task.items if item.id == question.item)
    roles = tuple(dict.fromkeys(question.roles))
    logits = _logits(task, item, 0.0 if item.control else shift, agent, roles)
    if task.displayed:
        logits[roles[0]] += agent["position"]
    total = math.fsum(map(math.exp, logits.values()))
    share = {role: LEGAL * math.exp(logit) / total / question.roles.count(role) for role, logit in logits.items()}
    return Answer(tuple(_log(share[role]) for role in question.roles))


def _is(question: Question, ask: Ask) -> bool:
    said = ask.conversation.text if question.say else ""
    shared = ask.conversation
    if question.say and shared.parent is not None and shared.parent.parent is not None:
        shared = shared.parent.parent
    same = (question.say, question.opening, question.options) == (said, ask.opening, ask.options)
    return same and question.shared == shared.text


def _logits(task: Options, item: ChoiceItem, shift: float, agent: Parameters, roles: Sequence[str]) -> dict[str, float]:
    """The log odds of every role, those of the role that the primary outcome counts moved by the shift."""
    logits = dict.fromkeys(roles, 0.0)
    for estimate in task.estimates:
        role = _one(task, estimate.of)
        if isinstance(estimate, Detecting) and item.condition in (estimate.signal, estimate.noise):
            d_prime = agent["d_prime"] + (shift if task.primary == estimate.names[0] else 0.0)
            criterion = agent["criterion"] + (shift if task.primary == estimate.names[1] else 0.0)
            side = 0.5 if item.condition == estimate.signal else -0.5
            return logits | {role: _logit(float(ndtr(side * d_prime - criterion)))}
        if isinstance(estimate, Discounting) and "sooner" in item.fields:
            return logits | {role: _sooner(task, item, shift, agent)}
        if isinstance(estimate, LossAversion) and item.condition == estimate.condition:
            aversion = agent["loss_aversion"] + (shift if task.primary == "loss_aversion" else 0.0)
            worth = float(item.fields["gain"]) - aversion * float(item.fields["loss"])
            return logits | {role: agent["sensitivity"] * worth}
        if isinstance(estimate, Contrast) and task.primary == estimate.name:
            sign = {estimate.plus: 0.5, estimate.minus: -0.5}.get(item.condition, 0.0)
            return logits | {role: agent["base"] + sign * shift}
    if item.key is not None and task.primary == ACCURACY:
        return logits | {item.key: agent["skill"] + shift}
    outcome = task.primary if task.primary in task.values else next(iter(task.values), "")
    return logits | {_one(task, outcome) or (item.key or roles[0]): agent["base"] + shift}


def _one(task: Options, outcome: str) -> str:
    """The role that an outcome counts as 1."""
    return next((role for role, value in task.values.get(outcome, {}).items() if value == 1.0), "")


def _sooner(task: Options, item: Item, shift: float, agent: Parameters) -> float:
    fields = {name: float(item.fields[name]) for name in ("sooner", "later", "wait", "delay")}
    rate = math.exp(agent["log_k"] + (shift if task.primary == "log_k" else 0.0))
    bias = agent["present_bias"] + (shift if task.primary != "log_k" else 0.0)
    ratio = math.log(fields["sooner"] / fields["later"])
    ratio += math.log1p(rate * fields["delay"]) - math.log1p(rate * fields["wait"])
    return agent["slope"] * (ratio + (bias if fields["wait"] == 0.0 else 0.0))


def _rated(task: Rating, ask: Ask, shift: float, agent: Parameters) -> Answer | None:
    question = next((one for one in task.questions() if _is(one, ask)), None)
    if question is None:
        return None
    item = next(item for item in task.items if item.id == question.item)
    values = task.scale.values
    moved = 0.0 if item.control else shift
    for estimate in task.estimates:
        if isinstance(estimate, Contrast) and task.primary == estimate.name:
            moved *= {estimate.plus: 0.5, estimate.minus: -0.5}.get(item.condition, 0.0)
    target = (values[0] + values[-1]) / 2.0 + agent["base"] + moved
    return Answer(around(min(max(target, values[0]), values[-1]), values))


def around(target: float, values: Sequence[int]) -> tuple[float, ...]:
    """Log probabilities over neighbouring steps whose mean is ``target``."""
    lower = min(math.floor(target), values[-1] - 1)
    upper = target - lower
    masses = {lower: 1.0 - upper, lower + 1: upper}
    return tuple(_log(masses.get(value, 0.0)) for value in values)


def _moved(task: Interactive, ask: Ask, shift: float, agent: Parameters) -> Answer | None:
    turns = [turn for turn in ask.conversation.turns if turn.role != "system"]
    start = max(place for place, turn in enumerate(turns) if turn.text == task.question)
    asked, said = turns[start + 2 :: 2], turns[start + 3 :: 2]
    for block in task.blocks:
        history = _history(task, block, asked, said)
        now = step(task, block, history) if history is not None else None
        if history is not None and now is not None and (now.say, now.options) == (asked[-1].text, ask.options):
            shares = AGENTS[task.protocol](task, block, history, now, 0.0 if block.control else shift, agent)
            return Answer(tuple(_log(LEGAL * share) for share in shares))
    return None


def _history(
    task: Interactive, block: Block, asked: Sequence[Conversation], said: Sequence[Conversation]
) -> History | None:
    """What was chosen, if this is the round that is being played."""
    history: History = ()
    for question, reply in zip(asked, said, strict=False):
        now = step(task, block, history)
        if now is None or now.say != question.text or reply.text.removeprefix(now.opening) not in now.options:
            return None
        history = (*history, now.options.index(reply.text.removeprefix(now.opening)))
    return history


Agent = Callable[[Interactive, Block, History, Step, float, Parameters], Sequence[float]]


def _learner(
    task: Interactive, block: Block, history: History, now: Step, shift: float, agent: Parameters
) -> Sequence[float]:
    """A delta-rule learner that may also be drawn to what it knows less of."""
    start = math.fsum(now.facts["mean"]) / len(now.facts["mean"]) if not history else _start(task, block)
    values, counts = [start] * len(now.options), [0] * len(now.options)
    rate = agent["learning_rate"] + (shift if task.primary == "learning_rate" else 0.0)
    for place, choice in enumerate(history):
        past = step(task, block, history[:place])
        assert past is not None
        values[choice] += rate * (past.facts["reward"][choice] - values[choice])
        counts[choice] += 1
    drawn = agent["directed"] + (shift if task.primary == "directed" else 0.0)
    weight = 1.0 / agent["temperature"]
    return _softmax(
        [weight * value + drawn / math.sqrt(count + 1) for value, count in zip(values, counts, strict=True)]
    )


def _start(task: Interactive, block: Block) -> float:
    first = step(task, block, ())
    assert first is not None
    return math.fsum(first.facts["mean"]) / len(first.facts["mean"])


def _puffer(
    task: Interactive, block: Block, history: History, now: Step, shift: float, agent: Parameters
) -> Sequence[float]:
    puff = _logistic(agent["base"] + shift - agent["caution"] * (now.facts["puffs"][0] - 2.0))
    return (puff, 1.0 - puff)


def _drawer(
    task: Interactive, block: Block, history: History, now: Step, shift: float, agent: Parameters
) -> Sequence[float]:
    return _softmax([one * (agent["base"] + shift) for one in now.facts["good"]])


def _watcher(
    task: Interactive, block: Block, history: History, now: Step, shift: float, agent: Parameters
) -> Sequence[float]:
    side = 0.5 if now.facts["target"][0] else -0.5
    yes = float(ndtr(side * (agent["d_prime"] + shift) - agent["criterion"]))
    return (yes, 1.0 - yes)


def _knower(
    task: Interactive, block: Block, history: History, now: Step, shift: float, agent: Parameters
) -> Sequence[float]:
    return _softmax([one * (agent["skill"] + shift) for one in now.facts["right"]])


AGENTS: dict[str, Agent] = {
    "bandit": _learner,
    "balloon": _puffer,
    "decks": _drawer,
    "n-back": _watcher,
    "serial-order": _knower,
    "set-shifting": _knower,
}


def _softmax(logits: Sequence[float]) -> Sequence[float]:
    top = max(logits)
    weights = [math.exp(logit - top) for logit in logits]
    return [weight / math.fsum(weights) for weight in weights]


def _logistic(logit: float) -> float:
    return 1.0 / (1.0 + math.exp(-logit)) if logit > -700.0 else 0.0


def _logit(p: float) -> float:
    return math.log(p) - math.log1p(-p)


def _log(p: float) -> float:
    return math.log(p) if p > 0.0 else -math.inf
