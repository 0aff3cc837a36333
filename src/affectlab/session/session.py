"""A session: one participant goes through one procedure.

A generator that yields requests and receives responses. It does no input or output of its own, so the same
session runs on a model, on a simulated participant and on a store. Measures are asked on forks of the
conversation and change nothing in it; so they are gathered, and yielded together when a reply is needed to
go on, or at the end.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence

from affectlab.conversation import Conversation
from affectlab.design.plan import Cell
from affectlab.design.procedure import Measure, Perform, Procedure, Say
from affectlab.requests import Ask, Request, Response, Speak
from affectlab.scoring.observation import Observation, Probe
from affectlab.seeds import derive

Session = Generator[Sequence[Request], Sequence[Response], list[Observation]]


def session(procedure: Procedure, cell: Cell) -> Session:
    """Go through a procedure; the value returned is everything observed, in order."""
    probes: list[Probe] = []
    conversation = Conversation.begin()
    if procedure.frame.text:
        conversation = conversation.say(procedure.frame.role, procedure.frame.text)
        if procedure.frame.role == "user":
            conversation = conversation.assistant("Okay.")
    for step in procedure.steps:
        if isinstance(step, Say):
            conversation = conversation.user(step.text).assistant(step.reply)
        elif isinstance(step, Measure):
            probes += measure(conversation, step)
        else:
            probes += test(conversation, step, cell)
    responses = yield [probe.request for probe in probes]
    return [Observation(probe, response) for probe, response in zip(probes, responses, strict=True)]


def measure(conversation: Conversation, step: Measure) -> Iterator[Probe]:
    """An instrument's requests, each on a fork of its own.

    What the items share, the question, is said before them; an item only begins the participant's turn.
    """
    instrument = step.instrument
    fork = conversation.user(instrument.question)
    if instrument.form == "cloze":
        options = tuple(f" {word}" for words in instrument.words.values() for word in words)
        for stem in instrument.stems:
            ask = Ask(fork, stem.text, options)
            yield Probe(step.point, instrument, stem.id, "read", ask)
    elif instrument.options is not None:
        for item in instrument.items:
            ask = Ask(fork, instrument.opening.format(item=item.text), instrument.options.options)
            yield Probe(step.point, instrument, item.id, "read", ask)


def test(conversation: Conversation, step: Perform, cell: Cell) -> Iterator[Probe]:
    """A task's requests: every stem read, and those chosen by the design also completed freely."""
    task = step.task
    fork = conversation.user(task.question)
    options = tuple(f" {word}" for word in (*task.words.negative, *task.words.positive))
    for item in task.items:
        yield Probe(step.point, task, item.id, "read", Ask(fork, item.text, options))
        if task.generation is not None and item.id in step.generated:
            limits = task.generation
            seed = derive(cell.seed, task.id, item.id)
            speak = Speak(fork, seed, item.text, limits.max_tokens, limits.temperature, limits.stop)
            yield Probe(step.point, task, item.id, "generated", speak)
