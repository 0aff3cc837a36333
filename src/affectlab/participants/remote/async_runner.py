"""The thread on which requests are sent, and how their answers come back to the caller as they are known.

A participant is asked synchronously, from a script, a runner or a notebook (where an event loop is running
already, so that ours must run elsewhere). Requests go on being received while the caller stores; at most
``most`` answers wait to be taken, so that what a kill can lose is bounded by what is in flight.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, NamedTuple, TypeVar

from affectlab.errors import ParticipantError

T = TypeVar("T")


class Done(NamedTuple):
    """A job that is finished: its result, or the error that stopped it."""

    job: int
    result: Any
    error: Exception | None = None


class AsyncRunner:
    """An event loop of its own, and the jobs that run on it."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name="affectlab remote", daemon=True)
        self._thread.start()

    def call(self, work: Awaitable[T]) -> T:
        """Run one piece of work, and wait for it."""
        return asyncio.run_coroutine_threadsafe(_awaited(work), self._loop).result()

    def run(
        self, count: int, job: Callable[[int], Awaitable[Any]], most: int, told: Callable[[], None]
    ) -> Iterator[tuple[int, Any]]:
        """The results of jobs 0 to ``count - 1``, as they come, ``most`` of them at work at a time.

        A job that fails with a ParticipantError stops the taking of new ones; those at work are finished and
        handed over first, then the error is raised. ``told`` is called between results, on this thread.
        """
        if not count:
            return
        done: queue.SimpleQueue[Done | None] = queue.SimpleQueue()
        jobs = _Jobs(count, job, most, done)
        future = asyncio.run_coroutine_threadsafe(jobs.work(), self._loop)
        failure: Exception | None = None
        try:
            while (finished := done.get()) is not None:
                told()
                if finished.error is not None:
                    if failure is None or isinstance(failure, _Postponed):
                        failure = finished.error
                else:
                    yield finished.job, finished.result
                self._loop.call_soon_threadsafe(jobs.room.release)
        finally:
            jobs.stopped = True
            future.cancel()
            told()
        if failure is not None:
            raise failure.error if isinstance(failure, _Postponed) else failure

    def close(self) -> None:
        """Stop the loop and its thread."""
        if self._loop.is_closed():
            return
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
            pending = asyncio.all_tasks(self._loop)
            for task in pending:
                task.cancel()
            self._loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
        finally:
            self._loop.close()


class _Postponed(Exception):
    """The failure of one job, which is raised only when all the others are through."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


class Unanswered(ParticipantError):
    """Some requests could not be answered; all others were, and are handed over first."""


class _Jobs:
    """The jobs of one call of :meth:`AsyncRunner.run`."""

    def __init__(
        self, count: int, job: Callable[[int], Awaitable[Any]], most: int, done: queue.SimpleQueue[Done | None]
    ) -> None:
        self.jobs = iter(range(count))
        self.job = job
        self.most = min(most, count)
        self.done = done
        self.room = asyncio.Semaphore(2 * most)
        self.stopped = False
        self.answered = 0
        self.unanswered = 0

    async def work(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self.most):
                    group.create_task(self._worker())
        finally:
            self.done.put(None)

    async def _worker(self) -> None:
        for index in self.jobs:
            if self.stopped:
                return
            await self.room.acquire()
            try:
                result = await self.job(index)
            except Unanswered as error:
                self.unanswered += 1
                hopeless = self.answered == 0 and self.unanswered >= 5
                self.stopped = self.stopped or hopeless
                self.done.put(Done(index, None, _Postponed(error)))
            except Exception as error:
                self.stopped = True
                self.done.put(Done(index, None, error))
            else:
                self.answered += 1
                self.done.put(Done(index, result))


async def _awaited(work: Awaitable[T]) -> T:
    return await work
