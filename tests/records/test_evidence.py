"""A finished run is evidence on its own: whatever becomes of its files, it says what it said."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from affectlab.materials import catalogue
from affectlab.report.evidence import Evidence
from affectlab.report.export import export
from affectlab.report.write import FORMS, report
from affectlab.results.labelled import of_run
from tests.conftest import Called, Lab
from tests.records.conftest import ITEMS, mood, opened


def told(folder: Path | str, to: Path) -> dict[str, bytes | str]:
    """Everything that can be said of a run: each form of the report, each file of the export, checks and tables."""
    run, _ = opened(Path(folder))
    evidence = Evidence.of(run)
    files = [report(run, to / f"report.{form}", form=form, evidence=evidence) for form in FORMS]
    files += [one for one in export(run, to / "export").rglob("*") if one.is_file()]
    said: dict[str, bytes | str] = {str(one.relative_to(to)): one.read_bytes() for one in files}
    said["validity"] = repr([one.row() for one in evidence.validity])
    said["tables"] = repr({name: table.to_csv() for name, table in of_run(run).items()})
    run.store.close()
    return said


@pytest.fixture(scope="module")
def before(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes | str]:
    """What the run says where it was made."""
    return told(finished / "run", tmp_path_factory.mktemp("before"))


def spoil(lab: Lab) -> None:
    """Change wording, key and order of options of instruments, and a vignette."""
    mood(lab, question="What now?", items=[{**ITEMS[0], "text": "I tremble", "reverse": False}, ITEMS[1]])
    words = lab.materials / "instruments" / "words.yaml"
    words.write_text(words.read_text("utf-8").replace("- afraid\n  - scared", "- scared\n  - afraid"), "utf-8")
    fear = lab.materials / "inductions" / "scene" / "fear.yaml"
    fear.write_text(fear.read_text("utf-8").replace("A dog", "A goat"), "utf-8")


def test_edited_and_deleted_files_change_nothing(
    copied: Lab,
    before: dict[str, bytes | str],
    tmp_path: Path,
    called: Called,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spoil(copied)
    assert told(copied.folder / "run", tmp_path / "edited") == before
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(copied.folder / "run", elsewhere)
    shutil.rmtree(copied.folder)
    # what comes with affectlab may have changed as well
    monkeypatch.setattr(catalogue, "SHIPPED", tmp_path / "nowhere")
    assert told(elsewhere, tmp_path / "elsewhere-said") == before
    code, said, _ = called("replay", str(elsewhere))
    assert (code, said.split(":")[0]) == (0, "identical")


def test_the_numbers_follow_from_the_observations(copied: Lab, called: Called) -> None:
    run, _ = opened(copied.folder / "run")
    stored = run.numbers()
    run.store.close()
    code, said, complaint = called("score", str(copied.folder / "run"))
    assert (code, complaint) == (0, "")
    assert said.splitlines()[1] == "They are those that are stored."
    assert len(stored) > 100


def test_a_number_that_was_changed_by_hand_is_found(copied: Lab, called: Called) -> None:
    run, _ = opened(copied.folder / "run")
    run.store.change("UPDATE scores SET value = value + 1.0 WHERE rowid = ?", [(7,)])
    run.store.close()
    _, said, _ = called("score", str(copied.folder / "run"))
    assert "1 numbers differ" in said


def test_a_material_is_kept_once_and_word_for_word(finished: Path) -> None:
    run, _ = opened(finished / "run")
    kept = [one.file for one in run.store.kept()]
    assert len({one.hash for one in kept}) == len(kept)
    for file in kept:
        own = finished / "materials" / file.place
        if own.exists():
            assert own.read_text("utf-8") == file.text
    named = {(one.kind, one.id) for one in kept}
    assert {("instrument", "mood"), ("control", "scrambled"), ("induction", "scene-fear")} <= named
    assert ("instrument", "deq") not in named


def test_observations_say_who_was_asked_what_for_which_purpose(finished: Path) -> None:
    run, _ = opened(finished / "run")
    _, rows = run.store.query("SELECT DISTINCT purpose, check_id != '' FROM probes ORDER BY 1")
    assert rows == [("check", 1), ("outcome", 0)]
    assert run.store.observed() > run.store.count(), "an answer that sessions share is observed in each"
