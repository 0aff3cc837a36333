"""Commands that are stopped at a moment of their work, many in little time.

A program of its own has loaded everything once, and copies itself for each command; so that a signal comes while the
command works, and not while Python is loaded.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.faults.conftest import SOURCE, hearing

_SERVER = """
import json, os, select, signal, sys, time
import affectlab.cli.app, affectlab.experiment, affectlab.report, affectlab.records, pandas, yaml, jinja2
from affectlab.__main__ import main

def child(words, out, err):
    for number, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    sys.argv = ["affectlab", *words]
    main()

for line in sys.stdin:
    words, out, err, number, seconds = json.loads(line)
    begun = time.monotonic()
    pid = os.fork()
    if pid == 0:
        child(words, out, err)
    ended = os.pidfd_open(pid)
    if number and not select.select([ended], [], [], seconds)[0]:
        os.kill(pid, number)
    hung = not select.select([ended], [], [], 120)[0]
    if hung:
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    os.close(ended)
    print(json.dumps([os.waitstatus_to_exitcode(status), hung, time.monotonic() - begun]), flush=True)
"""


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    hung: bool
    seconds: float
    said: str
    complaint: str


class Forked:
    """A program that does commands, and stops them."""

    def __init__(self, folder: Path) -> None:
        self._out, self._err = folder / "said", folder / "complaint"
        self._server = subprocess.Popen(
            [sys.executable, "-c", _SERVER],
            env={**os.environ, "PYTHONPATH": str(SOURCE)},
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=hearing,
        )

    def __call__(self, words: Sequence[str], *, number: int = 0, after: float = 0.0) -> Ended:
        """Do a command, and send it a signal after so many seconds if it still works then."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        print(json.dumps([words, str(self._out), str(self._err), number, after]), file=self._server.stdin, flush=True)
        code, hung, seconds = json.loads(self._server.stdout.readline())
        return Ended(code, hung, seconds, *(one.read_text("utf-8") for one in (self._out, self._err)))

    def close(self) -> None:
        """End the program."""
        self._server.communicate()


@contextmanager
def forked(folder: Path) -> Iterator[Forked]:
    """The program, as long as it is wanted."""
    made = Forked(folder)
    try:
        yield made
    finally:
        made.close()
