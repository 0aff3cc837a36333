"""Whether labels under several conditions are the same units is decided once, for every command, or asked."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from affectlab.cli import app
from affectlab.effects.analyse import analyse
from affectlab.errors import DataError
from affectlab.results.psychometrics import table_contrasts
from affectlab.results.tidy import tidy
from affectlab.tabular.design import Design

PERSONS = ("vpn", "VP", "VP_Code", "proband", "Probandin", "code", "pno", "subj", "Subj_ID", "participant", "personID")
ANEW = ("run", "run_id", "Replicate", "seed", "session_no")
OPEN = ("id", "u", "nr", "label")


def rows(unit: str, labels: int = 12) -> pd.DataFrame:
    """Every label under both conditions; a change that is small beside the spread of labels."""
    rng = np.random.default_rng(4)
    level = rng.normal(0, 5, labels)
    values = [(n, c, level[n] + (c == "b") + rng.normal(0, 0.3)) for n in range(labels) for c in "ab"]
    return pd.DataFrame(values, columns=[unit, "c", "y"])


def compared(unit: str, **said: bool) -> pd.Series:
    """The contrast that ``tables`` gives."""
    made = tidy(rows(unit), {"outcome": "y", "condition": "c", "unit": unit}, same_units=said.get("same"))
    return table_contrasts(made.rows).iloc[0]


@pytest.mark.parametrize("unit", PERSONS)
def test_persons_are_the_same_ones(unit: str) -> None:
    with pytest.raises(DataError, match=f"say --within {unit}"):
        analyse(rows(unit), Design("y", "c", unit=unit))
    within = analyse(rows(unit), Design("y", "c", unit=unit, within=unit)).contrasts[0]
    found = compared(unit)
    assert (found["test"], within.method) == ("paired", "paired")
    assert found["p"] == pytest.approx(within.p)
    apart = analyse(rows(unit), Design("y", "c", unit=unit, independent=True)).contrasts[0]
    assert compared(unit, same=False)["p"] == pytest.approx(apart.p)


@pytest.mark.parametrize("unit", ANEW)
def test_runs_are_numbered_anew(unit: str) -> None:
    found, between = compared(unit), analyse(rows(unit), Design("y", "c", unit=unit)).contrasts[0]
    assert found["test"] == between.method != "paired"
    assert (found["p"], found["n"]) == (pytest.approx(between.p), 24)
    assert compared(unit, same=True)["test"] == "paired"


@pytest.mark.parametrize("unit", OPEN)
def test_what_is_open_is_asked(unit: str) -> None:
    for ask in (lambda: compared(unit), lambda: analyse(rows(unit), Design("y", "c", unit=unit))):
        with pytest.raises(DataError, match=f"say --within {unit} .* or --independent"):
            ask()
    assert analyse(rows(unit), Design("y", "c", unit=unit), test="welch").contrasts[0].method == "Welch"


@pytest.mark.parametrize(("answer", "test"), [("--within id", "paired"), ("--independent", "")])
def test_both_commands_take_the_answer(tmp_path: pytest.TempPathFactory, answer: str, test: str) -> None:
    path = f"{tmp_path}/data.csv"
    rows("id").to_csv(path, index=False)
    options = ["--outcome", "y", "--condition", "c", "--unit", "id", *answer.split(), "--json"]
    of_table = CliRunner().invoke(app, ["tables", path, *options, "--table", "contrasts"])
    of_analysis = CliRunner().invoke(app, ["analyse", path, *options])
    first, second = json.loads(of_table.stdout)["contrasts"][0], json.loads(of_analysis.stdout)
    assert first["test"] == second["test"]
    assert (first["test"] == "paired") == (test == "paired")
    assert first["p"] == pytest.approx(second["p"])


GENERATED = list(
    itertools.product(("vpn", "code", "run", "nr"), (0.0, 0.3, 0.5, 0.6, 1.0), (2, 3), (None, True, False))
)


def crossing(unit: str, share: float, conditions: int) -> pd.DataFrame:
    """So large a share of labels stands under all conditions, the others under one each."""
    rng = np.random.default_rng([len(unit), int(share * 10), conditions])
    both = round(20 * share)
    places = [(n, c) for n in range(20) for c in (range(conditions) if n < both else [n % conditions])]
    values = [(f"p{n}", f"c{c}", round(rng.normal(n % 4, 1) + c, 2)) for n, c in places]
    return pd.DataFrame(values, columns=[unit, "c", "y"])


@pytest.mark.parametrize(("unit", "share", "conditions", "same"), GENERATED)
def test_both_commands_agree_on_every_file(
    tmp_path: Path, unit: str, share: float, conditions: int, same: bool | None
) -> None:
    """Paired in both, apart in both, or asked by both; where ``tables`` pairs unasked, ``analyse`` says how to."""
    path = tmp_path / "data.csv"
    crossing(unit, share, conditions).to_csv(path, index=False)
    said = {None: [], True: ["--within", unit], False: ["--independent"]}[same]
    options = ["--outcome", "y", "--condition", "c", "--unit", unit, "--json"]
    of_table = CliRunner().invoke(app, ["tables", str(path), *options, *said, "--table", "contrasts"])
    of_rows = CliRunner().invoke(app, ["analyse", str(path), *options, *said])
    if of_rows.exception is not None and of_table.exception is None:
        assert same is None
        assert f"say --within {unit}" in str(of_rows.exception)
        of_rows = CliRunner().invoke(app, ["analyse", str(path), *options, "--within", unit])
    if of_table.exception is not None:
        assert (same and share == 0) or (same is None and unit == "nr" and share > 0.5)
        assert isinstance(of_table.exception, DataError)
        assert isinstance(of_rows.exception, DataError)
        return
    made, wanted = json.loads(of_table.stdout)["contrasts"], json.loads(of_rows.stdout)["contrasts"]
    for one, other in zip(made, wanted, strict=True):
        shown = [other[name] for name in ("first", "second", "test", "difference", "low", "high", "p", "n", "gap")]
        assert [one[name] for name in ("first", "second", "test", "estimate", "low", "high", "p", "n", "note")] == shown
    paired = {one["test"] == "paired" for one in made if one["test"]}
    assert paired == {True} if same or (same is None and unit in ("vpn", "code") and share > 0.5) else {False}


# --- a column is not treated as what it is not


def before_and_after(name: str, levels: tuple[str, ...] = ("pre", "post")) -> pd.DataFrame:
    """Persons of two arms answer three items at each level of a further column."""
    rng = np.random.default_rng(6)
    values = [
        (f"p{n}", "ab"[n % 2], item, level, rng.normal() + at)
        for n in range(16)
        for item in "xyz"
        for at, level in enumerate(levels)
    ]
    return pd.DataFrame(values, columns=["person", "arm", "item", name, "y"])


@pytest.mark.parametrize("name", ["time", "wave", "phase", "scale", "Messzeitpunkt"])
@pytest.mark.parametrize("levels", [("pre", "post"), ("1", "2", "3")])
def test_before_and_after_are_not_pooled(name: str, levels: tuple[str, ...]) -> None:
    columns = {"outcome": "y", "condition": "arm", "unit": "person", "item": "item"}
    table = before_and_after(name, levels)
    with pytest.raises(DataError, match=f"differ in `{name}` .* would be pooled; choose with --where"):
        tidy(table, columns)
    assert len(tidy(table[table[name] == levels[-1]], columns).rows) == 48
    assert len(tidy(table, columns, average=True).rows) == 48 * len(levels)
    assert len(tidy(table.rename(columns={name: "replicate"}), columns).rows) == 48 * len(levels)


def test_a_repeated_measurement_is_not_random() -> None:
    table = before_and_after("time")
    with pytest.raises(DataError, match=r"`time` \(pre, post\) is a repeated measurement, and with items .* --average"):
        analyse(table, Design("y", "arm", unit="person", within="time", item="item"))
    made = analyse(table, Design("y", "arm", unit="person", within="time", average=True))
    assert "post minus pre" in {one.contrast.at for one in made.contrasts}
