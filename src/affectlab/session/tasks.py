"""How a task is given."""

from __future__ import annotations

from collections.abc import Sequence

from affectlab.conversation import Conversation
from affectlab.materials.tasks import Task
from affectlab.requests import Ask, Speak
from affectlab.scoring.observation import Observation, Probe
from affectlab.seeds import derive
from affectlab.session.walk import Fork


def perform(task: Task, conversation: Conversation, point: str, seed: int, generated: Sequence[str] = ()) -> Fork:
    """A task's requests: every stem read, and those chosen by the design also completed freely."""
    fork = conversation.user(task.question)
    options = tuple(f" {word}" for word in (*task.words.negative, *task.words.positive))
    probes = []
    for item in task.items:
        probes.append(Probe(point, task, item.id, "read", Ask(fork, item.text, options)))
        if task.generation is not None and item.id in generated:
            limits = task.generation
            own = derive(seed, fork.id, task.id, item.id)
            speak = Speak(fork, own, item.text, limits.max_tokens, limits.temperature, limits.stop)
            probes.append(Probe(point, task, item.id, "generated", speak))
    responses = yield [probe.request for probe in probes]
    return [Observation(probe, response) for probe, response in zip(probes, responses, strict=True)]
