"""What a participant with a known truth does with the questions of validity checks: it answers with the biases, and
the knowledge, that were planted in it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from affectlab.materials.catalogue import Catalogue
from affectlab.materials.checks import NAMED, WINDOW, YES, Check, CheckQuestion
from affectlab.materials.truth import Answering
from affectlab.requests import Answer, Ask

EVEN = 0.5


class CheckAnswering:
    """The questions of the checks of a catalogue."""

    def __init__(self, catalogue: Catalogue, answering: Answering) -> None:
        self.answering = answering
        checks = [check for one in catalogue.in_each_language() for check in one.sound(Check)]
        self._asked = {
            (one.introduction, asked.say or asked.opening): (one, asked) for one in checks for asked in one.questions
        }
        self._about = {one.introduction: one for one in checks if one.asked and not one.questions and not one.varies}
        self._times: Counter[str] = Counter()

    def answer(self, ask: Ask) -> Answer | None:
        """The answer to a question of a check; None where it is none."""
        said = [turn.text for turn in ask.conversation.turns if turn.role == "user"]
        ways = ((*said[-2:], ask.opening)[at : at + 2] for at in range(2))
        found = next((self._asked[way] for way in ways if way in self._asked), None)
        if found is not None:
            check, asked = found
            return self._paired(check, asked) if asked.pair is not None else self._chosen(check, asked, ask)
        introduction, _, listed = said[-1].partition("\n\n") if said else ("", "", "")
        about = self._about.get(introduction)
        return None if about is None else self._known(about, ask, listed)

    def _paired(self, check: Check, asked: CheckQuestion) -> Answer:
        """What is held for true, and beside it a share of saying yes, or no, to anything."""
        holds = self.answering.holds.get(check.id, EVEN)
        agrees, lean = holds if asked.side == "as-said" else 1.0 - holds, self.answering.agrees
        agrees += abs(lean) * ((1.0 if lean > 0.0 else 0.0) - agrees)
        others = (1.0 - agrees) / (len(asked.options) - 1)
        return _answer([agrees if name == YES else others for name in asked.options])

    def _chosen(self, check: Check, asked: CheckQuestion, ask: Ask) -> Answer:
        weights = _weighted(tuple(asked.options), self.answering.chooses.get(check.id, {}))
        if "start and end" in check.at:
            moved = self.answering.drifts * self._times[ask.content]
            self._times[ask.content] += 1
            weights = [weights[0] + moved * (1.0 - weights[0]), *(weight * (1.0 - moved) for weight in weights[1:])]
        return _answer(weights)

    def _known(self, check: Check, ask: Ask, listed: str) -> Answer:
        """The name of a questionnaire is known by its own items only, and the order of items by heart."""
        known = self.answering.chooses.get(check.id, {})
        if not check.lures:
            return _answer(_weighted(WINDOW, known))
        own = NAMED[0] if listed != ", ".join(check.others) else NAMED[1]
        rest = tuple(map(str, range(1, len(ask.options))))
        return _answer(_weighted((own, *rest), {name: known[name] for name in (NAMED[0],) if name in known}))


def _weighted(names: Sequence[str], planted: Mapping[str, float]) -> list[float]:
    """Probabilities: those that are planted, and the rest evenly."""
    taken = {name: planted[name] for name in names if name in planted}
    rest = (1.0 - math.fsum(taken.values())) / max(len(names) - len(taken), 1)
    return [taken.get(name, rest) for name in names]


def _answer(probabilities: Sequence[float]) -> Answer:
    return Answer(tuple(math.log(one) if one > 0.0 else -math.inf for one in probabilities))
