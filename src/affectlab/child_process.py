"""What is computed apart, in a process of its own: what may take all memory, or never end, does not take ours with it.

A chat template is a program that came with a model's file, and the engine that draws figures ends its whole process
where memory is short. Each works behind a pipe, with a limit on its memory and on the processor time of one call.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable
from typing import IO, Any

_SERVE = "import json, sys; sys.path[:] = json.loads(sys.argv.pop(1)); from affectlab.child_process import work; work()"


class ChildEnded(Exception):
    """It ended before it answered: it took too much, or the system did not let it begin."""


class ChildRefused(Exception):
    """It answered that it cannot do this, and why."""


class ChildProcess:
    """A function in a process of its own, which begins with the first call. After its end no other is begun.

    Args:
        maker: ``module:name`` of what makes the function there.
        given: to the maker, as JSON.
        memory: bytes that it may take; 0 for no limit but ours.
        seconds: of processor time that one call may take; 0 for no limit.
    """

    def __init__(self, maker: str, given: Any = None, *, memory: int = 0, seconds: float = 0.0) -> None:
        self._maker, self._given, self._memory, self._seconds = maker, given, memory, seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._lock = threading.Lock()
        self.over = ""
        """Why it ended, once it has."""

    def __call__(self, argument: Any) -> Any:
        """What the function makes of an argument; both as JSON.

        Raises:
            ChildEnded: it took too much, or could not begin.
            ChildRefused: it cannot do this.
        """
        with self._lock:
            if self.over:
                raise ChildEnded(self.over)
            told = [argument]
            try:
                if self._process is None or self._owner != os.getpid():  # a copy of ours has a pipe of its own
                    self._begin()
                    told.insert(0, self._given)
                for one in told:
                    self._pipe.write(json.dumps(one).encode() + b"\n")
                    self._pipe.flush()
                    found = self._answer()
            except (OSError, ValueError) as error:
                self.over = self._why(error)
                raise ChildEnded(self.over) from None
        return found

    def _begin(self) -> None:
        arguments = [json.dumps(sys.path), self._maker, str(self._memory), str(self._seconds)]
        self._owner = os.getpid()
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", _SERVE, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        weakref.finalize(self, _end, self._process, self._owner)

    @property
    def _pipe(self) -> IO[bytes]:
        assert self._process is not None
        assert self._process.stdin is not None
        return self._process.stdin

    def _answer(self) -> Any:
        assert self._process is not None
        assert self._process.stdout is not None
        answer = json.loads(self._process.stdout.readline() or b"{}")
        if "refused" in answer:
            raise ChildRefused(answer["refused"])
        if "value" not in answer:
            raise ValueError(answer.get("ended", ""))
        return answer["value"]

    def _why(self, error: Exception) -> str:
        if self._process is None:
            return f"no process could be begun for it ({error})"
        _end(self._process, self._owner)
        if self._process.returncode == -getattr(signal, "SIGPROF", 0):
            return f"it computed for more than {self._seconds:g} seconds"
        most = f" of {self._memory // 2**20} MiB" if self._memory else ""
        return f"it took more memory than it may have{most}, or was ended by the system"


def _end(process: subprocess.Popen[bytes], owner: int) -> None:
    """End it, where it is ours; it has nothing to lose."""
    if os.getpid() != owner:
        return
    if process.poll() is None and process.stdout is not None and process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()
        # what ends by itself says by its code why
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=1.0)
        process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        with contextlib.suppress(OSError, AttributeError):
            pipe.close()  # type: ignore[union-attr]


def work() -> None:
    """Be the process: read one argument a line, and write what becomes of it."""
    maker, memory, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # they come to all of a terminal; ours ends when its pipe does
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what is printed is no answer
    module, _, name = maker.partition(":")
    make = getattr(importlib.import_module(module), name)
    _bound(memory)
    function: Callable[[Any], Any] | None = None
    for line in sys.stdin.buffer:
        _within(seconds)
        try:
            argument = json.loads(line)
            if function is None:
                function = make(argument)
                answer = {"value": None}
            else:
                answer = {"value": function(argument)}
            text = json.dumps(answer)
        except MemoryError:
            text = json.dumps({"ended": "memory"})
        except Exception as error:
            text = json.dumps({"refused": f"{type(error).__name__}: {error}"[:1000]})
        _within(0.0)
        answers.write(text.encode() + b"\n")
        answers.flush()


def _bound(memory: int) -> None:
    if memory and sys.platform != "win32":
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_AS)
        least = memory if most == resource.RLIM_INFINITY else min(memory, most)
        resource.setrlimit(resource.RLIMIT_AS, (least, most))


def _within(seconds: float) -> None:
    """End this process when it has computed for so long from now on; never, where it is nought."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)
