"""Participants who are not there at the start: allotted on arrival, with their times, and free to leave."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from affectlab.run import Run
from affectlab.session.allotment import Allotment
from tests.outside import done_outside

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("visited")


@pytest.fixture(scope="module")
def done(folder: Path) -> dict[str, dict[str, Any]]:
    """A run, and every command, in a process that has the package on its path."""
    return done_outside(HERE / "visited.py", folder)


@pytest.fixture(scope="module")
def run(done: dict[str, dict[str, Any]], folder: Path) -> Run:
    return Run.open(folder / "run")


@pytest.mark.parametrize(
    "command", ["check", "run", "again", "html", "md", "json", "csv", "incidents", "score", "export", "validity"]
)
def test_every_command_takes_them(done: dict[str, dict[str, Any]], command: str) -> None:
    assert done[command]["code"] == 0, done[command]["err"]


def test_every_session_is_somebody_s_and_nobody_has_more_than_allotted(run: Run) -> None:
    assert run.complete
    sessions = run.sessions()
    visited = sessions[sessions["model"] == "visitors-2"]
    assert len(visited) == 36
    had = Counter(visited["person"])
    assert max(had.values()) == 2
    assert len(had) >= 18
    assert set(sessions.loc[sessions["model"] == "simulated", "person"]) == {""}


def test_each_has_answers_of_its_own_with_their_times(run: Run) -> None:
    """The same question to two people is two answers."""
    _, rows = run.store.query("SELECT participant, count(*), count(seconds), min(seconds) FROM responses GROUP BY 1")
    people = {who: rest for who, *rest in rows if who.startswith("visitor-")}
    assert len(people) >= 18
    for asked, timed, least in people.values():
        assert asked == timed
        assert 0.5 <= least < 1.5
    assert all(timed == 0 for who, _, timed, _ in rows if who.startswith("simulated"))
    scores = run.scores()
    assert set(scores.loc[scores["model"] == "visitors-2", "obtained"]) == {"chosen"}


def test_of_one_who_left_without_what_it_gave_nothing_is_there(run: Run) -> None:
    people = {who for (who,) in run.store.query("SELECT DISTINCT participant FROM responses")[1]}
    assert "visitor-2@1" not in people, "it left in its first session"
    assert "visitor-5@1" not in people, "it left, maybe when a session was complete already"
    told = [what for _, kind, what in run.store.incidents() if kind == "withdrew"]
    assert len(told) == 2
    assert "9 answers" in " ".join(told)
    assert not any("visitor-" in what for what in told), "nor who it was"
    assert run.store.deleted() == set(), "others have its sessions"


def test_of_one_who_left_and_lets_it_be_kept_the_answers_are_there(run: Run) -> None:
    _, [(kept,)] = run.store.query("SELECT count(*) FROM responses WHERE participant = 'visitor-3@1'")
    assert kept == 4
    assert "visitor-3" not in set(run.sessions()["person"]), "a session that is not complete counts as none"
    assert [what for _, kind, what in run.store.incidents() if kind == "left"] == [
        next(what for _, kind, what in run.store.incidents() if kind == "left")
    ]


def test_what_nobody_came_for_is_left_and_those_who_come_later_go_on(
    done: dict[str, dict[str, Any]], folder: Path
) -> None:
    """Eight come on the first day, of whom three leave."""
    day = done["day"]
    assert (day["last"], day["done"], day["complete"]) == ("ended", 5, False)
    assert day["said"] == "5 of 36 sessions are done"
    assert day["paused"] == "paused"
    assert Run.open(folder / "alone").complete


def test_people_are_not_replayed(done: dict[str, dict[str, Any]]) -> None:
    assert done["replay"]["code"] == 3
    assert "does not promise the same answer twice" in done["replay"]["err"]


def test_the_export_has_who_and_how_long(done: dict[str, dict[str, Any]], folder: Path) -> None:
    (scores,) = (folder / "exported").glob("data/*scores_data.csv")
    (answers,) = (folder / "exported").glob("data/*answers_data.csv")
    with scores.open(encoding="utf-8", newline="") as lines:
        assert {one["person"] != "" for one in csv.DictReader(lines) if one["model"] == "visitors-2"} == {True}
    with answers.open(encoding="utf-8", newline="") as lines:
        assert any(one["seconds"] for one in csv.DictReader(lines))


def test_one_who_comes_again_has_its_own_again() -> None:
    first = Allotment(range(10), seed=3, each=3)
    had = first.arrive("ann"), first.arrive("bo")
    first.finish("ann", had[0][0])
    again = Allotment([one for one in range(10) if one != had[0][0]], seed=3, each=3, before=first.held)
    assert again.arrive("ann") == had[0][1:]
    assert again.arrive("bo") == had[1]
    assert again.arrive("bo") == [], "it is there already"


def test_who_left_makes_room_for_the_next() -> None:
    made = Allotment(range(4), seed=1, each=2)
    first, second = made.arrive("ann"), made.arrive("bo")
    made.finish("bo", second[0])
    assert made.arrive("cy") == []
    assert made.leave("bo", [second[0]]) == second
    assert made.arrive("dee") == second
    assert sorted(first + second) == [0, 1, 2, 3]
