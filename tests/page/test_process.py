"""A run from the page: begun, paused, gone on with, stopped; nothing is lost, and the page says how it stands."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
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


@pytest.mark.long
def test_a_run_goes_on_without_its_server_and_is_found_by_the_next(tmp_path: Path) -> None:
    """The server is killed while it runs, and nobody has the page open; whoever opens it again sees how it stands."""
    with served_apart(tmp_path) as (server, browser):
        browser.post("/begin/null-benchmarks", data={"models": "simulated", "form": "quick"})
        directory = the_run(opened(tmp_path), tmp_path)
        server.kill()
        server.wait()
    until_somebody_writes(directory, nobody=True)
    assert standing(directory).state == "complete"
    assert Results.open(directory).run.complete
    with served_apart(tmp_path) as (_, browser):
        assert "complete" in browser.get(f"/runs/{Folder.at(tmp_path).runs()[0]}").text
        assert browser.get(f"/runs/{Folder.at(tmp_path).runs()[0]}/conversations").status_code == 200


@contextmanager
def served_apart(folder: Path) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    """The page of a folder by the command, in a process of its own, and somebody who has opened it."""
    command = [sys.executable, "-m", "affectlab", "page", str(folder), "--no-browser", "--port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    (address,) = re.findall(r"http://\S+", server.stdout.readline())
    own = address.partition("/?")[0]
    try:
        with httpx.Client(base_url=own, headers={"origin": own}, follow_redirects=True, timeout=120) as browser:
            browser.get(address).raise_for_status()
            yield server, browser
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


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
