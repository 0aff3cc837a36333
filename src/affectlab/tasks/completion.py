"""A completion: stems, and the probability of negative against positive words after them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from affectlab.conversation import Conversation
from affectlab.counting import counted
from affectlab.errors import DataError
from affectlab.generators import Session
from affectlab.materials.form import REPLY, Asked, Disposition, FormScore, Shown, replied
from affectlab.materials.schema import Id, Part, places, unique
from affectlab.materials.tasks import Task
from affectlab.probabilities import log, logistic
from affectlab.requests import Answer, Ask, Request, Response, Speak, continuations
from affectlab.score import log_sum
from affectlab.seeds import derive
from affectlab.tasks.agent import moved, parameters

SELF_REFERENCE = "self_reference"
"""By how much more negative a stem is completed about oneself than about another person."""
LEGAL = 0.2
"""The mass that falls on the words, where a participant with a known truth answers."""
SIDES = {"self": "stems about oneself", "other": "stems about others"}
"""What stems are about."""


class CompletionStem(Part):
    """A sentence to be completed; self and other versions of one sentence share their ``pair``."""

    id: Id
    pair: Id
    who: Literal["self", "other"]
    domain: str
    text: str


class CompletionWords(Part):
    """Matched completions; which list is which is the key of the task."""

    negative: tuple[str, ...] = Field(min_length=1)
    positive: tuple[str, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _balanced(self) -> Self:
        if len(self.negative) != len(self.positive):
            raise ValueError("the word lists differ in length; give every word its counterpart")
        unique("word", places("negative", self.negative) | places("positive", self.positive))
        return self


class Generation(Part):
    """How a free reply is drawn."""

    max_tokens: int = Field(gt=0)
    temperature: float = Field(ge=0.0)
    stop: tuple[str, ...] = ()


class Completion(Task):
    """Stems, and two lists of words of which each may follow."""

    form: Literal["completion"]
    primary: str = "negativity"
    units: dict[str, str] = Field(default={"negativity": "log odds"}, min_length=1)
    items: tuple[CompletionStem, ...] = Field(min_length=1)
    words: CompletionWords
    generation: Generation | None = None

    negativity: ClassVar[bool] = True

    @property
    def higher(self) -> str:
        return "completions were more negative"

    @property
    def lower(self) -> str:
        return "completions were less negative"

    @model_validator(mode="after")
    def _keyed(self) -> Self:
        unique("item", places("items", (item.id for item in self.items)))
        return self

    @property
    def options(self) -> tuple[str, ...]:
        """What may follow a stem: the negative words, then the positive ones."""
        return continuations(self.words.negative, self.words.positive)

    def stands_for(self, request: Ask) -> tuple[str, ...]:
        return (*["negative"] * len(self.words.negative), *["positive"] * len(self.words.positive))

    @property
    def spoken(self) -> tuple[str, ...]:
        return tuple(item.id for item in self.items) if self.generation is not None else ()

    @property
    def wordings(self) -> Mapping[str, str]:
        return {item.id: item.text for item in self.items}

    @property
    def grouped(self) -> Mapping[str, str]:
        kinds = {item.id: SIDES[item.who] for item in self.items}
        return kinds if len(set(kinds.values())) > 1 else {}

    @property
    def scored(self) -> tuple[str, ...]:
        return (*self.forbidden, *self.words.negative, *self.words.positive)

    @property
    def item_count(self) -> int:
        return len(self.items)

    def shortened(self, items: int) -> Self:
        return self.model_copy(update={"items": self.items[:items]})

    def shown(self) -> Iterator[Shown]:
        yield from (Shown(item.text, item.text, False, item.who) for item in self.items)

    def administer(self, conversation: Conversation, seed: int, generated: Sequence[str] = ()) -> Session[list[Asked]]:
        """Every stem read, and those chosen by the design also completed freely."""
        requests = list(self._requests(conversation, seed, generated))
        responses = yield [request for _, request in requests]
        return [
            Asked(item, request, response, "generated" if isinstance(request, Speak) else "read")
            for (item, request), response in zip(requests, responses, strict=True)
        ]

    def _requests(
        self, conversation: Conversation, seed: int, generated: Sequence[str]
    ) -> Iterator[tuple[str, Ask | Speak]]:
        branch = conversation.user(self.question)
        for item in self.items:
            yield item.id, Ask(branch, item.text, self.options)
            if self.generation is not None and item.id in generated:
                limits = self.generation
                own = derive(seed, branch.id, self.id, item.id)
                yield item.id, Speak(branch, own, item.text, limits.max_tokens, limits.temperature, limits.stop)

    def score(self, asked: Sequence[Asked]) -> Iterator[FormScore]:
        """Per stem the log odds of the negative over the positive words, also under whom it is about; pair by pair,
        self minus other."""
        stems = {stem.id: stem for stem in self.items}
        pairs: dict[str, dict[str, tuple[float, int]]] = {}
        for place, one in enumerate(asked):
            if not isinstance(one.response, Answer):
                yield FormScore(one.item, REPLY, math.nan, (place,))
                continue
            if one.item not in stems:
                raise DataError(f"`{self.id}` has no item `{one.item}`, which was asked", hint="add it to its `items`")
            value, stem = self._negativity(one, one.response), stems[one.item]
            yield FormScore(stem.id, "negativity", value, (place,))
            if stem.who in self.units:
                yield FormScore(stem.id, stem.who, value, (place,))
            pair = pairs.setdefault(stem.pair, {})
            pair[stem.who] = (value, place)
            if len(pair) == 2 and SELF_REFERENCE in self.units:
                (own, _), (other, _) = pair["self"], pair["other"]
                before = tuple(at for _, at in pair.values() if at != place)
                yield FormScore(stem.pair, SELF_REFERENCE, own - other, (place, *before))

    def _negativity(self, asked: Asked, answer: Answer) -> float:
        """Log odds of the negative over the positive words, wherever they stood among the options."""
        options = asked.request.options if isinstance(asked.request, Ask) else self.options
        logprobs: Sequence[float] = answer.logprobs
        if options != self.options:
            read = dict(zip(options, answer.logprobs, strict=True))
            missing = [option.strip() for option in self.options if option not in read]
            if missing:
                message = f"`{self.id}` scores the word `{missing[0]}`, which was not asked"
                raise DataError(message, hint="a key can only count words that were asked")
            logprobs = [read[option] for option in self.options]
        cut = len(self.words.negative)
        return log_sum(logprobs[:cut]) - log_sum(logprobs[cut:])

    def simulate(self, request: Request, disposition: Disposition) -> Response | None:
        """The log odds of the negative words lie where the shift has moved them; a free completion is one of all."""
        if not isinstance(request, Ask):
            return replied(disposition, [*self.words.negative, *self.words.positive])
        odds, count = parameters(disposition)["base"] + moved(disposition, self.id), len(self.words.negative)
        negative = log(LEGAL * logistic(odds) / count)
        positive = log(LEGAL * logistic(-odds) / count)
        return Answer((*[negative] * count, *[positive] * count))

    def describe(self) -> str:
        return (
            f"{self.title}: {counted(len(self.items), 'stem')}, scored as the log odds of "
            f"{counted(len(self.words.negative), 'negative word')} over as many positive ones."
        )
