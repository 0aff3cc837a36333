"""The store as several models use it side by side: one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from queue import SimpleQueue
from threading import RLock, Thread
from typing import Protocol, TypeVar

from affectlab.requests import Request, Response
from affectlab.store.responses import Stored
from affectlab.store.store import Finished, Store

T = TypeVar("T")


class Shelf(Protocol):
    """What the runner needs of a store."""

    def find(self, keys: Sequence[str]) -> dict[str, Stored]:
        """The responses that are known."""

    def keep(self, key: str, participant: str, request: Request, response: Response, block: int) -> int:
        """Store a response; returns its id."""

    def finish(self, sessions: Iterable[Finished]) -> None:
        """Keep complete sessions."""

    def incident(self, kind: str, detail: str) -> None:
        """Keep something that went wrong."""


class Stopped(Exception):
    """Another thread has failed for good, so that this one is to end."""


class Shared:
    """A shelf for several threads: whatever one does with the store is done before the next does anything."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = RLock()
        self.stopped = False

    def find(self, keys: Sequence[str]) -> dict[str, Stored]:
        """The responses that are known."""
        return self.alone(lambda: self._store.find(keys))

    def keep(self, key: str, participant: str, request: Request, response: Response, block: int) -> int:
        """Store a response; returns its id."""
        return self.alone(lambda: self._store.keep(key, participant, request, response, block))

    def finish(self, sessions: Iterable[Finished]) -> None:
        """Keep complete sessions."""
        self.alone(lambda: self._store.finish(sessions))

    def incident(self, kind: str, detail: str) -> None:
        """Keep something that went wrong."""
        self.alone(lambda: self._store.incident(kind, detail))

    def alone(self, work: Callable[[], T]) -> T:
        """Do a piece of work while no other thread does one."""
        with self._lock:
            if self.stopped:
                raise Stopped
            return work()


def side_by_side(works: Sequence[Callable[[Shared], None]], store: Store) -> None:
    """Do some works at the same time, each in a thread of its own, until all are done.

    The first error of one ends the others at their next use of the store, and is raised.
    """
    shared = Shared(store)
    ends: SimpleQueue[BaseException | None] = SimpleQueue()

    def done(work: Callable[[Shared], None]) -> None:
        try:
            work(shared)
        except BaseException as error:
            ends.put(error)
        else:
            ends.put(None)

    threads = [Thread(target=done, args=(work,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    try:
        for _ in threads:
            error = ends.get()
            if error is not None:
                raise error
    finally:
        shared.stopped = True
        for thread in threads:
            thread.join(timeout=10.0)
