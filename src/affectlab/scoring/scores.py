"""From observations to scores: tidy rows, one for each number that a probe gives on a scale."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from affectlab.materials.form import Asked, Form
from affectlab.materials.menu import Menu
from affectlab.materials.protocol import SPOKEN, Protocol
from affectlab.observations import CheckProbe, Observation, Probe
from affectlab.requests import Answer, Response
from affectlab.score import REPLY, Score, finite
from affectlab.scoring.performance import performance_scores

Scored = dict[tuple[Any, ...], tuple[Form, tuple[Score, ...]]]
"""The numbers of a form at a point, by what they rest on; the form beside them, so that it is that one and no other."""


def score_observations(
    observations: Sequence[Observation], keys: Sequence[str], known: Scored | None = None
) -> Iterator[Score]:
    """The scores of a session's observations, each with the key of its response.

    A measure or a task is scored by its form, over all that was observed of it at a point. A free reply is a row
    too; its text is in the store. A choice gives the probability of each thing offered, a reader's answer that of the
    first option; they are no measure of the participant's state, and stand with the replies.

    Args:
        known: the numbers of other sessions, which stand where the same answers were given to the same form at the
            same point, as at a baseline that many sessions share; those of this one are added.

    Raises:
        DataError: the material does not fit what was asked.
    """
    keyed = (pair for pair in zip(observations, keys, strict=True) if not isinstance(pair[0].probe, CheckProbe))
    for (_, _), group in groupby(keyed, key=lambda pair: (pair[0].probe.point, pair[0].probe.material.id)):
        pairs = list(group)
        together, own = [one for one, _ in pairs], [key for _, key in pairs]
        material = together[0].probe.material
        if isinstance(material, Form):
            yield from _measured(material, together, own) if known is None else _shared(material, together, own, known)
            continue
        for observation, key in pairs:
            yield from _answered(observation, key)
        if isinstance(material, Protocol) and together[0].probe.point in SPOKEN:
            yield from performance_scores(material, together, own)


def _shared(form: Form, observations: Sequence[Observation], keys: Sequence[str], known: Scored) -> Sequence[Score]:
    """The rows of one form at one point, computed once for all sessions in which it got the same answers."""
    probes = [one.probe for one in observations]
    if any(one.of for one in probes):
        return tuple(_measured(form, observations, keys))
    what = (id(form), probes[0].point, *keys, *[name for one in probes for name in (one.item, one.kind, one.observer)])
    if what not in known:
        known[what] = form, tuple(_measured(form, observations, keys))
    return known[what][1]


def _measured(form: Form, observations: Sequence[Observation], keys: Sequence[str]) -> Iterator[Score]:
    """The rows of one form at one point; each is found again by the first of the responses that it rests on."""
    probe = observations[0].probe
    for one in form.score(asked_of_form(observations)):
        yield Score(probe.point, probe.material.id, one.item, one.scale, finite(one.value), keys[one.places[0]])


def asked_of_form(observations: Sequence[Observation]) -> list[Asked]:
    """The observations of one form at one point, as it asked for them."""
    places = {(one.probe.item, one.probe.observer): place for place, one in enumerate(observations)}
    return [_asked(one, places) for one in observations]


def _asked(observation: Observation, places: Mapping[tuple[str, str], int]) -> Asked:
    probe = observation.probe
    of = places.get((probe.of.item, probe.of.observer)) if probe.of is not None else None
    asked = Asked(probe.item, probe.request, observation.response, observer=probe.observer, of=of)
    return asked if probe.kind == "read" else asked._replace(kind="generated")


class ProbeScore(NamedTuple):
    """A number on which no finding rests, and the validity check for which it was asked."""

    check: str
    subject: str
    variant: str
    score: Score


def probe_scores(observations: Sequence[Observation], keys: Sequence[str]) -> Iterator[ProbeScore]:
    """What was asked for validity checks: an instrument's scores, or the probabilities of a question's options."""
    for observation, key in zip(observations, keys, strict=True):
        probe = observation.probe
        if isinstance(probe, CheckProbe):
            for score in _probe_scores(probe, observation, key):
                yield ProbeScore(probe.check, probe.subject, probe.variant, score)


def _probe_scores(probe: CheckProbe, observation: Observation, key: str) -> Iterator[Score]:
    if probe.names:
        return _chosen(probe, observation.response, key)
    if isinstance(probe.material, Form):
        return _measured(probe.material, [observation], [key])
    return _answered(observation, key)


def _chosen(probe: CheckProbe, response: Response, key: str) -> Iterator[Score]:
    """The probability of each option, given a legal answer."""
    if isinstance(response, Answer):
        for name, probability in zip(probe.names, response.probabilities, strict=True):
            yield _score(probe, key, name, probability)


def _answered(observation: Observation, key: str) -> Iterator[Score]:
    probe, response = observation.probe, observation.response
    if not isinstance(response, Answer):
        yield _score(probe, key, REPLY, math.nan)
    elif isinstance(probe.material, Menu):
        for chosen, probability in zip(probe.material.offered, response.probabilities, strict=True):
            yield Score(probe.point, probe.material.id, chosen, REPLY, finite(probability), key)
    else:
        yield _score(probe, key, REPLY, response.probabilities[0])


def _score(probe: Probe, key: str, scale: str, value: float) -> Score:
    return Score(probe.point, probe.material.id, probe.item, scale, finite(value), key)
