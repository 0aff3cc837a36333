"""Labelled tables of tidy data: planted values are found, and what means nothing is refused or a marked gap."""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from affectlab.cli import app
from affectlab.errors import DataError, InputError
from affectlab.participants.simulated import Simulated
from affectlab.results.labelled import of_run, of_table
from affectlab.results.psychometrics import components, reliability, table_contrasts, traits, trend
from affectlab.results.tidy import tidy
from affectlab.stats import cronbach_alpha, page_trend, pearson, welch_t
from tests.conftest import Lab, run

COLUMNS = {"outcome": "y", "condition": "c", "unit": "u", "item": "i", "measure": "m", "scale": "s"}


def planted(seed: int = 1, units: int = 12) -> pd.DataFrame:
    """Two methods and two traits, four items each, in three conditions of other units; trait 1 rises by condition."""
    rng = np.random.default_rng(seed)
    rows = []
    for condition, unit in itertools.product((0, 1, 2), range(units)):
        trait = rng.normal(0, 1, 2)
        for method, scale, item in itertools.product("ab", (0, 1), range(4)):
            rise = 1.5 * condition if scale == 0 else 0.0
            score = trait[scale] + rise + 0.3 * item + rng.normal(0, 0.6)
            rows.append((method, f"t{scale}", f"i{item}", condition, f"{condition}-{unit}", score))
    return pd.DataFrame(rows, columns=["m", "s", "i", "c", "u", "y"])


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """The planted table, as text."""
    return tidy(planted().astype(str), COLUMNS).rows


def test_contrasts_are_over_units_and_items(table: pd.DataFrame) -> None:
    found = table_contrasts(table[table["scale"] == "t0"], "0", {"a": 0.2}).set_index(["measure", "scale", "first"])
    assert set(found["test"]) == {"mixed"}
    rise = found.loc[("a", "t0", "2")]
    assert rise["low"] < 3.0 < rise["high"]
    assert rise["equivalence"] == "different"
    assert found.loc[("b", "t0", "2"), "equivalence"] == "", "no smallest effect is declared for this measure"
    assert set(found["n"]) == {24}


def test_one_item_is_compared_over_units(table: pd.DataFrame) -> None:
    one = table[(table["item"] == "i0") & (table["measure"] == "a") & (table["scale"] == "t0")]
    found = table_contrasts(one, "0").set_index("first").loc["2"]
    samples = [one.loc[one["condition"] == name, "value"].to_numpy() for name in ("2", "0")]
    assert found["estimate"] == pytest.approx(welch_t(*samples).difference)
    assert found["n"] == 24


def test_the_same_units_are_compared_within() -> None:
    rng = np.random.default_rng(3)
    rows = [(c, u, u + (c == "b") + rng.normal(0, 0.1)) for u in range(8) for c in "ab"]
    found = table_contrasts(
        tidy(
            pd.DataFrame(rows, columns=["c", "u", "y"]),
            {"outcome": "y", "condition": "c", "unit": "u"},
            same_units=True,
        ).rows
    )
    assert found.loc[0, "test"] == "paired"
    assert found.loc[0, "n"] == 8


def test_reliability_is_that_of_complete_units(table: pd.DataFrame) -> None:
    gaps = table.copy()
    gaps.loc[0, "value"] = np.nan
    found = reliability(gaps).set_index(["measure", "scale", "coefficient"])
    first = found.loc[("a", "t0", "alpha")]
    assert (first["items"], first["left_out"], first["n"]) == (4, 1, 35)
    part = table[(table["measure"] == "b") & (table["scale"] == "t1")]
    wide = part.pivot_table(index="unit", columns="item", values="value", observed=True)
    alpha = cronbach_alpha(wide.to_numpy())
    assert found.loc[("b", "t1", "alpha"), ["estimate", "low", "high"]].tolist() == pytest.approx(
        [alpha.value, alpha.low, alpha.high]
    )


def test_one_trait_by_two_methods_agrees_more_than_two_traits(table: pd.DataFrame) -> None:
    found = traits(table)
    assert len(found) == 6
    by_kind = found.groupby("kind")["estimate"]
    assert by_kind.min()["convergent"] > by_kind.max()["other trait, other method"]
    wide = table.pivot_table(index="unit", columns=["measure", "scale"], values="value", observed=True)
    r = pearson(wide["a", "t0"], wide["b", "t0"])
    assert found.loc[found["kind"] == "convergent", "estimate"].iloc[0] == pytest.approx(r.value)


@pytest.mark.parametrize(("units", "said"), [(2, "two units give"), (3, "three units give"), (4, "")])
def test_four_units_are_needed_to_correlate(table: pd.DataFrame, units: int, said: str) -> None:
    few = table[table["unit"].isin(sorted(set(table["unit"]))[:units])]
    found = traits(few)
    assert len(found) == 6
    assert set(found["note"]) == {f"{said} no interval; four are needed" if said else ""}
    assert found["estimate"].isna().all() == bool(said)


def test_variance_is_where_it_was_planted() -> None:
    found = components(tidy(planted(2, units=60).astype(str), COLUMNS).rows).set_index(["measure", "scale", "source"])
    variance = found["variance"]
    assert variance["a", "t0", "condition"] == pytest.approx(2.25, rel=0.3)
    assert variance["a", "t1", "condition"] == pytest.approx(0.0, abs=0.05)
    assert variance["a", "t1", "unit"] == pytest.approx(1.0, rel=0.3)
    assert variance["b", "t1", "residual"] == pytest.approx(0.36, rel=0.2)
    assert found["share"]["a", "t1"].sum() == pytest.approx(1.0)


