"""`affectlab analyse`: the published counts, R's datasets, every layout, and what it refuses."""

from __future__ import annotations

import gzip
import textwrap
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats as scipy_stats

from affectlab.effects.analyse import analyse
from affectlab.effects.estimate import Estimate
from affectlab.errors import DataError, InputError
from affectlab.report.people import analysis_record
from affectlab.stats import paired_t
from affectlab.tabular.design import Design
from tests.tabular.conftest import COUNTS, Command

#: R's `sleep` (Student, 1908): extra sleep of ten patients under two drugs.
SLEEP = ([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0], [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])


def names(one: Estimate) -> tuple[str, str]:
    """The conditions of a contrast."""
    return one.contrast.first[next(iter(one.contrast.first))], one.contrast.against


def sleep() -> pd.DataFrame:
    rows = [(extra, group, id) for group, both in enumerate(SLEEP, 1) for id, extra in enumerate(both, 1)]
    return pd.DataFrame(rows, columns=["extra", "group", "ID"])


# --- the published counts


def test_pooling_raters_gives_the_published_test() -> None:
    sad = [count for both in COUNTS.values() for count in both[0]]
    neutral = [count for both in COUNTS.values() for count in both[1]]
    naive = paired_t(sad, neutral)
    assert (round(naive.t, 2), naive.df) == (7.23, 14)


def test_over_runs_the_published_effect_is_smaller(published: pd.DataFrame, command: Command) -> None:
    said = command(
        published, "--outcome negative --condition mood --unit run --reader rater --smallest-effect 2 --test student"
    )
    assert said["test"] == "Student"
    assert (round(said["t"], 2), said["df"], round(said["d"], 2)) == (3.60, 8, 2.28)
    assert said["p"] == pytest.approx(0.00701, abs=5e-6)
    assert said["low"] < said["difference"] < said["high"]
    assert said["n"] == 10
    assert said["g"] < said["d"]
    assert said["welch_df"] == pytest.approx(5.16, abs=0.005)
    assert said["equivalence"] == "different"
    assert any("different units" in note for note in said["notes"])


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ("--unit rater", "readers of the same answers"),
        ("--unit rater --reader rater", "readers of the same answers"),
        ("--within rater", "readers of the same answers"),
        ("--unit run", "not independent"),
        ("", "no unit is named"),
        ("--reader rater", "no unit is named"),
        ("--unit vignette --reader rater", "no column `vignette`"),
    ],
)
def test_what_would_be_pseudo_replication_is_refused(
    published: pd.DataFrame, command: Command, options: str, why: str
) -> None:
    with pytest.raises(DataError, match=why) as refused:
        command(published, f"--outcome negative --condition mood {options}")
    assert refused.value.exit_code == 2


def test_a_reader_under_another_name_is_no_unit_either(published: pd.DataFrame, command: Command) -> None:
    renamed = published.rename(columns={"rater": "who"})
    with pytest.raises(DataError, match="not independent"):
        command(renamed, "--outcome negative --condition mood --unit who")
    with pytest.raises(DataError, match="no unit is named"):
        command(renamed, "--outcome negative --condition mood")


def test_a_reader_who_saw_one_condition_only_cannot_be_told_from_it(published: pd.DataFrame) -> None:
    apart = published[(published["rater"] == 1) == (published["mood"] == "sad")]
    with pytest.raises(DataError, match="reads one condition only"):
        analyse(apart[apart["rater"] != 3], Design("negative", "mood", unit="run", reader="rater"))


# --- values of R


def test_paired_and_independent_tests_equal_those_of_r(command: Command) -> None:
    within = command(sleep(), "--outcome extra --condition group --unit ID --within ID")
    assert within["test"] == "paired"
    assert [within[k] for k in ("t", "df", "p", "low", "high")] == pytest.approx(
        [-4.062128, 9, 0.00283289, -2.459886, -0.7001142], rel=1e-5
    )
    same = command(sleep(), "--outcome extra --condition group --unit ID --within group")
    assert same["t"] == within["t"]
    between = command(sleep(), "--outcome extra --condition group --unit ID --test welch")
    assert [between[k] for k in ("t", "df", "p", "low", "high")] == pytest.approx(
        [-1.860813, 17.77647, 0.07939414, -3.365483, 0.2054832], rel=1e-5
    )


