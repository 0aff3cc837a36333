"""One file that is a run; with what may not be passed on left out; and a session deleted for good."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from affectlab.errors import StoreError
from affectlab.materials.file import MaterialFile
from affectlab.materials.licence import description_of, may_be_passed_on
from affectlab.records.archive import archive
from affectlab.records.scorings import score
from affectlab.report.export import export
from affectlab.report.write import report
from affectlab.results.summary import summarise
from affectlab.run import STORE
from affectlab.store.store import Store
from tests.conftest import Called, Lab
from tests.records.conftest import ITEMS, PUBLISHED, opened


def spoken(run: Path, file: Path) -> bytes:
    """The report of a run."""
    return report(opened(run)[0], file).read_bytes()


@pytest.fixture(scope="module")
def shared(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive without what may not be passed on."""
    file = tmp_path_factory.mktemp("shared") / "run.affectlab"
    run, _ = opened(finished / "run")
    made = archive(run, file, share=True)
    assert [(one.kind, one.id) for one in made.withheld] == [("instrument", "mood")]
    return file


def test_an_archive_is_taken_in_the_place_of_the_run(copied: Lab, tmp_path: Path, called: Called) -> None:
    before = spoken(copied.folder / "run", tmp_path / "before.html")
    code, _, _ = called("archive", str(copied.folder / "run"), "--to", str(tmp_path / "one.affectlab"))
    assert code == 0
    shutil.rmtree(copied.folder)
    assert spoken(tmp_path / "one.affectlab", tmp_path / "after.html") == before
    for command in ("score", "replay", "validity", "tables", "incidents"):
        code, _, complaint = called(command, str(tmp_path / "one.affectlab"), "--json")
        assert (code, complaint) == (0, ""), command
    assert sorted(one.name for one in tmp_path.glob("one*")) == ["one.affectlab"]


