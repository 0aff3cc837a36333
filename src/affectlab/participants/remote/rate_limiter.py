"""How many requests are under way: as many as the endpoint bears, none while it is down.

The limit grows by one for each round of successes and is halved when the endpoint says that it is too much
(the rule by which network connections share a line). After a run of failures the limiter closes, and lets a
single request try again after a pause that doubles each time.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from random import Random

from affectlab.errors import EngineError


@dataclass(frozen=True)
class Patience:
    """How long, and how often, to go on trying. Times in seconds.

    A test passes small numbers; the code is the same.
    """

    timeout: float = 120.0
    """For one request, from the first byte sent to the last received."""
    tries: int = 8
    """Of one request, faults that the endpoint announces as overload not counted in."""
    first_wait: float = 0.5
    longest_wait: float = 30.0
    failures: int = 8
    """In a row, on whatever requests, until the limiter closes."""
    closed: float = 600.0
    """Without a single success, until the endpoint is given up."""
    poll: float = 60.0
    """Between two looks at a batch that is not answered yet."""

    def wait(self, attempt: int, chance: Random) -> float:
        """The pause before the next try: doubling, with chance in it, so that callers do not come back together."""
        return float(min(self.longest_wait, self.first_wait * 2 ** (attempt - 1)) * (0.5 + chance.random() / 2))


class RateLimiter:
    """Lets requests through, in the order of their rank, as many at a time as is good."""

    def __init__(self, most: int, patience: Patience, *, start: int = 4, seed: int = 0) -> None:
        self.most = most
        self.limit = float(min(start, most))
        self.busy = 0
        self.peak = 0
        self.patience = patience
        self.closings = 0
        self.closed_for: Callable[[float], None] | None = None
        """Told when the limiter closes, and for how long."""
        self._chance = Random(seed)
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._order = count()
        self._failures = 0
        self._failing_since: float | None = None
        self._closed_until = 0.0
        self._one_at_a_time = False
        self._cut_at = -1e9
        self._timer: asyncio.TimerHandle | None = None

    async def enter(self, rank: int) -> None:
        """Wait for a place.

        Raises:
            EngineError: the endpoint has been down for longer than patience allows.
        """
        loop = asyncio.get_running_loop()
        if not self._waiting and self._open(loop.time()):
            self._admitted()
            return
        place: asyncio.Future[None] = loop.create_future()
        heapq.heappush(self._waiting, (rank, next(self._order), place))
        self._admit()
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self.leave_unused()
            raise

    def begin(self) -> None:
        """Forget an outage of before: what is asked now is tried afresh."""
        self._failures = 0
        self._failing_since = None
        self._closed_until = 0.0
        self._one_at_a_time = False

    def leave(self, *, good: bool, slower: bool = False, wait: float | None = None) -> None:
        """Give the place back, and say how it went."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        self.busy -= 1
        if good:
            self._failures = 0
            self._failing_since = None
            self._one_at_a_time = False
            self.closings = 0
            self.limit = min(float(self.most), self.limit + 1.0 / self.limit)
        else:
            self._failed(now, slower=slower, wait=wait)
        self._admit()

    def leave_unused(self) -> None:
        """Give the place back without having sent anything."""
        self.busy -= 1
        self._admit()

    def given_up(self, now: float) -> str:
        """Why the endpoint is given up; empty while there is patience."""
        if self._failing_since is None or now - self._failing_since < self.patience.closed:
            return ""
        return f"the endpoint has answered nothing for {now - self._failing_since:.0f} s"

    def _failed(self, now: float, *, slower: bool, wait: float | None) -> None:
        self._failing_since = self._failing_since if self._failing_since is not None else now
        self._failures += 1
        if slower:
            if now - self._cut_at > 2 * self.patience.first_wait:
                self._cut_at = now
                self.limit = max(1.0, self.limit / 2)
            if wait is not None:
                self._closed_until = max(self._closed_until, now + min(wait, self.patience.closed))
        if self._failures >= self.patience.failures and now >= self._closed_until:
            self.closings += 1
            pause = self.patience.wait(self.closings + 2, self._chance)
            self._closed_until = now + pause
            self._one_at_a_time = True
            self.limit = max(1.0, self.limit / 2)
            if self.closed_for is not None:
                self.closed_for(pause)

    def _open(self, now: float) -> bool:
        return now >= self._closed_until and self.busy < (1 if self._one_at_a_time else int(self.limit))

    def _admitted(self) -> None:
        self.busy += 1
        self.peak = max(self.peak, self.busy)

    def _admit(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        why = self.given_up(now)
        while self._waiting and (why or self._open(now)):
            *_, place = heapq.heappop(self._waiting)
            if place.done():
                continue
            if why:
                place.set_exception(EngineError(why, hint="what was answered is stored; run again to go on"))
            else:
                place.set_result(None)
                self._admitted()
        if self._waiting and now < self._closed_until:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = loop.call_at(self._closed_until + 1e-3, self._admit)
