"""A task of durations: how long something seemed, beside how long it took."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Literal, Self

from pydantic import Field

from affectlab.conversation import Conversation
from affectlab.generators import Session
from affectlab.materials.form import Asked, Disposition, FormScore, Shown, together
from affectlab.materials.tasks import Task
from affectlab.probabilities import around
from affectlab.requests import Answer, Ask, Request, Response
from affectlab.score import legal
from affectlab.tasks.item import ALL

STEPS = tuple(range(0, 121, 10))
"""The numbers of seconds that can be answered."""
STRETCHED = 0.1
"""By how much a duration is overestimated for each unit of the planted shift, as a share of it."""


class Durations(Task):
    """Intervals whose length is told, each judged as it seemed, in seconds."""

    form: Literal["durations"]
    seconds: tuple[int, ...] = Field(min_length=1)

    @property
    def item_count(self) -> int:
        return len(self.seconds)

    def shortened(self, items: int) -> Self:
        return self.model_copy(update={"seconds": self.seconds[:items]})

    def shown(self) -> Iterator[Shown]:
        for one in self.seconds:
            yield Shown(self._opening(one), f"{self.question} {self._opening(one)}", False, "")

    def administer(self, conversation: Conversation, seed: int, generated: Sequence[str] = ()) -> Session[list[Asked]]:
        asks = [self._ask(conversation, one) for one in self.seconds]
        return (yield from together([str(one) for one in self.seconds], asks))

    def score(self, asked: Sequence[Asked]) -> Iterator[FormScore]:
        """The seconds that were answered as a share of those that passed; at last their mean."""
        ratios = [self._ratio(one) for one in asked]
        for place, (one, ratio) in enumerate(zip(asked, ratios, strict=True)):
            yield FormScore(one.item, "ratio", ratio, (place,))
        known = [one for one in ratios if not math.isnan(one)]
        yield FormScore(
            ALL, "mean_ratio", math.fsum(known) / len(known) if known else math.nan, tuple(range(len(asked)))
        )

    def simulate(self, request: Request, disposition: Disposition) -> Response | None:
        passed = next((one for one in self.seconds if self._asks(request, one)), None)
        if passed is None:
            return None
        return Answer(around(passed * (1.0 + STRETCHED * disposition.shift(self.id)), STEPS))

    def _ask(self, conversation: Conversation, seconds: int) -> Ask:
        return Ask(conversation.user(self.question), self._opening(seconds), tuple(f" {step}" for step in STEPS))

    def _opening(self, seconds: int) -> str:
        return f"After {seconds} seconds I would say that the seconds passed were"

    def _asks(self, request: Request, seconds: int) -> bool:
        return isinstance(request, Ask) and request.opening == self._opening(seconds)

    def _ratio(self, one: Asked) -> float:
        if not isinstance(one.response, Answer) or not legal(one.response):
            return math.nan
        return one.response.expected(STEPS) / float(one.item)
