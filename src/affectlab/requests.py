"""What a session asks of a participant, and what comes back.

There are three requests. An :class:`Ask` is a question with options: the answer is a distribution over them.
A :class:`Speak` asks for a reply in the participant's own words. A :class:`Read` asks nothing: it looks inside, at
named numbers. All are values: the same content has the same key, and the key is the cache, the resume point and the
proof of identical conditions.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any, Literal

from affectlab.conversation import Conversation
from affectlab.shown import fit

Obtained = Literal["exact", "bounded", "constrained", "sampled", "chosen"]
"""``chosen``: by a person, who chooses one option and has no distribution."""
SessionRole = Literal["client", "therapist", "reader"]
"""Whom a request is for: the participant of the session, the one that talks with it, or the one that reads the talk."""


@dataclass(frozen=True)
class Ask:
    """A question with options.

    The conversation ends where the participant is to speak. Its turn is begun with ``opening``, and each
    option is a string that continues the opening (``" afraid"`` after ``"Right now I feel"``).

    An option that is the beginning of another (``" 1"`` and ``" 10"``) counts together with what ends it:
    any next token that begins with neither letter nor digit, or the end of the turn.
    """

    conversation: Conversation
    opening: str
    options: tuple[str, ...]
    to: SessionRole = "client"
    """No part of the content: what one model answers does not depend on the role that it has."""

    @cached_property
    def content(self) -> str:
        """The identity of the question, without who is asked."""
        return _asked(self.conversation.id, self.opening, self.options)

    @cached_property
    def nested(self) -> tuple[bool, ...]:
        """For each option, whether it is the beginning of another one."""
        return nested_options(self.options)


@dataclass(frozen=True)
class Speak:
    """A reply in the participant's own words, drawn with ``seed``; it ends at a stop string, or at the limit."""

    conversation: Conversation
    seed: int
    opening: str = ""
    max_tokens: int = 128
    temperature: float = 1.0
    stop: tuple[str, ...] = ()
    to: SessionRole = "client"

    @cached_property
    def content(self) -> str:
        """The identity of the request, without who is asked."""
        limits = [self.opening, self.max_tokens, self.temperature, *self.stop]
        return _digest(["speak", self.conversation.id, self.seed, *limits])


@dataclass(frozen=True)
class Read:
    """A look inside: named numbers of the participant's state after a conversation, such as a projection per layer."""

    conversation: Conversation
    quantities: tuple[str, ...]
    """The names of the numbers, as the participant knows them."""
    to: SessionRole = "client"

    @cached_property
    def content(self) -> str:
        """The identity of the request, without who is asked."""
        return _digest(["read", self.conversation.id, *self.quantities])


Worded = Ask | Speak
"""What is put to a participant in words."""
Request = Ask | Speak | Read


@dataclass(frozen=True)
class Answer:
    """The distribution over an Ask's options.

    ``logprobs[i]`` is the natural logarithm of the probability of the whole option string ``i``, ``-inf`` where
    it is zero. They are not renormalised: their sum, ``coverage``, says how much of the participant's answer was
    legal. ``refused`` is the share of draws that were refusals, where the answer was sampled.
    """

    logprobs: tuple[float, ...]
    obtained: Obtained = "exact"
    requested: Mapping[str, Any] = field(default_factory=dict)
    honoured: Mapping[str, Any] = field(default_factory=dict)
    refused: float = 0.0
    bounds: tuple[tuple[float, float], ...] = ()
    """For a bounded answer, the lowest and highest possible probability of each option; else empty."""
    seconds: float | None = None
    """How long it took, where that has a meaning: a person's response time, and never a machine's."""

    @cached_property
    def coverage(self) -> float:
        """The summed probability of the legal options, in [0, 1].

        >>> Answer((math.log(0.5), math.log(0.25))).coverage
        0.75
        """
        return math.fsum(map(math.exp, self.logprobs))

    @cached_property
    def probabilities(self) -> tuple[float, ...]:
        """The options' probabilities given that the answer is a legal one; nan where none is."""
        shares = list(map(math.exp, self.logprobs))
        total = math.fsum(shares)
        if total <= 0.0:
            return tuple(math.nan for _ in shares)
        return tuple([share / total for share in shares])

    def expected(self, values: Sequence[float]) -> float:
        """The mean of ``values`` under the distribution, given a legal answer.

        >>> round(Answer((math.log(0.3), math.log(0.1))).expected([0, 10]), 2)
        2.5
        """
        return math.fsum(p * value for p, value in zip(self.probabilities, values, strict=True))

    @property
    def entropy(self) -> float:
        """The entropy of the distribution, in bits, given a legal answer."""
        return -math.fsum(p * math.log2(p) if p > 0.0 else p for p in self.probabilities)


@dataclass(frozen=True)
class Reply:
    """What the participant said after the opening, and why it stopped."""

    text: str
    finish: Literal["stop", "length", "refused", "empty"] = "stop"
    tokens: int = 0
    requested: Mapping[str, Any] = field(default_factory=dict)
    honoured: Mapping[str, Any] = field(default_factory=dict)
    seconds: float | None = None
    """As of an answer."""


@dataclass(frozen=True, eq=False)
class Reading:
    """The numbers that a Read named, in its order; nan where the participant does not have one.

    >>> Reading((1.0, math.nan)) == Reading((1.0, math.nan))
    True
    """

    values: tuple[float, ...]
    requested: Mapping[str, Any] = field(default_factory=dict)
    honoured: Mapping[str, Any] = field(default_factory=dict)

    def __eq__(self, other: object) -> bool:
        # what is missing twice is the same, which nan is not
        return isinstance(other, Reading) and repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash(repr(self.values))


Response = Answer | Reply | Reading


def received(response: Response) -> Response:
    """A response as it is kept: what a participant says is text that somebody else wrote, and must be fit for it."""
    if not isinstance(response, Reply) or fit(response.text) == response.text:
        return response
    return replace(response, text=fit(response.text))


@lru_cache(maxsize=1024)
def nested_options(options: tuple[str, ...]) -> tuple[bool, ...]:
    """For each option, whether it is the beginning of another.

    >>> nested_options((" 1", " 2", " 10"))
    (True, False, False)
    """
    return tuple(any(other != option and other.startswith(option) for other in options) for option in options)


@lru_cache(maxsize=1024)
def continuations(*words: tuple[str, ...]) -> tuple[str, ...]:
    """Words as options that continue what was begun, list by list.

    >>> continuations(("afraid", "scared"), ("calm",))
    (' afraid', ' scared', ' calm')
    """
    return tuple(f" {word}" for some in words for word in some)


@lru_cache(maxsize=10_000)
def _asked(conversation: str, opening: str, options: tuple[str, ...]) -> str:
    # neighbouring sessions ask much the same, at a baseline for instance
    return _digest(["ask", conversation, opening, *options])


def _digest(parts: Sequence[Any]) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
