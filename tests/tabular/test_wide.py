"""Tables with a column for each time, item or condition: the numbers of the long table."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from affectlab.cli import app
from affectlab.errors import AffectlabError
from affectlab.tabular.wide import Pattern, guessed_patterns
from tests.tabular.conftest import Command


def people(*, missing: bool = False) -> pd.DataFrame:
    """Two groups of eight, measured at three times."""
    chance = random.Random(23)
    rows = [
        {
            "vp": f"p{one}",
            "group": "sad" if one < 8 else "neutral",
            "age": 20 + one,
            **{
                f"sad_{time}": round(chance.gauss(4 + at * (one < 8), 1), 2)
                for at, time in enumerate(("pre", "post", "fu"))
            },
        }
        for one in range(16)
    ]
    made = pd.DataFrame(rows).astype(object)
    if missing:
        made.loc[3, "sad_post"] = "NA"
    return made


def melted(wide: pd.DataFrame) -> pd.DataFrame:
    """The long table, made by pandas, person by person."""
    times = ["pre", "post", "fu"]
    long = wide.rename(columns={f"sad_{time}": time for time in times})
    long = long.melt(["vp", "group", "age"], times, "time", "sad")
    return long.sort_values("vp", kind="stable", key=lambda name: name.str[1:].astype(int))


def numbers(said: dict[str, object]) -> dict[str, object]:
    """All that is said but the remarks."""
    return {key: value for key, value in said.items() if key not in ("notes", "data")}


@pytest.mark.parametrize("missing", [False, True])
def test_a_wide_table_gives_the_numbers_of_the_long_one(command: Command, *, missing: bool) -> None:
    wide, roles = people(missing=missing), "--outcome sad --condition group --unit vp --within time"
    said = command(wide, f"--wide 'sad_{{time}}' {roles}")
    assert numbers(said) == numbers(command(melted(wide), roles))
    assert any("sad_{time}" in note and "pre, post, fu" in note for note in said["notes"])


def test_conditions_in_columns_are_compared_within_persons(command: Command) -> None:
    wide = people()[["vp", "sad_pre", "sad_post"]]
    said = command(wide, "--wide 'sad_{time}' --condition time --unit vp --within vp")
    assert said["test"] == "paired"
    assert said["n"] == 16
    mean = (wide["sad_post"] - wide["sad_pre"]).astype(float).mean()
    assert said["difference"] == pytest.approx(mean)


def test_every_row_is_a_unit_where_none_is_named(command: Command) -> None:
    options = "--wide 'sad_{time}' --condition group --within time"
    said = command(people().drop(columns="vp"), options)
    assert said["contrasts"] == command(people(), options)["contrasts"]
    assert said["contrasts"][0]["n"] == 16


def test_codes_of_one_column_or_of_all_are_missing(command: Command) -> None:
    wide, roles = people(), "--condition group --unit vp --within time"
    wide.loc[2, "sad_post"] = 99
    with pytest.raises(AffectlabError, match="99 stands 1 times"):
        command(wide, f"--wide 'sad_{{time}}' {roles}")
    of_one = command(wide, f"--wide 'sad_{{time}}' {roles} --missing sad_post=99")
    assert numbers(of_one) == numbers(command(wide, f"--wide 'sad_{{time}}' {roles} --missing sad=99"))
    assert of_one["missing"]["outcome"] == {"sad": 1, "neutral": 0}


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("sad_pre", "says of no column what differs"),
        ("sad_{}", "says of no column what differs"),
        ("sad_{time", "a brace that is not closed"),
        ("{a}_{a}", "a placeholder twice"),
        ("happy_{time}", "no two columns are named"),
        ("sad_p{time}re", "no two columns are named"),
        ("sad_{group}", "has a column `group` already"),
    ],
)
def test_a_pattern_that_fits_nothing_is_refused_in_one_line(command: Command, pattern: str, message: str) -> None:
    with pytest.raises(AffectlabError, match=message) as told:
        command(people(), f"--wide '{pattern}' --outcome sad --condition group --unit vp")
    assert "\n" not in str(told.value)
    assert told.value.hint


def test_names_are_cut_so_that_levels_are_crossed() -> None:
    names = ["panas_very_upset_pre", "panas_very_upset_post", "panas_glad_pre", "panas_glad_post"]
    assert Pattern.of("panas_{item}_{time}").levels(names)["panas_very_upset_pre"] == ("very_upset", "pre")
    assert Pattern.of("{time}_{item}").levels(["t1_very_upset", "t2_very_upset"])["t1_very_upset"] == (
        "t1",
        "very_upset",
    )
    assert Pattern.of("PANAS{item}{time}").levels(["PANAS12pre", "PANAS1post"])["PANAS12pre"] == ("12", "pre")


@pytest.mark.parametrize(
    ("columns", "patterns"),
    [
        (["sad_pre", "sad_post", "sad_pre_2nd"], ["sad_{time}"]),
        (["t1_sad", "t2_sad", "t1_glad", "t2_glad"], ["t{time}_glad", "t{time}_sad"]),
        (["BDI1", "BDI2", "BDI3", "BDI4", "BDI5"], ["BDI{item}"]),
        (["PANAS_01_T0", "PANAS_02_T0", "PANAS_01_T1", "PANAS_02_T1"], ["PANAS_{item}_{time}"]),
        (["age", "height", "weight"], []),
        ([], []),
    ],
)
def test_patterns_are_guessed(columns: list[str], patterns: list[str]) -> None:
    assert [one.text for one in guessed_patterns(columns)] == patterns


def test_tables_of_a_wide_file_are_those_of_the_long_one(tmp_path: Path) -> None:
    said = []
    roles = ["--outcome", "sad", "--condition", "time", "--unit", "vp", "--within", "vp", "--json"]
    for name, table, more in (("wide", people(), ["--wide", "sad_{time}"]), ("long", melted(people()), [])):
        table.to_csv(tmp_path / f"{name}.csv", index=False)
        result = CliRunner().invoke(app, ["tables", str(tmp_path / f"{name}.csv"), *roles, *more])
        assert result.exit_code == 0, result.output
        said.append(json.loads(result.stdout))
    assert said[0] == said[1]
    assert said[0]


@pytest.mark.parametrize("more", ["", "--condition age"])
def test_who_forgets_the_pattern_is_told_it(command: Command, more: str) -> None:
    with pytest.raises(AffectlabError, match="there is no column `sad`") as told:
        command(people(), f"--outcome sad --condition group {more} --unit vp --within time")
    assert told.value.hint.endswith("say --wide 'sad_{time}'")
