"""`affectlab analyse --correlate`: the correlations of scipy, over the units that have both."""

from __future__ import annotations

import pandas as pd
import pytest
from scipy import stats

from affectlab.errors import DataError
from tests.tabular.conftest import Command
from tests.tabular.test_wide import people

COLUMNS = "--correlate sad_pre --correlate sad_post --correlate sad_fu --unit vp"


def test_every_pair_is_over_the_units_that_have_both(command: Command) -> None:
    table = people(missing=True)
    said = command(table, COLUMNS)
    numbers = table[["sad_pre", "sad_post", "sad_fu"]].apply(pd.to_numeric, errors="coerce")
    for one in said["correlations"]:
        both = numbers[[one["first"], one["second"]]].dropna()
        known = stats.pearsonr(both.iloc[:, 0], both.iloc[:, 1])
        assert (one["r"], one["p"], one["n"]) == pytest.approx((known.statistic, known.pvalue, len(both)))
    assert [one["missing"] for one in said["columns"]] == [0, 1, 0]
    ranked = command(table, COLUMNS, "--ranks")["correlations"][1]
    assert ranked["r"] == pytest.approx(stats.spearmanr(numbers["sad_pre"], numbers["sad_fu"]).statistic)


def test_rows_of_a_unit_are_no_units(command: Command) -> None:
    table = pd.concat([people(), people()])
    with pytest.raises(DataError, match="stands in several rows"):
        command(table, COLUMNS)
    with pytest.raises(DataError, match="beside conditions"):
        command(people(), COLUMNS, "--condition group")
    with pytest.raises(DataError, match="there is no column `nothing`"):
        command(people(), "--correlate nothing --correlate sad_pre")


@pytest.mark.parametrize("units", [2, 3])
def test_fewer_than_four_units_have_no_correlation(command: Command, units: int) -> None:
    table = people().head(units)
    said = command(table, COLUMNS)
    assert said["correlations"] == []
    assert {one["gap"] for one in said["gaps"]} == {f"{units} units have both; at least 4 are needed"}
