"""The executor of several processes on this machine: one engine in each, which share one copy of the weights."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection

from affectlab.execution.pool import LOOK, Pool, Stopped, workers_asked_for
from affectlab.execution.worker import Host, Message, WorkerLost, wrong
from affectlab.participants.machine import cores
from affectlab.session.work import Progress, Work

PATIENCE = 600.0
"""Seconds without a sign after which a worker is given up."""


class Processes:
    """Has blocks done in processes of this machine: ``processes``, or ``processes:4`` for four.

    The driver has plan and store. What is stored is what ``here`` stores, whatever the number of processes.
    """

    def __init__(self, detail: str = "", *, patience: float = PATIENCE) -> None:
        self._workers = workers_asked_for(detail, cores())
        self._patience = patience

    def carry_out(self, work: Work) -> Iterator[Progress]:
        """Do every block."""

        def launch(number: int, packed: bytes, threads: int | None, stopped: Stopped) -> ProcessWorker:
            return ProcessWorker(number, packed, threads, self._patience, stopped)

        yield from Pool(launch, self._workers, threads=max(1, cores() // self._workers)).carry_out(work)


class ProcessWorker:
    """A process that answers."""

    def __init__(
        self, number: int, packed: bytes, threads: int | None, patience: float, stopped: Callable[[], None]
    ) -> None:
        # a process that is forked would have the engine's threads by half
        context = multiprocessing.get_context("spawn")
        self._connection, there = context.Pipe()
        self._process = context.Process(target=_answer, args=(there, packed, threads), daemon=True)
        self._process.start()
        there.close()
        self.name = f"worker {number} (process {self._process.pid})"
        self._patience = patience
        self._stopped = stopped

    def send(self, message: Message) -> None:
        """Hand a message over."""
        try:
            self._connection.send(message)
        except OSError:
            raise self._lost() from None

    def receive(self, what: str) -> Message:
        """Its next message."""
        waited = 0.0
        while not self._there():
            self._stopped()
            waited += LOOK
            if waited >= self._patience:
                silent = f"{self.name} was silent for {self._patience:g} s; waited for {what}"
                raise WorkerLost(silent, hint="it is ended, and another takes its place", ended=False)
        try:
            message: Message = self._connection.recv()
        except (EOFError, OSError):
            raise self._lost() from None
        return message

    def end(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        self._process.join()
        self._connection.close()

    def _there(self) -> bool:
        try:
            return self._connection.poll(LOOK)
        except OSError:
            raise self._lost() from None

    def _lost(self) -> WorkerLost:
        self._process.join(timeout=1.0)
        code = self._process.exitcode
        by = f"by signal {-code}" if code is not None and code < 0 else f"with code {code}"
        return WorkerLost(f"{self.name} ended {by}", hint="another takes its place")


def _answer(driver: Connection, packed: bytes, threads: int | None) -> None:
    """What the process does, until its driver is gone."""
    # Ctrl-C goes to every process of a terminal, and the driver ends its workers itself
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_driver, daemon=True).start()
    try:
        host = Host(packed, threads)
    except BaseException as error:
        driver.send(wrong(error))
        return
    driver.send(host.ready())
    try:
        while True:
            for message in host.answer(driver.recv()):
                driver.send(message)
    except (EOFError, OSError):
        return


def _end_with_driver() -> None:
    """End when the driver does, whatever is being computed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