def test_nothing_is_written_over(finished: Path, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("mine")
    run, _ = opened(finished / "run")
    with pytest.raises(StoreError, match="is there already"):
        archive(run, tmp_path / "there")
    assert (tmp_path / "there").read_text() == "mine"


def test_what_may_not_be_passed_on_is_not_in_the_file(shared: Path) -> None:
    content = shared.read_bytes()
    for text in (*(str(item["text"]) for item in ITEMS), "How is it for you just now"):
        assert text.encode() not in content
    with sqlite3.connect(shared) as db:
        said = [text for (text,) in db.execute("SELECT text FROM turns UNION SELECT opening FROM responses")]
        (kept,) = db.execute("SELECT licence FROM materials WHERE withheld")
    assert "[withheld] asked with instrument mood" in said
    assert any("Picture the scene." in text for text in said), "what may be passed on is there"
    assert kept == (PUBLISHED,)


def test_a_shared_archive_reports_and_scores_with_the_keys_that_it_has(
    shared: Path, finished: Path, tmp_path: Path
) -> None:
    run, said = opened(shared)
    assert said == [f"{shared}: of these materials only a description was passed on: instrument `mood`"]
    whole, _ = opened(finished / "run")
    columns = ["session", "point", "measure", "item", "scale", "value", "key"]
    assert run.scores()[columns].equals(whole.scores()[columns])
    assert [one.row() for one in summarise(run).findings] == [one.row() for one in summarise(whole).findings]
    assert b"is strong" not in spoken(shared, tmp_path / "said.html")
    files = [one.read_bytes() for one in export(run, tmp_path / "export").rglob("*") if one.is_file()]
    assert not any(b"is strong" in one for one in files)
    found = score(run)
    assert (found.differing, found.lacking) == (0, ())


def test_a_material_of_which_nothing_can_be_left_is_named_and_its_numbers_taken_over(copied: Lab) -> None:
    run, _ = opened(copied.folder / "run")
    run.store.change("UPDATE materials SET text = NULL, withheld = 1 WHERE material = ?", [("mood",)])
    before = sorted(run.store.numbers(), key=repr)
    found = score(run)
    assert (found.differing, found.lacking) == (0, ("mood",))
    run.store.change("UPDATE scores SET value = value + 1.0 WHERE rowid = ?", [(1,)])
    assert score(run).scoring == 2
    assert sorted(run.store.numbers(), key=repr) == before


def test_only_a_licence_that_is_known_allows_it() -> None:
    file = MaterialFile("frame", "a", "frames/a.yaml", "kind: frame", "Apache-2.0")
    assert may_be_passed_on(file)
    for licence in ("", "ask the author", "CC-BY-NC-4.0", "apache"):
        assert not may_be_passed_on(MaterialFile("frame", "a", "frames/a.yaml", "", licence))


def test_a_material_that_is_described_keeps_its_key_and_no_text(finished: Path) -> None:
    run, _ = opened(finished / "run")
    (file,) = (one.file for one in run.store.kept() if one.file.id == "mood")
    left = description_of(file)
    assert left is not None
    assert "reverse: true" in left.text
    assert "afraid" in left.text, "the item's id"
    assert "strong" not in left.text


def test_a_deleted_session_is_gone_for_good_and_still_counted(copied: Lab, called: Called, tmp_path: Path) -> None:
    folder = copied.folder / "run"
    run, _ = opened(folder)
    own = run.sessions().query("vignette == 'fear-3'")["session"].tolist()
    assert b"locked once more today" in (folder / STORE).read_bytes() + _log(folder)
    total, rest = len(run.store.done()), run.scores()
    rest = rest[~rest["session"].isin(own)].reset_index(drop=True)
    run.store.close()
    (folder / "answers.v1.sqlite").write_bytes(b"an older copy")
    for session in own:
        code, said, _ = called("delete", str(folder), "--session", str(session), "--json")
        assert code == 0
    assert json.loads(said)["turns"] > 0
    turns = {text for (text,) in Store(folder / STORE).query("SELECT text FROM turns")[1]}
    assert not any("locked once more today" in text for text in turns)
    # nor in what the file no longer uses; the material that says it is used by others and stays
    assert all(b"locked once more today" not in file.read_bytes() for file in folder.iterdir())
    assert not (folder / "answers.v1.sqlite").exists()
    again, _ = opened(folder)
    assert (len(again.store.done()), again.complete) == (total, True)
    left = again.scores().reset_index(drop=True)
    assert left["value"].equals(rest["value"])
    assert score(again).differing == 0
    again.store.close()
    assert called("report", str(folder), "--out", str(tmp_path / "r.html"))[0] == 0
    code, _, complaint = called("delete", str(folder), "--session", str(own[0]))
    assert (code, len(complaint.splitlines())) == (2, 1)
    assert called("replay", str(folder))[0] == 0


def _log(folder: Path) -> bytes:
    log = folder / f"{STORE}-wal"
    return log.read_bytes() if log.exists() else b""


def test_what_other_sessions_used_stays(copied: Lab) -> None:
    run, _ = opened(copied.folder / "run")
    frame = "You take part in a study."
    run.store.delete(0)
    assert ("system", frame) in run.store.turns(str(run.store.query("SELECT conversation FROM sessions")[1][0][0]))


def test_a_damaged_file_is_named_in_one_line(copied: Lab, called: Called) -> None:
    file = copied.folder / "run" / STORE
    file.write_bytes(file.read_bytes()[:-5000])
    code, _, complaint = called("report", str(copied.folder / "run"))
    assert code == 2
    assert "answers.sqlite is damaged" in complaint
    assert len(complaint.splitlines()) == 1


def test_a_store_of_a_later_version_is_named_in_one_line(copied: Lab, called: Called) -> None:
    with sqlite3.connect(copied.folder / "run" / STORE) as db:
        db.execute("UPDATE meta SET value = '\"4\"' WHERE key = 'version'")
    db.close()
    code, _, complaint = called("validity", str(copied.folder / "run"))
    assert code == 2
    assert "is a store of version 4, and this affectlab reads version 3; use a later affectlab" in complaint
    assert len(complaint.splitlines()) == 1


def test_a_table_of_a_run_by_hand_is_no_store(copied: Lab, called: Called) -> None:
    file = copied.folder / "letter.sqlite"
    file.write_text("no database")
    code, _, complaint = called("report", str(file))
    assert (code, len(complaint.splitlines())) == (2, 1)
