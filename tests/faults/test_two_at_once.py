"""Two at once: one writes and says who it is, and whoever reads meanwhile sees what is complete."""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
from pathlib import Path

import pytest

from affectlab.design.plan import Plan
from affectlab.errors import StoreError
from affectlab.execution.stream import prepared, stream
from affectlab.participants.simulated import Simulated
from affectlab.run import STORE, Run
from affectlab.store.lock import Lock
from affectlab.store.store import Store
from tests.conftest import Called, Lab, planted
from tests.faults.conftest import SOURCE

HOLDING = """
import sys
from pathlib import Path
from affectlab.store.lock import Lock
lock = Lock(Path(sys.argv[1]))
lock.take()
print("held", flush=True)
sys.stdin.read()
"""


def _holder(store: Path) -> subprocess.Popen[str]:
    """Another process that holds the lock of a store until its input ends."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(store)],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    return holder


def test_a_second_writer_is_told_who_writes_and_may_read(lab: Lab, called: Called) -> None:
    folder = lab.folder / "run"
    assert called("run", str(lab.study), "--out", str(folder), "--json")[0] == 0
    holder = _holder(folder / STORE)
    with holder:
        for command in (("run", str(lab.study), "--out", str(folder)), ("delete", str(folder), "--session", "0")):
            code, said, complaint = called(*command)
            assert (code, said, complaint.count("\n")) == (2, "", 1)
            assert f"{STORE} is being written by process {holder.pid} on " in complaint
            assert "it can be read meanwhile" in complaint
        assert called("verify", str(folder))[0] == 0
        holder.kill()
    # a lock ends with its holder
    assert called("delete", str(folder), "--session", "0")[0] == 0
    assert not (folder / f"{STORE}.lock").exists()


def test_a_lock_is_taken_once_and_given_back_as_often_as_it_was_taken(tmp_path: Path) -> None:
    first, second = Lock(tmp_path / STORE), Lock(tmp_path / STORE)
    first.take()
    first.take()
    with pytest.raises(StoreError, match=f"is being written by process {os.getpid()} on"):
        second.take()
    first.give_back()
    with pytest.raises(StoreError):
        second.take()
    first.give_back()
    second.take()
    second.give_back()
    assert list(tmp_path.iterdir()) == []


def _count(file: str, results: multiprocessing.Queue[int], times: int) -> None:
    lock = Lock(Path(file))
    for _ in range(times):
        while True:
            try:
                lock.take()
                break
            except StoreError:
                continue
        beside = Path(file).with_suffix(".count")
        beside.write_text(str(int(beside.read_text()) + 1))
        lock.give_back()
    results.put(times)


def test_two_never_hold_it_at_the_same_time(tmp_path: Path) -> None:
    (tmp_path / "answers.count").write_text("0")
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    others = [context.Process(target=_count, args=(str(tmp_path / STORE), results, 100)) for _ in range(3)]
    for one in others:
        one.start()
    for one in others:
        one.join()
    assert (tmp_path / "answers.count").read_text() == "300"


def test_a_reader_sees_a_run_as_it_was_at_one_moment(lab: Lab, called: Called, tmp_path: Path) -> None:
    """A report of a run that is young, and of one that goes on while it is read."""
    study = lab.load()
    plan = Plan.of(study, models=("simulated",))
    model = Simulated(planted(noise={"text": 0.3}), study.catalogue, seed=1)
    folder = tmp_path / "run"
    folder.mkdir()
    store = Store(folder / STORE)
    steps = stream(prepared(plan, {"simulated": model}), store)
    next(steps)
    code, said, complaint = called("report", str(folder), "--out", str(tmp_path / "young.html"))
    assert (code, said, complaint.count("\n")) == (2, "", 1), "nothing to report yet"
    while len(store.done()) < 12:
        next(steps)
    reader = Run.open(folder)
    before = len(reader.store.done()), reader.store.count()
    for _ in steps:
        pass
    assert len(store.done()) == len(plan) > before[0]
    assert (len(reader.store.done()), reader.store.count()) == before
    assert len(reader.scores()["session"].unique()) == before[0]
    reader.store.check()
    assert json.loads(called("verify", str(folder), "--json")[1])["sessions"] == len(plan)


def test_a_second_run_in_the_same_process_is_refused(lab: Lab, tmp_path: Path) -> None:
    study = lab.load()
    plan = Plan.of(study, models=("simulated",))
    ready = prepared(plan, {"simulated": Simulated(planted(), study.catalogue, seed=1)})
    first, second = Store(tmp_path / STORE), Store(tmp_path / STORE)
    steps = stream(ready, first)
    next(steps)
    with pytest.raises(StoreError, match="is being written by process"):
        next(stream(ready, second))
    steps.close()
    assert next(stream(ready, second)).kind == "started"
