"""The store as several models use it at the same time: what one does with it is done before the next does anything."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from queue import SimpleQueue
from threading import RLock, Thread
from typing import Any, Protocol, TypeVar

from affectlab.requests import Request, Response
from affectlab.store.responses import Stored
from affectlab.store.store import Finished, Store, Withdrawn

T = TypeVar("T")


class ResponseStore(Protocol):
    """What a block of sessions needs of a store."""

    def find(self, keys: Sequence[str]) -> dict[str, Stored]:
        """The responses that are known."""

    def keep(self, key: str, participant: str, request: Request, response: Response, block: int) -> Stored:
        """Store a response; returns what is stored under its key."""

    def finish(self, sessions: Iterable[Finished]) -> None:
        """Keep complete sessions."""

    def incident(self, kind: str, detail: str) -> None:
        """Keep something that went wrong."""


class RunEnded(Exception):
    """The run has ended elsewhere, so that this thread is to end."""


class LockedStore:
    """A store behind a lock, for several threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = RLock()
        self._news: deque[str] = deque()
        self.stopped = False

    def find(self, keys: Sequence[str]) -> dict[str, Stored]:
        """The responses that are known."""
        return self.alone(lambda: self._store.find(keys))

    def keep(self, key: str, participant: str, request: Request, response: Response, block: int) -> Stored:
        """Store a response; returns what is stored under its key."""
        return self.alone(lambda: self._store.keep(key, participant, request, response, block))

    def finish(self, sessions: Iterable[Finished]) -> None:
        """Keep complete sessions."""
        self.alone(lambda: self._store.finish(sessions))

    def incident(self, kind: str, detail: str) -> None:
        """Keep something that went wrong."""
        self.alone(lambda: self._store.incident(kind, detail))
        self._news.append(f"{kind}: {detail}")

    def describe(self, key: str, value: Any) -> None:
        """Keep a fact about the run."""
        self.alone(lambda: self._store.describe(key, value))

    def described(self, key: str) -> Any:
        """A fact about the run, or None."""
        return self.alone(lambda: self._store.described(key))

    def withdraw(self, participant: str) -> Withdrawn:
        """Delete all that a participant gave."""
        return self.alone(lambda: self._store.withdraw(participant))

    def news(self) -> Iterator[str]:
        """The incidents that nobody has been told of yet."""
        while self._news:
            yield self._news.popleft()

    def require_running(self) -> None:
        """Go on only if the run does.

        Raises:
            RunEnded: it has ended.
        """
        if self.stopped:
            raise RunEnded

    def stop(self) -> None:
        """Refuse whatever is still to be done, when what is being done is done."""
        with self._lock:
            self.stopped = True

    def alone(self, work: Callable[[], T]) -> T:
        """Do a piece of work while no other thread does one.

        Raises:
            RunEnded: the run has ended.
        """
        with self._lock:
            if self.stopped:
                raise RunEnded
            return work()


def run_in_threads(works: Sequence[Iterator[T]], store: LockedStore) -> Iterator[T]:
    """What several works yield, each done in a thread of its own, until all are done.

    The first error of one ends the others at their next use of the store, and is raised.
    """
    came: SimpleQueue[tuple[T] | BaseException | None] = SimpleQueue()

    def done(work: Iterator[T]) -> None:
        try:
            for one in work:
                came.put((one,))
        except BaseException as error:
            came.put(error)
        else:
            came.put(None)

    threads = [Thread(target=done, args=(work,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    left = len(threads)
    try:
        while left:
            match came.get():
                case BaseException() as error:
                    raise error
                case None:
                    left -= 1
                case (one,):
                    yield one
    finally:
        store.stop()
        for thread in threads:
            thread.join(timeout=10.0)
