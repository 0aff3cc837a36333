"""An export is a dataset that others' tools accept, and from which the very same table comes back."""

from __future__ import annotations

import json
import math
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from affectlab.errors import StoreError
from affectlab.participants.simulated import Simulated
from affectlab.report.export import export, problems, read_scores, recommendations, write_dialogues, write_sav
from affectlab.report.export.layout import DESCRIPTION, PACKAGE
from affectlab.requests import Answer, Reply, Request, Response
from affectlab.results.summary import summarise
from affectlab.run import Run
from tests.conftest import Lab
from tests.needs import needs_r

Reported = Callable[..., Run]
NASTY = (
    'a, "quoted" word',
    "two\nlines",
    "",
    "NA",
    "=1+1",
    "nan",
    "carriage\rreturn",
    " kept ",
    "naïve 😀",
    "None",
    "0",
)


class Rambling(Simulated):
    """Its replies are what breaks careless tables, and it gives some options no probability at all."""

    said = 0

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        for position, response in super().respond(requests):
            if isinstance(response, Reply):
                text = NASTY[self.said % len(NASTY)]
                self.said += 1
                yield position, replace(response, text=text, finish="stop" if text else "empty")
            else:
                yield position, replace(response, logprobs=(-math.inf, *response.logprobs[1:]))


@pytest.fixture
def made(reported: Reported) -> Run:
    """A run whose replies are difficult."""
    return reported(kind=Rambling)


@pytest.fixture
def folder(made: Run, tmp_path: Path) -> Path:
    """Its export."""
    return export(made, tmp_path / "export")


def table(folder: Path, name: str) -> pd.DataFrame:
    (path,) = (folder / "data").glob(f"*description-{name}_data.csv")
    return pd.read_csv(path)


def test_the_scores_come_back_exactly(made: Run, folder: Path) -> None:
    scores = made.scores()
    back = read_scores(folder)
    pd.testing.assert_frame_equal(back, scores, check_exact=True)
    said = scores["text"].dropna()
    assert len(said) > 3
    assert set(said) <= set(NASTY)
    assert "" in set(back["text"].dropna())


def test_it_is_a_psych_ds_dataset_without_a_warning(folder: Path) -> None:
    assert problems(folder) == []
    assert recommendations(folder) == []
    (folder / "README.md").unlink()
    _edited(folder, funder=None)
    shutil.rmtree(folder / "results")
    next((folder / "data").glob("*scores_data.json")).unlink()
    (folder / ".psychds-ignore").unlink()
    found = recommendations(folder)
    assert found[:3] == ["dataset_description.json has no `funder`", "there is no README.md", "there is no results"]
    assert found[3].endswith("scores_data.csv has no sidecar")
    assert found[4:] == ["datapackage.json is no file of Psych-DS"]


def test_dialogues_are_those_of_the_sessions_turn_by_turn(made: Run, tmp_path: Path) -> None:
    written = write_dialogues(made, tmp_path / "dialogues")
    rows = pd.read_csv(written / "dialogues.csv", keep_default_na=False)
    assert set(rows["session"]) == set(made.sessions()["session"])
    assert set(rows["speaker"]) <= {"frame", "experimenter", "participant"}
    assert (rows["code"] == "").all()
    assert set(rows.loc[rows["speaker"] != "participant", "own_words"]) == {"no"}
    first = rows[rows["session"] == rows["session"].iloc[0]]
    assert list(first["turn"]) == list(range(1, len(first) + 1))
    text = (written / "dialogues.md").read_text("utf-8")
    assert text.count("## Session ") == rows["session"].nunique()
    with pytest.raises(StoreError, match="is not empty; name a new folder as --to"):
        write_dialogues(made, written)


def test_a_file_of_spss_has_the_scores_and_what_the_columns_hold(made: Run, tmp_path: Path) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    file = write_sav(made, tmp_path / "scores.sav")
    back, meta = pyreadstat.read_sav(str(file))
    scores = made.scores()
    assert list(back.columns) == list(scores.columns)
    assert back["value"].tolist() == pytest.approx(scores["value"].tolist(), abs=0.0, nan_ok=True)
    assert back["seed"].tolist() == scores["seed"].map(str).tolist()
    assert meta.column_names_to_labels["coverage"] == "Summed probability of the legal options"
    with pytest.raises(StoreError, match="is there already"):
        write_sav(made, file)


