"""Observations about observations: a free reply, and what several raters say of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from pydantic import Field

from affectlab.conversation import Conversation
from affectlab.generators import Session
from affectlab.materials.form import REPLY, Asked, Disposition, FormScore, replied
from affectlab.materials.instrument import Instrument
from affectlab.probabilities import around
from affectlab.requests import Answer, Ask, Reply, Request, Response, Speak
from affectlab.seeds import derive

STEPS = tuple(range(0, 11))


class RatedReply(Instrument):
    """One reply, and its rating by each rater on each scale."""

    form: Literal["rated-reply"]
    rates: dict[str, str] = Field(min_length=1)
    """Per scale, what a rater is asked of the reply."""
    raters: dict[str, str] = Field(min_length=2)
    """Per rater, what it is told."""
    signs: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Per scale, the words from which a rater tells how much of it there is, the least first."""

    @property
    def scales(self) -> tuple[str, ...]:
        return tuple(self.rates)

    @property
    def unit(self) -> str:
        return "points"

    @property
    def span(self) -> tuple[float, float]:
        return float(STEPS[0]), float(STEPS[-1])

    @property
    def said(self) -> tuple[str, ...]:
        return (self.question, *self.raters.values())

    @property
    def wordings(self) -> Mapping[str, str]:
        return {"reply": self.question}

    def administer(self, conversation: Conversation, seed: int, generated: Sequence[str] = ()) -> Session[list[Asked]]:
        speak = Speak(conversation.user(self.question), derive(seed, self.id), max_tokens=60)
        (reply,) = yield [speak]
        said = reply.text if isinstance(reply, Reply) else ""
        asked = [Asked("reply", speak, reply, "generated")]
        asks = [
            (f"{scale}:{rater}", rater, Ask(self._before(told, said), f"{text}:", _options(), to="reader"))
            for scale, text in self.rates.items()
            for rater, told in self.raters.items()
        ]
        responses = yield [ask for *_, ask in asks]
        for (item, rater, ask), response in zip(asks, responses, strict=True):
            asked.append(Asked(item, ask, response, observer=rater, of=0))
        return asked

    def _before(self, told: str, said: str) -> Conversation:
        return Conversation.begin().user(told).assistant("Okay.").user(said.strip())

    def score(self, asked: Sequence[Asked]) -> Iterator[FormScore]:
        """Each rater's score of each scale, an item of that scale; it rests on the reply as well."""
        for place, one in enumerate(asked):
            if one.of is None:
                yield FormScore(one.item, REPLY, math.nan, (place,))
            elif isinstance(one.response, Answer):
                yield FormScore(one.observer, one.item.partition(":")[0], one.response.expected(STEPS), (place, one.of))

    def simulate(self, request: Request, disposition: Disposition) -> Response | None:
        """The reply holds the words of each scale's step; a rater reads the step off them."""
        if isinstance(request, Speak):
            words = []
            for scale, signs in self.signs.items():
                step = min(max(round(2.0 * disposition.shift(scale)), 0), len(signs) - 1)
                words.append(signs[step])
            return Reply(" " + " and ".join(words), tokens=len(words)) if words else replied(disposition)
        if not isinstance(request, Ask):
            return None
        scale = next((one for one, text in self.rates.items() if request.opening == f"{text}:"), None)
        if scale is None:
            return None
        told = request.conversation.text.split(" and ")
        step = next((self.signs[scale].index(word) for word in told if word in self.signs.get(scale, ())), 0)
        return Answer(around(float(min(1 + step, STEPS[-1])), STEPS))

    def describe(self) -> str:
        return f"{self.title}: a free reply, rated by {len(self.raters)} raters on {len(self.rates)} scales."


def _options() -> tuple[str, ...]:
    return tuple(f" {step}" for step in STEPS)
