"""A pool of workers gives what one process gives; losing a worker costs its block, and a poisoned block itself."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from affectlab.design.plan import Plan
from affectlab.errors import AffectlabError, InputError, ParticipantError
from affectlab.execution.executor import Executor, executor
from affectlab.execution.order import needed_first
from affectlab.execution.processes import ProcessWorker
from affectlab.execution.registry import OWN
from affectlab.execution.worker import Team, WorkerLost, pack_requests, unpack_requests
from affectlab.experiment import Experiment
from affectlab.participants.base import Participant
from affectlab.participants.simulated import Simulated
from affectlab.run import STORE, Run
from affectlab.session.block import blocks
from affectlab.session.count import requests
from affectlab.store.schema import GIVEN_UP
from tests.conftest import STUDY, Lab, planted
from tests.execution.working import Moving, Near, Poisoned, descendants
from tests.faults.conftest import hearing
from tests.house import ROOT


@pytest.fixture
def by(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """Where a test puts its executor, under the name ``near``."""
    own: dict[str, object] = {}
    monkeypatch.setitem(OWN, "near", lambda: own["near"])  # type: ignore[call-overload]
    return own


def done(lab: Lab, out: Path, participant: Participant, on: str = "here") -> Run:
    for _ in Experiment(lab.load(), models=[participant], out=out).run(on):
        pass
    return Run.open(out)


def same(one: Run, other: Run) -> bool:
    kept = ((one.scores, other.scores), (one.probe_scores, other.probe_scores), (one.sessions, other.sessions))
    return all(ours().to_csv() == theirs().to_csv() for ours, theirs in kept)


@pytest.mark.parametrize("workers", [1, 2, 5])
@pytest.mark.parametrize("kind", [Simulated, Moving])
def test_it_stores_what_one_process_stores(
    lab: Lab, tmp_path: Path, by: dict[str, object], workers: int, kind: type[Simulated]
) -> None:
    by["near"] = Near(workers)
    made = kind(planted(), lab.load().catalogue)
    here, there = done(lab, tmp_path / "here", made), done(lab, tmp_path / "there", made, "near")
    assert same(here, there)
    assert dict(here.store.responses()) == dict(there.store.responses())


def test_blocks_that_share_a_request_keep_their_order(lab: Lab) -> None:
    study = lab.load()
    plan, someone = Plan.of(study), Moving(planted(), study.catalogue)
    cut = [*blocks(plan, "simulated", someone)]
    first = needed_first(plan, cut, {"simulated": someone}, {})
    assert first["simulated", 0] == frozenset()
    # the baseline is asked of all, and the first block asks it
    assert all(("simulated", 0) in first["simulated", block.number] for block in cut[1:])
    alone = Simulated(planted(), study.catalogue)
    assert set(needed_first(plan, cut, {"simulated": alone}, {}).values()) == {frozenset()}


@pytest.mark.parametrize("seed", range(5))
def test_a_worker_that_is_lost_costs_its_block_and_nothing_else(
    lab: Lab, tmp_path: Path, by: dict[str, object], seed: int
) -> None:
    by["near"] = near = Near(3, losses=4, seed=seed)
    made = Moving(planted(), lab.load().catalogue)
    here, there = done(lab, tmp_path / "here", made), done(lab, tmp_path / "there", made, "near")
    assert near.left < 4
    assert same(here, there)
    kinds = [kind for _, kind, _ in there.store.incidents()]
    # a worker that is lost before it was asked anything costs no block
    assert 0 < kinds.count("tried again") <= 4 - near.left
    assert "given up" not in kinds
    assert all(worker.ended for worker in near.launched)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100))
def test_many_losses(lab: Lab, tmp_path: Path, by: dict[str, object], seed: int) -> None:
    by["near"] = Near(3, losses=10, seed=seed)
    made = Moving(planted(), lab.load().catalogue)
    assert same(done(lab, tmp_path / "here", made), done(lab, tmp_path / "there", made, "near"))


def test_a_poisoned_block_is_missing_and_the_rest_is_done(lab: Lab, tmp_path: Path, by: dict[str, object]) -> None:
    by["near"] = Near(2)
    catalogue = lab.load().catalogue
    # the last text of sadness
    made = Poisoned(planted(), catalogue, word="close the box on the bed once more")
    run = done(lab, tmp_path / "run", made, "near")
    assert not run.complete
    (told,) = run.store.described(GIVEN_UP)
    assert "sessions 12 to 23 of simulated: worker" in told
    assert "ValueError: this cannot be read" in told
    assert sorted(run.store.done()) == [*range(12), *range(24, 36)]
    assert [kind for _, kind, _ in run.store.incidents() if kind == "given up"] == ["given up"]
    # the same command tries it again, and what was answered is kept
    again = done(lab, tmp_path / "run", Simulated(planted(), catalogue), "near")
    assert again.complete
    assert again.store.described(GIVEN_UP) == []
    whole = done(lab, tmp_path / "whole", Simulated(planted(), catalogue))
    assert again.scores().drop(columns="attempt").equals(whole.scores().drop(columns="attempt"))


def test_a_model_that_fails_everywhere_ends_the_run_in_one_line(
    lab: Lab, tmp_path: Path, by: dict[str, object]
) -> None:
    by["near"] = Near(2)
    with pytest.raises(ParticipantError, match=r"worker \d: ValueError: this cannot be read") as told:
        done(lab, tmp_path / "run", Poisoned(planted(), lab.load().catalogue, word=""), "near")
    assert told.value.exit_code == 3


def test_a_silent_worker_is_given_up_and_it_is_said_for_what_was_waited(
    lab: Lab, tmp_path: Path, by: dict[str, object]
) -> None:
    by["near"] = Near(1, losses=1, seed=3, how="silent")
    run = done(lab, tmp_path / "run", Simulated(planted(), lab.load().catalogue), "near")
    assert run.complete
    (told,) = [detail for _, kind, detail in run.store.incidents() if kind == "tried again"]
    assert "waited for answer" in told


def test_a_process_that_says_nothing_is_waited_for_no_longer_than_is_meant(lab: Lab) -> None:
    team = Team.of([Simulated(planted(), lab.load().catalogue)], None)
    worker = ProcessWorker(1, team.packed, None, patience=0.4, stopped=lambda: None)
    try:
        with pytest.raises(WorkerLost, match=r"was silent for 0.4 s; waited for what nobody asked") as told:
            everything(worker)
        assert not told.value.ended
    finally:
        worker.end()


def test_two_processes_store_what_one_stores_also_when_one_is_killed(lab: Lab, tmp_path: Path) -> None:
    catalogue = lab.load().catalogue
    word, once = "close the box on the bed once more", tmp_path / "killed"
    here = done(lab, tmp_path / "here", Simulated(planted(), catalogue))
    made = Poisoned(planted(), catalogue, word=word, how="kill", once=once)
    there = done(lab, tmp_path / "there", made, "processes:2")
    assert once.exists()
    assert same(here, there)
    (told,) = [detail for _, kind, detail in there.store.incidents() if kind == "tried again"]
    assert "ended by signal 9" in told


def everything(worker: ProcessWorker) -> None:
    """All that it says; the first is that it is ready."""
    while True:
        worker.receive("what nobody asked")


def alive(process: int) -> bool:
    """Whether a process does anything still; one that has ended and waits to be told of does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.long)])
