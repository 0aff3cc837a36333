"""Tests from published means, SDs and numbers of units are those of the scores behind them, or are refused."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from affectlab.cli import app
from affectlab.errors import DataError, InputError
from affectlab.stats import Moments, hedges_g, moments_of_sd, student_t, welch_t
from tests.stats.conftest import GOLDEN
from tests.tabular.conftest import Command, Summarised

DATA = GOLDEN["anova"]["PlantGrowth"]


def plant_growth() -> pd.DataFrame:
    """R's PlantGrowth: thirty weights under three conditions."""
    return pd.DataFrame({"weight": DATA["y"], "group": DATA["g"]})


def summary(table: pd.DataFrame, outcome: str, condition: str) -> pd.DataFrame:
    """What a paper prints of a table, with all digits."""
    of = table.groupby(condition, sort=False)[outcome]
    return pd.DataFrame({"condition": list(of.groups), "n": of.size(), "mean": of.mean(), "sd": of.std()})


def test_moments_give_the_tests_of_r() -> None:
    """R: t.test(x, y) and t.test(x, y, var.equal = TRUE), of nothing but mean(x), sd(x) and length(x)."""
    data, expected = GOLDEN["data"], GOLDEN["ttest"]
    first, second = (moments_of_sd(np.mean(data[k]), np.std(data[k], ddof=1), len(data[k])) for k in "xy")
    for test, name in ((welch_t, "welch"), (student_t, "student")):
        for key, value in expected[name].items():
            assert getattr(test(first, second), key) == pytest.approx(value, rel=1e-9)
    scores = hedges_g(data["x"], data["y"])
    assert [getattr(hedges_g(first, second), key) for key in ("d", "g", "low", "high")] == pytest.approx(
        [scores.d, scores.g, scores.low, scores.high], rel=1e-8
    )


def test_a_summary_gives_what_its_scores_give(command: Command, summarised: Summarised) -> None:
    table = plant_growth()
    for options in ("", "--test student", "--control ctrl --smallest-effect 1", "--level 0.9"):
        rows = command(table, "--outcome weight --condition group", options)
        said = summarised(summary(table, "weight", "group"), options)
        for one, other in zip(rows["contrasts"], said["contrasts"], strict=True):
            assert numbers(other) == pytest.approx(numbers(one), rel=1e-8, abs=1e-12)
            assert (other["first"], other["second"], other["test"]) == (one["first"], one["second"], one["test"])
        assert numbers(said["omnibus"]) == pytest.approx(numbers(rows["omnibus"]), rel=1e-8)
        assert [one["mean"] for one in said["conditions"]] == pytest.approx([one["mean"] for one in rows["conditions"]])


def numbers(row: dict[str, Any]) -> dict[str, float]:
    """The numbers of a record that are there."""
    return {name: value for name, value in row.items() if isinstance(value, float)}


def test_welch_s_and_the_classical_f_are_those_of_r(summarised: Summarised) -> None:
    """R: oneway.test(weight ~ group, PlantGrowth), and the same with var.equal = TRUE."""
    found = summarised(summary(plant_growth(), "weight", "group"))["omnibus"]
    assert (found["f"], found["df2"], found["p"]) == pytest.approx(
        [DATA["welch"][key] for key in ("statistic", "df2", "p")], rel=1e-9
    )
    assert (found["uncorrected_f"], found["uncorrected_df2"], found["uncorrected_p"]) == pytest.approx(
        [DATA["equal"][key] for key in ("statistic", "df2", "p")], rel=1e-9
    )


def test_the_classical_f_stands_beside_welch_s_in_text(tmp_path: Path) -> None:
    plant_growth().to_csv(tmp_path / "data.csv", index=False)
    summary(plant_growth(), "weight", "group").to_csv(tmp_path / "summary.csv", index=False)
    rows = [str(tmp_path / "data.csv"), "--outcome", "weight", "--condition", "group"]
    for arguments in (rows, ["--from-summary", str(tmp_path / "summary.csv")]):
        said = CliRunner().invoke(app, ["analyse", *arguments]).stdout
        assert "all conditions: Welch ANOVA, F(2, 17.13) = 5.18, p = 0.0174, n = 30 units" in said
        assert "the classical test, for equal variances: F(2, 27) = 4.85, p = 0.0159" in said
    asked = CliRunner().invoke(app, ["analyse", *rows, "--test", "student"]).stdout
    assert "all conditions: ANOVA, F(2, 27) = 4.85" in asked
    assert "equal variances" not in asked