def test_a_trend_is_over_ascending_conditions(table: pd.DataFrame) -> None:
    found = trend(table).set_index(["measure", "scale"])
    assert found.loc[("a", "t0"), "order"] == "0, 1, 2"
    assert found.loc[("a", "t0"), "p_rising"] < 1e-4 < found.loc[("a", "t1"), "p_rising"]
    down = trend(table, ["2", "1", "0"]).set_index(["measure", "scale"])
    assert down.loc[("a", "t0"), "p_rising"] > 0.99
    with pytest.raises(DataError, match="no condition `9`"):
        trend(table, ["0", "1", "9"])
    within = pd.DataFrame([(c, u, u * 0.1 + c) for u in range(6) for c in (1, 2, 3)], columns=["c", "u", "y"])
    paged = trend(tidy(within, {"outcome": "y", "condition": "c", "unit": "u"}, same_units=True).rows).iloc[0]
    assert paged["z"] == pytest.approx(page_trend(np.tile([1.0, 2, 3], (6, 1))).z)


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"outcome": "y", "condition": "c"}, "no unit is named"),
        ({"outcome": "y", "condition": "c", "unit": "row"}, "rows are no units"),
        ({"outcome": "y", "condition": "c", "unit": "rater"}, "cannot be the unit"),
        ({"outcome": "y", "condition": "c", "unit": "v"}, "no column `v`"),
        ({"outcome": "y", "condition": "c", "unit": "u", "item": "v"}, "no column `v`"),
        ({"outcome": "m", "condition": "c", "unit": "u"}, "no numbers"),
    ],
)
def test_what_means_nothing_is_refused(columns: dict[str, str], why: str) -> None:
    with pytest.raises(DataError, match=why):
        tidy(planted().assign(rater=1), columns)


def test_what_cannot_be_told_is_a_marked_gap() -> None:
    still = planted().assign(y=2.0)
    made = of_table(tidy(still, COLUMNS).rows, "0")
    assert set(made) == {"contrasts", "trend", "reliability", "traits", "components"}
    for name in ("contrasts", "reliability", "traits", "components"):
        assert (made[name]["note"] != "").all(), name
    one = planted()
    one = one[((one["c"] > 0) | (one["u"] == "0-0")) & (one["s"] == "t0") & (one["m"] == "a")]
    found = table_contrasts(tidy(one.astype(str), COLUMNS).rows)
    assert found.set_index(["first", "second"])["estimate"].isna().tolist() == [True, True, False]
    assert "1 unit" in found["note"].iloc[0]


def test_the_command_prints_json_and_csv(tmp_path: Path) -> None:
    planted(units=4).to_csv(tmp_path / "data.csv", index=False)
    roles = [part for role, column in COLUMNS.items() for part in (f"--{role}", column)]
    said = CliRunner().invoke(app, ["tables", str(tmp_path / "data.csv"), *roles, "--control", "0", "--json"])
    made = json.loads(said.stdout)
    assert set(made) == {"contrasts", "trend", "reliability", "traits", "components"}
    one = CliRunner().invoke(app, ["tables", str(tmp_path / "data.csv"), *roles, "--table", "trend", "--csv"])
    rows = list(csv.DictReader(io.StringIO(one.stdout)))
    assert [row["scale"] for row in rows] == ["t0", "t1"] * 2
    many = CliRunner().invoke(app, ["tables", str(tmp_path / "data.csv"), *roles, "--table", "none"])
    assert isinstance(many.exception, InputError)


def test_points_of_a_session_are_not_mixed(tmp_path: Path) -> None:
    rows = planted(units=4).rename(columns={"m": "measure", "s": "scale", "y": "value"}).assign(point="baseline")
    rows.loc[::2, "point"] = "induced"
    rows.to_csv(tmp_path / "data.csv", index=False)
    roles = ["--outcome", "value", "--condition", "c", "--unit", "u", "--measure", "measure", "--scale", "scale"]
    said = CliRunner().invoke(app, ["tables", str(tmp_path / "data.csv"), *roles])
    assert isinstance(said.exception, DataError)
    assert "several levels of `point` are mixed" in str(said.exception)


def test_a_run_has_its_tables_within_each_setting(
    lab: Lab, simulated: Callable[..., Simulated], tmp_path: Path
) -> None:
    study = lab.load(contexts=["branched", "sequential"], measures=["words", "ratings"], smallest_effect={"words": 0.2})
    noise = {"text": 0.3, "regulation": 0.1, "task": 0.2, "item": 0.1}
    done = run(study, simulated(study, shifts={"fear": {"fear": 2.0}}, noise=noise), tmp_path / "run")
    made = of_run(done)
    found = made["contrasts"].set_index(["context", "measure", "scale"])
    assert {"contrasts", "reliability", "traits", "components", "behaviour"} <= set(made)
    assert found.loc[("sequential", "words", "fear"), "low"] > 0
    assert found.loc[("branched", "words", "fear"), "equivalence"] == "different"
    assert found.loc[("branched", "words", "sadness"), "p"] > 0.001
    assert "model" not in made["contrasts"], "what has one level is not told again in every row"
