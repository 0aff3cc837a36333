"""A plan in shards: merged they are the run, whichever shards there are, and in whichever order they come."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from random import Random

import pandas as pd
import pytest

from affectlab.design.plan import Plan
from affectlab.design.shard import Shard
from affectlab.errors import InputError, ParticipantError, StoreError
from affectlab.experiment import Experiment, Settings
from affectlab.participants.simulated import Simulated
from affectlab.records.derived import compare_with_stored
from affectlab.records.merging import merge
from affectlab.run import Run
from affectlab.session.block import TOGETHER, blocks
from affectlab.store import file_system
from tests.conftest import Called, Lab, planted

SCREEN = {"quick": True, "models": ["simulated"]}


def sharded(study: str | Path, number: int, of: int, folder: Path, **more: object) -> Path:
    """A shard, done."""
    out = folder / f"shard-{number}-of-{of}"
    experiment = Experiment.load(study, out=out, shard=Shard(number, of), **more)  # type: ignore[arg-type]
    assert [event.kind for event in experiment.run()][-1] == "ended"
    return out


def tables(folder: Path) -> tuple[bytes, bytes, bytes]:
    """What a run says, to the byte."""
    run = Run.open(folder)
    found = (run.scores(), run.probe_scores(), run.sessions())
    run.store.close()
    return tuple(one.to_csv(index=False).encode() for one in found)  # type: ignore[return-value]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that was not divided."""
    out = tmp_path_factory.mktemp("whole") / "run"
    for _ in Experiment.load("regulation-screen", out=out, **SCREEN).run():  # type: ignore[arg-type]
        pass
    return out


@pytest.mark.parametrize("of", [1, 4, pytest.param(12, marks=pytest.mark.long)])
def test_shards_in_any_order_are_the_run(whole: Path, tmp_path: Path, of: int) -> None:
    order = [*range(1, of + 1)]
    Random(of).shuffle(order)
    made = [sharded("regulation-screen", number, of, tmp_path, **SCREEN) for number in order]
    if of == 1:
        assert tables(made[0]) == tables(whole)
        return
    for one in made:
        merged = merge([one], tmp_path / "run")
    assert (merged.missing, merged.absent, merged.differing) == ((), (), {})
    assert tables(tmp_path / "run") == tables(whole)
    assert merge(made, tmp_path / "run").taken == 0
    assert tables(tmp_path / "run") == tables(whole)


@pytest.mark.long
@pytest.mark.parametrize("of", [1, 4, 32])
def test_a_large_plan_in_shards_is_the_run(tmp_path: Path, of: int) -> None:
    more = {**SCREEN, "replicates": 12}
    made = [sharded("regulation-screen", number, of, tmp_path, **more) for number in range(1, of + 1)]
    one = tmp_path / "whole"
    for _ in Experiment.load("regulation-screen", out=one, **more).run():  # type: ignore[arg-type]
        pass
    Random(of).shuffle(made)
    merge(made, tmp_path / "run") if of > 1 else made[0].rename(tmp_path / "run")
    assert tables(tmp_path / "run") == tables(one)


@pytest.mark.parametrize("of", [1, 4, 32, 136])
def test_no_shard_is_empty_and_no_block_is_split(of: int) -> None:
    plan = Plan.of(Experiment.load("regulation-screen", quick=True).study, replicates=12, models=("simulated",))
    someone = Simulated(planted(), plan.study.catalogue)
    cut = [*blocks(plan, "simulated", someone)]
    parts = [[*blocks(plan, "simulated", someone, Shard(number, of))] for number in range(1, of + 1)]
    assert len(cut) * TOGETHER == len(plan)
    assert all(parts)
    assert [one for part in parts for one in part] == cut


