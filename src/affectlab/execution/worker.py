"""A worker: a place beside the driver where participants answer, and the participant there as the driver sees it.

The driver has the sessions, the plan and the store; a worker is asked, and has nothing that could be lost. While the
driver scores and stores what came, the worker computes on.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any, NamedTuple, Protocol

from affectlab.conversation import Conversation
from affectlab.errors import AffectlabError, EngineError, ParticipantError
from affectlab.participants.base import Capabilities, Participant, Threaded, identity
from affectlab.requests import Request, Response

Message = tuple[Any, ...]
"""What goes between a driver and a worker: its kind, and what belongs to it."""


At = Callable[[Participant], Participant]
"""The same participant, to be asked somewhere else."""


class WorkerLost(EngineError):
    """A worker ended, was ended, or was silent for too long; what it had answered is stored."""

    def __init__(self, message: str, *, hint: str, ended: bool = True) -> None:
        """Tell of it.

        Args:
            ended: whether it ended by itself, and was not given up because it was silent.
        """
        super().__init__(message, hint=hint)
        self.ended = ended


class Worker(Protocol):
    """A place where participants answer. Whoever uses it ends it."""

    name: str
    """As it stands in messages."""

    def send(self, message: Message) -> None:
        """Hand a message over; it does not wait.

        Raises:
            WorkerLost: it is not there any more.
        """

    def receive(self, what: str) -> Message:
        """Its next message.

        Args:
            what: what is waited for, as it is said where nothing comes.

        Raises:
            WorkerLost: it is not there any more, or nothing came in time.
        """

    def end(self) -> None:
        """End it, whatever it does."""


class Host:
    """What a worker does: it has participants, and answers one message after another."""

    def __init__(self, packed: bytes, threads: int | None) -> None:
        self._participants: list[Participant] = pickle.loads(packed)
        for one in self._participants:
            if threads is not None and isinstance(one, Threaded):
                one.share_processors(threads)

    def ready(self) -> Message:
        """That it can be asked, and who is there."""
        return "ready", [identity(one) for one in self._participants]

    def answer(self, message: Message) -> Iterator[Message]:
        """What is said to a message. What goes wrong is said too."""
        try:
            match message:
                case ("reset", number):
                    self._participants[number].reset()
                case ("ask", number, packed):
                    for position, response in self._participants[number].respond(unpack_requests(packed)):
                        yield "response", position, response
                    yield ("end",)
        except Exception as error:
            yield wrong(error)


def wrong(error: BaseException) -> Message:
    """What is told of an error."""
    if isinstance(error, AffectlabError):
        return "wrong", error.message, error.hint, error.file
    message = str(error).splitlines()[0] if str(error) else ""
    return "wrong", f"{type(error).__name__}: {message}", "", None


class Elsewhere:
    """A participant that is known here, and asked at a worker."""

    def __init__(self, here: Participant, number: int, worker: Worker) -> None:
        self._here = here
        self._number = number
        self._worker = worker

    @property
    def name(self) -> str:
        """Its own."""
        return self._here.name

    @property
    def revision(self) -> str:
        """Its own."""
        return self._here.revision

    @property
    def capabilities(self) -> Capabilities:
        """Its own."""
        return self._here.capabilities

    @property
    def card(self) -> Mapping[str, Any]:
        """Its own."""
        return self._here.card

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        """Have the worker answer.

        Raises:
            WorkerLost: it is not there any more, or silent.
            ParticipantError: it met with an error.
        """
        self._worker.send(("ask", self._number, pack_requests(requests)))
        came = 0
        while True:
            match self._worker.receive(f"answer {came + 1} of {len(requests)} of {self.name}"):
                case ("response", position, response):
                    came += 1
                    yield position, response
                case ("end",):
                    return
                case ("wrong", message, hint, file):
                    raise ParticipantError(f"{self._worker.name}: {message}", hint=hint, file=file)

    def reset(self) -> None:
        """Have it forget."""
        self._worker.send(("reset", self._number))

    def tokens(self, text: str) -> int:
        """As it counts here."""
        return self._here.tokens(text)

    def close(self) -> None:
        """It goes with its worker."""


class Team(NamedTuple):
    """The participants that every worker has, and the bytes of which it makes them."""

    participants: tuple[Participant, ...]
    packed: bytes
    threads: int | None
    """Of an engine, in each worker; as here if None."""

    @classmethod
    def of(cls, participants: Sequence[Participant], threads: int | None) -> Team:
        """Pack them.

        Raises:
            ParticipantError: one cannot be sent to another process.
        """
        found = tuple(dict.fromkeys(participants))
        for one in found:
            try:
                pickle.dumps(one)
            except Exception as error:
                message = f"{one.name} cannot be sent to another process ({type(error).__name__})"
                raise ParticipantError(message, hint="run it with --on here") from None
        return cls(found, pickle.dumps(found), threads)

    def at(self, worker: Worker) -> At:
        """The same participants, to be asked at a worker that has just begun.

        Raises:
            WorkerLost: it ended, or was not ready in time.
            ParticipantError: it cannot have one of them, or another one has its place there.
        """
        match worker.receive(f"{', '.join(one.name for one in self.participants)} to be loaded"):
            case ("ready", there):
                for one, other in zip(self.participants, there, strict=True):
                    if identity(one) != other:
                        message = f"{worker.name} has {other} in the place of {identity(one)}"
                        raise ParticipantError(message, hint="have the same model file and engine there")
            case ("wrong", message, hint, file):
                raise ParticipantError(f"{worker.name}: {message}", hint=hint, file=file)
        remote = {id(one): Elsewhere(one, number, worker) for number, one in enumerate(self.participants)}
        return lambda one: remote.get(id(one), one)


def pack_requests(requests: Sequence[Request]) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Requests as plain values: every turn of their conversations once, and of each request what it is beside that."""
    at: dict[str, int] = {}
    turns: list[tuple[Any, ...]] = []
    rest: list[tuple[Any, ...]] = []
    for request in requests:
        for turn in request.conversation.links:
            if turn.id not in at:
                before = at.get(turn.parent.id, -1) if turn.parent is not None else -1
                at[turn.id] = len(turns)
                turns.append((before, turn.role, turn.text, turn.intervention))
        others = {one.name: getattr(request, one.name) for one in fields(request) if one.name != "conversation"}
        rest.append((type(request), at.get(request.conversation.id, -1), others))
    return turns, rest


def unpack_requests(packed: tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]) -> list[Request]:
    """The requests once more."""
    turns, rest = packed
    start = Conversation.begin()
    made: list[Conversation] = []
    for before, role, text, intervention in turns:
        made.append(Conversation(role, text, made[before] if before >= 0 else start, intervention))
    return [kind(conversation=made[at] if at >= 0 else start, **others) for kind, at, others in rest]
