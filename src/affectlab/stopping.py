"""How the program is stopped: by Ctrl-C, by the system, or with its terminal; at any moment, with one line.

The first signal ends what the program does where Python next has the word. A second one ends it at once, and so does
the time that it is given, for what computes outside of Python hears no first one. Nothing is lost by that: an answer
is stored before the next is asked for, and files are there whole or not at all.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from types import FrameType

GRACE = 10.0
"""Seconds in which a program that was stopped may end by itself."""
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
_KEPT = "what was complete is kept, and nothing is there by half; the same command starts anew"


class Stopped(KeyboardInterrupt):
    """A signal came."""


class Stopping:
    """What is known of a stop: the signal, what is said of it, and whether it has been said."""

    def __init__(self) -> None:
        self.signal: int | None = None
        self.kept = _KEPT
        """What is kept, and how to go on."""
        self._done: int | None = None
        self._said = False

    @property
    def code(self) -> int:
        """What the program ends with."""
        return 128 + (self.signal or signal.SIGINT)

    def listen(self) -> None:
        """Hear signals from now on; one that is ignored stays so, as under ``nohup``."""
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        for number in (getattr(signal, name) for name in _NAMES if hasattr(signal, name)):
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._heard)
        threading.Thread(target=self._watch, args=(reading,), daemon=True).start()

    def done(self, code: int) -> None:
        """The program has done all, and only has to end."""
        self._done = code

    def say(self) -> None:
        """Say once, in one line, what is kept and how to go on."""
        if self._said:
            return
        self._said = True
        by = f" by {signal.Signals(self.signal).name}" if self.signal not in (None, signal.SIGINT) else ""
        line = f"affectlab: stopped{by}; {self.kept}\n"
        try:
            os.write(2, line.encode(errors="backslashreplace"))
        except OSError:  # its terminal is closed
            return

    def _heard(self, number: int, _: FrameType | None) -> None:
        if self._done is not None:
            os._exit(self._done)
        if self.signal is None:
            self.signal = number
            raise Stopped

    def _watch(self, signals: int) -> None:
        """Wait for a signal, and then for another, or for the end of the time."""
        number = os.read(signals, 1)[0]
        if self._done is None:
            select.select([signals], [], [], GRACE)
            self.signal = self.signal or number
            self._end()

    def _end(self) -> None:
        self.say()
        os._exit(self.code if self._done is None else self._done)


STOPPING = Stopping()
"""That of this program."""


def say_what_is_kept(words: str) -> None:
    """What is to be said to be kept, and how to go on, if the program is stopped from now on."""
    STOPPING.kept = words


def flushed(code: int) -> int:
    """The code to end with, when all that was printed has gone out; that nobody reads on is no error."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            _drop(stream.fileno())
        except OSError as error:
            _drop(stream.fileno())
            os.write(2, f"affectlab: what was to be printed cannot be written: {error.strerror}\n".encode())
            code = code or 2
    return code


def _drop(stream: int) -> None:
    """Have nothing more be written to a stream, also at the end of the program."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