def test_what_is_missing_is_named_and_done_by_the_same_command(lab: Lab, tmp_path: Path, called: Called) -> None:
    study = lab.study_with()
    made = [sharded(study, number, 3, tmp_path) for number in (1, 3)]
    code, out, _ = called("merge", *map(str, made[::-1]), "--out", str(tmp_path / "run"))
    assert code == 0
    assert "missing: sessions 12-23" in out
    assert "nothing was merged yet of shards 2/3" in out
    assert called("run", str(study), "--out", str(tmp_path / "run"))[0] == 0
    assert called("run", str(study), "--out", str(tmp_path / "whole"))[0] == 0
    # which start gave an answer is all that differs
    ours, whole = (Run.open(tmp_path / name).scores().drop(columns="attempt") for name in ("run", "whole"))
    pd.testing.assert_frame_equal(ours, whole)


def test_a_shard_that_is_not_complete_is_merged_and_completed_later(lab: Lab, tmp_path: Path) -> None:
    study = lab.study_with()
    sharded(study, 1, 2, tmp_path)
    out = tmp_path / "shard-2-of-2"
    started = Experiment.load(study, out=out, shard=Shard(2, 2))
    for event in started.run():
        if event.kind == "progress":
            started.pause()
    half = merge([tmp_path / "shard-1-of-2", out], tmp_path / "run")
    assert half.missing
    assert not half.absent
    sharded(study, 2, 2, tmp_path)
    full = merge([out], tmp_path / "run")
    assert (full.missing, full.taken) == ((), len(half.missing))
    for _ in Experiment.load(study, out=tmp_path / "whole").run():
        pass
    ours, whole = (Run.open(tmp_path / name).scores().drop(columns="attempt") for name in ("run", "whole"))
    pd.testing.assert_frame_equal(ours, whole)


@pytest.mark.parametrize(("written", "said"), [("5/4", "no shard 5 of 4"), ("0/4", "no shard 0"), ("3", "not a shard")])
def test_what_is_no_shard_is_refused_in_one_line(lab: Lab, called: Called, written: str, said: str) -> None:
    code, _, error = called("run", str(lab.study), "--shard", written)
    assert code == 2
    assert said in error
    assert error.count("\n") == 1
    with pytest.raises(InputError, match="there is no shard"):
        Shard.parse("5/4")


def test_a_shard_without_a_block_is_refused(lab: Lab, called: Called, tmp_path: Path) -> None:
    code, _, error = called("run", str(lab.study), "--shard", "2/30", "--out", str(tmp_path / "run"))
    assert (code, error.count("\n")) == (2, 1)
    assert "no block begins in shard 2/30" in error
    assert not (tmp_path / "run").exists()


def test_shards_of_another_plan_or_division_are_refused_and_nothing_is_taken(lab: Lab, tmp_path: Path) -> None:
    study, out = lab.study_with(), tmp_path / "run"
    first = sharded(study, 1, 2, tmp_path)
    other = sharded(study, 2, 2, tmp_path / "seed", seed=8)
    third = sharded(study, 2, 3, tmp_path)
    with pytest.raises(StoreError, match="is of another plan than"):
        merge([first, other], out)
    with pytest.raises(StoreError, match="is one of 3 shards, and"):
        merge([first, third], out)
    assert not out.exists()
    merge([first], out)
    before = tables(out)
    for wrong in (other, third):
        with pytest.raises(StoreError, match=r"is of another plan|is one of 3"):
            merge([wrong], out)
    for _ in Experiment.load(study, out=tmp_path / "whole").run():
        pass
    with pytest.raises(StoreError, match="holds no shard"):
        merge([tmp_path / "whole"], out)
    with pytest.raises(StoreError, match="was not made of shards"):
        merge([first], tmp_path / "whole")
    assert tables(out) == before


def test_a_directory_has_one_shard(lab: Lab, tmp_path: Path) -> None:
    study = lab.study_with()
    out = sharded(study, 1, 2, tmp_path)
    for shard, said in ((Shard(2, 2), "holds shard 1/2"), (Shard(1, 1), "holds shard 1/2")):
        with pytest.raises(StoreError, match=said):
            [*Experiment.load(study, out=out, shard=shard).run()]


