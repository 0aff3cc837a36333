"""One exchange with an endpoint: what is sent, how its answer is read, and what it then says in our words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Finish = Literal["stop", "length", "refused", "empty"]


class Malformed(Exception):
    """A reply that came whole, but not in the form it should have; it is asked again.

    ``kind`` is the word under which it stands among the incidents.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Usage(NamedTuple):
    """The tokens that were paid for. ``cached`` is part of ``prompt``, ``reasoning`` part of ``output``."""

    prompt: int = 0
    output: int = 0
    cached: int = 0
    reasoning: int = 0


class Candidate(NamedTuple):
    """A token that could have come next, with its log probability."""

    text: str
    logprob: float
    id: int | None = None


Position = tuple[Candidate, ...]
"""The likeliest tokens at one place, likeliest first."""


@dataclass(frozen=True, slots=True)
class ModelTurn:
    """What a model said, the same for every provider."""

    text: str
    finish: Finish = "stop"
    positions: tuple[Position, ...] = ()
    spoken: tuple[str, ...] = ()
    """The tokens that were drawn at these positions."""
    usage: Usage | None = None
    model: str = ""
    fingerprint: str = ""
    thoughts: int = 0
    """The length of its reasoning in characters, where that was shown. The reasoning itself is not kept."""
    why: str = ""
    """The provider's own word for how it ended."""
    id: str = ""
    """The provider's number for this reply, by which a copy is known."""
    raw: str = ""
    """What came, before reasoning, an echo of the opening or anything behind a stop was cut off."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request to be sent, and how its reply is read.

    ``read`` raises :class:`Malformed` for what should be asked again. ``output`` is the most tokens that it can
    produce, for the budget. ``free`` calls cost nothing anywhere (lists, tokenisation).
    """

    path: str
    body: Mapping[str, Any] | None
    read: Callable[[Any], Any]
    purpose: str
    output: int = 0
    free: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    optional: bool = False
    """Whether the endpoint may not know such a request at all, which is then no more than an answer."""
    scores: bool = False
    """Whether log probabilities are asked for, without which the answer can be obtained in another way."""
    largest: int = 8 << 20
    """The most bytes that its reply can take."""
    form: Mapping[str, str | bytes] = field(default_factory=dict)
    """The fields of a form that is sent instead of a body; bytes are a file."""
    lines: bool = False
    """Whether the reply is a file with a JSON object on every line, which is read as their list."""
    then: Callable[[Any], Any] | None = None
    """What is made of what was read, at once and on the network's thread, before anything else can fail."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One turn that is wanted of a model, before a dialect puts it into its provider's words."""

    messages: Sequence[Mapping[str, str]]
    opening: str = ""
    limit: int = 16
    temperature: float | None = 1.0
    seed: int | None = None
    stop: tuple[str, ...] = ()
    top: int = 0
    """How many alternatives per token, with log probabilities."""
    choice: tuple[str, ...] = ()
    """The only texts it may say."""
    purpose: str = "speak"


class Rejected(Exception):
    """A request that an endpoint will not take however often it is sent; ``status`` is its HTTP status."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class Unusable(Rejected):
    """What cannot be believed, however often it is asked for; the answer is obtained in the next way."""
