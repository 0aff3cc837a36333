"""From observations to trials: tidy rows, one for each number that a probe gives on a scale."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from affectlab.materials.menu import Menu
from affectlab.materials.protocol import SPOKEN, Protocol
from affectlab.materials.schema import Instrument
from affectlab.materials.tasks import Task
from affectlab.observations import Aside, Observation, Probe
from affectlab.requests import Answer, Response
from affectlab.scoring.performance import performance
from affectlab.scoring.tasks import outcomes
from affectlab.trial import ASIDE, Trial, finite, log_sum


def score(observations: Sequence[Observation], keys: Sequence[str]) -> Iterator[Trial]:
    """The trials of a session's observations, each with the key of its response.

    A task is scored over all that was observed of it at a point; an instrument item by item. A free reply is a
    row too; its text is in the store. A choice gives the probability of each thing offered, a reader's answer that
    of the first option; they are no measure of the participant's state, and stand aside with the replies.
    """
    keyed = (pair for pair in zip(observations, keys, strict=True) if not isinstance(pair[0].probe, Aside))
    for (_, _), group in groupby(keyed, key=lambda pair: (pair[0].probe.point, pair[0].probe.material.id)):
        together = list(group)
        material = together[0][0].probe.material
        if isinstance(material, Task):
            yield from outcomes(material, [one for one, _ in together], [key for _, key in together])
            continue
        for observation, key in together:
            yield from _answered(observation, key)
        if isinstance(material, Protocol) and together[0][0].probe.point in SPOKEN:
            yield from performance(material, [one for one, _ in together], [key for _, key in together])


class Beside(NamedTuple):
    """A number on which no finding rests, and the validity check for which it was asked."""

    check: str
    subject: str
    variant: str
    trial: Trial


def beside(observations: Sequence[Observation], keys: Sequence[str]) -> Iterator[Beside]:
    """What was asked for validity checks: an instrument's scores, or the probabilities of a question's options."""
    for observation, key in zip(observations, keys, strict=True):
        probe = observation.probe
        if isinstance(probe, Aside):
            for trial in _chosen(probe, observation.response, key) if probe.names else _answered(observation, key):
                yield Beside(probe.check, probe.subject, probe.variant, trial)


def _chosen(probe: Aside, response: Response, key: str) -> Iterator[Trial]:
    """The probability of each option, given a legal answer."""
    if isinstance(response, Answer):
        for name, probability in zip(probe.names, response.probabilities, strict=True):
            yield _trial(probe, key, name, probability)


def _answered(observation: Observation, key: str) -> Iterator[Trial]:
    probe, response = observation.probe, observation.response
    if not isinstance(response, Answer):
        yield _trial(probe, key, ASIDE, math.nan)
    elif isinstance(probe.material, Menu):
        for chosen, probability in zip(probe.material.offered, response.probabilities, strict=True):
            yield Trial(probe.point, probe.material.id, chosen, ASIDE, finite(probability), key)
    elif not isinstance(probe.material, Instrument):
        yield _trial(probe, key, ASIDE, response.probabilities[0])
    elif probe.material.form == "cloze":
        for scale, mass in log_masses(probe.material, response):
            yield _trial(probe, key, scale, mass)
    else:
        item = next(item for item in probe.material.items if item.id == probe.item)
        yield _trial(probe, key, item.scale, rating(probe.material, response, reverse=item.reverse))


def log_masses(instrument: Instrument, answer: Answer) -> Iterator[tuple[str, float]]:
    """Per scale of a cloze, the log of the summed probability of its words, in nats."""
    start = 0
    for scale, words in instrument.words.items():
        yield scale, log_sum(answer.logprobs[start : start + len(words)])
        start += len(words)


def rating(instrument: Instrument, answer: Answer, *, reverse: bool = False) -> float:
    """The expected value of a rating, in scale points, given a legal answer."""
    if instrument.options is None:
        raise ValueError(f"{instrument.id} has no options")
    values = instrument.options.values
    expected = answer.expected(values)
    return values[0] + values[-1] - expected if reverse else expected


def _trial(probe: Probe, key: str, scale: str, value: float) -> Trial:
    return Trial(probe.point, probe.material.id, probe.item, scale, finite(value), key)
