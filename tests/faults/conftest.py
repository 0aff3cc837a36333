"""A finished run to spoil, a program of its own to stop, and a user who may not write everywhere."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.needs import lacking
from tests.records.conftest import copied, finished

__all__ = ["copied", "finished"]

SOURCE = Path(__file__).parents[2] / "src"
Program = Callable[..., "subprocess.Popen[str]"]

_SMALL = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, ({0}, {0})); sys.argv[0] = 'affectlab'; "
_CALL = "from affectlab.__main__ import main; main()"


def hearing() -> None:
    """Have a program hear what stops it, which a shell's background and `nohup` have all that they start ignore."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    """Start the program in a process of its own; what is left of it at the end is killed."""
    begun: list[subprocess.Popen[str]] = []

    def start(*words: str, largest: int | None = None) -> subprocess.Popen[str]:
        """Start it; with ``largest``, no file may become larger than so many bytes, as on a full disk."""
        code = (_SMALL.format(largest) if largest is not None else "") + _CALL
        environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
        process = subprocess.Popen(
            [sys.executable, "-c", code, *words],
            env=environment,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=hearing,
        )
        begun.append(process)
        return process

    yield start
    for process in begun:
        if process.poll() is None:
            process.kill()
            process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()


@contextmanager
def without_privileges() -> Iterator[None]:
    """Have permissions hold, also for the superuser, who has them set aside."""
    if os.geteuid() != 0:
        yield
        return
    library = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    before, without = (ctypes.c_uint32 * 6)(), (ctypes.c_uint32 * 6)()
    if library.capget(header, before):
        lacking("way to set privileges aside")
    without[:] = before[:]
    without[0] &= ~(1 << 1 | 1 << 2)  # reading and writing whatever the permissions are
    if library.capset(header, without):
        lacking("way to set privileges aside")
    try:
        yield
    finally:
        library.capset(header, before)