def test_a_stop_ends_the_workers_and_the_same_command_goes_on(lab: Lab, tmp_path: Path, number: signal.Signals) -> None:
    out, study = tmp_path / "run", lab.study_with(induction={**STUDY["induction"], "texts": 4}, replicates=30)
    program = [sys.executable, "-m", "affectlab", "run", str(study), "--out", str(out), "--on", "processes:2", "--json"]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    running = subprocess.Popen(
        program, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=hearing
    )
    while running.poll() is None and answers(out) < 40:
        time.sleep(0.02)
    workers = descendants(running.pid)
    assert len(workers) >= 2
    running.send_signal(number)
    _, error = running.communicate()
    assert running.returncode == 128 + number
    assert error.startswith("affectlab: stopped")
    assert error.count("\n") == 1
    while any(map(alive, workers)):  # what is computed is ended, and nothing is waited for but the system
        time.sleep(0.02)
    kept = answers(out)
    assert kept >= 40
    for _ in Experiment.load(study, out=out).run("processes:2"):
        pass
    for _ in Experiment.load(study, out=tmp_path / "whole").run():
        pass
    ours, whole = (Run.open(folder).scores().drop(columns="attempt") for folder in (out, tmp_path / "whole"))
    assert ours.equals(whole)


def answers(out: Path) -> int:
    try:
        with closing(sqlite3.connect(f"file:{out / STORE}?mode=ro", uri=True)) as db:
            return int(db.execute("SELECT count(*) FROM responses").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


class Unsendable(Simulated):
    def __reduce__(self) -> str:
        raise TypeError("it has a lock")


@pytest.mark.parametrize(
    ("on", "said"),
    [("processes:0", "not a number of workers"), ("here:2", "nothing stands after"), ("nowhere", "unknown executor")],
)
def test_what_is_no_executor_is_refused(on: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        executor(on)


def test_who_cannot_be_sent_is_told_before_anything_is_asked(lab: Lab, tmp_path: Path) -> None:
    with pytest.raises(AffectlabError, match=r"cannot be sent to another process \(TypeError\); run it with --on here"):
        done(lab, tmp_path / "run", Unsendable(planted(), lab.load().catalogue), "processes:2")
    assert Run.open(tmp_path / "run").store.count() == 0


def test_requests_are_the_same_when_they_were_sent(lab: Lab) -> None:
    plan = Plan.of(lab.load())
    asked = [one for cell in plan.cells for one in requests(plan, cell)]
    sent = unpack_requests(pack_requests(asked))
    assert sent == asked
    assert [one.content for one in sent] == [one.content for one in asked]


def test_executors_keep_to_their_protocol() -> None:
    made: list[Executor] = [executor("here"), executor("processes:3")]
    assert all(hasattr(one, "carry_out") for one in made)
