"""Participants who are not there at the start: they come to three booths, take their time, and some leave."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from threading import Event, Semaphore
from typing import Any

from affectlab.participants.base import Capabilities, Left, worded
from affectlab.participants.registry import WantedParticipant
from affectlab.requests import Answer, Ask, Reply, Request, Response

BOOTHS = 3
PATIENCE = {2: (9, False), 3: (4, True), 5: (20, False)}
"""By the number in which they come: who leaves after how many answers, and whether these may be kept."""


class Visitors:
    """People who come when they come: ``visitors:SESSIONS`` that each has, one if it is not said."""

    revision = "1"
    capabilities = Capabilities(distribution=False, opening=False, seed=False, identical=False, context=0)
    card: Mapping[str, Any] = {"booths": BOOTHS}

    def __init__(self, wanted: WantedParticipant) -> None:
        self.name = "visitors"
        self.sessions_each = int(wanted.detail or 1)
        self.most: int | None = None
        """How many come on a day."""
        self._free = Semaphore(BOOTHS)
        self._enough = Event()

    def arrivals(self) -> Iterator[Visitor]:
        for number in count(1) if self.most is None else range(1, self.most + 1):
            self._free.acquire()
            if self._enough.is_set():
                return
            yield Visitor(number, self._free)

    def enough(self) -> None:
        self._enough.set()
        self._free.release()

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        raise AssertionError("they are asked, and not all of them together")

    def reset(self) -> None:
        """Nothing is kept."""

    def tokens(self, text: str) -> int:
        return len(text.split())

    def close(self) -> None:
        self.enough()


class Visitor:
    """One who has come."""

    revision = "1"
    capabilities = Visitors.capabilities
    card: Mapping[str, Any] = {}

    def __init__(self, number: int, booth: Semaphore) -> None:
        self.name = f"visitor-{number}"
        self._booth = booth
        self._left, self._keep = PATIENCE.get(number, (-1, True))

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        for position, request in enumerate(worded(self, requests)):
            if self._left == 0:
                raise Left(keep=self._keep)
            self._left -= 1
            yield position, self._response(request)

    def reset(self) -> None:
        """It forgets nothing."""

    def tokens(self, text: str) -> int:
        return len(text.split())

    def close(self) -> None:
        self._booth.release()

    def _response(self, request: Ask | Any) -> Response:
        chance = int(request.content[:6], 16)
        if not isinstance(request, Ask):
            return Reply("Well.", seconds=4.0)
        chosen = (chance + len(self.name)) % len(request.options)
        marks = (0.0 if place == chosen else -math.inf for place in range(len(request.options)))
        return Answer(tuple(marks), "chosen", seconds=0.5 + chance % 100 / 100)