def test_frictionless_accepts_it_and_finds_a_value_that_is_no_level(folder: Path) -> None:
    import frictionless

    found = frictionless.validate(str(folder / PACKAGE))
    assert found.valid, found.flatten(["rowNumber", "fieldName", "type"])[:5]
    (path,) = (folder / "data").glob("*sessions*.csv")
    path.write_text(path.read_text("utf-8").replace(",breathing,", ",whistling,", 1), "utf-8")
    errors = frictionless.validate(str(folder / PACKAGE)).flatten(["fieldName", "type"])
    assert ["regulation", "constraint-error"] in errors


def test_every_response_is_there_with_its_whole_distribution(made: Run, folder: Path) -> None:
    answers = table(folder, "answers").set_index("key")
    lists = json.loads((folder / "materials/options.json").read_text("utf-8"))
    count = 0
    for key, response in made.store.responses():
        row = answers.loc[key]
        count += 1
        if isinstance(response, Answer):
            read = [-math.inf if value is None else value for value in json.loads(row["logprobs"])]
            assert tuple(read) == response.logprobs
            assert len(lists[str(int(row["options"]))]) == len(read)
        else:
            assert row["finish"] == response.finish
    assert count == len(answers) == made.store.count()


def test_every_conversation_can_be_followed_to_its_beginning(made: Run, folder: Path) -> None:
    turns = pd.read_csv(folder / "materials/turns.csv", keep_default_na=False).set_index("conversation")
    for session in table(folder, "sessions").itertuples():
        said, at = [], str(session.conversation)
        while at:
            said.append((turns.loc[at, "role"], turns.loc[at, "text"]))
            at = turns.loc[at, "parent"]
        assert said[::-1] == made.store.turns(str(session.conversation))


def test_materials_and_study_are_word_for_word(made: Run, folder: Path, lab: Lab) -> None:
    for path in ("instruments/words.yaml", "inductions/scene/fear.yaml", "inductions/scene/technique.yaml"):
        assert (folder / "materials" / path).read_bytes() == (lab.materials / path).read_bytes()
    assert (folder / "materials/study.yaml").read_text("utf-8") == made.store.described("study_text")


def test_no_path_of_the_machine_is_passed_on(made: Run, tmp_path: Path) -> None:
    cards = {name: {**card, "file": str(tmp_path / "one.gguf")} for name, card in made.participants.items()}
    made.store.describe("participants", cards)
    folder = export(made, tmp_path / "export")
    texts = [file.read_text("utf-8") for file in folder.rglob("*") if file.is_file()]
    assert any("one.gguf" in text for text in texts)
    assert not any(str(tmp_path) in text for text in texts)


def test_every_column_is_in_the_codebook(folder: Path) -> None:
    codebook = pd.read_csv(folder / "documentation/codebook.csv")
    for name in ("scores", "sessions", "answers"):
        told = codebook[codebook["table"] == name]
        assert told["variable"].tolist() == list(table(folder, name).columns)
        assert told["meaning"].notna().all()


def test_the_long_table_holds_shifts_item_by_item(made: Run, folder: Path) -> None:
    long = pd.read_csv(folder / "analysis/long.csv")
    scores = made.scores()
    assert len(long) == (scores["scale"] != "reply").sum()
    at_baseline = long[long["point"] == "baseline"]
    assert (at_baseline["shift"].dropna() == 0.0).all()
    wide = pd.read_csv(folder / "analysis/wide.csv")
    (row,) = wide[(wide["session"] == 0) & (wide["measure"] == "words") & (wide["scale"] == wide["state"])].to_dict(
        "records"
    )
    mine = long[(long["session"] == 0) & (long["measure"] == "words") & (long["scale"] == row["state"])]
    induced = mine[mine["point"] == "induced"]
    assert row["induced"] - row["baseline"] == pytest.approx(induced["shift"].mean())


