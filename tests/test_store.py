"""Nothing is lost, nothing is asked twice, and nothing is hidden."""

from __future__ import annotations

import math
import os
import random
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest

from affectlab.conversation import Conversation
from affectlab.errors import EngineError, StoreError
from affectlab.participants.simulated import Simulated
from affectlab.requests import Answer, Ask, Reply, Request, Response, Speak
from affectlab.run import STORE, Run, differing_responses
from affectlab.score import Score
from affectlab.store.store import Finished, Store
from tests.conftest import Lab, run

Make = Callable[..., Simulated]
NOISE = {"text": 0.3, "item": 0.2}


class Breaking(Simulated):
    """Breaks after a number of answers, once."""

    def __init__(self, whole: Simulated, after: int, *, identical: bool = True) -> None:
        super().__init__(whole.truth, whole.catalogue, seed=whole.seed)
        self.left = after
        self.asked: list[str] = []
        if not identical:
            self.capabilities = type(whole.capabilities)(True, True, True, False, 0)

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        for position, response in super().respond(requests):
            if self.left == 0:
                self.left = -1
                raise EngineError("broken on purpose")
            self.left -= 1
            self.asked.append(requests[position].content)
            yield position, response


def test_a_response_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    store = Store(tmp_path / "s.sqlite")
    here = Conversation.begin("System.").user("Hello.")
    answer = Answer(
        (-0.5, -math.inf), requested={"seed": 1}, honoured={}, refused=0.25, bounds=((0.1, 0.2), (0.0, 0.1))
    )
    reply = Reply("Well.", "length", 3, honoured={"temperature": 1.0})
    store.keep("a", "p", Ask(here, "I am", (" a", " b")), answer, 0)
    store.keep("b", "p", Speak(here, 7), reply, 0)
    store.close()

    again = Store(tmp_path / "s.sqlite")
    assert dict(again.responses()) == {"a": answer, "b": reply}
    assert again.turns(here.id) == [("system", "System."), ("user", "Hello.")]


def test_a_session_that_is_kept_again_stands_once() -> None:
    """A block cut otherwise than before may end a session once more."""
    store, told = Store(None), Conversation.begin().user("Hello.")
    kept = store.keep("a", "p", Ask(told, "I am", (" a", " b")), Answer((-0.5, -1.0)), 0).id
    for attempt, values in ((1, (1.0, 2.0)), (2, (3.0,))):
        store.attempt = attempt
        scores = [(Score("baseline", "words", "", "fear", value, "a"), kept) for value in values]
        store.finish([Finished(session, {"model": "p"}, told, (), scores) for session in (0, attempt)])
    assert store.done() == {0, 1, 2}
    assert store.query("SELECT session, value FROM score_rows")[1] == [(1, 1.0), (1, 2.0), (0, 3.0), (2, 3.0)]


def test_every_score_leads_back_to_the_exact_text(lab: Lab, simulated: Make) -> None:
    study = lab.load()
    done = run(study, simulated(study, noise=NOISE))
    _, rows = done.store.query(
        "SELECT score_rows.item, conversation, opening, options FROM score_rows JOIN responses"
        " ON responses.id = score_rows.response WHERE point = 'induced'"
    )
    for _, conversation, opening, _ in rows:
        turns = done.store.turns(conversation)
        assert turns[0] == ("system", "You take part in a study.")
        assert any("Picture the scene." in text for _, text in turns)
        assert opening


def test_a_run_that_broke_goes_on_and_equals_one_that_did_not(lab: Lab, simulated: Make, tmp_path: Path) -> None:
    study = lab.load()
    whole = run(study, simulated(study, noise=NOISE), tmp_path / "whole")
    broken = Breaking(simulated(study, noise=NOISE), after=100)
    with pytest.raises(EngineError):
        run(study, broken, tmp_path / "broken")
    resumed = run(study, broken, tmp_path / "broken")

    pd.testing.assert_frame_equal(resumed.scores().drop(columns="attempt"), whole.scores().drop(columns="attempt"))
    assert differing_responses(whole, resumed) == []
    assert set(resumed.scores()["attempt"]) == {1, 2}, "a row tells which attempt it is from"


def test_what_was_paid_for_is_never_asked_again(lab: Lab, simulated: Make, tmp_path: Path) -> None:
    study = lab.load()
    broken = Breaking(simulated(study, noise=NOISE), after=100, identical=False)
    with pytest.raises(EngineError):
        run(study, broken, tmp_path)
    run(study, broken, tmp_path)
    assert len(broken.asked) == len(set(broken.asked))


def test_a_finished_run_asks_nothing(lab: Lab, simulated: Make, tmp_path: Path) -> None:
    study = lab.load()
    run(study, simulated(study), tmp_path)
    idle = Breaking(simulated(study), after=0)
    run(study, idle, tmp_path)
    assert idle.asked == []