class Other(Simulated):
    """As on a machine of another kind: every probability is a little off."""

    def respond(self, requests):  # type: ignore[no-untyped-def]
        for position, response in super().respond(requests):
            if hasattr(response, "logprobs"):
                response = replace(response, logprobs=tuple(one - 1e-6 for one in response.logprobs))
            yield position, response


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1)])
def test_answers_that_differ_between_machines_are_told_and_one_of_them_is_used(
    lab: Lab, tmp_path: Path, order: tuple[int, ...]
) -> None:
    study = lab.load()
    for number in order:
        kind = Other if number == 2 else Simulated
        out = tmp_path / f"{number}"
        made = Experiment(study, models=[kind(planted(), study.catalogue)], out=out, shard=Shard(number, 3))
        assert [*made.run()]
    for number in order:
        merge([tmp_path / f"{number}"], tmp_path / "run")
    merge([tmp_path / "1", tmp_path / "2", tmp_path / "3"], tmp_path / "at-once")
    assert tables(tmp_path / "run") == tables(tmp_path / "at-once")
    run = Run.open(tmp_path / "run")
    (told, *_) = [detail for _, kind, detail in run.store.incidents() if kind == "answers differ"]
    assert "answers are not those of another shard, by 1.0e-06 at most in a log probability; done on Linux" in told
    # what shards share was answered first in the first of them, and every number rests on that answer
    assert compare_with_stored(run).differing == 0


def test_a_shard_has_its_share_of_the_budget(lab: Lab, tmp_path: Path) -> None:
    settings = Settings(budget="900 tokens")
    made = Experiment.load(lab.study_with(), out=tmp_path / "run", shard=Shard(1, 3), settings=settings)
    assert made.settings.setup.budget.tokens == 300


def test_a_shard_needs_its_own_models_alone(lab: Lab, tmp_path: Path) -> None:
    models = ["simulated", "nowhere.gguf"]
    study = lab.study_with()
    assert sharded(study, 1, 2, tmp_path, models=models)
    with pytest.raises((ParticipantError, InputError)):
        sharded(study, 2, 2, tmp_path, models=models)
    assert merge([tmp_path / "shard-1-of-2"], tmp_path / "run").absent == (Shard(2, 2),)


def mounted(monkeypatch: pytest.MonkeyPatch, folder: Path, kind: str) -> None:
    listed = folder.parent / "mounts"
    listed.write_text(f"disk / ext4 rw 0 0\nserver:/x {str(folder).replace(' ', chr(92) + '040')} {kind} rw 0 0\n")
    monkeypatch.setattr(file_system, "MOUNTS", listed)


@pytest.mark.parametrize("kind", ["nfs4", "lustre", "fuse.sshfs"])
def test_on_a_network_file_system_there_is_no_log_and_that_is_said(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, called: Called, kind: str
) -> None:
    folder = tmp_path / "a share"
    folder.mkdir()
    mounted(monkeypatch, folder, kind)
    study = str(lab.study_with(states=["fear", "neutral"], regulations=["none"], tasks=[]))
    code, _, error = called("run", study, "--out", str(folder / "run"))
    assert code == 0
    assert f"lies on a network file system ({kind})" in error
    assert mode(folder / "run") == "delete"
    assert called("run", study, "--out", str(tmp_path / "here"))[2] == ""
    assert mode(tmp_path / "here") == "wal"
    assert tables(folder / "run") == tables(tmp_path / "here")


def mode(folder: Path) -> str:
    db = sqlite3.connect(folder / "answers.sqlite")
    (found,) = db.execute("PRAGMA journal_mode").fetchone()
    db.close()
    return str(found)


class Refusing(sqlite3.Connection):
    """Refuses a log as a network file system does, where shared memory cannot be had."""

    def execute(self, sql: str, *values):  # type: ignore[no-untyped-def]
        if sql.lower().replace(" ", "") == "pragmajournal_mode=wal":
            raise sqlite3.OperationalError("locking protocol")
        return super().execute(sql, *values)


