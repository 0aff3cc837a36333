"""All that was said is found by its words, in the sessions in which it was said, and read as it went."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from affectlab.errors import StoreError
from affectlab.records.conversation import stored_session
from affectlab.records.search import SearchIndex, matching
from affectlab.run import STORE, Run
from affectlab.store.store import Store
from tests.conftest import Lab


@pytest.fixture
def folder(copied: Lab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("AFFECTLAB_CACHE", str(tmp_path / "cache"))
    return copied.folder / "run"


def said_in(run: Run, session: int) -> set[str]:
    """Every text of a session, by way of the store's own reader."""
    _, rows = run.store.query("SELECT conversation FROM sessions WHERE id = ?", (session,))
    asked = "SELECT conversation FROM observations JOIN responses ON responses.id = response WHERE session = ?"
    conversations = [*rows, *run.store.query(asked, (session,))[1]]
    return {text for (one,) in conversations for _, text in run.store.turns(one)}


@pytest.mark.parametrize(
    ("words", "many"), [("just now", True), ("how is it", True), ("sad", True), ("nothing-of-the-kind", False)]
)
def test_the_sessions_found_are_those_in_which_the_words_were_said(folder: Path, words: str, many: bool) -> None:
    run = Run.open(folder)
    wanted = [one.lower() for one in words.replace("-", " ").split()]

    def holds(text: str) -> bool:
        parts = "".join(one if one.isalnum() else " " for one in text.lower()).split()
        return all(one in parts for one in wanted[:-1]) and any(one.startswith(wanted[-1]) for one in parts)

    expected = [one for one in sorted(run.store.done()) if any(map(holds, said_in(run, one)))]
    assert bool(expected) is many
    index = SearchIndex(folder)
    hits = index.hits(words)
    assert [one.session for one in hits] == expected
    assert index.count(words) == len(expected)
    # a part of them, and page by page
    some = [one for one in expected if one % 3]
    assert index.hits(words, some) == [one for one in hits if one.session in some]
    assert index.count(words, some) == len(some)
    paged = [one for after in range(0, len(hits) + 5, 5) for one in index.hits(words, after=after, many=5)]
    assert paged == hits
    for hit in hits:
        assert any(marked and text.lower() in (*wanted, text.lower()) for text, marked in hit.excerpt)


def test_the_index_follows_the_run_and_is_no_part_of_it(folder: Path) -> None:
    index = SearchIndex(folder)
    before = sorted(path.name for path in folder.iterdir())
    assert index.count("just now") == len(index.hits("just now")) > 0
    assert {path.name for path in folder.iterdir()} <= {*before, f"{STORE}-wal", f"{STORE}-shm"}
    with closing(Store(folder / STORE)) as store:
        gone = next(one for one in sorted(store.done()))
        store.delete(gone)
    assert gone not in [one.session for one in index.hits("just now")]


@pytest.mark.parametrize("typed", ['"', "*", "NEAR(", "a OR", "said:x", "'; DROP TABLE texts; --", "", "(((", "\x00"])
def test_whatever_is_typed_is_only_words(folder: Path, typed: str) -> None:
    assert SearchIndex(folder).count(typed) == len(SearchIndex(folder).hits(typed))
    assert all(one in '"* ' or one.isalnum() or one == "_" for one in matching(typed))


def test_a_session_is_read_with_every_question_on_its_branch(folder: Path) -> None:
    run = Run.open(folder)
    session = min(run.store.done())
    told = stored_session(run.store, session)
    _, ((conversation,),) = run.store.query("SELECT conversation FROM sessions WHERE id = ?", (session,))
    assert [(one.turn.role, one.turn.text) for one in told.turns] == run.store.turns(conversation)
    _, rows = run.store.query("SELECT count(*) FROM observations WHERE session = ?", (session,))
    questions = list(told.questions)
    assert len(questions) == rows[0][0]
    for one in (one for one in questions if one.kind == "answer"):
        assert sum(chance for _, chance in one.options) == pytest.approx(1.0 - (one.outside or 0.0), abs=1e-6)
        assert one.branch, "what is asked is never part of the conversation"
    with pytest.raises(StoreError, match="no session"):
        stored_session(run.store, 999_999)
