"""Sentinels: the same few questions before and after a run, and at every new start of it.

They are asked anew each time, whatever the store knows, because it is the participant that is looked at.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from affectlab.conversation import Conversation
from affectlab.design.plan import Plan
from affectlab.design.study import Study
from affectlab.errors import ParticipantError
from affectlab.observations import CheckProbe, Observation
from affectlab.participants.base import Participant, identity
from affectlab.requests import Request, received
from affectlab.scoring.scores import probe_scores
from affectlab.session.validity_probes import check_questions
from affectlab.store.schema import NO_SESSION
from affectlab.store.store import Store


def watch(plan: Plan, participants: Mapping[str, Participant], store: Store, occasion: str) -> None:
    """Ask every participant the sentinels, and keep what each says under the occasion and the start of the run.

    Nothing is kept of a participant that breaks: that it does is noticed where the study itself is asked.
    """
    point = f"{occasion} {store.attempt}"
    probes = sentinels(plan.study, point)
    for participant in participants.values() if probes else ():
        try:
            participant.reset()
            found = participant.respond([probe.request for probe in probes])
            responses = {index: received(response) for index, response in found}
            name = identity(participant)
        except ParticipantError:
            continue
        observations = [Observation(probe, responses[index]) for index, probe in enumerate(probes)]
        keys = [sentinel_key(name, point, one.request) for one in probes]
        rows = {
            key: store.keep(key, name, one.probe.request, one.response, NO_SESSION).id
            for key, one in zip(keys, observations, strict=True)
        }
        observed = [(one, rows[key]) for one, key in zip(observations, keys, strict=True)]
        store.watch(observed, [(one, rows[one.score.key]) for one in probe_scores(observations, keys)])


def sentinels(study: Study, point: str) -> list[CheckProbe]:
    """The questions that are asked before and after a run of a study."""
    watching = [check for check in study.checks if "start and end" in check.at]
    return [probe for check in watching for probe in check_questions(check, Conversation.begin(), point)]


def sentinel_key(participant: str, point: str, request: Request) -> str:
    """Unlike the key of any answer of the plan: the occasion is part of it."""
    content = f"{participant}\0sentinel\0{point}\0{request.content}"
    return hashlib.sha256(content.encode()).hexdigest()
