"""How an instrument is given: every item on a fork, the items one after another, or all in one answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random

from affectlab.conversation import Conversation
from affectlab.design.crossing import permuted
from affectlab.design.steps import Measure
from affectlab.materials.schema import Instrument, Item, Scale
from affectlab.observations import Observation, Probe
from affectlab.requests import Answer, Ask, Response
from affectlab.seeds import derive
from affectlab.walks import Fork, Walk


def forked(step: Measure, conversation: Conversation) -> Fork:
    """Each item on a fork of its own.

    What the items share, the question, is said before them; an item only begins the participant's turn.
    """
    asked = list(probes(step.instrument, conversation, step.point))
    responses = yield [probe.request for probe in asked]
    return [Observation(probe, response) for probe, response in zip(asked, responses, strict=True)]


def probes(instrument: Instrument, conversation: Conversation, point: str) -> Iterator[Probe]:
    """The questions of an instrument after a conversation, each on a fork of its own."""
    fork = conversation.user(instrument.question)
    if instrument.form == "cloze":
        options = tuple(f" {word}" for words in instrument.words.values() for word in words)
        for stem in instrument.stems:
            yield Probe(point, instrument, stem.id, "read", Ask(fork, stem.text, options))
    else:
        for item in instrument.items:
            ask = Ask(fork, instrument.opening.format(item=item.text), _scale(instrument).options)
            yield Probe(point, instrument, item.id, "read", ask)


def one_after_another(
    step: Measure, conversation: Conversation, seed: int
) -> Walk[tuple[Conversation, list[Observation]]]:
    """The items in one conversation, in an order drawn from the seed, own answers visible.

    What stands in the conversation is drawn from the answer's distribution; what is scored is the distribution.
    """
    instrument, scale, (between,) = step.instrument, _scale(step.instrument), step.lines
    order = permuted(instrument.items, derive(seed, conversation.id, instrument.id))
    observations: list[Observation] = []
    for number, item in enumerate(order):
        conversation = conversation.user(between.text if number else instrument.question)
        opening = instrument.opening.format(item=item.text)
        observation = yield from _asked(step, item, Ask(conversation, opening, scale.options))
        observations.append(observation)
        conversation = conversation.assistant(opening + drawn(observation.response, scale, conversation, seed))
    return conversation, observations


def in_one_answer(step: Measure, conversation: Conversation, seed: int) -> Walk[tuple[Conversation, list[Observation]]]:
    """All items in one JSON answer, in the order of the file: each number is drawn after those before it.

    The answer's form is given and only the numbers are the participant's, as where a grammar constrains it.
    """
    instrument, (request,) = step.instrument, step.lines
    scale = _scale(instrument)
    conversation = conversation.user(instrument.listed(request))
    said = "{"
    observations: list[Observation] = []
    for number, item in enumerate(instrument.items):
        said += f"{', ' if number else ''}{json.dumps(item.text, ensure_ascii=False)}:"
        options = tuple(f" {value}" for value in scale.values)
        observation = yield from _asked(step, item, Ask(conversation, said, options))
        observations.append(observation)
        said += drawn(observation.response, scale, conversation, derive(seed, number)) or " null"
    return conversation.assistant(f"{said}}}"), observations


def _asked(step: Measure, item: Item, ask: Ask) -> Walk[Observation]:
    (response,) = yield [ask]
    return Observation(Probe(step.point, step.instrument, item.id, "read", ask), response)


def drawn(response: Response, scale: Scale, conversation: Conversation, seed: int) -> str:
    """The number that the participant is taken to have written, drawn from its distribution; none if it gave none."""
    if not isinstance(response, Answer) or response.coverage <= 0.0:
        return ""
    chance = Random(derive(seed, "drawn", conversation.id))
    (value,) = chance.choices(scale.values, weights=response.probabilities)
    return f" {value}"


def _scale(instrument: Instrument) -> Scale:
    if instrument.options is None:
        raise ValueError(f"{instrument.id} has no options")
    return instrument.options
