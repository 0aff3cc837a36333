"""The seam between a study and a model: everything affectlab needs of a participant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from affectlab.conversation import Intervention
from affectlab.errors import CapabilityError
from affectlab.requests import Read, Request, Response, Worded


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
    reads: bool = False
    """It can be looked into: it answers a :class:`~affectlab.requests.Read`."""
    intervenes: bool = False
    """Something can be done to it that is not said: it heeds the interventions of a conversation."""


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


@runtime_checkable
class Arriving(Protocol):
    """Participants of one name who are not there at the start, as people at a browser are.

    It describes them together (name, revision, capabilities, card), and is asked nothing itself. Each of those who come
    is a :class:`Participant` with a name and revision of its own. It is allotted sessions when it arrives, answers at
    its own pace while others do, and may leave by raising :class:`Left`. Its answers may tell how long they took.
    """

    @property
    def sessions_each(self) -> int:
        """How many sessions each is allotted."""

    def arrivals(self) -> Iterator[Participant]:
        """Everybody who comes, when they come; it ends when nobody comes any more. Called on a thread of its own."""

    def enough(self) -> None:
        """Told when nobody is needed any more: ``arrivals`` is to end."""


@runtime_checkable
class Waiting(Protocol):
    """A participant whose answers come hours after it was asked, so that all sessions of a plan are asked together."""

    waits: bool


class Left(Exception):
    """Raised by a participant that has arrived and leaves before its session is over. No error: people may."""

    def __init__(self, *, keep: bool) -> None:
        """Leave.

        Args:
            keep: whether what it gave may be kept; else all of it is deleted for good, its complete sessions too.
        """
        super().__init__("left")
        self.keep = keep


@runtime_checkable
class Resolved(Protocol):
    """A participant that knows how far its answers move with what ought not to matter."""

    def resolution(self) -> Mapping[str, Any]:
        """Per condition, the largest changes of an answer. Asked at the start of a run, and again at its end."""


@runtime_checkable
class Troubled(Protocol):
    """A participant that meets with incidents on the way to its answers, and tells of them."""

    def on_incident(self, told: Callable[[str, str], None]) -> None:
        """Have the kind and the detail of every incident handed on, on the thread that calls ``respond``."""


@runtime_checkable
class Threaded(Protocol):
    """A participant that computes with threads, as many as it finds best unless a number was asked for."""

    def share_processors(self, threads: int) -> None:
        """Take no more threads than these, since others compute beside it; not where a number was asked for."""


@runtime_checkable
class Costly(Protocol):
    """A participant whose answers cost money, or at least somebody's tokens."""

    @property
    def spent(self) -> Any:
        """What has been spent so far, as a named tuple of calls, tokens and money."""


@runtime_checkable
class Intervenable(Protocol):
    """A participant to which only some interventions can be done, and that knows which."""

    def obstacle(self, intervention: Intervention) -> tuple[str, str] | None:
        """Why an intervention cannot be done to it, and what to do about that; None where it can be done."""


@runtime_checkable
class Circumstanced(Protocol):
    """A participant whose card also tells of what may change between two starts of a run."""

    @property
    def circumstances(self) -> frozenset[str]:
        """The keys of its card that do not tell it from another one: where it runs, and how fast."""


def identity(participant: Participant) -> str:
    """The participant's name and revision, as they stand in the store."""
    return f"{participant.name}@{participant.revision}"


def require(participant: Participant, needed: Sequence[str]) -> None:
    """Hold a participant against what a study needs of it: distribution, opening, seed, identical, reads, intervenes.

    Raises:
        CapabilityError: it lacks one; nothing was spent on the study.
    """
    found = participant.capabilities
    for name in needed:
        if name not in _LACKS:
            raise CapabilityError(f"unknown requirement `{name}`", hint=f"there are: {', '.join(_LACKS)}")
        if not getattr(found, name):
            raise lack(participant.name, name)


def lack(participant: str, name: str) -> CapabilityError:
    """That the participant of a name lacks a capability."""
    return CapabilityError(f"{participant} lacks what the study requires: {name}", hint=_LACKS[name])


def worded(participant: Participant, requests: Iterable[Request]) -> list[Worded]:
    """The requests to a participant that nothing but words reaches.

    Raises:
        CapabilityError: one is a look inside, or follows an intervention; nothing was asked.
    """
    found: list[Worded] = []
    for request in requests:
        if isinstance(request, Read):
            raise lack(participant.name, "reads")
        if request.conversation.interventions:
            raise lack(participant.name, "intervenes")
        found.append(request)
    return found


_LACKS = {
    "distribution": "it gives no log probabilities; take another model, or drop the requirement",
    "opening": "its turn cannot be begun for it; take another model, or drop the requirement",
    "seed": "it does not keep to a seed; take another model, or drop the requirement",
    "identical": "no remote endpoint promises it; run the model embedded, or drop the requirement",
    "reads": "it cannot be looked into; take another model, or leave out what is read from inside",
    "intervenes": "nothing but words reaches it; take another model, or leave the intervention out",
}