def test_a_table_with_an_identifier_and_no_unit_is_refused(command: Command) -> None:
    with pytest.raises(DataError, match="`ID` stand 2 times"):
        command(sleep(), "--outcome extra --condition group")


def test_unequal_samples_are_compared_by_welch() -> None:
    rng = np.random.default_rng(1)
    table = pd.DataFrame({"y": rng.normal(size=30), "c": ["a"] * 12 + ["b"] * 18})
    (contrast,) = analyse(table, Design("y", "c")).contrasts
    oracle = scipy_stats.ttest_ind(table["y"][:12], table["y"][12:], equal_var=False)
    assert (contrast.method, contrast.t, contrast.p) == (
        "Welch",
        pytest.approx(oracle.statistic),
        pytest.approx(oracle.pvalue),
    )


def test_several_conditions_are_compared_in_pairs_or_with_a_control() -> None:
    """R's PlantGrowth: ``pairwise.t.test(weight, group, pool.sd = FALSE, var.equal = TRUE)``."""
    weights = {
        "ctrl": [4.17, 5.58, 5.18, 6.11, 4.50, 4.61, 5.17, 4.53, 5.33, 5.14],
        "trt1": [4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69],
        "trt2": [6.31, 5.12, 5.54, 5.50, 5.37, 5.29, 4.92, 6.15, 5.80, 5.26],
    }
    table = pd.DataFrame([(w, g) for g, all in weights.items() for w in all], columns=["weight", "group"])
    pairs = analyse(table, Design("weight", "group"), test="student").contrasts
    holm = {names(one): round(one.further["p_holm"], 3) for one in pairs}
    assert holm == {("trt1", "ctrl"): 0.249, ("trt2", "ctrl"): 0.094, ("trt1", "trt2"): 0.023}
    against = analyse(table, Design("weight", "group"), control="ctrl").contrasts
    assert [names(one) for one in against] == [("trt1", "ctrl"), ("trt2", "ctrl")]
    with pytest.raises(DataError, match="no level `x`"):
        analyse(table, Design("weight", "group"), control="x")


def test_yes_or_no_is_compared_by_odds() -> None:
    table = pd.DataFrame({"ill": ["yes"] * 15 + ["no"] * 5 + ["yes"] * 6 + ["no"] * 14, "arm": ["a"] * 20 + ["b"] * 20})
    (contrast,) = analyse(table, Design("ill", "arm")).contrasts
    chi = scipy_stats.chi2_contingency([[15, 5], [6, 14]], correction=False).statistic
    assert contrast.further["z"] ** 2 == pytest.approx(chi * 39 / 40)
    assert contrast.difference == pytest.approx(0.45)
    assert contrast.further["log_odds"] == pytest.approx(1.8384, abs=1e-4)
    pairs = table.assign(who=list(range(20)) * 2)
    (paired,) = analyse(pairs, Design("ill", "arm", unit="who", within="who")).contrasts
    assert paired.method == "McNemar"
    assert paired.p == pytest.approx(scipy_stats.binomtest(9, 9).pvalue)


def test_units_and_items_are_both_random() -> None:
    """The item decides how wide the interval is: ten units on four items say less than their forty rows."""
    rng = np.random.default_rng(5)
    rows = [
        {"y": effect * (c == "on") + person + item + slope[i] * (c == "on") + rng.normal(), "c": c, "u": u, "i": i}
        for effect in (3.0,)
        for slope in (rng.normal(0, 2, 4),)
        for u, person in enumerate(rng.normal(0, 2, 10))
        for i, item in enumerate(rng.normal(0, 2, 4))
        for c in ("on", "off")
    ]
    table = pd.DataFrame(rows)
    crossed = analyse(table, Design("y", "c", unit="u", within="u", item="i"))
    averaged = analyse(table, Design("y", "c", unit="u", within="u", average=True))
    assert crossed.contrasts[0].method == "mixed"
    assert crossed.contrasts[0].difference == pytest.approx(averaged.contrasts[0].difference)
    assert crossed.contrasts[0].se > 2 * averaged.contrasts[0].se
    assert crossed.model is not None
    assert crossed.model.variance["i × condition"] > 0