def test_the_script_for_r_finds_what_the_findings_say(reported: Reported, tmp_path: Path) -> None:
    """R's ``t.test`` on the exported scores, by the design of each contrast: difference and interval."""
    needs_r()
    made = reported()
    folder = export(made, tmp_path / "export")
    run = subprocess.run(["Rscript", "models.R"], cwd=folder / "analysis", capture_output=True, text=True, check=True)
    said = re.findall(r"^(\S+) .*, (\S+) \[(\S+), (\S+)\], df", run.stdout, re.MULTILINE)
    mine = {one.contrast: (one.estimate, one.low, one.high) for one in summarise(made).findings}
    by_r = {contrast: numbers for contrast, *numbers in said}
    assert len(by_r) > len(mine), "every contrast of the run, findings among them"
    assert {one: pytest.approx(tuple(map(float, by_r[one])), rel=1e-9) for one in mine} == mine


def test_an_earlier_export_is_replaced_and_anything_else_is_kept(made: Run, folder: Path, tmp_path: Path) -> None:
    assert export(made, folder) == folder
    other = tmp_path / "letters"
    other.mkdir()
    (other / "letter.txt").write_text("mine", "utf-8")
    with pytest.raises(StoreError, match="not empty"):
        export(made, other)
    assert [file.name for file in other.iterdir()] == ["letter.txt"]
    with pytest.raises(StoreError, match="holds no export"):
        read_scores(other)


def _edited(folder: Path, **changes: Any) -> None:
    file = folder / DESCRIPTION
    content = json.loads(file.read_text("utf-8"))
    kept = {name: value for name, value in {**content, **changes}.items() if value is not None}
    file.write_text(json.dumps(kept), "utf-8")


def _data(folder: Path) -> Path:
    (path,) = (folder / "data").glob("*sessions*.csv")
    return path


def _append(path: Path, text: str) -> None:
    path.write_text(path.read_text("utf-8") + text, "utf-8")


def _undescribed(folder: Path) -> None:
    """A dataset that describes its columns nowhere."""
    _edited(folder, variableMeasured=[])
    for sidecar in (folder / "data").glob("*_data.json"):
        sidecar.unlink()


BREAKS: dict[str, tuple[Callable[[Path], Any], str]] = {
    "no-description": (lambda at: (at / DESCRIPTION).unlink(), "there is no dataset_description.json"),
    "not-json": (lambda at: (at / DESCRIPTION).write_text("{", "utf-8"), "is not JSON"),
    "no-name": (lambda at: _edited(at, name=None), "has no `name`"),
    "no-namespace": (lambda at: _edited(at, **{"@context": None}), "has no namespace"),
    "no-dataset": (lambda at: _edited(at, **{"@type": "Thing"}), "not `Dataset`"),
    "no-variables": (lambda at: _undescribed(at), "is not in `variableMeasured`"),
    "wrong-variable": (lambda at: _edited(at, variableMeasured=[{"name": "x"}]), "not of the type `PropertyValue`"),
    "no-data": (lambda at: shutil.rmtree(at / "data"), "no CSV file below data/"),
    "name": (lambda at: _data(at).rename(at / "data/sessions.csv"), "is not named key-value"),
    "key": (lambda at: _data(at).rename(at / "data/run-1_data.csv"), "`run` is not an official key"),
    "short-row": (lambda at: _append(_data(at), "1,2\n"), "has 2 cells"),
    "empty": (lambda at: _data(at).write_text("", "utf-8"), "has no header"),
    "not-utf8": (lambda at: _data(at).write_bytes(b"a\n\xff\n"), "is not UTF-8"),
    "twice": (lambda at: _data(at).write_text("model,model\n", "utf-8"), "column `model` stands twice"),
    "row-id": (lambda at: _data(at).write_text("row_id\n1\n1\n", "utf-8"), "row_id `1` stands twice"),
}


@pytest.mark.parametrize("name", BREAKS)
def test_every_broken_rule_is_found(folder: Path, name: str) -> None:
    spoil, complaint = BREAKS[name]
    spoil(folder)
    assert any(complaint in problem for problem in problems(folder)), problems(folder)