@pytest.mark.parametrize(
    "names",
    ["condition,n,mean,sd", "Group,N,M,SD", "arm,Count,Mean,Std. Dev", "Bedingung,n,Mittelwert,Standardabweichung"],
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("decimal", [".", ","])
def test_summaries_as_papers_print_them(summarised: Summarised, names: str, separator: str, decimal: str) -> None:
    rows = [["sad", "12", "62.50", "9.25"], ["calm", "9", "40.75", "11.00"]]
    lines = [[cell.replace(".", decimal) if at > 1 else cell for at, cell in enumerate(row)] for row in rows]
    lines = [[f'"{cell}"' if separator in cell else cell for cell in row] for row in [names.split(","), *lines]]
    text = "".join(separator.join(row) + "\n" for row in lines)
    said = summarised(text)
    se = math.sqrt(9.25**2 / 12 + 11**2 / 9)  # closed form of Welch
    assert (said["difference"], said["t"]) == pytest.approx((21.75, 21.75 / se))
    assert any("different units" in note for note in said["notes"])
    assert any("decimal comma" in note for note in said["notes"]) == (decimal == ",")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("g,n,mean,sd\na,3,1,1\nb,3,2,1\n", "no column of the condition"),
        ("condition,n,mean\na,3,1\nb,3,2\n", "no column of the sd"),
        ("condition,n,mean,se\na,3,1,1\nb,3,2,1\n", "sd is `se` times the square root of n"),
        ("condition,group,n,mean,sd\na,a,3,1,1\nb,b,3,2,1\n", "`condition` and `group` may both be the condition"),
        ("condition,n,mean,sd\na,3,1,1\na,3,2,1\n", "`condition` has 1 level"),
        ("condition,n,mean,sd\na,3,1,1\nb,3,2,1\na,3,2,1\n", ":4: `a` has two rows"),
        ("condition,n,mean,sd\na,3,1,1\nb,2.5,2,1\n", ":3: the n of `b` is 2.5"),
        ("condition,n,mean,sd\na,3,1,1\nb,,2,1\n", ":3: the n of `b` is missing"),
        ("condition,n,mean,sd\na,3,1,1\nb,0,2,1\n", ":3: the n of `b` is 0"),
        ("condition,n,mean,sd\na,3,1,1\nb,3,2,-1\n", ":3: `b`: the SD is -1"),
        ("condition,n,mean,sd\na,3,1,1\nb,3,2,\n", ":3: `b`: the SD is missing"),
        ("condition,n,mean,sd\na,3,1,1\nb,3,,1\n", ":3: `b`: the mean is missing"),
        ("condition,n,mean,sd\na,3,1,1\n,3,2,1\nb,3,1,1\n", ":3: a row has no `condition`"),
        ("condition,n,mean,sd\na,3,1,1\nb,3,x,1\n", ":3: 1 of 2 values of `mean` are no numbers"),
        ("condition,n,mean,sd\na,3,1,0\nb,3,2,0\n", "all 3 values in `b`, as in the first, are 2"),
        ("condition,n,mean,sd\na,1,1,\nb,1,2,\n", "`a` has 1 unit; at least 3 are needed"),
        ("condition,n,mean,sd\na,3,1,1\nA,3,2,1\n", "`a` and `A` in `condition` differ in capitals only"),
    ],
)
def test_a_summary_that_cannot_be_is_refused(summarised: Summarised, text: str, why: str) -> None:
    with pytest.raises(DataError, match=why.replace("(", r"\(")) as refused:
        summarised(text)
    assert "\n" not in str(refused.value)


def test_a_condition_of_one_unit_is_a_gap(summarised: Summarised) -> None:
    said = summarised("condition,n,mean,sd\na,3,1,1\nb,4,2,1.5\nc,1,2,\n")
    gaps = {(one["first"], one["second"]): one["gap"] for one in said["contrasts"]}
    assert gaps["a", "b"] == ""
    assert "`c` has 1 unit" in gaps["a", "c"]
    assert said["omnibus"]["f"] is None


@pytest.mark.parametrize(
    "option", ["--unit u", "--item i", "--outcome mean", "--average", "--missing 9", "--blanks gaps"]
)
def test_what_says_something_of_rows_is_refused(summarised: Summarised, option: str) -> None:
    with pytest.raises(InputError, match=f"{option.split()[0]} beside --from-summary"):
        summarised("condition,n,mean,sd\na,3,1,1\nb,3,2,1\n", option)


def test_rows_of_several_outcomes_are_chosen(summarised: Summarised) -> None:
    text = "outcome,arm,n,mean,sd\njoy,a,3,1,1\njoy,b,3,2,1\nfear,a,3,5,1\nfear,b,3,7,1\n"
    with pytest.raises(DataError, match=r"`a` has two rows; .* --where"):
        summarised(text)
    assert summarised(text, "--where outcome=fear")["difference"] == pytest.approx(-2)


def test_moments_hold_what_they_are_of() -> None:
    assert math.isnan(moments_of_sd(3.0, math.nan, 1).sd)
    assert moments_of_sd(3.0, 2.0, 5) == Moments(5, 3.0, 16.0, constant=False)
