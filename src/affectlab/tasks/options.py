"""Items with options, each with its value for every outcome: what choices and recalls share."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Self

from pydantic import Field, model_validator

from affectlab.errors import DataError
from affectlab.materials.document import Misplaced
from affectlab.materials.form import Asked, Disposition, FormScore, replied
from affectlab.materials.template import fill
from affectlab.probabilities import log
from affectlab.requests import Answer, Ask, Request, Response
from affectlab.score import legal, log_sum
from affectlab.tasks.agent import LEGAL, Parameters, moved, parameters
from affectlab.tasks.item import ACCURACY, ScoredItem, TaskItem, TaskQuestion
from affectlab.tasks.itemised import Itemised, wordings

PLACES = ("first", "second", "third", "fourth")
"""How a layout names the displayed options."""
POSITION = "position"
"""The probability of the option shown first, over both orders: 0.5 where position does not matter."""


class ChoiceItem(TaskItem):
    """An item with options, each under the role that it plays."""

    options: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)
    key: str | None = None
    """The role of the right answer."""


class Options(Itemised):
    """Items with options; both orders are asked where they are displayed."""

    labels: tuple[str, ...] = ()
    """Where an answer is the label of a position (``A``, ``B``); else it is the option itself."""
    options: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)
    """The options of items that have none of their own; templates of their ``fields``."""
    values: dict[str, dict[str, float]] = Field(default_factory=dict)
    """Per outcome, what each role counts. Read as log odds of 1 against 0 where that is the outcome's unit."""
    items: tuple[ChoiceItem, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _keyed(self) -> Self:
        roles = tuple(self.options or self.items[0].options)
        for index, item in enumerate(self.items):
            options = self.optional(item)
            if len(options) != len(roles) or len(roles) < 2:
                message = f"has {len(options)} options where the task has {len(roles)}; give every item as many"
                raise Misplaced(message, "items", index)
            if set(options) != set(roles):
                raise Misplaced(f"has {', '.join(options)}; every item has {', '.join(roles)}", "items", index)
            if ACCURACY in self.units and item.key not in roles:
                said = "has no key" if item.key is None else f"has the key `{item.key}`"
                raise Misplaced(f"{said}; write `key:` with one of {', '.join(roles)}", "items", index)
            self._fits(index, partial(self._question, item, False))
        for outcome, values in self.values.items():
            if outcome not in self.units:
                raise Misplaced(f"`{outcome}` has no unit; add it to `units`", "values", outcome)
            if set(values) != set(roles):
                raise Misplaced(f"needs a value for each of {', '.join(roles)}; add it", "values", outcome)
        if self.labels and len(self.labels) != len(roles):
            raise Misplaced(f"{len(self.labels)} labels for {len(roles)} options; give each position one", "labels")
        return self

    @property
    def listed(self) -> Sequence[ChoiceItem]:
        return self.items

    def optional(self, item: ChoiceItem) -> dict[str, str | tuple[str, ...]]:
        """The options of an item, by role."""
        return item.options or self.options

    @property
    def displayed(self) -> bool:
        """Whether the participant is shown the options before it answers."""
        return "{first}" in self.layout + self.opening

    def questions(self) -> Iterator[TaskQuestion]:
        for item in self.items:
            for turned in (False, True) if self._both else (False,):
                yield self._question(item, turned)

    @property
    def _both(self) -> bool:
        return self.displayed

    def _shared(self, turned: bool) -> str:
        return self.question

    def _question(self, item: ChoiceItem, turned: bool) -> TaskQuestion:
        fields = self.filled(item)
        roles = tuple(self.optional(item))[:: -1 if turned and self.displayed else 1]
        worded = [wordings(self.optional(item)[role], fields) for role in roles]
        displayed = fields | {place: " or ".join(words) for place, words in zip(PLACES, worded, strict=False)}
        if self.labels:
            answers = [(role, f" {label}") for role, label in zip(roles, self.labels, strict=True)]
        else:
            answers = [(role, f" {word}") for role, words in zip(roles, worded, strict=True) for word in words]
        return TaskQuestion(
            item.id,
            turned,
            self._shared(turned),
            fill(self.layout, displayed),
            fill(self.opening, displayed),
            tuple(answer for _, answer in answers),
            tuple(role for role, _ in answers),
        )

    def score(self, asked: Sequence[Asked]) -> Iterator[FormScore]:
        """Every outcome of every item over both orders; the position; and what is estimated over all items.

        A wrong answer counts as wrong; an illegal one and a refusal have no value.
        """
        answered = {one.item: (place, one) for place, one in enumerate(asked)}
        questions: dict[str, list[TaskQuestion]] = {}
        for question in self.every_question:
            if question.probe in answered:
                questions.setdefault(question.item, []).append(question)
        scored = []
        for item in (item for item in self.items if item.id in questions):
            both = [(question, *answered[question.probe]) for question in questions[item.id]]
            read = [(question, self._read(question, one)) for question, _, one in both]
            orders = [self._item(question, response, item.key) for question, response in read]
            means = {outcome: math.fsum(order[outcome] for order in orders) / len(orders) for outcome in orders[0]}
            places = tuple(place for _, place, _ in both)
            scored.append(ScoredItem(item, means, places))
            if self.displayed:
                first = [_mass(response, question, {question.roles[0]}) for question, response in read]
                yield FormScore(item.id, POSITION, math.fsum(map(math.exp, first)) / len(first), places[::-1])
        yield from self.summarised(scored)

    def _read(self, question: TaskQuestion, asked: Asked) -> Response:
        """The answer with its options in the order of the question, should the file name them in another by now."""
        if not isinstance(asked.request, Ask) or not isinstance(asked.response, Answer):
            return asked.response
        if asked.request.options == question.options:
            return asked.response
        read = dict(zip(asked.request.options, asked.response.logprobs, strict=True))
        missing = [option.strip() for option in question.options if option not in read]
        if missing:
            message = f"`{self.id}` scores the option `{missing[0]}` of `{question.item}`, which was not asked"
            raise DataError(message, hint="a key can only count options that were asked")
        return Answer(tuple(read[option] for option in question.options))

    def _item(self, question: TaskQuestion, response: Response, key: str | None) -> dict[str, float]:
        """What one answer says on every outcome of the items."""
        found = {outcome: self._value(outcome, question, response) for outcome in self.values}
        if ACCURACY in self.units and key is not None:
            found[ACCURACY] = math.exp(_mass(response, question, {key}))
        return found

    def _value(self, outcome: str, question: TaskQuestion, response: Response) -> float:
        values = self.values[outcome]
        if self.units[outcome] == "log odds":
            ones = {role for role, value in values.items() if value == 1.0}
            zeros = {role for role, value in values.items() if value == 0.0}
            return _mass(response, question, ones) - _mass(response, question, zeros)
        return math.fsum(math.exp(_mass(response, question, {role})) * value for role, value in values.items())

    def simulate(self, request: Request, disposition: Disposition) -> Response | None:
        if not isinstance(request, Ask):
            return replied(disposition)
        found = self.recognised(request)
        if found is None:
            return None
        question, _ = found
        item = next(item for item in self.items if item.id == question.item)
        agent, shift = parameters(disposition), moved(disposition, self.id)
        roles = tuple(dict.fromkeys(question.roles))
        logits = self._logits(item, 0.0 if item.control else shift, agent, roles)
        if self.displayed:
            logits[roles[0]] += agent["position"]
        total = math.fsum(map(math.exp, logits.values()))
        share = {role: LEGAL * math.exp(one) / total / question.roles.count(role) for role, one in logits.items()}
        return Answer(tuple(log(share[role]) for role in question.roles))

    def stands_for(self, request: Ask) -> tuple[str, ...]:
        found = self.recognised(request)
        return found[0].roles if found is not None else request.options

    def _logits(self, item: ChoiceItem, shift: float, agent: Parameters, roles: Sequence[str]) -> dict[str, float]:
        """The log odds of every role, those of the role that the primary outcome counts moved by the shift."""
        logits = dict.fromkeys(roles, 0.0)
        for estimate in self.estimates:
            odds = estimate.odds(item, self.primary, shift, agent)
            if odds is not None:
                return logits | {self._one(estimate.of): odds}
        if item.key is not None and self.primary == ACCURACY:
            return logits | {item.key: agent["skill"] + shift}
        outcome = self.primary if self.primary in self.values else next(iter(self.values), "")
        return logits | {self._one(outcome) or (item.key or roles[0]): agent["base"] + shift}

    def _one(self, outcome: str) -> str:
        """The role that an outcome counts as 1."""
        return next((role for role, value in self.values.get(outcome, {}).items() if value == 1.0), "")


def _mass(response: Response, question: TaskQuestion, roles: set[str]) -> float:
    """The log probability of some roles, given a legal answer; nan without one."""
    if not isinstance(response, Answer) or not legal(response):
        return math.nan
    chosen = [one for one, role in zip(response.logprobs, question.roles, strict=True) if role in roles]
    return log_sum(chosen) - math.log(response.coverage)