def test_where_a_log_is_refused_the_run_goes_on_without(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *names, **more: connect(*names, factory=Refusing, **more))
    for _ in Experiment.load(lab.study_with(), out=tmp_path / "run").run():
        pass
    monkeypatch.undo()
    assert mode(tmp_path / "run") == "delete"
    assert Run.open(tmp_path / "run").complete


def test_the_job_script_is_a_script_that_does_a_shard_and_keeps_it(
    lab: Lab, tmp_path: Path, called: Called, monkeypatch: pytest.MonkeyPatch
) -> None:
    script, out = tmp_path / "job.sh", tmp_path / "on all machines"
    words = ("--shards", "3", "--partition", "short", "--out", str(out), "--script", str(script))
    assert called("slurm", str(lab.study_with()), *words, "--model", "simulated")[0] == 0
    assert "#SBATCH --array=1-3" in script.read_text()
    program = tmp_path / "bin" / "affectlab"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m affectlab "$@"\n')
    program.chmod(0o755)
    (tmp_path / "own disk").mkdir()
    place = {"PATH": f"{program.parent}:{os.environ['PATH']}", "TMPDIR": str(tmp_path / "own disk")}
    for task in ("1", "2", "3"):
        own = {**os.environ, **place, "SLURM_ARRAY_TASK_ID": task}
        done = subprocess.run(["bash", str(script)], env=own, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert {one.name for one in out.iterdir()} == {f"shard-{number}-of-3" for number in (1, 2, 3)}
    assert not list((tmp_path / "own disk").iterdir())
    assert not merge(list(out.iterdir()), tmp_path / "run").missing
    code, _, error = called("slurm", str(lab.study), "--shards", "3", "--partition", "a\n#b")
    assert (code, error.count("\n")) == (2, 1)


def killed(study: str | Path, shard: Shard, out: Path, answers: int, **more: object) -> bool:
    """Do a shard in a process that is killed when so many answers are new; whether it was."""
    process = os.fork()
    if not process:
        try:
            for event in Experiment.load(study, out=out, shard=shard, **more).run():  # type: ignore[arg-type]
                if event.answers >= answers:
                    os.kill(os.getpid(), signal.SIGKILL)
        finally:
            os._exit(0)
    _, status = os.waitpid(process, 0)
    return os.WIFSIGNALED(status)


def after_kills(study: str | Path, of: int, kills: int, seed: int, folder: Path, **more: object) -> None:
    """Kill shards at random moments, as often as is said; then complete them, and merge them in a random order."""
    chance = Random(seed)
    shards = [Shard(number, of) for number in range(1, of + 1)]
    left = list(shards)
    done = 0
    while done < kills and left:
        one = chance.choice(left)
        if killed(study, one, folder / f"shard-{one.number}-of-{of}", chance.randrange(3), **more):
            done += 1
        else:
            left.remove(one)
    assert done == kills
    made = [sharded(study, number, of, folder, **more) for number in range(1, of + 1)]
    chance.shuffle(made)
    assert not merge(made, folder / "run").differing
    for _ in Experiment.load(study, out=folder / "whole", **more).run():  # type: ignore[arg-type]
        pass
    ours, whole = (Run.open(folder / name) for name in ("run", "whole"))
    # which start gave an answer is all that differs; the sentinels of further starts are no part of the plan
    pd.testing.assert_frame_equal(ours.scores().drop(columns="attempt"), whole.scores().drop(columns="attempt"))
    pd.testing.assert_frame_equal(ours.sessions(), whole.sessions())
    assert dict(ours.store.responses()) == dict(whole.store.responses())


def test_shards_that_are_killed_are_merged_to_the_run(lab: Lab, tmp_path: Path) -> None:
    after_kills(lab.study_with(), 3, 12, 5, tmp_path)


@pytest.mark.long
def test_shards_that_are_killed_a_thousand_times(tmp_path: Path) -> None:
    after_kills("regulation-screen", 32, 1000, 6, tmp_path, **{**SCREEN, "replicates": 12})
