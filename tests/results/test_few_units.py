"""Two sampled units in a condition have a difference, and neither interval nor p, wherever numbers are printed."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Called, laboratory, planted

BOUNDS = {
    "low",
    "high",
    "p",
    "p_holm",
    "p_rising",
    "d_low",
    "d_high",
    "low_these_items",
    "high_these_items",
    "se",
    "df",
}
TWO = {"techniques": ["scene"], "grades": ["moderate"], "texts": 2}
WHY = "two texts give no interval; three are needed"


def bounds(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Every interval and p of a JSON value that is a number, with its place."""
    if isinstance(value, dict):
        for name, of in value.items():
            if name in BOUNDS and isinstance(of, int | float) and math.isfinite(of):
                yield f"{place}.{name}", of
            yield from bounds(of, f"{place}.{name}")
    elif isinstance(value, list):
        for number, of in enumerate(value):
            yield from bounds(of, f"{place}[{number}]")


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with two texts for each state."""
    from affectlab.participants.simulated import Simulated
    from tests.conftest import run

    folder = tmp_path_factory.mktemp("two")
    study = laboratory(folder).load(induction=TWO)
    truth = planted(shifts={"fear": {"fear": 2.0}}, noise={"text": 0.3, "regulation": 0.1, "item": 0.1, "task": 0.1})
    run(study, Simulated(truth, study.catalogue, seed=1), folder / "run")
    return folder / "run"


@pytest.mark.parametrize("words", [("sections", "findings"), ("tables",), ("multiverse",), ("regulation",)])
def test_no_command_gives_an_interval_or_a_p_of_two_texts(ran: Path, called: Called, words: tuple[str, ...]) -> None:
    code, said, _ = called(words[0], str(ran), *words[1:], "--json")
    told = json.loads(said)
    if words == ("tables",):
        told = told["contrasts"]  # the others are over the units of all conditions together
    if words == ("multiverse",):
        assert {curve["p_median"] for curve in told["curves"]} == {None}
        told = [curve["specifications"] for curve in told["curves"]]
    assert code == 0
    assert told
    assert list(bounds(told)) == []


def test_the_report_gives_the_differences_and_says_why_they_have_no_interval(ran: Path, called: Called) -> None:
    file = ran / "report.json"
    assert called("report", str(ran), "--format", "json", "--out", str(file))[0] == 0
    told = json.loads(file.read_text("utf-8"))
    assert {one["note"] for one in told["findings"] if one["n_unit"] == "vignette"} == {WHY}
    assert all(one["estimate"] is not None for one in told["findings"])
    assert list(bounds(told["findings"])) == []
    (withheld,) = [one for one in told["sections"] if one["id"] == "withheld"]
    assert WHY in json.dumps(withheld)


def test_nor_does_an_export(ran: Path, called: Called, tmp_path: Path) -> None:
    import pandas as pd

    assert called("export", str(ran), "--to", str(tmp_path / "out"))[0] == 0
    table = pd.read_csv(tmp_path / "out/analysis/contrasts.csv")
    assert table["difference"].notna().all()
    assert table[["low", "high", "se", "df", "p", "low_these_items", "high_these_items"]].isna().all(axis=None)
    assert table["gap"].notna().all()


ROWS = {
    "two units": "a,1,2.0\na,2,3.5\nb,3,5.0\nb,4,7.0\n",
    "two of three": "a,1,2.0\na,2,3.5\na,3,3.0\nb,4,5.0\nb,5,7.0\n",
    "yes and no": "a,1,1\na,2,0\nb,3,1\nb,4,1\n",
}


@pytest.mark.parametrize("rows", ROWS.values(), ids=ROWS)
@pytest.mark.parametrize("command", ["analyse", "tables"])
def test_nor_does_a_table_of_people(command: str, rows: str, tmp_path: Path, called: Called) -> None:
    file = tmp_path / "data.csv"
    file.write_text(f"condition,case,score\n{rows}", "utf-8")
    columns = ("--outcome", "score", "--condition", "condition", "--unit", "case", "--independent", "--json")
    code, said, _ = called(command, str(file), *columns)
    told = json.loads(said)
    one = told["contrasts"][0]
    assert code == 0
    assert [place for place, _ in bounds(told["contrasts"])] == []
    assert one["gap" if command == "analyse" else "note"].endswith("has 2 units; at least 3 are needed")
    assert one["difference" if command == "analyse" else "estimate"] < 0.0


@pytest.mark.parametrize("test", [(), ("--item", "item")], ids=["paired", "with items"])
def test_nor_do_two_persons_under_both_conditions(test: tuple[str, ...], tmp_path: Path, called: Called) -> None:
    file = tmp_path / "data.csv"
    apart = iter((0.11, -0.07, 0.02, 0.05, -0.12, 0.01, -0.04, 0.09, -0.02, -0.06, 0.08, -0.05))
    rows = [
        f"{one},{who},{item},{(one == 'a') + 0.3 * (who == '1') + 0.1 * (item == 'x') + next(apart)}"
        for one in "ab"
        for who in "12"
        for item in "xyz"
    ]
    file.write_text("\n".join(["condition,person,item,score", *rows, ""]), "utf-8")
    columns = ("--outcome", "score", "--condition", "condition", "--unit", "person", "--within", "person", "--json")
    more = test or ("--average",)
    told = json.loads(called("analyse", str(file), *columns, *more)[1])
    assert list(bounds(told["contrasts"])) == []
    assert told["contrasts"][0]["difference"] == pytest.approx(1.0, abs=0.05)
    assert "three are needed" in told["gap"] or "at least 3 are needed" in told["gap"]
