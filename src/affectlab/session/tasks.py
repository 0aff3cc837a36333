"""How a task is given: its trials each on a fork of their own, its games as forks that grow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from affectlab.conversation import Conversation
from affectlab.materials.games import step
from affectlab.materials.tasks import Block, Completion, Interactive, Options, Question, Rating, Task
from affectlab.observations import Observation, Probe
from affectlab.requests import Answer, Ask, Speak
from affectlab.seeds import derive
from affectlab.trial import legal
from affectlab.walks import Fork, Walk, given, side_by_side

ACKNOWLEDGED = "Okay."
"""What the participant is given as its reply to what the items of a task share."""


def perform(task: Task, conversation: Conversation, point: str, seed: int, generated: Sequence[str] = ()) -> Fork:
    """Give a task on forks of a conversation; returns everything observed.

    Args:
        seed: for what is drawn: free replies, and the choices that a game goes on from.
        generated: the stems of a completion that are also completed freely.
    """
    match task:
        case Completion():
            return _asked(list(_stems(task, conversation, point, seed, generated)))
        case Options() | Rating():
            return _asked([_trial(task, question, conversation, point) for question in task.questions()])
        case Interactive():
            return _played(task, conversation, point, seed)
    raise TypeError(f"{task.id} is of no known form")


def _asked(probes: Sequence[Probe]) -> Fork:
    responses = yield [probe.request for probe in probes]
    return [Observation(probe, response) for probe, response in zip(probes, responses, strict=True)]


def _stems(
    task: Completion, conversation: Conversation, point: str, seed: int, generated: Sequence[str]
) -> Iterator[Probe]:
    """Every stem read, and those chosen by the design also completed freely."""
    fork = conversation.user(task.question)
    for item in task.items:
        yield Probe(point, task, item.id, "read", Ask(fork, item.text, task.options))
        if task.generation is not None and item.id in generated:
            limits = task.generation
            own = derive(seed, fork.id, task.id, item.id)
            speak = Speak(fork, own, item.text, limits.max_tokens, limits.temperature, limits.stop)
            yield Probe(point, task, item.id, "generated", speak)


def _trial(task: Task, question: Question, conversation: Conversation, point: str) -> Probe:
    """A trial: what all share is said and acknowledged, so that it lies in the prefix; then the item."""
    fork = conversation.user(question.shared)
    if question.say:
        fork = fork.assistant(ACKNOWLEDGED).user(question.say)
    return Probe(point, task, question.probe, "read", Ask(fork, question.opening, question.options))


def _played(task: Interactive, conversation: Conversation, point: str, seed: int) -> Fork:
    """The rounds of a game side by side, each from the same beginning."""
    fork = conversation.user(task.question).assistant(ACKNOWLEDGED)
    rounds = [_round(task, block, fork, point, seed) for block in task.blocks]
    _, observations = yield from side_by_side(_still(), rounds)
    return observations


def _still() -> Walk[None]:
    yield from given([])


def _round(task: Interactive, block: Block, fork: Conversation, point: str, seed: int) -> Fork:
    """A round to its end, or to the first step without a legal answer: from there the game cannot go on.

    The choice is drawn from the distribution that was read; what is scored is the distribution. The chance by
    which it is drawn belongs to the step, so that equal participants make equal choices.
    """
    observations: list[Observation] = []
    history: tuple[int, ...] = ()
    while (now := step(task, block, history)) is not None:
        fork = fork.user(now.say)
        ask = Ask(fork, now.opening, now.options)
        (response,) = yield [ask]
        observations.append(Observation(Probe(point, task, f"{block.id}-{len(history):02}", "read", ask), response))
        if not isinstance(response, Answer) or not legal(response):
            break
        chance = Random(derive(seed, task.id, block.id, len(history)))
        (choice,) = chance.choices(range(len(now.options)), weights=response.probabilities)
        fork = fork.assistant(now.opening + now.options[choice])
        history = (*history, choice)
    return observations
