"""An experiment from Python: a stream of events that can be interrupted at any of them, and a run that replays."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from affectlab.errors import InputError, StoreError
from affectlab.experiment import Event, Experiment, Results, Settings
from affectlab.participants.simulated import Simulated
from affectlab.requests import Request, Response
from affectlab.run import Run
from tests.conftest import Called, Lab, planted


@pytest.fixture
def experiment(lab: Lab, tmp_path: Path) -> Experiment:
    """The small study on the simulated participant of the shipped truth."""
    return Experiment.load(lab.study_with(), models=["simulated"], out=tmp_path / "run")


def table(experiment: Experiment) -> pd.DataFrame:
    return experiment.results().scores().drop(columns="attempt")


def test_the_stream_tells_what_happens(experiment: Experiment) -> None:
    events = list(experiment.run())
    kinds = Counter(event.kind for event in events)
    assert [events[0].kind, events[-2].kind, events[-1].kind] == ["started", "model ended", "ended"]
    assert kinds["progress"] == experiment.results().run.store.count() == events[-1].answers
    assert kinds["block"] == 3, "36 sessions, 12 of them together"
    done = [event.done for event in events]
    assert done == sorted(done)
    assert (done[0], done[-1], events[-1].total) == (0.0, 36.0, 36)


def test_an_answer_is_stored_before_it_is_told_and_none_is_asked_before_the_next_event(
    lab: Lab, tmp_path: Path
) -> None:
    study = lab.load()

    class Counting(Simulated):
        given = 0

        def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
            for pair in super().respond(requests):
                self.given += 1
                yield pair

    participant = Counting(planted(), study.catalogue)
    experiment = Experiment(study, models=[participant], out=tmp_path / "run")
    for event in experiment.run():
        if event.kind == "progress":
            assert participant.given == event.answers
            if event.answers % 50 == 1:
                assert experiment.results().run.store.count() == event.answers


@pytest.mark.parametrize("after", [1, 40, 120])
def test_a_paused_run_goes_on_and_has_the_same_table(experiment: Experiment, tmp_path: Path, after: int) -> None:
    paused: list[Event] = []
    for event in experiment.run():
        paused.append(event)
        if event.answers == after:
            experiment.pause("lunch")
    assert paused[-1].kind == "paused"
    assert paused[-1].answers == after, "not one answer more"
    assert not experiment.results().run.complete
    assert [event.kind for event in experiment.resume()][-1] == "ended"

    whole = Experiment(experiment.study, models=["simulated"], out=tmp_path / "whole")
    list(whole.run())
    pd.testing.assert_frame_equal(table(experiment), table(whole))
    told = [(kind, what) for _, kind, what in experiment.results().incidents() if kind == "paused by hand"]
    assert len(told) == 1
    assert told[0][1].endswith("of 36 sessions: lunch")


def test_a_run_whose_stream_is_left_goes_on(experiment: Experiment, tmp_path: Path) -> None:
    for event in experiment.run():
        if event.answers == 100:
            break
    assert experiment.results().run.store.count() == 100
    list(experiment.run())
    whole = Experiment(experiment.study, models=["simulated"], out=tmp_path / "whole")
    list(whole.run())
    pd.testing.assert_frame_equal(table(experiment), table(whole))


def test_a_run_that_is_stopped_has_results(experiment: Experiment) -> None:
    blocks = 0
    for event in experiment.run():
        blocks += event.kind == "block"
        if blocks == 2:
            experiment.stop("enough")
    assert event.kind == "ended"
    assert "stopped by hand after 24 of 36 sessions: enough" in event.message
    results = experiment.results()
    assert len(results.run.sessions()) == 24
    assert results.findings


def test_a_run_from_python_is_replayed_by_the_command(experiment: Experiment, called: Called) -> None:
    list(experiment.run())
    code, said, _ = called("replay", str(experiment.directory), "--json")
    assert code == 0
    assert json.loads(said)["identical"] is True
    assert experiment.results().replay().identical


def test_the_command_goes_on_with_a_run_from_python_and_the_other_way_round(
    lab: Lab, experiment: Experiment, called: Called
) -> None:
    for event in experiment.run():
        if event.answers == 60:
            break
    words = ("run", str(lab.study), "--model", "simulated", "--out", str(experiment.directory), "--json")
    code, said, _ = called(*words)
    assert code == 0
    assert json.loads(said)["answers"] == experiment.results().run.store.count()
    assert [event.kind for event in experiment.run() if event.kind == "progress"] == [], "nothing is asked again"


def test_a_participant_that_somebody_made_takes_part_and_is_not_replayed(lab: Lab, tmp_path: Path) -> None:
    study = lab.load()
    closed: list[str] = []

    class Mine(Simulated):
        name = "mine"

        def close(self) -> None:
            closed.append(self.name)

    experiment = Experiment(study, models=[Mine(planted(), study.catalogue)], out=tmp_path / "run")
    list(experiment.run())
    assert set(table(experiment)["model"]) == {"mine"}
    assert closed == [], "it belongs to who made it"
    with pytest.raises(StoreError, match="does not say by which name `mine` is had again"):
        experiment.results().replay()


def test_a_preview_has_every_question_of_the_session(lab: Lab, experiment: Experiment) -> None:
    cell = 7
    turns = experiment.preview(cell)
    list(experiment.run())
    run = experiment.results().run
    _, rows = run.store.query(
        "SELECT point, measure, item, kind FROM observations JOIN probes ON probes.id = probe WHERE session = ?",
        (cell,),
    )
    asked = [(one.point, one.measure, one.item) for turn in turns for one in turn.questions]
    assert Counter(asked) == Counter((point, measure, item) for point, measure, item, _ in rows)
    _, [(conversation,)] = run.store.query("SELECT conversation FROM sessions WHERE id = ?", (cell,))
    assert [(turn.role, turn.text) for turn in turns] == run.store.turns(conversation)
    assert all(one.branch[-1][0] == "user" or one.opening for turn in turns for one in turn.questions)


def test_a_cell_that_is_not_there_is_one_line(experiment: Experiment) -> None:
    with pytest.raises(InputError, match="there is no cell 36"):
        experiment.preview(36)


def test_the_preview_command_shows_turns_and_questions(lab: Lab, called: Called) -> None:
    code, said, _ = called("preview", str(lab.study_with()), "0")
    assert code == 0
    assert "Picture the scene." in said
    assert "at induced, `words`" in said


def test_python_counts_what_the_command_counts(lab: Lab, experiment: Experiment, called: Called) -> None:
    said = json.loads(called("plan", str(lab.study), "--model", "simulated", "--json")[1])
    assert json.loads(json.dumps(experiment.planned().record())) == said


def test_a_study_is_frozen_beside_its_file_and_the_run_keeps_it(lab: Lab, tmp_path: Path) -> None:
    changes = {
        "hypotheses": {"moves": "Fear moves."},
        "smallest_effect": {"words": 0.1, "endings": 0.1},
        "models": ["simulated"],
    }
    experiment = Experiment.load(lab.study_with(**changes), out=tmp_path / "run")
    frozen = experiment.freeze()
    assert frozen.file == lab.study.with_name("study.prereg.yaml")
    list(experiment.run())
    assert experiment.results().deviations() == []


def test_power_without_an_earlier_run_and_with_one(lab: Lab, tmp_path: Path) -> None:
    experiment = Experiment.load(
        lab.study_with(smallest_effect={"words": 0.5}), models=["simulated"], out=tmp_path / "run"
    )
    assert {row["n"] for row in experiment.power()} == {4}
    list(experiment.run())
    assert {row["measure"] for row in experiment.power(experiment.directory, draws=100)} == {"words"}


def test_settings_are_those_of_the_command_line() -> None:
    """An option about models is a field of the same name."""
    import inspect

    from affectlab.cli.extend import extend
    from affectlab.cli.runs import run

    fields = set(Settings.__dataclass_fields__)
    assert fields <= set(inspect.signature(run).parameters)
    assert fields - {"threads", "weights"} <= set(inspect.signature(extend).parameters)


def test_results_of_a_run_that_was_not_begun(experiment: Experiment) -> None:
    with pytest.raises(StoreError, match="no store at"):
        experiment.results()
    assert isinstance(Run, type)
    with pytest.raises(StoreError):
        Results.open(experiment.directory)


OTHERWISE = {
    "plan": "Experiment.planned and .cost",
    "probe": "affectlab.experiment.probed.probed",
    "import": "Experiment.import_folder",
    "list": "affectlab.materials.catalogue.Catalogue",
    "show": "affectlab.materials.catalogue.Catalogue",
    "analyse": "affectlab.effects.analyse, on a data frame",
    "bench": "affectlab.bench",
    "page": "is one",
    "compare": "affectlab.experiment.compared",
    "new": "affectlab.design.new.new_study",
    "schema": "affectlab.design.editor_schema.editor_schema",
    "merge": "affectlab.records.merging.merge",
    "slurm": "affectlab.execution.slurm.job_script",
}
"""Commands that are no method of the same name, and what is in their place."""


def test_every_command_has_its_method() -> None:
    from affectlab.cli import app

    names = {(one.name or one.callback.__name__).rstrip("_") for one in app.registered_commands if one.callback}
    lacking = {name for name in names if not hasattr(Experiment, name) and not hasattr(Results, name)}
    assert lacking == set(OTHERWISE)
    assert len(names) > 25


def test_results_have_what_the_commands_print(experiment: Experiment, called: Called) -> None:
    list(experiment.run())
    results, run = experiment.results(), str(experiment.directory)

    def printed(command: str) -> Any:
        code, out, err = called(command, run, "--json")
        assert code == 0, err
        return json.loads(out)

    from affectlab.json_values import records

    unused = records(results.evidence.summary.left_out())
    assert printed("humans") == json.loads(json.dumps({**results.humans().record(), "left_out": unused}))
    assert printed("manipulation") == {name: records(table) for name, table in results.manipulation().items()}
    assert printed("tables") == {name: records(table) for name, table in results.tables().items()}
    assert printed("multiverse")["curves"] == [one.row() for one in results.multiverse()]
    found = printed("regulation")
    assert {name: records(table) for name, table in results.regulation().tables.items()}.items() <= found.items()
    assert len(results.manipulation()) > 1
