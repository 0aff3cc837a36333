"""A wrong key is corrected and the run scored again, and nobody is asked."""

from __future__ import annotations

import math
import shutil
from collections.abc import Sequence
from inspect import signature
from pathlib import Path

import pytest

from affectlab.cli.app import app
from affectlab.errors import InputError, StoreError
from affectlab.participants.simulated import Simulated
from affectlab.records.scorings import score
from affectlab.results.summary import summarise
from affectlab.run import Run
from tests.conftest import Called, Lab, planted, run
from tests.records.conftest import ITEMS, TRUTH, mood, opened

RIGHT = [{**ITEMS[0], "reverse": False}, ITEMS[1]]


@pytest.fixture
def corrections(tmp_path: Path) -> Lab:
    """A folder for corrected materials."""
    return Lab(tmp_path / "corrected")


def findings(done: Run) -> list[dict[str, object]]:
    return [one.row() for one in summarise(done).findings]


def test_a_corrected_key_gives_the_findings_of_a_run_with_the_right_one(copied: Lab, corrections: Lab) -> None:
    mood(corrections, items=RIGHT)
    done, said = opened(copied.folder / "run")
    wrong, asked = findings(done), done.store.count()
    scored = score(done, corrections.folder)
    assert scored.changes == ("instrument `mood`, items.0.reverse: True → False",)
    assert 0 < scored.differing < scored.numbers
    assert (done.store.count(), said) == (asked, [])

    mood(copied, items=RIGHT)
    study = copied.load(**done.store.described("study"))
    right = run(study, Simulated(planted(**TRUTH), study.catalogue, seed=study.seed))
    assert findings(done) == findings(right) != wrong

    again, said = opened(copied.folder / "run")
    assert findings(again) == findings(right)
    (line,) = said
    assert line.endswith("scores are those of scoring 2 of 2 (instrument `mood`, items.0.reverse: True → False)")
    again.score_by(1)
    assert findings(again) == wrong
    assert again.plan.hash == again.plan_hash, "what was asked stays what it was"


def test_a_corrected_key_of_words_gives_the_options_another_order(copied: Lab, corrections: Lab) -> None:
    """The words of a cloze are its key: moved to another scale, they are the same options in another order."""
    shutil.copytree(copied.materials / "instruments", corrections.materials / "instruments")
    words = corrections.materials / "instruments" / "words.yaml"
    text = words.read_text("utf-8").replace("- scared", "- gloomier").replace("- gloomy", "- scared")
    words.write_text(text.replace("- gloomier", "- gloomy"), "utf-8")
    done, _ = opened(copied.folder / "run")
    before = done.scores().query("measure == 'words' and session == 0").set_index(["point", "item", "scale"])["value"]
    score(done, corrections.folder)
    now = done.scores().query("measure == 'words' and session == 0").set_index(["point", "item", "scale"])["value"]
    # in the simulated participant's answer the words of a scale share its mass evenly
    key = ("induced", "now")
    half = 0.5 * (math.exp(before[(*key, "fear")]) + math.exp(before[(*key, "sadness")]))
    assert math.exp(now[(*key, "fear")]) == pytest.approx(half)
    assert math.exp(now[(*key, "sadness")]) == pytest.approx(half)


@pytest.mark.parametrize(
    ("changes", "line", "what"),
    [
        ({"question": "What now?"}, "question:", "`question` changes what was asked"),
        (
            {"items": [{**ITEMS[0], "id": "frightened", "reverse": False}, ITEMS[1]]},
            "- id: frightened",
            "`items.0.id` changes what",
        ),
        ({"options": {"from": 0, "to": 5, "template": " {value}"}}, "  to: 5", "`options.to` changes what was asked"),
    ],
)
def test_what_was_asked_cannot_be_corrected(
    copied: Lab, corrections: Lab, changes: dict[str, object], line: str, what: str
) -> None:
    file = mood(corrections, **changes)
    done, _ = opened(copied.folder / "run")
    with pytest.raises(InputError) as refused:
        score(done, corrections.folder)
    assert (refused.value.file, refused.value.message.startswith(what)) == (str(file), True), str(refused.value)
    number = refused.value.line or 0
    assert file.read_text("utf-8").splitlines()[number - 1].startswith(line)
    assert len(done.store.scorings) == 1


