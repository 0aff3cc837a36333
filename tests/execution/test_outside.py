"""An executor and a participant from a package outside the tree are used in every command that concerns them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from affectlab.run import Run, differing_responses
from tests.outside import done_outside

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("doors")


@pytest.fixture(scope="module")
def done(folder: Path) -> dict[str, dict[str, Any]]:
    """Every command, in a process that has the package on its path."""
    return done_outside(HERE / "commands.py", folder)


@pytest.mark.parametrize(
    "command", ["check", "plan", "freeze", "run", "replay", "power", "report", "validity", "list", "show"]
)
def test_every_command_takes_a_participant_of_a_study_file(done: dict[str, dict[str, Any]], command: str) -> None:
    assert done[command]["code"] == 0, done[command]["err"]


def test_it_takes_part_under_its_name(done: dict[str, dict[str, Any]], folder: Path) -> None:
    run = Run.open(folder / "run")
    assert run.complete
    assert set(run.sessions()["model"]) == {"leaning-f"}
    assert run.participants["leaning-f"]["letter"] == "f"
    assert json.loads(done["plan"]["out"])["sessions"] == len(run.sessions())
    assert json.loads(done["freeze"]["out"])["models"] == ["leaning-f"]


def test_it_is_listed_with_what_it_says_of_itself(done: dict[str, dict[str, Any]]) -> None:
    assert "leaning" in done["list"]["out"]
    assert "A participant that leans towards a letter: ``leaning:LETTER``." in done["show"]["out"]


def test_blocks_in_reversed_order_give_an_identical_table(done: dict[str, dict[str, Any]], folder: Path) -> None:
    here, backwards = Run.open(folder / "run-here"), Run.open(folder / "run-backwards")
    order = [one for one, _ in backwards.store.finished()]
    assert order != sorted(order), "they were done in another order"
    pd.testing.assert_frame_equal(here.scores(), backwards.scores(), check_exact=True)
    pd.testing.assert_frame_equal(here.probe_scores(), backwards.probe_scores(), check_exact=True)
    assert differing_responses(here, backwards) == []


def test_the_findings_and_the_exported_tables_are_identical_too(done: dict[str, dict[str, Any]], folder: Path) -> None:
    found = [json.loads(done[name]["out"]) for name in ("here", "backwards")]
    for one in found:
        del one["run"], one["seconds"]
    assert found[0] == found[1]
    # answers stand there in the order in which they came
    tables = {
        path.relative_to(folder / "here")
        for path in (folder / "here").rglob("*_data.csv")
        if "answers" not in path.name
    }
    assert len(tables) > 1
    for table in tables:
        assert (folder / "here" / table).read_bytes() == (folder / "backwards" / table).read_bytes(), table


def test_an_executor_that_leaves_something_out_is_told_and_another_goes_on(
    done: dict[str, dict[str, Any]], folder: Path
) -> None:
    assert done["forgetful"]["code"] == 3
    assert "the executor `forgetful` left 1 blocks undone" in done["forgetful"]["err"]
    assert done["rest"]["code"] == 0
    whole, rest = Run.open(folder / "run"), Run.open(folder / "run-forgetful")
    pd.testing.assert_frame_equal(whole.scores().drop(columns="attempt"), rest.scores().drop(columns="attempt"))


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ("nobody", 2, "unknown executor `nobody`; there are: here, processes, ray, backwards, forgetful"),
        ("unfit", 3, "`leaning:xy` cannot be had: xy is no letter"),
    ],
)
def test_what_is_wrong_is_one_line_before_anything_is_written(
    done: dict[str, dict[str, Any]], folder: Path, command: str, code: int, said: str
) -> None:
    assert (done[command]["code"], done[command]["out"]) == (code, "")
    assert said in done[command]["err"]
    assert done[command]["err"].count("\n") == 1
    assert not (folder / f"run-{command}" / "answers.sqlite").exists()


def test_a_model_that_nobody_is_has_its_line_in_the_study_file(done: dict[str, dict[str, Any]]) -> None:
    assert done["unknown"]["code"] == 2
    assert "unknown.yaml:" in done["unknown"]["out"]
    assert "unknown model `leanin`; did you mean `leaning`?" in done["unknown"]["out"]
