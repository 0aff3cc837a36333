"""How a validity check asks: on a branch, its own questions, or an instrument with something changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from affectlab.conversation import Conversation
from affectlab.design.steps import Measure, ValidityProbe
from affectlab.materials.checks import NAMED, WINDOW, Check
from affectlab.materials.instrument import Instrument
from affectlab.observations import CheckProbe, Observation, Probe
from affectlab.requests import Ask
from affectlab.session.branch import Branch
from affectlab.session.measuring import branched, conversed

ACKNOWLEDGED = "Okay."
"""The reply that is given to what the questions of a check share."""
SHOWN = 3
"""How many items of a questionnaire are shown before the first that is to be told."""


def probe_validity(step: ValidityProbe, conversation: Conversation, seed: int) -> Branch:
    """Ask what a check wants to know; the conversation goes on as if nothing had been asked."""
    check, instrument = step.check, step.instrument
    if instrument is None:
        return (yield from _asked(list(check_questions(check, conversation, step.point))))
    if check.varies == "sequence":
        sequential = Measure(step.point, instrument, "sequential", step.lines)
        _, observations = yield from conversed(sequential, conversation, seed)
        return [_check_probe(one, step) for one in observations]
    if check.varies is not None:
        observations = yield from branched(instrument, conversation, step.point, seed)
        return [_check_probe(one, step) for one in observations]
    known = _named if check.lures else _recited
    return (yield from _asked(list(known(check, instrument, step.point))))


def check_questions(check: Check, conversation: Conversation, point: str) -> Iterator[CheckProbe]:
    """A check's own questions; what they share lies before them."""
    told = conversation.user(check.introduction)
    for question in check.questions:
        asked = told.assistant(ACKNOWLEDGED).user(question.say) if question.say else told
        ask = Ask(asked, question.opening, tuple(question.options.values()))
        yield CheckProbe(point, check, question.id, "read", ask, check.id, names=tuple(question.options))


def _recited(check: Check, instrument: Instrument, point: str) -> Iterator[CheckProbe]:
    """Which item comes next in print, among those that have not been shown: one that is liked for itself is the
    wrong one more often than the right one."""
    told = Conversation.begin().user(check.introduction)
    ids, texts = list(instrument.wordings), list(instrument.wordings.values())
    for at in range(SHOWN, len(texts) - len(WINDOW) + 1):
        among = tuple(f" {text}" for text in texts[at : at + len(WINDOW)])
        ask = Ask(told, ", ".join(texts[:at]) + ",", among)
        yield CheckProbe(point, check, ids[at], "read", ask, check.id, instrument.id, names=WINDOW)


def _named(check: Check, instrument: Instrument, point: str) -> Iterator[CheckProbe]:
    """The name of a questionnaire after its items, and after other words."""
    names = tuple(dict.fromkeys([instrument.title, *check.lures]))
    listed = (list(instrument.wordings.values()), check.others)
    for item, words in zip(NAMED, listed, strict=True):
        told = Conversation.begin().user(f"{check.introduction}\n\n{', '.join(words)}")
        ask = Ask(told, check.opening, tuple(f" {name}" for name in names))
        yield CheckProbe(point, check, item, "read", ask, check.id, instrument.id, names=names)


def _asked(probes: list[CheckProbe]) -> Branch:
    responses = yield [probe.request for probe in probes]
    return [Observation(probe, response) for probe, response in zip(probes, responses, strict=True)]


def _check_probe(observation: Observation, step: ValidityProbe) -> Observation:
    """An instrument's observation, as one on which no finding rests."""
    probe = observation.probe
    given = {field.name: getattr(probe, field.name) for field in fields(Probe) if field.name != "purpose"}
    about = probe.material.id
    return Observation(
        CheckProbe(**given, check=step.check.id, subject=about, variant=step.variant), observation.response
    )
