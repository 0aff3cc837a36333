"""One model at several addresses: each conversation is at home at one of them, where its beginning is kept."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from affectlab.conversation import Conversation
from affectlab.errors import EngineError, ParticipantError
from affectlab.participants.base import Capabilities
from affectlab.participants.remote.abilities import Abilities
from affectlab.participants.remote.async_runner import Unanswered
from affectlab.participants.remote.exchange import ModelChanged
from affectlab.participants.remote.participant import RemoteParticipant
from affectlab.participants.remote.spending import Spent
from affectlab.participants.resolution import largest_between, largest_of
from affectlab.requests import Request, Response
from affectlab.seeds import derive

_GONE = (EngineError, Unanswered)
"""What one endpoint could not do and another may."""
_ROOT = 2
"""Turns that make a conversation's root: the system's and what is first said."""


def home(conversation: Conversation, replicas: int) -> int:
    """At which of so many replicas a conversation is asked: the same for all that begin alike, whatever else is asked.

    >>> told = Conversation.begin("A study.").user("Picture a kettle.")
    >>> home(told.assistant("Okay.").user("How are you?"), 3) == home(told.assistant("Fine.").user("And now?"), 3)
    True
    """
    turns = conversation.turns
    return derive(0, "home", turns[min(_ROOT, len(turns)) - 1].id if turns else "") % replicas


class _Told(NamedTuple):
    """What a replica's thread says: a response, an incident, or its end with the error that stopped it."""

    replica: int
    position: int = -1
    response: Response | None = None
    incident: tuple[str, str] | None = None
    error: Exception | None = None


class Replicas:
    """Several endpoints of one model, as one participant.

    Where one of them is not to be had any more, the others answer what it had left; all must be the same model.
    """

    def __init__(self, replicas: Sequence[RemoteParticipant]) -> None:
        self.replicas = list(replicas)
        self.name = replicas[0].name
        self._told: Callable[[str, str], None] = lambda kind, detail: None

    @property
    def abilities(self) -> Abilities:
        """What the endpoints can do.

        Raises:
            ParticipantError: one cannot be reached, or serves another model than the first.
        """
        first, *others = self.replicas
        for one in others:
            if one.revision != first.revision:
                message = f"two addresses serve different models: {first.revision} and {one.revision}"
                raise ParticipantError(message, hint="start the same model in the same way at both")
        return first.abilities

    @property
    def revision(self) -> str:
        """The model as the endpoints resolved it; how many there are does not matter."""
        _ = self.abilities
        return self.replicas[0].revision

    @property
    def capabilities(self) -> Capabilities:
        """What the endpoints can do."""
        _ = self.abilities
        return self.replicas[0].capabilities

    @property
    def card(self) -> Mapping[str, Any]:
        """What describes the model, and how many serve it."""
        return {**self.replicas[0].card, "replicas": len(self.replicas)}

    @property
    def circumstances(self) -> frozenset[str]:
        """As of a single one; how many there are may change."""
        return self.replicas[0].circumstances | {"replicas"}

    @property
    def spent(self) -> Spent:
        """What all of them have spent."""
        each = [one.spent for one in self.replicas]
        money = None if each[0].money is None else sum(one.money or 0.0 for one in each)
        counts = {name: sum(getattr(one, name) for one in each) for name in Spent._fields if name != "money"}
        return Spent(**counts, money=money)

    def on_incident(self, told: Callable[[str, str], None]) -> None:
        """Have every incident handed on, on the thread that calls ``respond``."""
        self._told = told

    def resolution(self) -> Mapping[str, Any]:
        """The largest that any of them measures, and how far the same question moves from one to another."""
        found = [dict(one.resolution()) for one in self.replicas]
        if not all(found):
            return {}
        whole: dict[str, Any] = found[0]
        for one in found[1:]:
            whole = largest_of(whole, one)
        return {**whole, "at another address": largest_between(self.replicas)}

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        """Answer every request once, each at the home of its conversation.

        Raises:
            ParticipantError: as of a single one; an endpoint that is gone only where none is left.
        """
        _ = self.abilities
        left = dict(enumerate(requests))
        alive = list(range(len(self.replicas)))
        while left:
            failures: list[Exception] = []
            for told in self._round(left, alive):
                if told.incident is not None:
                    self._told(*told.incident)
                elif told.response is not None:
                    del left[told.position]
                    yield told.position, told.response
                elif told.error is not None:
                    failures.append(told.error)
                    if isinstance(told.error, _GONE):
                        alive.remove(told.replica)
            lasting = [one for one in failures if not isinstance(one, _GONE) or isinstance(one, ModelChanged)]
            if lasting or (failures and not alive):
                raise (lasting or failures)[0]
            if failures:
                self._told("endpoint gone", f"{len(left)} requests go to the other addresses ({failures[0]})")

    def _round(self, left: Mapping[int, Request], alive: Sequence[int]) -> Iterator[_Told]:
        """What every replica says to its share of what is left."""
        said: queue.SimpleQueue[_Told] = queue.SimpleQueue()
        stopped = threading.Event()
        shares: dict[int, list[int]] = {}
        for position, request in left.items():
            at = home(request.conversation, len(self.replicas))
            at = at if at in alive else alive[home(request.conversation, len(alive))]
            shares.setdefault(at, []).append(position)
        threads = [
            threading.Thread(
                target=self._work, args=(replica, positions, [left[at] for at in positions], said, stopped), daemon=True
            )
            for replica, positions in shares.items()
        ]
        for thread in threads:
            thread.start()
        running = len(threads)
        try:
            while running:
                told = said.get()
                running -= told.response is None and told.incident is None
                yield told
        finally:
            stopped.set()

    def _work(
        self,
        replica: int,
        positions: list[int],
        requests: list[Request],
        said: queue.SimpleQueue[_Told],
        stopped: threading.Event,
    ) -> None:
        one = self.replicas[replica]
        one.on_incident(lambda kind, detail: said.put(_Told(replica, incident=(kind, detail))))
        try:
            for at, response in one.respond(requests):
                said.put(_Told(replica, positions[at], response))
                if stopped.is_set():
                    break
        except Exception as error:
            said.put(_Told(replica, error=error))
        else:
            said.put(_Told(replica))

    def reset(self) -> None:
        """Nothing to forget."""

    def tokens(self, text: str) -> int:
        """As of a single one."""
        return self.replicas[0].tokens(text)

    def close(self) -> None:
        """Close all connections."""
        for one in self.replicas:
            one.close()

    def __enter__(self) -> Replicas:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
