"""What a participant with a known truth does in a choice and in a talk: it prefers as planted, keeps to its manual as
therapist, and as a reader finds in a talk the manual that was kept to."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from affectlab.materials.catalogue import Catalogue
from affectlab.materials.manual import Manual
from affectlab.materials.schema import Regulation
from affectlab.requests import Answer, Ask, Reply, Speak

CERTAIN = 0.9
"""The probability with which a reader gives the right answer."""


class Talks:
    """Talks and choices over the materials of a catalogue."""

    def __init__(self, catalogue: Catalogue, prefers: Mapping[str, float]) -> None:
        self.prefers = prefers
        every = tuple(catalogue.in_each_language())
        self.manuals = [manual for there in every for manual in there.all(Manual)]
        self.described = {one.menu or one.title: one.id for there in every for one in there.all(Regulation)}
        self.titles = {one.title: one.id for one in self.manuals}

    def say(self, speak: Speak) -> Reply:
        """The therapist's next line: what its manual has for this turn, word for word."""
        told = speak.conversation.text
        stage = next((stage for one in self.manuals for stage in one.stages if told.endswith(stage)), "…")
        return Reply(f" {stage}", tokens=len(stage.split()))

    def choose(self, ask: Ask) -> Answer | None:
        """The choice from a list of techniques, by their planted weights, all zero to refuse; None without a list."""
        offered = list(_listed(ask.conversation.text, self.described))
        if len(offered) != len(ask.options):
            return None
        weights = [self.prefers.get(id, 1.0) for id in offered]
        total = sum(weights)
        if total <= 0.0:
            return Answer(tuple(-math.inf for _ in offered), refused=1.0)
        return Answer(tuple(_log(weight / total) for weight in weights))

    def read(self, ask: Ask) -> Answer:
        """What a reader answers: it knows the manual by its words, which it finds in the talk."""
        talk = next((turn.text for turn in ask.conversation.turns if turn.role == "user"), "")
        manual = next((one for one in self.manuals if any(stage in talk for stage in one.stages)), None)
        asked = ask.conversation.text
        offered = list(_listed(asked, self.titles))
        if offered:
            right = [manual is not None and id == manual.id for id in offered]
            rest = (1.0 - CERTAIN) / max(len(right) - 1, 1)
            return Answer(tuple(_log(CERTAIN if one else rest) for one in right))
        criteria = manual.adherence if manual is not None else ()
        yes = next((one.fulfilled for one in criteria if one.question in asked), False)
        return Answer((_log(CERTAIN if yes else 1.0 - CERTAIN), _log(1.0 - CERTAIN if yes else CERTAIN)))


def _listed(text: str, known: Mapping[str, str]) -> Iterator[str]:
    """The ids of what is offered in a list, in its order."""
    for line in text.splitlines():
        _, _, description = line.partition(": ")
        if description in known:
            yield known[description]


def _log(probability: float) -> float:
    return math.log(probability) if probability > 0.0 else -math.inf
