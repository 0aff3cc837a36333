"""Whole runs on endpoints of this machine that fail: nothing is lost, nothing is asked twice, all of it is told."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from affectlab.cli import main
from affectlab.design.study import Study
from affectlab.errors import ParticipantError, StoreError
from affectlab.execution.stream import prepared, stream
from affectlab.experiment import Experiment
from affectlab.participants.remote import Policy
from affectlab.report.export import export
from affectlab.report.write import report
from affectlab.run import STORE, Run
from affectlab.store.store import Store
from tests.conftest import Called, Lab, run
from tests.participants.remote.conftest import opened
from tests.participants.remote.endpoint import KEY, Endpoint, Model
from tests.participants.remote.vllm_server import VllmServer

SIZE: dict[str, Any] = {
    "states": ["fear", "neutral"],
    "induction": {"techniques": ["scene"], "grades": ["moderate"], "texts": 2},
    "regulations": ["breathing", "none"],
    "measures": ["ratings"],
}
SHORT = Policy(least_draws=4, most_draws=8)
ONE_EACH = Policy(way="bounded")
"""Every answer takes one request."""
IN_FLIGHT = 3 * 4
"""Answers that can be lost to a kill or a full disk at concurrency 4: under way, or waiting to be stored."""


def done(study: Study, endpoint: Endpoint, folder: Path, policy: Policy = SHORT) -> Run:
    """Run the study at an endpoint whose faults begin once it has been probed."""
    with opened(endpoint.url, policy=policy, concurrency=4) as participant:
        _ = participant.capabilities
        endpoint.quiet = False
        endpoint.answered.clear()
        return run(study, participant, folder)


def rows(one: Run) -> pd.DataFrame:
    return one.scores().drop(columns="attempt")


@pytest.mark.usefixtures("blank_figures")
def test_a_run_through_every_kind_of_fault_has_the_same_table_and_lists_each(
    lab: Lab, tmp_path: Path, called: Called
) -> None:
    study = lab.load(**SIZE)
    with Endpoint() as sound:
        expected = rows(done(study, sound, tmp_path / "sound"))
    with Endpoint(faults=0.3) as broken:
        through = done(study, broken, tmp_path / "broken")
        injected = broken.injected
        assert max(broken.answered.values()) == 1, "something was asked again that had been answered"
    pd.testing.assert_frame_equal(rows(through), expected)
    assert len(injected) >= 12
    share = injected.total() / (injected.total() + broken.answered.total())
    assert 0.2 < share < 0.4

    faults = [what for _, kind, what in through.store.incidents() if kind != "paused"]
    assert len(faults) == injected.total(), "an incident is missing"
    page = report(through, tmp_path / "page.html").read_text("utf-8")
    assert 'id="incidents"' in page
    assert all(kind in page for kind in {kind for _, kind, _ in through.store.incidents()})
    told = json.loads(report(through, tmp_path / "report.json", form="json").read_text("utf-8"))
    assert len(told["incidents"]) == len(through.store.incidents())

    code, printed, _ = called("incidents", str(tmp_path / "broken"), "--json")
    assert code == 0
    listed = json.loads(printed)
    assert Counter(one["kind"] for one in listed) == Counter(kind for _, kind, _ in through.store.incidents())


def test_a_killed_run_goes_on_and_asks_no_more_than_what_was_in_flight(lab: Lab, tmp_path: Path) -> None:
    study = lab.load(**SIZE)
    with Endpoint() as endpoint:
        expected = rows(done(study, endpoint, tmp_path / "sound", ONE_EACH))
    command = [sys.executable, "-c", "from affectlab.cli import main; main()", "run", str(lab.study)]
    with Endpoint(delay=0.01) as endpoint:
        with opened(endpoint.url) as probing:
            _ = probing.capabilities
        probes = endpoint.asked
        where = ["--model", f"openai:synthetic-1@{endpoint.url}", "--out", str(tmp_path / "run")]
        command += [*where, "--concurrency", "4", "--way", "bounded"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wanted = endpoint.asked + 80
        while endpoint.asked < wanted and process.poll() is None:
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.wait()
        kept = Store(tmp_path / "run" / STORE, create=False)
        assert kept.count() >= 80 - probes - IN_FLIGHT
        assert len(kept.done()) < len(expected["session"].unique()), "it was killed too late"
        kept.close()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        repeated = sum(number - 1 for number in endpoint.answered.values())
    finished = Run.open(tmp_path / "run")
    assert finished.complete
    apart = ["model", "key"]
    pd.testing.assert_frame_equal(rows(finished).drop(columns=apart), expected.drop(columns=apart))
    assert repeated <= IN_FLIGHT + 2 * probes


def test_a_full_disk_ends_the_run_in_one_line_and_loses_nothing_that_was_stored(lab: Lab, tmp_path: Path) -> None:
    study = lab.load(**SIZE)
    with Endpoint() as endpoint:
        store = Store(tmp_path / STORE)
        _, [(pages,)] = store.query("PRAGMA page_count")
        store.query(f"PRAGMA max_page_count = {pages + 24}")
        with opened(endpoint.url, policy=ONE_EACH, concurrency=4) as participant:
            plan = Experiment(study, models=[participant]).plan
            ready = prepared(plan, dict.fromkeys(plan.models, participant))
            with pytest.raises(StoreError, match="cannot be written") as told:
                list(stream(ready, store))
        kept = store.count()
        store.close()
        assert "\n" not in str(told.value)
        assert kept > 10
        again = done(study, endpoint, tmp_path, ONE_EACH)
        assert endpoint.answered.total() == again.store.count() - kept, "a stored answer was asked again"
    with Endpoint() as endpoint:
        pd.testing.assert_frame_equal(rows(again), rows(done(study, endpoint, tmp_path / "sound", ONE_EACH)))


def test_a_planted_key_is_in_nothing_that_a_run_writes(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Store, draws, report in every form, export, what is printed, and the error that ends a first start."""
    monkeypatch.setenv("MY_KEY", KEY)
    monkeypatch.setenv("PYTHONFAULTHANDLER", "1")
    lab.load(**SIZE)
    leaks = Counter[str]()

    def leaky(asked: dict[str, Any], number: int) -> dict[str, Any] | None:
        """One question is refused for good, once, and every fifth fails, with the key in the error."""
        if number == 80:
            return {"status": 400, "error": {"message": f"Authorization: Bearer {KEY} is not liked"}}
        if number % 5 == 0:
            leaks["sent"] += 1
            return {"status": 500, "error": {"message": f"failed for key={KEY} ({KEY[:20]}…)"}}
        return None

    def start(base_url: str) -> int:
        words = ["run", str(lab.study), "--model", "openai:synthetic-1", "--base-url", base_url]
        out = ["--key-env", "MY_KEY", "--out", str(tmp_path / "run"), "--draws", "8"]
        monkeypatch.setattr("sys.argv", ["affectlab", *words, *out])
        with pytest.raises(SystemExit) as end:
            main()
        return int(end.value.code or 0)

    with Endpoint(key=KEY, answer=leaky) as endpoint:
        assert start(endpoint.url) == 3
        assert start(endpoint.url) == 0
    assert leaks["sent"] > 10
    through = Run.open(tmp_path / "run")
    assert any("‹key›" in what for _, _, what in through.store.incidents()), "the key never came near"
    for form in ("html", "md", "json", "csv"):
        report(through, tmp_path / f"report.{form}", form=form)
    export(through, tmp_path / "exported")
    printed = capsys.readouterr()
    written = {"printed": (printed.out + printed.err).encode()}
    written |= {str(path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert len(written) > 12
    assert any(path.endswith("-wal") or path.endswith(STORE) for path in written)
    for secret in (KEY, KEY[:20]):
        assert not [path for path, content in written.items() if secret.encode() in content]


class Second(Model):
    """A model by another name."""

    name = "synthetic-2"


class Third(Model):
    """And one more."""

    name = "synthetic-3"


@pytest.mark.usefixtures("blank_figures")
def test_one_model_that_breaks_does_not_stop_the_others(lab: Lab, tmp_path: Path) -> None:
    study = lab.load(**SIZE)

    def gone(asked: dict[str, Any], number: int) -> dict[str, Any] | None:
        return {"status": 404, "error": {"message": "model not found"}} if number > 60 else None

    with (
        Endpoint(delay=0.002) as one,
        Endpoint(delay=0.002, model=Second()) as two,
        Endpoint(answer=gone, model=Third()) as third,
        opened(one.url) as first,
        opened(two.url, name="synthetic-2") as second,
        opened(third.url, name="synthetic-3") as broken,
    ):
        models = {"one": first, "two": second, "broken": broken}
        through = run(study, models, tmp_path / "run")
        assert list(through.failed) == ["broken"]
        table = through.scores()
        assert table.groupby("model").size().to_dict().keys() >= {"one", "two"}
        assert (table["model"] == "one").sum() == (table["model"] == "two").sum()
        assert {kind for _, kind, what in through.store.incidents() if what.startswith("broken")} >= {"model failed"}
        assert "broken broke" in report(through, tmp_path / "page.html").read_text("utf-8")
        third.answer = None
        resumed = run(study, models, tmp_path / "run")
        assert not resumed.failed
        assert resumed.complete


def test_the_same_model_twice_is_refused(lab: Lab, tmp_path: Path) -> None:
    with Endpoint() as one, Endpoint() as two, opened(one.url) as first, opened(two.url) as second:
        with pytest.raises(ParticipantError, match="`a` and `b` are the same model"):
            run(lab.load(**SIZE), {"a": first, "b": second}, tmp_path / "run")
        assert not (tmp_path / "run").exists()


def test_no_model_left_is_an_error(lab: Lab, tmp_path: Path) -> None:
    with opened("http://127.0.0.1:9/v1") as gone, pytest.raises(ParticipantError, match="cannot be reached"):
        run(lab.load(**SIZE), {"gone": gone}, tmp_path / "run")


def test_the_resolution_is_measured_at_the_end_too_and_effects_below_it_are_not_named(lab: Lab, tmp_path: Path) -> None:
    study = lab.load(**{**SIZE, "regulations": ["none"], "measures": ["words"]})
    with VllmServer(most=-1) as server, opened(server.url) as participant:
        for number, _ in enumerate(Experiment(study, models=[participant], out=tmp_path / "run").run()):
            if number > 2:
                server.lies = frozenset({"has moved"})
    one = Run.open(tmp_path / "run")
    (moved,) = (one.store.described("resolution") or {}).values()
    assert moved["asked again"]["log probability"] == 0.0
    assert moved["asked later in the run"]["log probability"] > 0.05
    text = report(one, tmp_path / "report.md").read_text("utf-8")
    assert "an effect that is smaller is not named" in text
