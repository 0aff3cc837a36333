"""A task of numbers: prices, offers, likelihoods, severities; read as an expected value."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Literal, Self

from pydantic import Field, model_validator

from affectlab.errors import DataError
from affectlab.materials.document import Misplaced
from affectlab.materials.form import Asked, Disposition, FormScore, replied
from affectlab.materials.instrument import Scale
from affectlab.materials.template import fill
from affectlab.probabilities import around
from affectlab.requests import Answer, Ask, Request, Response
from affectlab.score import legal
from affectlab.tasks.agent import moved, parameters
from affectlab.tasks.item import ScoredItem, TaskItem, TaskQuestion
from affectlab.tasks.itemised import Itemised


class RatingTask(Itemised):
    """Items, each answered by a number."""

    form: Literal["rating"]
    scale: Scale
    outcome: str
    """What the number is."""
    items: tuple[TaskItem, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _rated(self) -> Self:
        if self.outcome not in self.units:
            raise Misplaced(f"`{self.outcome}` has no unit; add it to `units`", "outcome")
        for index, item in enumerate(self.items):
            self._fits(index, partial(self._question, item))
        return self

    @property
    def answer_range(self) -> tuple[int, int]:
        return self.scale.from_, self.scale.to

    @property
    def listed(self) -> Sequence[TaskItem]:
        return self.items

    def questions(self) -> Iterator[TaskQuestion]:
        yield from map(self._question, self.items)

    def _question(self, item: TaskItem) -> TaskQuestion:
        fields = self.filled(item)
        say, opening = fill(self.layout, fields), fill(self.opening, fields)
        roles = tuple(map(str, self.scale.values))
        return TaskQuestion(item.id, False, self.question, say, opening, self.scale.options, roles)

    def score(self, asked: Sequence[Asked]) -> Iterator[FormScore]:
        """The expected number of each item, and what is estimated over all of them."""
        answered = {one.item: (place, one.response) for place, one in enumerate(asked)}
        scored = []
        for item in (item for item in self.items if item.id in answered):
            place, response = answered[item.id]
            value = self._expected(response) if isinstance(response, Answer) and legal(response) else math.nan
            scored.append(ScoredItem(item, {self.outcome: value}, (place,)))
        yield from self.summarised(scored)

    def _expected(self, answer: Answer) -> float:
        values = self.scale.values
        if len(answer.logprobs) != len(values):
            message = f"`{self.id}` has {len(values)} steps, and {len(answer.logprobs)} were asked"
            raise DataError(message, hint="give it as many steps as were asked")
        return answer.expected(values)

    def simulate(self, request: Request, disposition: Disposition) -> Response | None:
        """An expected value that the shift has moved from the middle of the scale."""
        if not isinstance(request, Ask):
            return replied(disposition)
        found = self.recognised(request)
        if found is None:
            return None
        item, values = found[1], self.scale.values
        shift = 0.0 if item.control else moved(disposition, self.id)
        for estimate in self.estimates:
            shift *= estimate.weight(item, self.primary)
        target = (values[0] + values[-1]) / 2.0 + parameters(disposition)["base"] + shift
        return Answer(around(min(max(target, values[0]), values[-1]), values))
