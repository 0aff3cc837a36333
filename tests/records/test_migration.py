"""Runs of version 0.1.0 open, and say what they said."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from benchmarks.two_texts import STUDIES

from affectlab.design.load import shipped
from affectlab.errors import StoreError
from affectlab.records.derived import compare_with_stored
from affectlab.report.write import report
from affectlab.run import STORE, Run
from affectlab.store.opening import store_version
from affectlab.store.schema import VERSION
from tests.conftest import Called, Lab
from tests.golden import values
from tests.golden.values import BENCHMARK, golden, same, unpack
from tests.records.conftest import opened

FITTED = ("balloon", "bandit-restless", "bandit-two-armed", "discounting", "gambles")
"""Tasks whose scores are fitted. Version 0.1.0 stopped somewhere near the best fit, where depended on the processor."""


@pytest.mark.parametrize("name", sorted(shipped()))
def test_an_old_run_has_its_findings_and_its_numbers_follow_from_what_was_observed(name: str, tmp_path: Path) -> None:
    folder = values.opened(name, tmp_path / "run")
    old = (folder / STORE).read_bytes()
    run, (said,) = opened(folder)
    assert said.startswith(f"{folder / STORE} was brought from form 1 to this one, and is kept as answers.v1.sqlite")
    # the short forms of version 0.1.0 are the benchmark studies of now
    now, before = values.values(run), unpack(golden(f"{name}{BENCHMARK}" if name in STUDIES else name))
    columns = before["scores"]["columns"]
    at, measure = columns.index("value"), columns.index("measure")
    moved = 0
    for one, other in zip(now["scores"]["rows"], before["scores"]["rows"], strict=True):
        if one[measure] in FITTED and one[at] is not None:
            assert one[at] == pytest.approx(other[at], rel=0.02, abs=2e-4)
            moved += one[at] != other[at]
            one[at] = other[at]
        assert one == other
    if not moved:
        assert same(now["findings"], before["findings"]), "but for the last digits, as rows come in another order"
    found = compare_with_stored(run)
    assert found.numbers > 0
    if not moved:
        assert found.differing == 0
    assert run.plan.hash == run.plan_hash
    assert (folder / "answers.v1.sqlite").read_bytes() == old
    run.store.close()
    assert opened(folder)[1] == [], "once is enough"


def test_what_an_old_run_lacks_is_named(tmp_path: Path, called: Called) -> None:
    folder = values.opened("tsst", tmp_path / "run")
    with sqlite3.connect(folder / STORE) as db:
        db.execute("UPDATE meta SET value = '\"of other materials\"' WHERE key = 'plan_hash'")
    db.close()
    run, (said,) = opened(folder)
    assert "it lacks its materials" in said
    assert len(run.scores()) == len(unpack(golden("tsst"))["scores"]["rows"])
    with pytest.raises(StoreError, match=r"did not keep materials, .* put them back, and then answers.v1.sqlite in"):
        report(run)
    run.store.close()
    for command in ("report", "validity", "score", "replay"):
        code, _, complaint = called(command, str(folder))
        assert (code, len(complaint.splitlines())) == (2, 1), complaint


def test_an_old_run_that_cannot_be_written_is_read_into_memory(tmp_path: Path) -> None:
    folder = values.opened("tsst", tmp_path / "run")
    old = (folder / STORE).read_bytes()
    (folder / "answers.new.sqlite").mkdir()
    run, (said,) = opened(folder)
    assert "cannot be written here; it was read into memory" in said
    assert values.values(run)["scores"] == unpack(golden("tsst"))["scores"]
    assert report(run, tmp_path / "report.md", form="md").exists()
    assert (folder / STORE).read_bytes() == old


def test_a_copy_that_was_not_finished_is_made_anew(tmp_path: Path) -> None:
    folder = values.opened("tsst", tmp_path / "run")
    (folder / "answers.new.sqlite").write_bytes(b"SQLite format 3\0 and no more")
    assert store_version(folder / STORE) == "1"
    Run.open(folder, say=lambda _: None).store.close()
    assert store_version(folder / STORE) == VERSION
    assert not (folder / "answers.new.sqlite").exists()


def test_a_run_of_the_form_before_checksums_gets_them(copied: Lab) -> None:
    file = copied.folder / "run" / STORE
    run, _ = opened(file.parent)
    before = list(run.store.numbers())
    run.store.close()
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("DROP TABLE checksums")
        names = ", ".join(name for _, name, *_ in db.execute("PRAGMA table_info(responses)") if name != "checksum")
        db.execute(f"CREATE TABLE before AS SELECT {names} FROM responses")
        db.execute("DROP TABLE responses")
        db.execute("ALTER TABLE before RENAME TO responses")
        db.execute("UPDATE meta SET value = '\"2\"' WHERE key = 'version'")
    again, (said,) = opened(file.parent)
    assert said == f"{file} was brought from form 2 to this one, and is kept as answers.v2.sqlite"
    assert list(again.store.numbers()) == before
    again.store.check()
    assert compare_with_stored(again).differing == 0
