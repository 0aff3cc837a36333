"""The executor of a Ray cluster: one that is there, or one that is begun on this machine.

Ray is an extra: ``pip install 'affectlab[ray]'``. All machines have the same affectlab, engine and model file.
"""

from __future__ import annotations

import os
import socket
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from queue import Empty, Queue
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from affectlab.errors import EngineError, InputError
from affectlab.execution.pool import LOOK, Pool, Stopped, workers_asked_for
from affectlab.execution.processes import PATIENCE
from affectlab.execution.worker import Host, Message, WorkerLost, wrong
from affectlab.session.work import Progress, Work

_REACHED = 5.0
"""Seconds in which a cluster must answer."""


class RayCluster:
    """Has blocks done on Ray: ``ray``, ``ray:8`` for eight workers, or ``ray://HOST:PORT`` for that of a client server.

    The driver has plan and store, as with ``processes``. A machine that goes costs the blocks that were under way on
    it, which are done elsewhere.
    """

    def __init__(self, detail: str = "", *, patience: float = PATIENCE) -> None:
        self._address = f"ray:{detail}" if detail.startswith("//") else None
        if self._address is not None:
            _require_address(self._address)
        self._workers = workers_asked_for("" if self._address else detail, 0)
        self._patience = patience

    def carry_out(self, work: Work) -> Iterator[Progress]:
        """Do every block."""
        ray = self._connected()
        try:
            workers = self._workers or max(1, int(ray.cluster_resources().get("CPU", 1)))

            def launch(number: int, packed: bytes, threads: int | None, stopped: Stopped) -> RayWorker:
                return RayWorker(ray, number, packed, threads, self._patience, stopped)

            yield from Pool(launch, workers, threads=1).carry_out(work)
        finally:
            with suppress(Exception):  # a cluster that has gone cannot be left
                ray.shutdown()

    def _connected(self) -> Any:
        """Ray, connected.

        Raises:
            EngineError: it is not installed, or the cluster does not answer.
        """
        try:
            ray = import_module("ray")
        except ImportError:
            raise EngineError("Ray is not installed", hint="pip install 'affectlab[ray]'") from None
        if self._address is not None:
            _require_answer(self._address)
        os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
        try:
            ray.init(address=self._address, log_to_driver=False, logging_level="ERROR", ignore_reinit_error=True)
        except Exception as error:
            message = f"Ray cannot be reached: {str(error).splitlines()[0] if str(error) else type(error).__name__}"
            raise EngineError(message, hint="is the cluster up, and of the same version?") from None
        return ray


def _require_address(address: str) -> None:
    try:
        parts = urlsplit(address)
        found = bool(parts.hostname and parts.port)
    except ValueError:
        found = False
    if not found:
        raise InputError(f"not an address of Ray: {address}", hint="write ray://HOST:PORT; the port is often 10001")


def _require_answer(address: str) -> None:
    """See that somebody answers there, sooner than Ray would tell."""
    parts = urlsplit(address)
    try:
        with socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=_REACHED):
            return
    except OSError as error:
        why = error.strerror or "no answer"
        hint = "`ray start --head` begins a cluster; the port is that of its client server, often 10001"
        raise EngineError(f"no Ray at {address} ({why})", hint=hint) from None


class Actor:
    """What is on the cluster: it answers on a thread of its own, and hands over what has come when it is asked."""

    def __init__(self, packed: bytes, threads: int | None) -> None:
        self._messages: Queue[Message] = Queue()
        self._said: Queue[Message] = Queue()
        Thread(target=self._answer, args=(packed, threads), daemon=True).start()

    def send(self, message: Message) -> None:
        """Take a message."""
        self._messages.put(message)

    def receive(self) -> list[Message]:
        """What has come since, if need be after a moment."""
        found: list[Message] = []
        with suppress(Empty):
            found.append(self._said.get(timeout=LOOK))
            while True:
                found.append(self._said.get_nowait())
        return found

    def _answer(self, packed: bytes, threads: int | None) -> None:
        try:
            host = Host(packed, threads)
        except BaseException as error:
            self._said.put(wrong(error))
            return
        self._said.put(host.ready())
        while True:
            for message in host.answer(self._messages.get()):
                self._said.put(message)


class RayWorker:
    """An actor of Ray, as a worker."""

    def __init__(
        self, ray: Any, number: int, packed: bytes, threads: int | None, patience: float, stopped: Stopped
    ) -> None:
        self._ray = ray
        self.name = f"worker {number} (Ray)"
        self._patience = patience
        self._stopped = stopped
        self._said: deque[Message] = deque()
        self._actor = (
            ray.remote(Actor).options(num_cpus=1, max_restarts=0, scheduling_strategy="SPREAD").remote(packed, threads)
        )

    def send(self, message: Message) -> None:
        """Hand a message over."""
        self._came(self._actor.send.remote(message), "take a message")

    def receive(self, what: str) -> Message:
        """Its next message."""
        waited = 0.0
        while not self._said:
            self._said.extend(self._came(self._actor.receive.remote(), what))
            self._wait_no_longer(waited := waited + LOOK, what)
        return self._said.popleft()

    def end(self) -> None:
        """End it, whatever it does."""
        with suppress(Exception):  # it may have gone with its machine
            self._ray.kill(self._actor)

    def _came(self, reference: Any, what: str) -> Any:
        """The result of a call; an actor that waits for a place on the cluster has none yet."""
        waited = 0.0
        while True:
            self._stopped()
            try:
                there, _ = self._ray.wait([reference], timeout=LOOK)
                if there:
                    return self._ray.get(reference)
            except self._ray.exceptions.RayError as error:
                why = type(error).__name__
                raise WorkerLost(f"{self.name} ended ({why})", hint="another takes its place") from None
            except ConnectionError:
                raise EngineError("the Ray cluster has gone", hint="the same command goes on where it was") from None
            self._wait_no_longer(waited := waited + LOOK, what)

    def _wait_no_longer(self, waited: float, what: str) -> None:
        if waited >= self._patience and not self._said:
            message = f"{self.name} was silent for {self._patience:g} s; waited for {what}"
            raise WorkerLost(message, hint="it is ended, and another takes its place", ended=False)
