"""A run that goes further than it was planned: what was there stays, what is added is as if it had been planned."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from affectlab.design.extension import extended, further
from affectlab.design.plan import Plan
from affectlab.errors import InputError, StoreError
from affectlab.experiment import Experiment
from affectlab.participants.simulated import Simulated
from affectlab.requests import Request, Response
from affectlab.run import Run
from tests.conftest import HEAD, Called, Lab, planted

FEW: dict[str, Any] = {"induction": {"techniques": ["scene"], "grades": ["moderate"], "texts": 2}}
PLACE = ["model", "state", "vignette", "regulation", "replicate"]


def begun(lab: Lab, out: Path, **changes: Any) -> Experiment:
    """The small study with two texts of each state, done."""
    experiment = Experiment.load(lab.study_with(**{**FEW, **changes}), models=["simulated"], out=out)
    list(experiment.run())
    return experiment


def rows(experiment: Experiment) -> pd.DataFrame:
    """The numbers, without what only tells when they came."""
    table = experiment.results().scores().drop(columns=["attempt", "session"])
    return table.sort_values([*PLACE, "point", "measure", "item", "scale"]).reset_index(drop=True)


def test_more_texts_are_as_if_they_had_been_planned(lab: Lab, tmp_path: Path) -> None:
    experiment = begun(lab, tmp_path / "run", tasks=[])
    before = experiment.results().scores()
    experiment.extend("The interval is too wide.", texts=4)
    assert not experiment.results().run.complete
    asked = [event for event in experiment.run() if event.kind == "progress"]
    assert asked
    run = experiment.results().run
    assert run.complete
    assert len(run.sessions()) == 36
    after = run.scores()
    kept = after[after["session"] < 18].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, before, check_exact=True)

    whole = Experiment.load(lab.study_with(tasks=[]), models=["simulated"], out=tmp_path / "whole")
    list(whole.run())
    pd.testing.assert_frame_equal(rows(experiment), rows(whole), check_exact=True)


def test_it_is_on_record_with_reason_and_stopping_rule(lab: Lab, tmp_path: Path) -> None:
    rule = "At most four texts; no more once the interval is narrower than 0.5."
    experiment = begun(lab, tmp_path / "run", stopping_rule=rule)
    first = experiment.plan.hash
    experiment.extend("The interval is 0.9 wide.", texts=3)
    (step,) = experiment.results().run.extensions
    assert (step.reason, step.rule, step.plan_hash) == ("The interval is 0.9 wide.", rule, first)
    assert (step.done, step.sessions, step.before.texts, step.after.texts) == (18, 18, 2, 3)
    (told,) = (what for _, kind, what in experiment.results().incidents() if kind == "extended")
    assert told == f"texts 2 to 3, after 18 of 18 sessions; The interval is 0.9 wide.; stopping rule: {rule}"


def test_an_extension_deviates_from_the_preregistration(lab: Lab, tmp_path: Path) -> None:
    declared = {"hypotheses": {"moves": "Fear moves."}, "smallest_effect": {"words": 0.1, "endings": 0.1}}
    experiment = Experiment.load(lab.study_with(**FEW, **declared), models=["simulated"], out=tmp_path / "run")
    experiment.freeze()
    list(experiment.run())
    experiment.extend("More.", texts=4)
    list(experiment.run())
    found = {one.what: (one.planned, one.done) for one in experiment.results().deviations()}
    assert found["induction.texts"] == ("2", "4")
    assert found["extension"][0] == "no stopping rule"
    assert found["extension"][1].endswith("More.; no stopping rule was declared")


def test_a_further_model_and_then_more_texts_and_a_replay(lab: Lab, tmp_path: Path, called: Called) -> None:
    lab.write("truths/other.yaml", kind="truth", id="other", shifts={"fear": {"fear": 2.0}}, **HEAD)
    experiment = begun(lab, tmp_path / "run")
    experiment.extend("Does it hold for another?", models=["simulated:other"])
    list(experiment.run())
    experiment.extend("Both are imprecise.", texts=3)
    list(experiment.run())
    run = experiment.results().run
    assert run.complete
    assert run.plan.hash == run.plan_hash == experiment.plan.hash
    assert run.sessions().groupby("model").size().to_dict() == {"simulated": 27, "simulated-other": 27}
    assert json.loads(called("replay", str(experiment.directory), "--json")[1])["identical"] is True
    for command in ("report", "validity", "score", "export"):
        more = ("--to", str(tmp_path / "to")) if command == "export" else ()
        assert called(command, str(experiment.directory), *more)[0] == 0


def test_the_command_extends_and_the_same_command_goes_on(lab: Lab, tmp_path: Path, called: Called) -> None:
    experiment = begun(lab, tmp_path / "run")
    words = ("extend", str(experiment.directory), "--texts", "4", "--reason", "More.", "--json")
    code, said, err = called(*words)
    assert code == 0, err
    assert json.loads(said)["answers"] == experiment.results().run.store.count()
    assert called(*words)[0] == 0
    run = experiment.results().run
    assert len(run.extensions) == 1
    assert run.complete
    assert len(run.sessions()) == 36


def test_the_command_that_began_the_run_goes_on_with_it_as_it_is(lab: Lab, tmp_path: Path, called: Called) -> None:
    experiment = begun(lab, tmp_path / "run")
    experiment.extend("More.", texts=4)
    study = str(lab.study)
    code, _, err = called("run", study, "--model", "simulated", "--out", str(experiment.directory), "--json")
    assert code == 0, err
    assert len(experiment.results().run.sessions()) == 36


def test_an_interrupted_extension_goes_on(lab: Lab, tmp_path: Path) -> None:
    experiment = begun(lab, tmp_path / "run")
    experiment.extend("More.", texts=4)
    for event in experiment.run():
        if event.answers == 20:
            break
    list(Experiment.open(tmp_path / "run").run())
    straight = begun(lab, tmp_path / "straight")
    straight.extend("More.", texts=4)
    list(straight.run())
    pd.testing.assert_frame_equal(rows(experiment), rows(straight), check_exact=True)
    _, [(repeated,)] = experiment.results().run.store.query("SELECT count(*) FROM incidents WHERE kind = 'differs'")
    assert repeated == 0


def test_what_was_answered_is_not_asked_again(lab: Lab, tmp_path: Path) -> None:
    study = lab.load(**FEW)

    class Remembering(Simulated):
        asked: list[str] = []  # noqa: RUF012  one list for the test

        def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
            self.asked += [request.content for request in requests]
            return super().respond(requests)

    experiment = Experiment(study, models=[Remembering(planted(), study.catalogue)], out=tmp_path / "run")
    list(experiment.run())
    experiment.extend("More.", texts=4)
    list(experiment.run())
    assert len(Remembering.asked) == len(set(Remembering.asked))


def test_replicates_of_a_text_study_are_added(lab: Lab) -> None:
    plan = Plan.of(lab.load(**FEW))
    wider = extended(plan, further(plan, None, 2, ()))
    assert len(wider) == 2 * len(plan)
    assert wider.cells[: len(plan)] == plan.cells
    assert {cell.replicate for cell in wider.cells[len(plan) :]} == {1}


def test_a_plan_that_was_not_extended_is_its_only_part(lab: Lab) -> None:
    plan = Plan.of(lab.load())
    assert [part.cells for part in plan.parts] == [plan.cells]
    assert extended(plan, further(plan, 4, 2, ())).hash != plan.hash == replace(plan).hash


@pytest.mark.parametrize(
    ("changes", "to", "said"),
    [
        ({}, {"texts": 9}, "9 texts are asked for, and `scene-fear` has 4 in this run"),
        ({"crossing": {"fraction": 2}}, {"texts": 3}, "would change which of those before are run"),
        ({}, {"texts": 4, "reason": " "}, "is not extended without a reason"),
    ],
)
def test_what_cannot_be_extended_is_told(
    lab: Lab, tmp_path: Path, changes: dict[str, Any], to: dict[str, Any], said: str
) -> None:
    experiment = begun(lab, tmp_path / "run", **changes)
    hash = experiment.results().run.plan_hash
    with pytest.raises(InputError, match=said):
        experiment.extend(to.pop("reason", "More."), **to)
    assert experiment.results().run.plan_hash == hash


def test_a_run_that_was_not_begun_is_not_extended(lab: Lab, tmp_path: Path) -> None:
    experiment = Experiment.load(lab.study_with(**FEW), models=["simulated"], out=tmp_path / "run")
    with pytest.raises(StoreError, match="no store"):
        experiment.extend("More.", texts=4)
    assert not (tmp_path / "run").exists()


def test_a_run_reopened_from_its_directory_has_its_plan(lab: Lab, tmp_path: Path) -> None:
    experiment = begun(lab, tmp_path / "run")
    experiment.extend("More.", texts=3, models=[])
    again = Experiment.open(tmp_path / "run")
    assert again.plan.hash == experiment.plan.hash == Run.open(tmp_path / "run").plan_hash
    assert again.models == ("simulated",)