def test_a_repeated_measurement_is_compared_over_at_and_between_its_levels() -> None:
    rng = np.random.default_rng(2)
    who = np.repeat(np.arange(20), 2)
    time = np.tile(["pre", "post"], 20)
    arm = np.where(who < 10, "drug", "placebo")
    y = rng.normal(size=20)[who] + 2 * ((arm == "drug") & (time == "post")) + rng.normal(0, 0.3, 40)
    table = pd.DataFrame({"y": y, "arm": arm, "time": time, "who": who})
    found = {one.contrast.at: one for one in analyse(table, Design("y", "arm", unit="who", within="time")).contrasts}
    assert set(found) == {"", "pre", "post", "post minus pre"}
    wide = table.pivot_table(index="who", columns="time", values="y")
    change = (wide["post"] - wide["pre"]).to_numpy()
    oracle = scipy_stats.ttest_ind(change[:10], change[10:])
    assert found["post minus pre"].t == pytest.approx(oracle.statistic)
    assert found["post minus pre"].difference == pytest.approx(2, abs=0.5)


def test_every_contrast_of_a_table_says_what_it_asks(command: Command) -> None:
    """The question is the noun of a run's contrasts: conditions, place, sampled units; the same one has the same id."""
    who = np.repeat(np.arange(12), 2)
    table = pd.DataFrame({"y": np.arange(24) * 7 % 11, "arm": who % 3, "time": ["pre", "post"] * 12, "who": who})
    made = analyse(table, Design("y", "arm", unit="who", within="time"))
    asked = [one.contrast for one in made.contrasts]
    assert len({one.id for one in asked}) == len(asked) == 3 * 4
    assert {(tuple(one.cell.items()), one.change) for one in asked} == {
        ((), None),
        ((("time", "pre"),), None),
        ((("time", "post"),), None),
        ((), ("pre", "post")),
    }
    assert {one.unit for one in asked} == {"who"}
    assert [one.asked.contrasts for one in made.omnibus] == [tuple(asked[at : at + 3]) for at in range(0, 12, 3)]
    said = command(table.assign(y=table["y"] * 2), "--outcome y --condition arm --unit who --within time")
    assert [one["contrast"] for one in said["contrasts"]] == [one.id for one in asked]


# --- files as people save them


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_separators_and_encodings(command: Command, separator: str, encoding: str) -> None:
    rows = [['"Größe"', '"Bedingung"', '"Vp"']]
    rows += [[f"{3 + i / 4}", "traurig" if i < 4 else "fröhlich", str(i)] for i in range(8)]
    text = "\r\n".join(separator.join(row) for row in rows)
    said = command(text.encode(encoding), "--outcome Größe --condition Bedingung --unit Vp")
    assert said["difference"] == pytest.approx(-1.0)
    assert {one["condition"] for one in said["conditions"]} == {"traurig", "fröhlich"}


def test_a_decimal_comma_is_read_as_one(command: Command) -> None:
    text = "x;c\n1,5;a\n2,5;a\n3,5;b\n5,5;b\n"
    said = command(text, "--outcome x --condition c")
    assert said["difference"] == pytest.approx(-2.5)
    assert any("decimal comma" in note for note in said["notes"])


def test_numeric_codes_of_one_value_are_one_level(command: Command) -> None:
    table = pd.DataFrame({"x": [1, 2, 4, 5, 9], "c": ["2.0", "2", "1", "01", "1"], "id": range(5)})
    said = command(table, "--outcome x --condition c --unit id")
    assert (said["first"], said["second"]) == ("1", "2")


