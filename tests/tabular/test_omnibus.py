"""Three conditions and more in ``affectlab analyse``: one test of all, right or refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats as scipy_stats

from affectlab.effects.analyse import analyse
from affectlab.errors import DataError
from affectlab.report.people import omnibus_remark, omnibus_row
from affectlab.tabular.design import Design
from tests.stats.conftest import GOLDEN
from tests.tabular.conftest import Command


def long(table: np.ndarray) -> pd.DataFrame:  # type: ignore[type-arg]
    """A row for each score of units × conditions."""
    unit, condition = np.indices(table.shape)
    return pd.DataFrame({"y": table.ravel(), "c": [f"c{j}" for j in condition.ravel()], "who": unit.ravel()})


def test_independent_units_are_compared_by_welch_and_the_classical_test_stands_beside(command: Command) -> None:
    data = GOLDEN["anova"]["PlantGrowth"]
    table = pd.DataFrame({"weight": data["y"], "group": data["g"]})
    found = command(table, "--outcome weight --condition group")["omnibus"]
    assert found["test"] == "Welch ANOVA"
    assert (round(found["f"], 3), found["df1"], round(found["df2"], 3), round(found["p"], 5)) == (
        5.181,
        2,
        17.128,
        0.01739,
    )
    assert (round(found["uncorrected_f"], 3), found["uncorrected_df2"]) == (4.846, 27)
    assert (found["effect"], found["n"]) == ("omega squared", 30)
    assert found["low"] < found["value"] < found["high"]
    classical = command(table, "--outcome weight --condition group --test student")["omnibus"]
    assert (classical["test"], classical["f"]) == ("ANOVA", pytest.approx(found["uncorrected_f"]))


def test_the_same_units_are_compared_within(command: Command) -> None:
    golden = GOLDEN["repeated"]
    table = long(np.array(golden["table"]))
    found = command(table, "--outcome y --condition c --unit who --within who")["omnibus"]
    for key, name in (("f", "statistic"), ("df1", "df1"), ("df2", "df2"), ("p", "p"), ("value", "value")):
        assert found[key] == pytest.approx(golden[name], rel=1e-8)
    assert found["generalized_eta_squared"] == pytest.approx(golden["generalized"], rel=1e-8)
    assert (found["uncorrected_df1"], found["uncorrected_df2"]) == pytest.approx((3, 18))
    assert found["uncorrected_p"] == pytest.approx(golden["p_uncorrected"])


def test_a_unit_without_a_condition_is_left_out_and_said() -> None:
    table = long(np.array(GOLDEN["repeated"]["table"])).drop(index=5)
    (found,) = analyse(table, Design("y", "c", unit="who", within="who")).omnibus
    assert (found.n, omnibus_remark(found)) == (6, "1 units lack a condition and are left out of it")


def test_yes_or_no_is_compared_by_chi_squared_or_within_units_by_cochran() -> None:
    golden = GOLDEN["proportions"]
    rows = [
        (answer, f"c{j}")
        for j, (yes, n) in enumerate(zip(golden["yes"], golden["asked"], strict=True))
        for answer in ["yes"] * yes + ["no"] * (n - yes)
    ]
    (found,) = analyse(pd.DataFrame(rows, columns=["y", "c"]), Design("y", "c")).omnibus
    row = omnibus_row(found)
    assert (row["chi2"], row["p"]) == pytest.approx((golden["statistic"], golden["p"]))
    assert row["f"] is None
    table = long(np.array(golden["answers"]))
    (found,) = analyse(table, Design("y", "c", unit="who", within="who")).omnibus
    row = omnibus_row(found)
    assert (row["test"], row["chi2"]) == ("Cochran's Q", pytest.approx(golden["cochran"]["statistic"]))


def test_repeated_measurements_have_a_test_over_all_at_each_and_of_changes() -> None:
    rng = np.random.default_rng(3)
    who, time = np.repeat(np.arange(24), 2), np.tile(["1", "2"], 24)
    table = pd.DataFrame({"y": rng.normal(size=48), "c": [f"c{i % 3}" for i in who], "who": who, "time": time})
    found = analyse(table, Design("y", "c", unit="who", within="time")).omnibus
    assert [one.asked.at for one in found] == ["", "1", "2", "2 minus 1"]
    wide = table.pivot_table(index=["c", "who"], columns="time", values="y")
    changes = [part.to_numpy() for _, part in (wide["2"] - wide["1"]).groupby("c")]
    assert omnibus_row(found[3])["uncorrected_f"] == pytest.approx(scipy_stats.f_oneway(*changes).statistic)


def test_two_conditions_need_none(command: Command) -> None:
    assert command("y,c\n1,a\n2,a\n4,b\n6,b\n", "--outcome y --condition c")["omnibus"] is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("y,c\n1,a\n2,a\n3,a\n4,b\n5,b\n7,b\n9,z\n", "`z` has 1 unit"),
        ("y,c\n1,a\n2,a\n3,a\n4,b\n5,b\n7,b\n9,z\n9,z\n9,z\n", "all 3 values in `z` are 9"),
        ("y,c\n1,a\n2,a\n3,a\n4,b\n5,b\n7,b\nNA,z\nNA,z\n", "`z` has 0 units"),
    ],
)
def test_what_has_no_omnibus_test_says_so_without_a_number(command: Command, text: str, why: str) -> None:
    found = command(text, "--outcome y --condition c")["omnibus"]
    assert why in found["gap"]
    assert [found[key] for key in ("f", "p", "value", "low", "high")] == [None] * 5


def test_conditions_that_differ_alike_in_each_unit_have_no_test_within() -> None:
    table = long(np.add.outer(np.arange(5.0), [0.0, 1.0, 3.0]))
    with pytest.raises(DataError, match="all 5 values in the differences"):
        analyse(table, Design("y", "c", unit="who", within="who"))
