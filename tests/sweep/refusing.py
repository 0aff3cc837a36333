"""Participants with a known truth that refuse: a share of all, one item, one arm, everything."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from random import Random

from affectlab.conversation import Conversation
from affectlab.design.study import Study
from affectlab.generators import finished
from affectlab.materials.instrument import Instrument
from affectlab.materials.protocol import Protocol
from affectlab.materials.schema import CHOSEN, NOTHING, Induction, Regulation
from affectlab.materials.tasks import Task
from affectlab.participants.registry import participant
from affectlab.participants.simulated import Simulated
from affectlab.requests import Answer, Ask, Read, Reading, Reply, Request, Response
from affectlab.seeds import derive

Refuses = Callable[[Request], bool]
"""Whether a request is refused."""

SHARES = (0.0, 0.03, 0.3, 0.9, 1.0)
PATTERNS = (*(f"{share:g} of all" for share in SHARES), "one item", "one arm", "one model")
"""What is refused."""


class Refusing(Simulated):
    """Refuses what it is told to, and answers all else as planted."""

    refuses: Refuses = staticmethod(lambda request: False)

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        """A refusal in the place of some answers."""
        for index, response in super().respond(requests):
            yield index, refusal(requests[index]) if self.refuses(requests[index]) else response


def refusal(request: Request) -> Response:
    """What comes of a request that is refused."""
    if isinstance(request, Read):
        return Reading(tuple(math.nan for _ in request.quantities))
    if isinstance(request, Ask):
        return Answer(tuple(-math.inf for _ in request.options), refused=1.0)
    return Reply("", "refused")


def cast(study: Study, pattern: str, seed: int) -> dict[str, Simulated]:
    """Who takes part under a pattern."""
    if pattern == "one model":
        return {"answering": made(study, "0 of all", seed), "refusing": made(study, "1 of all", seed, "refusing")}
    return {"simulated": made(study, pattern, seed)}


def made(study: Study, pattern: str, seed: int, name: str = "simulated") -> Refusing:
    """A participant that refuses by a pattern."""
    planted = participant("simulated", study.catalogue, seed=study.seed)
    assert isinstance(planted, Simulated)
    one = Refusing(planted.truth, study.catalogue, seed=study.seed)
    one.name = name
    one.refuses = _refuses(study, pattern, seed)
    return one


def _refuses(study: Study, pattern: str, seed: int) -> Refuses:
    chance = Random(derive(seed, study.id, pattern))
    if pattern == "one item":
        return _of_item(study, chance)
    if pattern == "one arm":
        return _of_arm(study, chance)
    share = float(pattern.split()[0])
    return lambda request: Random(derive(seed, request.content)).random() < share


def _of_item(study: Study, chance: Random) -> Refuses:
    """One item of one measure or task, wherever it is asked."""
    kinds = [(Instrument, id) for id in study.measures] + [(Task, testing.task) for testing in study.tasks]
    kind, id = chance.choice(kinds)
    asked = finished(study.catalogue.get(kind, id).administer(Conversation.begin(), 0))
    item = chance.choice([one.item for one in asked])
    known = {_words(one.request) for one in asked if one.item == item}
    return lambda request: _words(request) in known


def _words(request: Request) -> tuple[str, ...]:
    """What tells a question from others, whatever was said before it."""
    if not isinstance(request, Ask):
        return ()
    return (request.conversation.text, request.opening, *request.options)


def _of_arm(study: Study, chance: Random) -> Refuses:
    """All that is asked after the texts of one state, or of one regulation."""
    arms = [("state", state) for state in study.states]
    arms += [("regulation", arm) for arm in study.regulations if arm not in (NOTHING, CHOSEN, *study.manuals)]
    kind, arm = chance.choice(arms)
    texts: list[str] = []
    if kind == "regulation":
        texts = [script.text for script in study.catalogue.get(Regulation, arm).scripts_with_text]
    elif study.protocols:
        protocols = (study.catalogue.get(Protocol, id) for id in study.protocols)
        texts = [one.instruction for one in protocols if one.state == arm]
    else:
        for technique in study.induction.techniques:
            induction = study.catalogue.get(Induction, f"{technique}-{arm}")
            texts += [wording.text for text in induction.texts for wording in text.grades.values()]
    return lambda request: any(text in turn.text for turn in request.conversation.turns for text in texts)
