"""Stopped at any moment: one line that says what is kept and how to go on, and the code of the signal."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from affectlab.conversation import Conversation
from affectlab.requests import Answer, Ask
from affectlab.run import STORE
from affectlab.store.checksums import Checksums, checked_tables
from affectlab.store.store import Store
from tests.conftest import Called, Lab
from tests.faults.conftest import SOURCE, Program, hearing

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _answers(folder: Path) -> int:
    try:
        with closing(sqlite3.connect(f"file:{folder / STORE}?mode=ro", uri=True)) as db:
            return int(db.execute("SELECT count(*) FROM responses").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def _until_it_answers(folder: Path, process: subprocess.Popen[str]) -> int:
    """How many answers there are when there are more than before."""
    before = _answers(folder)
    while process.poll() is None and _answers(folder) <= before:
        time.sleep(0.01)
    return _answers(folder)


def _stopped(process: subprocess.Popen[str], number: signal.Signals) -> str:
    """The one line of a program that a signal has ended."""
    said, complaint = process.communicate()
    assert process.returncode == 128 + number, (process.returncode, said, complaint)
    assert complaint.startswith("affectlab: stopped"), complaint
    assert complaint.count("\n") == 1, complaint
    return complaint


@pytest.mark.parametrize("number", SIGNALS)
def test_a_run_says_what_is_kept_and_goes_on(number: signal.Signals, program: Program, tmp_path: Path) -> None:
    command = ("run", "dresden", "--model", "simulated", "--out", "mine", "--json")
    process = program(*command)
    kept = _until_it_answers(tmp_path / "mine", process)
    process.send_signal(number)
    complaint = _stopped(process, number)
    assert complaint.endswith("; what was answered is kept in mine; the same command goes on where it was\n")
    assert sorted(one.name for one in (tmp_path / "mine").iterdir()) == [STORE], "closed, and its lock given back"
    assert _answers(tmp_path / "mine") >= kept > 0


def test_a_second_signal_ends_at_once_what_hears_no_first(tmp_path: Path) -> None:
    """Code outside of Python does not look whether a signal came; here it waits for ever."""
    waits = """
import ctypes
from affectlab.stopping import STOPPING, say_what_is_kept
STOPPING.listen()
say_what_is_kept("all is kept")
library, mutex = ctypes.CDLL(None), ctypes.create_string_buffer(256)
library.pthread_mutex_lock(mutex)
told = ["there"]
while True:
    try:
        while told:
            print(told.pop(), flush=True)
        library.pthread_mutex_lock(mutex)
    except KeyboardInterrupt:  # it came before the wait began
        continue
"""
    process = subprocess.Popen(
        [sys.executable, "-c", waits],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hearing,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "there\n"
    # two that come before the first is heard are one
    while process.poll() is None:
        process.send_signal(signal.SIGINT)
        time.sleep(0.01)
    assert _stopped(process, signal.SIGINT) == "affectlab: stopped; all is kept\n"


def test_what_nobody_hears_the_end_of_is_no_error(copied: Lab, program: Program) -> None:
    process = program("verify", str(copied.folder / "run"), "--json")
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    _, complaint = process.communicate()
    assert (process.returncode, complaint) == (0, "")


def test_output_to_a_full_device_is_one_line(copied: Lab, tmp_path: Path) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "affectlab", "verify", str(copied.folder / "run")],
            env={**os.environ, "PYTHONPATH": str(SOURCE)},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 2
    assert done.stderr.startswith("affectlab: what was to be printed cannot be written: No space left")
    assert done.stderr.count("\n") == 1


def _moments(count: int, seed: int) -> list[tuple[float, signal.Signals, int]]:
    chance = random.Random(seed)
    return [(chance.random(), chance.choice(SIGNALS), chance.randrange(5)) for _ in range(count)]


def _stop_at(moments: list[tuple[float, signal.Signals, int]], lab: Lab, program: Program, called: Called) -> None:
    """Stop commands at shares of the time that they take; whatever ends by itself before has its own code."""
    run, out = str(lab.folder / "run"), lab.folder / "out"
    commands = (
        ("export", run, "--to", str(out)),
        ("report", run, "--out", str(lab.folder / "report.html")),
        ("check", str(lab.study)),
        ("validity", run, "--json"),
        ("score", run, "--json"),
    )
    before = called("tables", run, "--json")
    took: dict[int, float] = {}
    for share, number, which in moments:
        if which not in took:
            begun = time.monotonic()
            assert program(*commands[which]).wait() == 0
            took[which] = time.monotonic() - begun
        process = program(*commands[which])
        try:
            process.wait(share * took[which])
        except subprocess.TimeoutExpired:
            process.send_signal(number)
        said, complaint = process.communicate()
        # until Python itself has begun nobody can hear, and a signal ends it as it ends everything
        if process.returncode not in (0, -number) and not complaint.startswith("Traceback"):
            assert process.returncode == 128 + number, (commands[which], share, said, complaint)
            assert complaint.startswith("affectlab: stopped"), complaint
            assert complaint.count("\n") == 1, complaint
        elif complaint.startswith("Traceback"):
            assert "site" in complaint, (commands[which], share, complaint)
    assert called("tables", run, "--json") == before
    assert called("export", run, "--to", str(out))[0] == 0
    assert json.loads(called("verify", run, "--json")[1])["whole"]


def test_commands_that_are_stopped_at_any_moment_say_one_line(copied: Lab, program: Program, called: Called) -> None:
    _stop_at(_moments(2, 28), copied, program, called)


@pytest.mark.long
def test_commands_that_are_stopped_at_three_hundred_moments_say_one_line(
    copied: Lab, program: Program, called: Called
) -> None:
    _stop_at(_moments(300, 29), copied, program, called)


def test_an_interruption_while_a_checksum_is_made_is_one_and_stores_nothing(tmp_path: Path) -> None:
    """SQLite tells whatever is raised in a function that it calls as an error of its own."""
    store, asked = Store(tmp_path / STORE), Ask(Conversation.begin().user("Hello."), "I am", (" a", " b"))
    answer = Answer((-0.5, -1.0))
    store.keep("a", "p", asked, answer, 0)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    whole = Checksums._changing
    store._db.create_function("added_responses", -1, interrupted)
    with pytest.raises(KeyboardInterrupt):
        store.keep("b", "p", asked, answer, 0)
    assert store.count() == 1
    store._db.create_function("added_responses", -1, whole(store._file._checksums, checked_tables()["responses"], 1))
    store.keep("b", "p", asked, answer, 0)
    store.close()
    again = Store(tmp_path / STORE)
    again.check()
    assert again.count() == 2
