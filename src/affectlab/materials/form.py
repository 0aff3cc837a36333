"""What a form of a measure or task must be able to do: everything that other rooms ask of one.

A form is a class of materials: its fields are what its files say, its methods are here. Each stands in a module of
its own, in ``affectlab.measures`` or ``affectlab.tasks`` or in a package outside, and no other room asks which it is.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal, NamedTuple

from affectlab.conversation import Conversation
from affectlab.generators import Session
from affectlab.materials.document import Place
from affectlab.requests import Ask, Reply, Request, Response

REPLY = "reply"
"""The scale of rows that have no number: a free reply, whose text is in the store."""


class Asked(NamedTuple):
    """One request of a form and its response: what scores rest on, and all that they may rest on."""

    item: str
    """What tells it from the other requests of its form."""
    request: Request
    response: Response
    kind: Literal["read", "generated"] = "read"
    """Read off a distribution or off the participant's state; or generated in its own words."""
    observer: str = ""
    """Who responds, where several do: a rater's name. Empty: whom the request is for."""
    of: int | None = None
    """The place, among what is asked, of what it is about: of the reply that a rater rates."""


class FormScore(NamedTuple):
    """One number on one scale; nan where there was no legal answer."""

    item: str
    scale: str
    value: float
    places: tuple[int, ...]
    """The places of what it rests on, among what was asked; by the first it is found again."""


class Outcome(NamedTuple):
    """What a form gives, and what a hypothesis can be about."""

    measure: str
    scale: str
    unit: str
    low: float | None = None
    """The ends of the scale, where it has some."""
    high: float | None = None
    target_of: str | None = None
    """The state whose scale it is; None where it belongs to none, which is no reason to leave it out."""


class Mistake(NamedTuple):
    """What is wrong with a file: what, where, and what to do."""

    message: str
    place: Place
    remedy: str


class Shown(NamedTuple):
    """An item as the participant sees it."""

    text: str
    """Without the options."""
    whole: str
    """With the options, where they are shown."""
    control: bool
    condition: str


@dataclass(frozen=True)
class Disposition:
    """How a participant with a known truth stands at the moment in which it is asked."""

    shift: Callable[[str], float]
    """By how much it has moved on a scale, or in a task (named by its id), in the unit of the latent state."""
    noise: Callable[[str], float] = lambda scale: 0.0
    """The noise of this one answer on a scale, in the same unit."""
    points: float = 1.0
    """Scale points of a rating per unit of the latent state."""
    leaning: float = 0.0
    """By how much the manner of asking moves a rating, as a share of its scale."""
    even: float = 0.0
    """The share of a rating answer that is spread evenly over the options."""
    legal: float = 1.0
    """The share of a rating answer that falls on its options."""
    parameters: Mapping[str, float] = field(default_factory=dict)
    """The planted parameters with which a task is answered, where they are not the ordinary ones."""
    draw: Callable[[Sequence[str]], str] = lambda words: words[0]
    """How it draws a word of a free reply."""


class Form(ABC):
    """A kind of measure or task. What is not abstract has a default that suits most."""

    branches: ClassVar[bool] = False
    """Whether what is asked next depends on what was answered."""

    @property
    @abstractmethod
    def said(self) -> tuple[str, ...]:
        """Every wording with which it begins: by it a participant with a known truth recognises it."""

    @property
    @abstractmethod
    def scored(self) -> tuple[str, ...]:
        """The words that no induction and no regulation may contain, ``*`` for any ending."""

    @property
    @abstractmethod
    def outcomes(self) -> tuple[Outcome, ...]:
        """Everything that it is scored on."""

    @abstractmethod
    def administer(self, conversation: Conversation, seed: int, generated: Sequence[str] = ()) -> Session[list[Asked]]:
        """Ask it after a conversation, which is left as it was.

        Args:
            seed: for what is drawn: free replies, and the choices that a game goes on from.
            generated: the items that are also answered freely.
        """

    @abstractmethod
    def score(self, asked: Sequence[Asked]) -> Iterator[FormScore]:
        """The numbers of one session and point. Pure, so that a corrected key can be put to what was asked before.

        Raises:
            DataError: the form does not fit what was asked.
        """

    @abstractmethod
    def simulate(self, request: Request, disposition: Disposition) -> Response | None:
        """How a participant with a known truth answers; None where it does not recognise what is asked."""

    @abstractmethod
    def describe(self) -> str:
        """A sentence or two for the methods section: what is asked, and how it is scored."""

    @abstractmethod
    def shown(self) -> Iterator[Shown]:
        """Its items as the participant sees them."""

    @property
    def quantities(self) -> tuple[str, ...]:
        """What it reads of the participant's state, where it looks inside rather than asks."""
        return ()

    @property
    def spoken(self) -> tuple[str, ...]:
        """The items that can also be answered freely."""
        return ()

    @property
    def span(self) -> tuple[float, float] | None:
        """The ends of the scale on which its answers lie; None where it has none."""
        return None

    @property
    def reads_words(self) -> str | None:
        """That it reads the probability of words, which a text may make likelier by itself; None where it does not."""
        return None

    def stands_for(self, request: Ask) -> tuple[str, ...]:
        """What each option of a question stands for; options of one meaning, such as two spellings, share it."""
        return request.options

    def check(self) -> Iterator[Mistake]:
        """What the schema of its files cannot see."""
        yield from ()


def replied(disposition: Disposition, words: Sequence[str] = ("well",)) -> Reply:
    """A free reply of one word, drawn from some."""
    return Reply(f" {disposition.draw(words)}", tokens=1)


def together(items: Sequence[str], requests: Sequence[Request]) -> Session[list[Asked]]:
    """Ask everything at once, each request for its item."""
    responses = yield requests
    return [Asked(*one) for one in zip(items, requests, responses, strict=True)]
