"""For tests of the pool: workers in this process that are lost, and participants that come to grief."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from affectlab.execution.pool import Pool, Stopped
from affectlab.execution.worker import Host, Message, WorkerLost, wrong
from affectlab.participants.simulated import Simulated
from affectlab.requests import Request, Response
from affectlab.session.work import Progress, Work


class Moving(Simulated):
    """Says by how much its answers move with who shares the batch, so that blocks are kept in order; and writes down
    how many questions it was asked together."""

    def resolution(self) -> dict[str, Any]:
        return {}

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        # the company of a question is part of its answer
        for position, response in super().respond(requests):
            yield position, self.moved(response, len(requests))

    def moved(self, response: Response, company: int) -> Response:
        if not hasattr(response, "logprobs"):
            return response
        return replace(response, logprobs=tuple(one - company * 1e-9 for one in response.logprobs))  # type: ignore[union-attr]


class Poisoned(Simulated):
    """Comes to grief over a session in which something is said: ``raise`` an error, or end the process by ``kill``."""

    def __init__(self, *made: Any, seed: int = 0, word: str = "", how: str = "raise", once: Path | None = None) -> None:
        super().__init__(*made, seed=seed)
        self.word, self.how, self.once = word, how, once

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(type(self), seed=self.seed, word=self.word, how=self.how, once=self.once), (
            self.truth,
            self.catalogue,
        )

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        for position, response in super().respond(requests):
            if any(self.word in turn.text for turn in requests[position].conversation.turns):
                self._trouble()
            yield position, response

    def _trouble(self) -> None:
        if self.once is not None:
            if self.once.exists():
                return
            self.once.touch()
        if self.how == "raise":
            raise ValueError("this cannot be read")
        assert multiprocessing.parent_process() is not None
        os.kill(os.getpid(), signal.SIGKILL)


class NearWorker:
    """A worker in this process. It is lost before a message of its own, as often as ``losses`` says."""

    def __init__(self, number: int, packed: bytes, losses: Callable[[], str]) -> None:
        self.name = f"worker {number}"
        self._losses = losses
        self._said: deque[Message] = deque()
        self._messages: Iterator[Message] = iter(())
        self.ended = False
        try:
            self._host = Host(packed, None)
            self._said.append(self._host.ready())
        except Exception as error:
            self._said.append(wrong(error))

    def send(self, message: Message) -> None:
        assert not self.ended
        # what is told goes through bytes where there are processes
        self._messages = self._host.answer(message)
        if message[0] == "reset":
            self._said.extend(self._messages)

    def receive(self, what: str) -> Message:
        match self._losses():
            case "ended":
                raise WorkerLost(f"{self.name} ended by signal 9", hint="another takes its place")
            case "silent":
                raise WorkerLost(f"{self.name} was silent; waited for {what}", hint="it is ended", ended=False)
        return self._said.popleft() if self._said else next(self._messages)

    def end(self) -> None:
        self.ended = True


class Near:
    """An executor with workers in this process, of which some are lost at moments that are drawn from a seed."""

    def __init__(self, workers: int = 2, *, losses: int = 0, seed: int = 0, how: str = "ended") -> None:
        self.workers, self.left, self.chance, self.how = workers, losses, Random(seed), how
        self.launched: list[NearWorker] = []

    def carry_out(self, work: Work) -> Iterator[Progress]:
        def launch(number: int, packed: bytes, threads: int | None, stopped: Stopped) -> NearWorker:
            self.launched.append(NearWorker(number, packed, self._lost))
            return self.launched[-1]

        yield from Pool(launch, self.workers, None).carry_out(work)

    def _lost(self) -> str:
        if self.left and self.chance.random() < 0.05:
            self.left -= 1
            return self.how
        return ""


def descendants(process: int) -> list[int]:
    """The processes that a process started, and those that these did."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            parents.setdefault(parent, []).append(int(folder.name))
    found, left = [], [process]
    while left:
        children = parents.get(left.pop(), [])
        found += children
        left += children
    return found
