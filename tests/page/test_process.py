"""A run from the page: begun, paused, gone on with, stopped; nothing is lost, and the page says how it stands."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from affectlab.experiment import Experiment, Results, standing
from affectlab.page.folder import Folder
from affectlab.page.process import RUNNING
from affectlab.run import STORE
from affectlab.store.lock import holder
from tests.page.conftest import Browser, opened

STUDY = "regulation-screen"
"""One that takes the simulated participant long enough to be interrupted."""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A cache of the test's own; what was started is waited for, and no test ends before it."""
    monkeypatch.setenv("AFFECTLAB_CACHE", str(tmp_path / "cache"))
    # the process is to be of this tree
    source = str(Path(__file__).parents[2] / "src")
    monkeypatch.setenv("PYTHONPATH", source)
    yield
    for one in RUNNING:
        one.wait()
    RUNNING.clear()


def the_run(page: Browser, root: Path) -> Path:
    (name,) = Folder.at(root).runs()
    return Folder.at(root).run(name)


def until_somebody_writes(directory: Path, *, nobody: bool = False) -> None:
    while (holder(directory / STORE) is None) is not nobody:
        time.sleep(0.02)


def test_a_run_is_begun_paused_gone_on_with_and_stopped(tmp_path: Path) -> None:
    page = opened(tmp_path)
    live = page.post(f"/begin/{STUDY}", data={"models": "simulated"})
    assert live.status_code == 200, live.text
    directory = the_run(page, tmp_path)
    address = f"/runs/{Folder.at(tmp_path).runs()[0]}"
    assert standing(directory).state == "running"
    assert "Pause" in live.text
    page.post(f"{address}/pause")
    found = standing(directory)
    assert found.state == "interrupted"
    assert found.incidents[-1][1] == "paused by hand"
    assert "Go on" in page.get(address).text

    assert page.post(f"{address}/resume").status_code == 200
    until_somebody_writes(directory)
    page.post(f"{address}/stop")
    assert standing(directory).state == "stopped"
    assert standing(directory).answers >= found.answers
    assert "Go on" in page.get(address).text


def test_a_killed_run_goes_on_and_ends(tmp_path: Path) -> None:
    page = opened(tmp_path)
    page.post("/begin/null-benchmarks", data={"models": "simulated", "form": "quick"})
    directory = the_run(page, tmp_path)
    address = f"/runs/{Folder.at(tmp_path).runs()[0]}"
    writer = holder(directory / STORE)
    if writer is not None:
        os.kill(writer.process, signal.SIGKILL)
    until_somebody_writes(directory, nobody=True)
    assert standing(directory).state in ("interrupted", "complete")
    if standing(directory).state != "complete":
        page.post(f"{address}/resume")
        until_somebody_writes(directory, nobody=True)
    assert standing(directory).state == "complete"
    assert Results.open(directory).run.complete
    assert page.get(f"{address}/results").status_code == 200


def test_a_study_that_cannot_be_run_leaves_nothing_and_says_why(tmp_path: Path) -> None:
    page = opened(tmp_path)
    for models in ("no-such-model", "simulated:no-such-truth"):
        answer = page.post("/begin/dresden", data={"models": models, "form": "quick"})
        assert answer.status_code == 400, models
        assert 'class="fault"' in answer.text
        assert Folder.at(tmp_path).runs() == []
        assert list((tmp_path / "runs").glob("*")) == []


def test_the_same_study_again_is_another_run(tmp_path: Path) -> None:
    page = opened(tmp_path)
    own = Experiment.load("tsst", quick=True, models=["simulated"]).directory
    (tmp_path / own).mkdir(parents=True)
    page.post("/begin/tsst", data={"models": "simulated", "form": "quick"})
    assert the_run(page, tmp_path) == tmp_path / own.with_name(f"{own.name}-2")
    page.post(f"/runs/{Folder.at(tmp_path).runs()[0]}/stop")
