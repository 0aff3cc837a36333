"""What is deleted for good is in no byte of a run's files, also where somebody reads the run meanwhile."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from affectlab.conversation import Conversation
from affectlab.requests import Answer, Ask, Reply, Speak
from affectlab.run import STORE
from affectlab.store import exclusive
from affectlab.store.opening import connect
from affectlab.store.store import Store
from tests.conftest import Called, Lab
from tests.records.conftest import opened

TEXT = b"locked once more today"


def _files(folder: Path) -> list[str]:
    """The files that hold the text."""
    return [one.name for one in folder.iterdir() if TEXT in one.read_bytes()]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exclusive, "_PAUSES", 2)


def test_a_session_is_not_deleted_while_its_text_would_stay_in_the_log(copied: Lab, called: Called) -> None:
    folder = copied.folder / "run"
    run, _ = opened(folder)
    own = run.sessions().query("vignette == 'fear-3'")["session"].tolist()
    run.store.close()
    assert _files(folder)
    reader = Store(folder / STORE, create=False)
    before = reader.done()
    code, said, complaint = called("delete", str(folder), "--session", str(own[0]))
    assert (code, said, complaint.count("\n")) == (2, "", 1)
    assert "nothing is deleted: somebody reads" in complaint
    assert "give the same command again" in complaint
    assert called("verify", str(folder))[0] == 0, "it can be read by others again"
    with closing(Store(folder / STORE, create=False)) as now:
        assert (now.done(), now.deleted()) == (before, set())
    reader.close()
    for session in own:
        assert called("delete", str(folder), "--session", str(session))[::2] == (0, "")
    assert _files(folder) == []


def _given(folder: Path) -> Store:
    store = Store(folder / STORE)
    asked = Speak(Conversation.begin().user("What happened?"), seed=1)
    store.keep("a", "visitor-1@1", asked, Reply(f"I was {TEXT.decode()}.", "stop"), 0)
    return store


def test_what_a_person_takes_back_is_wiped_when_nobody_reads_it(tmp_path: Path) -> None:
    store = _given(tmp_path)
    reader = Store(tmp_path / STORE, create=False)
    assert reader.count() == 1
    assert store.withdraw("visitor-1@1") == ([], 1, False)
    assert store.count() == 0, "what is deleted is deleted at once"
    assert not store.wipe_rest()
    reader.close()
    assert store.wipe_rest()
    assert _files(tmp_path) == [], "also while the store is still open"
    store.keep("b", "visitor-2@1", Ask(Conversation.begin().user("And?"), "I am", (" a",)), Answer((0.0,)), 0)
    store.close()
    with closing(Store(tmp_path / STORE)) as again:
        again.check()
        assert (again.count(), again.described("unwiped")) == (1, None)


def test_what_is_still_to_be_wiped_is_wiped_by_whoever_opens_the_run_next(tmp_path: Path) -> None:
    store = _given(tmp_path)
    reader = Store(tmp_path / STORE, create=False)
    assert not store.withdraw("visitor-1@1").wiped
    store.close()
    reader.close()
    with closing(Store(tmp_path / STORE)) as again:
        assert again.wipe_rest()
    assert _files(tmp_path) == []


def test_one_who_was_killed_while_it_deleted_leaves_a_store_as_others_are(tmp_path: Path) -> None:
    _given(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / STORE)) as db:
        db.execute("PRAGMA journal_mode=TRUNCATE")
        db.execute("CREATE TABLE one (two)")
        db.execute("DROP TABLE one")
    with closing(connect(tmp_path / STORE, create=True)) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