BOOKS = {
    "book.yaml": """
        x: {role: outcome, missing: [99], least: 0, most: 10}
        c: {role: condition, labels: {1: sad, 2: calm}}
        id: unit
        """,
    "book.json": """{"columns": {
        "x": {"role": "outcome", "missing": [99], "least": 0, "most": 10},
        "c": {"role": "condition", "labels": {"1": "sad", "2": "calm"}}, "id": "unit"}}""",
    "book.csv": """column,role,missing,labels,least,most
        x,outcome,99,,0,10
        c,condition,,1=sad;2=calm,,
        id,unit,,,,
        """,
}


@pytest.mark.parametrize("name", list(BOOKS))
def test_a_codebook_gives_roles_gaps_labels_and_ends(command: Command, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(textwrap.dedent(BOOKS[name]).replace("\n        ", "\n"), "utf-8")
    table = pd.DataFrame({"x": [1, 2, 99, 4, 5, 7], "c": [1, 1, 1, 2, 2, 2], "id": range(6)})
    said = command(table, f"--codebook {tmp_path / name}")
    assert (said["first"], said["second"], said["unit"]) == ("sad", "calm", "id")
    assert said["missing"]["outcome"] == {"sad": 1, "calm": 0}
    assert said["percent_of_range"] == pytest.approx(said["difference"] * 10)


@pytest.mark.parametrize(
    ("values", "difference", "note"),
    [
        (["12%", "23 %", "11%", "32%"], -4.0, "in percent"),
        (["\N{MINUS SIGN}1.5", "+2", "3", "4.5"], -3.5, ""),
        (["1e3", "2.5E2", "1", "2"], 623.5, ""),
        (['"1,234"', '"2,25"', '"1"', '"2"'], 0.242, "decimal comma"),
    ],
)
def test_numbers_as_people_write_them(command: Command, values: list[str], difference: float, note: str) -> None:
    said = command(
        "x,c\n" + "".join(f"{x},{c}\n" for x, c in zip(values, "aabb", strict=True)), "--outcome x --condition c"
    )
    assert said["difference"] == pytest.approx(difference)
    assert note in " ".join(said["notes"])


def test_a_condition_called_none_is_one_and_no_gap(command: Command) -> None:
    text = "x,c,u\n1,None,1\n2,None,2\n4,low,3\n6,low,4\n7,high,5\n9,high,6\n5,high,None\n"
    said = command(text, "--outcome x --condition c --unit u")
    assert [one["condition"] for one in said["conditions"]] == ["None", "low", "high"]
    assert said["missing"]["unit"] == 1


@pytest.mark.parametrize("name", ["pid", "participantid", "worker_id", "SubjectID"])
def test_persons_under_both_conditions_are_no_independent_rows(command: Command, name: str) -> None:
    text = f"{name},c,x\n" + "".join(f"{i},{c},{i % 3 + (c == 'a')}\n" for i in range(6) for c in "ab")
    with pytest.raises(DataError, match="no unit is named"):
        command(text, "--outcome x --condition c")
    with pytest.raises(DataError, match=r"--within|several conditions"):
        command(text, f"--outcome x --condition c --unit {name}")


def test_a_packed_file_and_one_of_a_spreadsheet_are_read(command: Command) -> None:
    text = "sep=;\nu;c;v\n1;a;1,5\n2;a;2\n3;b;3\n4;b;4,5\n"
    plain = command(text, "--outcome v --condition c --unit u")
    assert plain["difference"] == pytest.approx(-2)
    assert command(gzip.compress(text.encode(), mtime=0), "--outcome v --condition c --unit u") == plain


# --- gaps and refusals


def test_gaps_are_counted_and_incomplete_pairs_left_out() -> None:
    table = sleep()
    table.loc[3, "extra"] = np.nan
    table.loc[12, "group"] = None
    made = analyse(table, Design("extra", "group", unit="ID", within="ID"))
    assert made.gaps.outcome == {"1": 1, "2": 0}
    assert made.gaps.condition == 1
    assert made.contrasts[0].carried_by == 8


def test_a_condition_that_cannot_be_compared_is_a_gap_beside_those_that_can() -> None:
    table = pd.DataFrame({"y": [1.0, 2, 3, 4, 5, 7, 9], "c": list("aaabbbz")})
    made = analyse(table, Design("y", "c"))
    found = {names(one): one.gap for one in made.contrasts}
    assert found["a", "b"] == ""
    assert "`z` has 1 unit" in found["a", "z"]
    assert analysis_record(made)["contrasts"][1]["t"] is None


@pytest.mark.parametrize(
    ("text", "options", "why"),
    [
        ("x,c,u\n5,a,1\n5,a,2\n5,b,3\n5,b,4\n", "--unit u", "all 4 scores in `x` are 5"),
        ("x,c,u\n5,a,1\n5,a,2\n5,a,5\n6,b,3\n6,b,4\n6,b,6\n", "--unit u", "are 6"),
        ("x,c,u\n1,a,1\n2,a,1\n3,b,1\n4,b,1\n", "--unit u --average", "1 unit"),
        ("x,c,u\n1,a,1\n2,a,2\n", "--unit u", "has 1 level"),
        ("x,c,u\n1,a,1\ninf,a,2\n3,b,3\n4,b,4\n", "--unit u", "infinite"),
        ("x,c,u\n1e-300,a,1\n2e-300,a,2\n3e-300,b,3\n4e-300,b,4\n", "--unit u", "too small to be computed with"),
        ("x,c,u\n1,a,1\n-99,a,2\n3,b,3\n4,b,4\n", "--unit u", "-99 stands 1 times"),
        ("x,c,u\n1,a,1\nhuh,a,2\n3,b,3\n4,b,4\n", "--unit u", "no numbers: `huh`"),
        ("x,c,u\n,a,1\n,a,2\n,b,3\n,b,4\n", "--unit u", "no row has both"),
        ("x,c,u\n1,a,1\n2,a,2\n3,b,3\n4,b,4\n", "--unit x", "cannot be both"),
        ("x,c,u\n1,a,1\n2,a,2\n3,b,3\n4,b,4\n", "--unit u --within u", "under both"),
        ("x,c,u\n1,a,1\n2,a,2\n3,b,3\n4,b,4\n", "--within c", "no unit is named"),
        ("x,c,u\n1,a,1\n2,a,2\n3,b,3\n4,b,4\n", "--where u=9", "no row has `u=9`"),
        ("x,c,u\n1,Sad,1\n2,sad,2\n3,b,3\n4,b,4\n", "--unit u", "differ in capitals only"),
        ('x,c,u\n"1,234",a,1\n"2,345",a,2\n1,b,3\n4,b,4\n', "--unit u", "may be 1234 or 1.234"),
        ("x,c,subject\n1,a,1\n2,a,2\n3,b,1\n5,b,2\n", "--unit subject", "no independent units; say --within subject"),
    ],
)
def test_what_means_nothing_is_refused(command: Command, text: str, options: str, why: str) -> None:
    with pytest.raises(DataError, match=why):
        command(text, "--outcome x --condition c", options)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("x,c\n", "no rows"),
        ("x,x,c\n1,2,3\n", "stands twice"),
        ("x,c\n1,a\n1,a,3\n", ":3: 3 values"),
        ("x,c\na,3,5\nb,2,5\n", ":2: 3 values"),
    ],
)
def test_a_file_that_is_no_table_is_named(command: Command, text: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        command(text, "--outcome x --condition c")


def test_rows_of_several_measures_are_not_mixed(command: Command) -> None:
    text = "measure,scale,point,value,state,vignette\n" + "".join(
        f"{m},fear,induced,{i}.5,{'fear' if i % 2 else 'neutral'},v{i}\n"
        for m in ("words", "ratings")
        for i in range(6)
    )
    wanted = "--outcome value --condition state --unit vignette"
    with pytest.raises(DataError, match="several levels of `measure`"):
        command(text, wanted)
    assert command(text, wanted, "--where measure=words")["n"] == 6
