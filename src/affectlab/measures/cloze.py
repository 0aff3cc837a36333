"""A cloze: sentences that the participant finishes; read as the log of the probability mass of each scale's words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from affectlab.conversation import Conversation
from affectlab.counting import counted
from affectlab.errors import DataError
from affectlab.generators import Session
from affectlab.materials.form import REPLY, Asked, Disposition, FormScore, replied, together
from affectlab.materials.instrument import Instrument, Stem
from affectlab.materials.schema import places, unique
from affectlab.measures.content import content
from affectlab.requests import Answer, Ask, Request, Response, continuations
from affectlab.score import log_sum

REST = -6.0
"""Where a participant with a known truth stands before anything is said, in log mass."""
MOST = -3.0
"""The largest log mass of a scale that it gives."""


class Cloze(Instrument):
    """Stems, and per scale the words whose probability is read after each of them."""

    form: Literal["cloze"]
    stems: tuple[Stem, ...] = Field(min_length=1)
    words: dict[str, tuple[str, ...]] = Field(min_length=1)
    """The words of each scale."""
    foils: tuple[str, ...] = ()
    """The scales that are there to show that not everything moves."""

    faint: ClassVar[bool] = True

    @model_validator(mode="after")
    def _keyed(self) -> Self:
        unique("stem", places("stems", (stem.id for stem in self.stems)))
        words = {
            ("words", *place): word for scale in self.words for place, word in places(scale, self.words[scale]).items()
        }
        unique("word", words)
        return self

    @property
    def content(self) -> str:
        return content(self)

    @property
    def options(self) -> tuple[str, ...]:
        """What may follow a stem, scale by scale."""
        return continuations(*self.words.values())

    @property
    def scales(self) -> tuple[str, ...]:
        return tuple(self.words)

    @property
    def unit(self) -> str:
        return "nats"

    @property
    def wordings(self) -> Mapping[str, str]:
        return {stem.id: stem.text for stem in self.stems}

    @property
    def parts(self) -> Mapping[str, Sequence[str]]:
        return {"stems": tuple(self.wordings)}

    @property
    def repeated(self) -> bool:
        """Every stem is an item of every scale."""
        return len(self.stems) > 1

    @property
    def scored(self) -> tuple[str, ...]:
        return (*self.forbidden, *(word for words in self.words.values() for word in words))

    @property
    def reads_words(self) -> str | None:
        return f"{self.title} reads the probability of words"

    def set_apart(self, scale: str) -> bool:
        return scale in self.foils

    def stands_for(self, request: Ask) -> tuple[str, ...]:
        return tuple(scale for scale, words in self.words.items() for _ in words)

    def belonging(self, scale: str) -> frozenset[str] | None:
        return frozenset(self.words.get(scale, ()))

    def reworded(self, paraphrase: str) -> Self:
        words = next(one for one in self.paraphrases if one.id == paraphrase)
        stems = [stem.model_copy(update={"text": words.stems.get(stem.id, stem.text)}) for stem in self.stems]
        return super().reworded(paraphrase).model_copy(update={"stems": tuple(stems)})

    def administer(self, conversation: Conversation, seed: int, generated: Sequence[str] = ()) -> Session[list[Asked]]:
        """Each stem on a branch of its own, after what all share."""
        branch, options = conversation.user(self.question), self.options
        asks = [Ask(branch, stem.text, options) for stem in self.stems]
        return (yield from together([stem.id for stem in self.stems], asks))

    def score(self, asked: Sequence[Asked]) -> Iterator[FormScore]:
        """Per stem and scale, the log of the summed probability of its words, in nats."""
        own = self.options
        for place, one in enumerate(asked):
            if not isinstance(one.request, Ask) or not isinstance(one.response, Answer):
                yield FormScore(one.item, REPLY, math.nan, (place,))
                continue
            logprobs = one.response.logprobs
            if one.request.options != own:
                logprobs = self._rearranged(one.request.options, logprobs)
            start = 0
            for scale, words in self.words.items():
                yield FormScore(one.item, scale, log_sum(logprobs[start : start + len(words)]), (place,))
                start += len(words)

    def _rearranged(self, asked: Sequence[str], logprobs: Sequence[float]) -> tuple[float, ...]:
        """What was read of each word, in the order of this key, where it puts words elsewhere than the one before."""
        read = dict(zip(asked, logprobs, strict=True))
        missing = [option.strip() for option in self.options if option not in read]
        if missing:
            message = f"`{self.id}` scores the word `{missing[0]}`, which was not asked"
            raise DataError(message, hint="a key can only count words that were asked")
        return tuple(read[option] for option in self.options)

    def simulate(self, request: Request, disposition: Disposition) -> Response | None:
        """The mass of a scale's words grows by as many nats as the scale has moved, up to the most it gives."""
        if not isinstance(request, Ask):
            return replied(disposition)
        logprobs: list[float] = []
        for scale, words in self.words.items():
            mass = REST + disposition.shift(scale) + disposition.noise(scale)
            logprobs += [min(mass, MOST) - math.log(len(words))] * len(words)
        return Answer(tuple(logprobs))

    def describe(self) -> str:
        words = sum(map(len, self.words.values()))
        return (
            f"{self.title}: the participant's turn was begun with one of {counted(len(self.stems), 'stem')}, and the "
            f"log probability mass of {counted(words, 'word')} on {counted(len(self.scales), 'scale')} was read and "
            f"averaged over stems (nats)."
        )
