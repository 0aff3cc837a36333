"""Instruments whose items are each answered by one step of a scale; read as the expected value.

A form of this kind says which steps there are; how they are asked for, scored and answered stands here.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from random import Random
from typing import ClassVar, Self

from pydantic import Field, model_validator

from affectlab.conversation import Conversation
from affectlab.counting import counted
from affectlab.errors import DataError
from affectlab.generators import Session
from affectlab.materials.form import REPLY, Asked, Disposition, FormScore, replied, together
from affectlab.materials.instrument import Instrument, Item, Subscale
from affectlab.materials.schema import Line, Name, filled_by, places, unique
from affectlab.materials.template import fill
from affectlab.probabilities import around, log
from affectlab.requests import Answer, Ask, Request, Response
from affectlab.seeds import derive, permuted

REST = 0.25
"""Where a participant with a known truth stands before anything is said, as a share of the scale."""


class Graded(Instrument):
    """Items on a scale of steps. A form gives ``values``, and ``answers`` where they are not just the numbers."""

    opening: str = "{item}:"
    """How the participant's turn begins."""
    items: tuple[Item, ...] = Field(min_length=1)
    subscales: dict[str, Subscale] = Field(default_factory=dict)

    contexts: ClassVar[tuple[str, ...]] = ("branched", "sequential", "battery")

    @model_validator(mode="after")
    def _keyed(self) -> Self:
        unique("item", places("items", (item.id for item in self.items)))
        filled_by(self.opening, ["item"], "opening")
        return self

    @property
    def answers(self) -> tuple[str, ...]:
        """The steps as the participant writes them."""
        return tuple(f" {value}" for value in self.values)

    @property
    def rated_items(self) -> tuple[Item, ...]:
        return self.items

    @property
    def scales(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(item.scale for item in self.items))

    @property
    def unit(self) -> str:
        return "points"

    @property
    def wordings(self) -> Mapping[str, str]:
        return {item.id: item.text for item in self.items}

    def target(self, scale: str) -> str | None:
        return self.subscales[scale].state if scale in self.subscales else None

    def set_apart(self, scale: str) -> bool:
        if scale in self.subscales:
            return self.subscales[scale].state is None
        return all(item.foil for item in self.items if item.scale == scale)

    def names(self) -> Iterator[Name]:
        for id, scale in self.subscales.items():
            if scale.state is not None:
                yield Name("state", ("subscales", id, "state"), scale.state)

    def reworded(self, paraphrase: str) -> Self:
        words = next(one for one in self.paraphrases if one.id == paraphrase)
        items = [item.model_copy(update={"text": words.items.get(item.id, item.text)}) for item in self.items]
        return super().reworded(paraphrase).model_copy(update={"items": tuple(items)})

    def administer(self, conversation: Conversation, seed: int, generated: Sequence[str] = ()) -> Session[list[Asked]]:
        """Each item on a branch of its own.

        What the items share, the question, is said before them; an item only begins the participant's turn.
        """
        branch, answers = conversation.user(self.question), self.answers
        asks = [Ask(branch, self.begun(item), answers) for item in self.items]
        return (yield from together([item.id for item in self.items], asks))

    def converse(
        self, context: str, lines: Sequence[Line], conversation: Conversation, seed: int
    ) -> Session[tuple[Conversation, list[Asked]]]:
        give = {"sequential": self._one_after_another, "battery": self._in_one_answer}[context]
        return (yield from give(lines[0], conversation, seed))

    def _one_after_another(
        self, between: Line, conversation: Conversation, seed: int
    ) -> Session[tuple[Conversation, list[Asked]]]:
        """The items in one conversation, in an order drawn from the seed, own answers visible.

        What stands in the conversation is drawn from the answer's distribution; what is scored is the distribution.
        """
        asked: list[Asked] = []
        for number, item in enumerate(permuted(self.items, derive(seed, conversation.id, self.id))):
            conversation = conversation.user(between.text if number else self.question)
            opening = self.begun(item)
            ask = Ask(conversation, opening, self.answers)
            (response,) = yield [ask]
            asked.append(Asked(item.id, ask, response))
            conversation = conversation.assistant(opening + self._drawn(response, conversation, seed))
        return conversation, asked

    def _in_one_answer(
        self, request: Line, conversation: Conversation, seed: int
    ) -> Session[tuple[Conversation, list[Asked]]]:
        """All items in one JSON answer, in the order of the file: each number is drawn after those before it.

        The answer's form is given and only the numbers are the participant's, as where a grammar constrains it.
        """
        conversation = conversation.user(self.listed(request))
        said, options = "{", tuple(f" {value}" for value in self.values)
        asked: list[Asked] = []
        for number, item in enumerate(self.items):
            said += f"{', ' if number else ''}{json.dumps(item.text, ensure_ascii=False)}:"
            ask = Ask(conversation, said, options)
            (response,) = yield [ask]
            asked.append(Asked(item.id, ask, response))
            said += self._drawn(response, conversation, derive(seed, number)) or " null"
        return conversation.assistant(f"{said}}}"), asked

    def _drawn(self, response: Response, conversation: Conversation, seed: int) -> str:
        """The number that is taken to have been written, drawn from the distribution; none where there is none."""
        if not isinstance(response, Answer) or response.coverage <= 0.0:
            return ""
        chance = Random(derive(seed, "drawn", conversation.id))
        (value,) = chance.choices(self.values, weights=response.probabilities)
        return f" {value}"

    def begun(self, item: Item) -> str:
        """How the participant's turn begins with an item."""
        return fill(self.opening, {"item": item.text})

    def listed(self, request: Line) -> str:
        names = ", ".join(json.dumps(item.text, ensure_ascii=False) for item in self.items)
        named = {"items": names, "low": self.values[0], "high": self.values[-1], "question": self.question}
        return fill(request.text, named)

    def score(self, asked: Sequence[Asked]) -> Iterator[FormScore]:
        """The expected value of each item, in scale points, given a legal answer."""
        items = {item.id: item for item in self.items}
        values = self.values
        for place, one in enumerate(asked):
            if one.item not in items:
                raise DataError(f"`{self.id}` has no item `{one.item}`, which was asked", hint="add it to its `items`")
            item = items[one.item]
            if not isinstance(one.response, Answer):
                yield FormScore(item.id, REPLY, math.nan, (place,))
                continue
            if len(one.response.logprobs) != len(values):
                message = f"`{self.id}` has {len(values)} steps, and {len(one.response.logprobs)} were asked"
                raise DataError(message, hint="give it as many steps as were asked")
            expected = one.response.expected(values)
            value = values[0] + values[-1] - expected if item.reverse else expected
            yield FormScore(item.id, item.scale, value, (place,))

    def simulate(self, request: Request, disposition: Disposition) -> Response | None:
        """A rating whose expected value lies where the scale's shift has moved it, as far as the scale goes."""
        if not isinstance(request, Ask):
            return replied(disposition)
        item = self._asked(request.opening)
        if item is None:
            return None
        values = self.values
        span = values[-1] - values[0]
        shift = disposition.shift(item.scale) + disposition.noise(item.scale)
        target = values[0] + (REST + disposition.leaning) * span + disposition.points * shift
        return Answer(_spread(around(min(max(target, values[0]), values[-1]), values), disposition))

    def _asked(self, opening: str) -> Item | None:
        """The item with which the participant's turn is begun: alone, or as the last key of a JSON answer."""
        alone, as_keys = _openings(self.opening, tuple(item.text for item in self.items))
        place = alone.get(opening)
        if place is None:
            place = next((place for place, keys in enumerate(as_keys) if opening.endswith(keys)), None)
        return None if place is None else self.items[place]

    def describe(self) -> str:
        return (
            f"{self.title}: {counted(len(self.items), 'item')} on {counted(len(self.scales), 'scale')}, "
            f"from {self.values[0]} to {self.values[-1]}, scored as the expected value."
        )


@lru_cache(maxsize=256)
def _openings(template: str, texts: tuple[str, ...]) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """How an item can begin the participant's turn: alone (of items begun alike, the first), or as a key."""
    alone = {fill(template, {"item": text}): place for place, text in reversed(list(enumerate(texts)))}
    written = [json.dumps(text, ensure_ascii=False) for text in texts]
    return alone, [(f" {key}:", f"{{{key}:") for key in written]


def _spread(logprobs: tuple[float, ...], disposition: Disposition) -> tuple[float, ...]:
    """A share of the answer evenly over the options, and a share of all of it beside them."""
    even, legal = disposition.even, disposition.legal
    if even == 0.0 and legal == 1.0:
        return logprobs
    return tuple(log(legal * ((1.0 - even) * math.exp(one) + even / len(logprobs))) for one in logprobs)
