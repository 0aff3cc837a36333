"""Killed at any moment (kill -9), over every command that works on a run: nothing lost, nothing twice, nothing by half.

Two moments in the suite; a thousand by hand (``pytest -m long tests/faults/test_kills.py``).
"""

from __future__ import annotations

import json
import random
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from affectlab.run import STORE
from tests.faults.forked import Ended, Forked, forked
from tests.records.conftest import finished

__all__ = ["finished"]

Command = Callable[[Path, Path], tuple[str, ...]]

COMMANDS: dict[str, Command] = {
    "run": lambda lab, out: ("run", str(lab / "study.yaml"), "--out", str(out), "--json"),
    "delete": lambda lab, out: ("delete", str(lab / "run"), "--session", "1"),
    "score": lambda lab, out: ("score", str(lab / "run"), "--json"),
    "export": lambda lab, out: ("export", str(lab / "run"), "--to", str(out)),
    "report": lambda lab, out: ("report", str(lab / "run"), "--format", "md", "--out", str(out)),
    "archive": lambda lab, out: ("archive", str(lab / "run"), "--to", str(out)),
    "replay": lambda lab, out: ("replay", str(lab / "run"), "--json"),
    "validity": lambda lab, out: ("validity", str(lab / "run"), "--json"),
    "tables": lambda lab, out: ("tables", str(lab / "run"), "--json"),
    "multiverse": lambda lab, out: ("multiverse", str(lab / "run"), "--json"),
    "freeze": lambda lab, out: ("freeze", "dresden", "--quick", "--out", str(out)),
    "check": lambda lab, out: ("check", str(lab / "study.yaml")),
}
GONE = "has no session 1"
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Bench:
    """A copy of a finished run, spoiled by whatever is stopped, and what the commands make of it when they are not."""

    def __init__(self, finished: Path, folder: Path, program: Forked) -> None:
        self._finished, self.lab, self._out = finished, folder / "lab", folder / "out"
        self._program = program
        self._anew()
        self._whole: dict[str, tuple[float, str]] = {}

    def _anew(self) -> None:
        for one in (self.lab, self._out):
            shutil.rmtree(one, ignore_errors=True)
        shutil.copytree(self._finished, self.lab)
        self._out.mkdir()

    def _words(self, name: str) -> tuple[str, ...]:
        return COMMANDS[name](self.lab, self._out / name)

    def _numbers(self, run: Path) -> str:
        ended = self._program(("tables", str(run), "--json"))
        assert ended.code == 0, ended
        return ended.said

    def _done(self, name: str) -> tuple[float, str]:
        """How long a command takes, and the numbers of the run that it leaves."""
        ended = self._program(self._words(name))
        assert ended.code == 0, (name, ended)
        run = self._out / name if name == "run" else self.lab / "run"
        found = ended.seconds, self._numbers(run)
        self._anew()
        return found

    def stop(self, name: str, number: int, share: float) -> list[str]:
        """Stop a command at a share of its time, once more, and let it end; what is wrong then."""
        if name not in self._whole:
            self._whole[name] = self._done(name)
        seconds, numbers = self._whole[name]
        wrong = []
        for _ in range(2):
            ended = self._program(self._words(name), number=number, after=share * seconds)
            wrong += [f"{name} at {share:.3f}: {one}" for one in _wrong(name, ended, number)]
        last = self._program(self._words(name))
        if last.code != 0 and not _gone(name, last):
            wrong.append(f"{name} at {share:.3f} does not go on: {last}")
        else:
            run = self._out / name if name == "run" else self.lab / "run"
            told = json.loads(self._program(("verify", str(run), "--json")).said or "{}")
            if not told.get("whole"):
                wrong.append(f"{name} at {share:.3f} leaves a run that is not whole: {told}")
            if self._numbers(run) != numbers:
                wrong.append(f"{name} at {share:.3f} leaves other numbers")
            if name == "run" and (left := sorted(one.name for one in run.iterdir())) != [STORE]:
                wrong.append(f"{name} at {share:.3f} leaves {left}")
        self._anew()
        return wrong


def _gone(name: str, ended: Ended) -> bool:
    """Whether what was to be deleted is deleted already, or the file that was to be written is there."""
    said = {"delete": GONE, "archive": "is there already"}
    return name in said and said[name] in ended.complaint


def _wrong(name: str, ended: Ended, number: int) -> list[str]:
    if ended.hung:
        return ["hangs"]
    # until the program hears, a signal ends it as it ends everything, and kill -9 always does
    if ended.code == 0 or _gone(name, ended) or (ended.code == -number and not ended.complaint):
        return []
    one_line = ended.complaint.startswith("affectlab: stopped") and ended.complaint.count("\n") == 1
    return [] if ended.code == 128 + number and one_line else [f"ended with {ended.code}: {ended.complaint[-600:]}"]


def _moments(count: int, seed: int, numbers: tuple[int, ...]) -> list[tuple[str, int, float]]:
    chance, names = random.Random(seed), list(COMMANDS)
    return [(names[at % len(names)], chance.choice(numbers), chance.random()) for at in range(count)]


def _stopped(moments: list[tuple[str, int, float]], finished: Path, folder: Path) -> list[str]:
    with forked(folder) as program:
        bench = Bench(finished, folder, program)
        return [one for moment in moments for one in bench.stop(*moment)]


def test_commands_that_are_killed_leave_a_run_that_goes_on(finished: Path, tmp_path: Path) -> None:
    assert _stopped(_moments(2, 31, (signal.SIGKILL,)), finished, tmp_path) == []


@pytest.mark.long
@pytest.mark.parametrize("part", range(50))
def test_a_thousand_kills_lose_nothing(finished: Path, tmp_path: Path, part: int) -> None:
    """Each command is stopped twice at each moment."""
    assert _stopped(_moments(10, 32 + part, (signal.SIGKILL,)), finished, tmp_path) == []


@pytest.mark.long
@pytest.mark.parametrize("part", range(15))
def test_hundreds_of_signals_are_one_line_and_lose_nothing(finished: Path, tmp_path: Path, part: int) -> None:
    assert _stopped(_moments(10, 152 + part, STOPS), finished, tmp_path) == []