def test_a_key_for_another_instrument_is_refused(copied: Lab, corrections: Lab, called: Called) -> None:
    shutil.copy(mood(corrections), other := corrections.materials / "instruments" / "other.yaml")
    (corrections.materials / "instruments" / "mood.yaml").unlink()
    other.write_text(other.read_text("utf-8").replace("id: mood", "id: other"), "utf-8")
    code, _, complaint = called("score", str(copied.folder / "run"), "--materials", str(corrections.folder))
    assert code == 2
    assert "other.yaml:2: " in complaint
    assert "did not use the instrument `other`" in complaint
    assert len(complaint.splitlines()) == 1


def test_a_scoring_that_is_not_there_is_refused(finished: Path) -> None:
    done, _ = opened(finished / "run")
    with pytest.raises(StoreError, match="has no scoring 3"):
        done.score_by(3)


def test_nothing_is_recorded_where_nothing_differs(copied: Lab, called: Called) -> None:
    code, said, complaint = called("score", str(copied.folder / "run"), "--materials", str(copied.materials))
    assert complaint == ""
    assert (code, said.splitlines()[1]) == (0, "Nothing in these materials differs from what the run was scored with.")


_READ = ["validity", "hypotheses", "tables", "manipulation", "multiverse", "regulation"]
_NO_NUMBERS = {"cite", "extend", "score", "archive", "delete", "incidents", "deviations", "replay", "verify", "resume"}


def test_every_command_takes_the_scoring_that_is_named(
    copied: Lab, corrections: Lab, called: Called, tmp_path: Path
) -> None:
    folder = str(copied.folder / "run")

    def read(*more: str, names: Sequence[str] = _READ) -> dict[str, object]:
        found: dict[str, object] = {}
        for name in names:
            code, found[name], told = called(name, folder, "--json", *more)
            assert code == 0, told
            assert told == _TOLD.get(more, "").format(folder), "each says which scoring it uses"
        for name, to in (("report", ("--format", "csv", "--out")), ("export", ("--to",))):
            code, _, told = called(name, folder, *to, str(tmp_path / name), *more)
            assert (code, told) == (0, _TOLD.get(more, "").format(folder))
        found["report"] = (tmp_path / "report").read_bytes()
        found["export"] = next((tmp_path / "export").rglob("*scores_data.csv")).read_bytes()
        return found

    before = read()
    mood(corrections, items=RIGHT)
    assert called("score", folder, "--materials", str(corrections.folder))[0] == 0
    after = read("--scoring", "2")
    again = read("--scoring", "1", names=("tables", "hypotheses"))
    assert again == {name: before[name] for name in again}
    assert {name for name in before if before[name] != after[name]} >= {"tables", "report", "export"}
    assert '"scoring": "2 of 2 (' not in (tmp_path / "export" / "documentation" / "run.json").read_text("utf-8")
    assert called("report", folder, "--format", "md", "--out", str(tmp_path / "page"))[0] == 0
    assert "2 of 2 (instrument `mood`, items.0.reverse: True → False)" in (tmp_path / "page").read_text("utf-8")
    code, said, told = called("hypotheses", folder, "--scoring", "3")
    assert (code, said, told.count("\n")) == (2, "", 1)


_TOLD = {
    ("--scoring", "1"): "affectlab: {}: scores are those of scoring 1 of 2 (the run's own)\n",
    ("--scoring", "2"): "affectlab: {}: scores are those of scoring 2 of 2 "
    "(instrument `mood`, items.0.reverse: True → False)\n",
}


def test_every_command_that_reads_a_run_can_be_told_its_scoring() -> None:
    commands = {one.name or one.callback.__name__: one.callback for one in app.registered_commands if one.callback}
    reading = {name for name, one in commands.items() if {"run", "earlier", "source"} & set(signature(one).parameters)}
    without = {name for name in reading if "scoring" not in signature(commands[name]).parameters}
    assert without == _NO_NUMBERS