def test_replicates_of_exact_answers_cost_nothing(lab: Lab, simulated: Make) -> None:
    study = lab.load(tasks=[])
    once, often = run(study, simulated(study)), run(study, simulated(study), replicates=5)
    assert once.store.count() == often.store.count()
    assert len(often.scores()) == 5 * len(once.scores())


def test_numbers_are_the_scores_with_names_as_categories(lab: Lab, simulated: Make) -> None:
    study = lab.load()
    done = run(study, simulated(study, noise=NOISE))
    numbers, scores = done.numbers(), done.scores()
    shared = [name for name in numbers if name not in ("response", "language")]
    pd.testing.assert_frame_equal(numbers[shared].astype(dict(scores[shared].dtypes)), scores[shared])
    for name in numbers.select_dtypes("category"):
        assert list(numbers[name].cat.categories) == sorted(numbers[name].cat.categories), "sorted as strings are"
    assert numbers["response"].nunique() == scores["key"].nunique()


def test_a_store_of_another_study_is_refused(lab: Lab, simulated: Make, tmp_path: Path) -> None:
    study = lab.load()
    run(study, simulated(study), tmp_path / "run")
    other = lab.load(states=["fear", "neutral"])
    with pytest.raises(StoreError, match="another study"):
        run(other, simulated(other), tmp_path / "run")
    with pytest.raises(StoreError, match="answers of"):
        run(lab.load(), simulated(study, points=2.0, id="another"), tmp_path / "run")


def test_a_file_that_is_no_store_is_refused(tmp_path: Path) -> None:
    (tmp_path / STORE).write_text("This is a letter, and not a database. " * 50)
    with pytest.raises(StoreError, match="not a store"):
        Store(tmp_path / STORE)
    with pytest.raises(StoreError, match="no store"):
        Run.open(tmp_path / "nowhere")


def test_a_store_that_lacks_a_table_is_damaged(tmp_path: Path) -> None:
    Store(tmp_path / STORE)
    with sqlite3.connect(tmp_path / STORE) as db:
        db.execute("DROP TABLE probes")
    db.close()
    with pytest.raises(StoreError, match=r"is damaged \(it has no `probes") as refused:
        Store(tmp_path / STORE)
    assert refused.value.hint


KILLED = """
import sys, time
from affectlab.design.load import load_study
from affectlab.experiment import Experiment
from affectlab.participants.registry import participant
study = load_study(sys.argv[1])
class Slow:
    def __init__(self, fast): self.fast = fast
    def __getattr__(self, name): return getattr(self.fast, name)
    def respond(self, requests):
        for pair in self.fast.respond(requests):
            time.sleep(0.004)
            yield pair
for _ in Experiment(study, models=[Slow(participant("simulated", study.catalogue))], out=sys.argv[2]).run():
    pass
"""


@pytest.mark.parametrize("kills", [3, pytest.param(30, marks=pytest.mark.long)])
def test_killed_at_random_moments_the_table_is_the_same(lab: Lab, tmp_path: Path, kills: int) -> None:
    script = tmp_path / "killed.py"
    script.write_text(textwrap.dedent(KILLED))
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1] / "src")}

    def start(folder: Path) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, str(script), str(lab.study), str(folder)], env=environment)

    assert start(tmp_path / "whole").wait() == 0
    moments = random.Random(20261124)
    for _ in range(kills):
        process = start(tmp_path / "killed")
        _wait_until_it_answers(tmp_path / "killed", process)
        time.sleep(moments.uniform(0.0, 0.15))
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert start(tmp_path / "killed").wait() == 0

    whole, killed = Run.open(tmp_path / "whole"), Run.open(tmp_path / "killed")
    pd.testing.assert_frame_equal(killed.scores().drop(columns="attempt"), whole.scores().drop(columns="attempt"))
    assert differing_responses(whole, killed) == []
    _, rows = killed.store.query("SELECT key FROM responses")
    assert len(rows) == len(set(rows))


def _wait_until_it_answers(folder: Path, process: subprocess.Popen[bytes]) -> None:
    """Wait until this attempt has stored something, so that the kill falls into the work."""
    before = _count(folder)
    while process.poll() is None and _count(folder) <= before:
        time.sleep(0.01)


def _count(folder: Path) -> int:
    try:
        with sqlite3.connect(f"file:{folder / STORE}?mode=ro", uri=True) as database:
            return int(database.execute("SELECT count(*) FROM responses").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def test_one_session_is_read_by_an_index_which_a_store_without_it_gets_when_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    Store(path).close()
    looked = "EXPLAIN QUERY PLAN SELECT * FROM observations WHERE session = 3"
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP INDEX observations_of_session")
        assert "SCAN" in str(db.execute(looked).fetchall())
    # it is of this form all the same, and reading it writes nothing
    reading = Store(path, create=False)
    assert reading.described("none") is None
    reading.close()
    with closing(sqlite3.connect(path)) as db:
        assert "SCAN" in str(db.execute(looked).fetchall())
    store = Store(path)
    store.describe("a", 1)
    assert "USING INDEX observations_of_session" in str(store.query(looked)[1])
    store.check()
    store.close()
