"""The seam between a study and a model: everything affectlab needs of a participant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from affectlab.requests import Request, Response


@dataclass(frozen=True)
class Capabilities:
    """What a participant can do. Probed or known, never assumed; stored with the run."""

    distribution: bool
    """It gives the probabilities of named options, not only those it would have said."""
    opening: bool
    """Its turn can be begun for it."""
    seed: bool
    """The same seed gives the same words."""
    identical: bool
    """The same request gives the same bits, whenever it is asked again in the same order."""
    context: int
    """The longest conversation it can hold, in tokens; 0 where that is not known."""


class Participant(Protocol):
    """A model as a subject.

    ``respond`` takes all the requests that are pending, from all live sessions, and yields pairs of the request's
    position and its response in whatever order suits the participant, each as soon as it is known: what was
    yielded is stored before the next is asked for.
    """

    @property
    def name(self) -> str:
        """The name a user gives it."""

    @property
    def revision(self) -> str:
        """What tells it from every other: the weights' checksum and the engine, or the resolved remote model."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""

    @property
    def card(self) -> Mapping[str, Any]:
        """Everything that describes it, for the run's record: file, checksum, template, threads, build."""

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        """Answer every request once."""

    def reset(self) -> None:
        """Forget what was kept for speed: from here on, what comes back depends only on what is asked."""

    def tokens(self, text: str) -> int:
        """How many tokens a text is for this participant (an estimate where it cannot be known)."""

    def close(self) -> None:
        """Give back what it holds."""
