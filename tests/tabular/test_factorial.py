"""Designs of several factors: R gives the same numbers by code that affectlab writes."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from affectlab.effects.factorial import FactorialAnalysis
from affectlab.errors import DataError, InputError
from affectlab.experiment.table import TableAnalysis, analyse_table
from affectlab.report.apa import apa_section
from affectlab.report.factorial import found_record, found_section
from affectlab.report.figures.conditions import conditions_figure, write_figure
from affectlab.report.r_script import write_r
from affectlab.stats import repeated_anova, student_t
from affectlab.stats.factorial import factorial_anova
from affectlab.tabular.codebook import Codebook
from affectlab.tabular.prepared import Preparation
from tests.needs import needs_r

EMOTIONS, TIMES = ("sad", "calm", "glad"), ("pre", "post")


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty-three people in two groups of three ages each, unequal in size, rated on three emotions at two times."""
    chance = random.Random(29)
    rows = []
    for one in range(23):
        group, age, level = "film" if one % 2 else "walk", ("young", "mid", "old")[one % 3], chance.gauss(0, 1)
        scores = {
            f"{emotion}_{time}": round(
                level + chance.gauss((emotion == "sad") * (group == "film") * (time == "post"), 1), 3
            )
            for emotion in EMOTIONS
            for time in TIMES
        }
        rows.append(
            {"vp": f"p{one}", "group": group, "age": age, "trait": round(level + chance.gauss(0, 1), 2), **scores}
        )
    path = tmp_path_factory.mktemp("people") / "people.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


WIDE = Preparation(wide="{emotion:sad|calm|glad}_{time}")
DESIGNS = {
    "between": TableAnalysis(outcome="sad_post", conditions=("group", "age"), unit="vp"),
    "covariate": TableAnalysis(outcome="sad_post", conditions=("group",), unit="vp", covariates=("trait",)),
    "within": TableAnalysis(outcome="x", conditions=("emotion", "time"), unit="vp", within=("vp",), reading=WIDE),
    "mixed": TableAnalysis(
        outcome="x", conditions=("group", "age"), unit="vp", within=("emotion", "time"), reading=WIDE
    ),
    "two groups": TableAnalysis(
        outcome="sad", conditions=("group",), unit="vp", within=("time",), reading=Preparation(wide="sad_{time}")
    ),
    "pairs": TableAnalysis(
        outcome="sad", conditions=("time",), unit="vp", within=("vp",), reading=Preparation(wide="sad_{time}")
    ),
}


@pytest.fixture(scope="module")
def in_r(table: Path) -> dict[str, pd.DataFrame]:
    """What R prints of each design, by the script that was written for it: one R for all of them."""
    command = needs_r()
    for at, asked in enumerate(DESIGNS.values()):
        write_r(analyse_table(table, asked), table.with_name(f"design{at}.R"))
    runs = "; ".join(
        f"source('design{at}.R'); write.csv(results, 'out{at}.csv', row.names = FALSE)" for at in range(len(DESIGNS))
    )
    subprocess.run([command, "-e", runs], cwd=table.parent, check=True, capture_output=True)
    return {name: pd.read_csv(table.with_name(f"out{at}.csv")) for at, name in enumerate(DESIGNS)}


@pytest.mark.parametrize("design", ["between", "covariate", "within", "mixed"])
def test_r_gives_the_same_tests_of_factors(table: Path, in_r: dict[str, pd.DataFrame], design: str) -> None:
    made = analyse_table(table, DESIGNS[design])
    assert isinstance(made, FactorialAnalysis)
    found = in_r[design].set_index("name")
    assert set(found.index) == {one.name for one in made.test.effects}
    for one in made.test.effects:
        there = found.loc[one.name]
        assert (one.f, one.df1, one.df2) == pytest.approx((there["f"], there["df1"], there["df2"]), rel=1e-6, abs=1e-9)
        assert one.p == pytest.approx(there["p"], rel=1e-5, abs=1e-9)


@pytest.mark.parametrize("design", ["two groups", "pairs"])
def test_r_gives_the_same_contrasts(table: Path, in_r: dict[str, pd.DataFrame], design: str) -> None:
    said = found_record(analyse_table(table, DESIGNS[design]))["contrasts"]
    assert len(said) == len(in_r[design]) > 0
    for one, there in zip(said, in_r[design].to_dict("records"), strict=True):
        assert [one[key] for key in ("difference", "low", "high", "t", "df", "p")] == pytest.approx(
            [there[key] for key in ("difference", "low", "high", "t", "df", "p")], rel=1e-6
        )


def test_a_change_between_two_groups_is_the_interaction(table: Path) -> None:
    said = found_record(analyse_table(table, DESIGNS["two groups"]))
    asked = TableAnalysis(**{**DESIGNS["two groups"].__dict__, "test": "student"})
    change = found_record(analyse_table(table, asked))["contrasts"][-1]
    effect = next(one for one in said["effects"] if one["effect"] == "group × time")
    assert effect["f"] == pytest.approx(change["t"] ** 2)
    assert effect["p"] == pytest.approx(change["p"])


def test_one_factor_is_the_test_that_is_known() -> None:
    scores = [[12, 15, 14], [10, 11, 15], [8, 13, 12], [16, 15, 19], [9, 12, 9]]
    of_all, known = factorial_anova(scores, {}, {"time": ["a", "b", "c"]}).effect("time"), repeated_anova(scores)
    assert (of_all.f, of_all.p, of_all.epsilon) == pytest.approx((known.statistic, known.p, known.epsilon))
    assert of_all.generalized_eta_squared == pytest.approx(known.generalized)
    assert (of_all.low, of_all.high) == pytest.approx((known.low, known.high))
    first, second = [3.0, 5, 4, 7], [6.0, 9, 8, 7]
    two = factorial_anova([[one] for one in first + second], {"g": ["a"] * 4 + ["b"] * 4}, {}).effect("g")
    assert two.f == pytest.approx(student_t(first, second).t ** 2)


def test_what_is_left_out_is_told(table: Path, tmp_path: Path) -> None:
    rows = pd.read_csv(table, dtype=str)
    rows.loc[2, "sad_post"] = ""
    rows.loc[5, "group"] = ""
    path = tmp_path / "gaps.csv"
    rows.to_csv(path, index=False)
    said = found_record(analyse_table(path, DESIGNS["mixed"]))
    assert said["n"] == 21
    assert "1 of 138 rows have no score and are left out" in said["notes"]
    assert "6 of 138 rows have no level of a factor, unit or reader and are left out" in said["notes"]
    assert "1 of 22 units lack a combination of what is repeated and are left out" in said["notes"]
    assert sum(one["missing"] for one in said["cells"]) == 1


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"conditions": ("group", "vp")}, "has two roles"),
        ({"conditions": ("group", "nothing")}, "there is no column `nothing`"),
        ({"conditions": ("group", "trait")}, "not every combination of group and trait has units"),
        ({"within": ("age",)}, "no unit has two of its levels"),
        (
            {"conditions": ("group", "emotion"), "reading": WIDE, "outcome": "x"},
            "stand under several levels of `emotion`",
        ),
        (
            {"conditions": ("group", "emotion"), "within": ("emotion",), "reading": WIDE, "outcome": "x"},
            "has 2 rows under",
        ),
        ({"item": "age", "within": ("vp",)}, "items are random"),
        ({"control": "film"}, "a control beside several factors"),
    ],
)
def test_what_is_no_such_design_is_refused(table: Path, asked: dict[str, object], message: str) -> None:
    with pytest.raises(DataError, match=message) as told:
        analyse_table(table, TableAnalysis(**{**DESIGNS["between"].__dict__, **asked}))
    assert told.value.hint
    assert "\n" not in str(told.value)


def test_a_figure_has_every_unit_and_every_mean(table: Path, tmp_path: Path) -> None:
    made = analyse_table(table, DESIGNS["mixed"])
    figure = conditions_figure(made)
    assert len(figure.data) == 23 * 6
    assert len(figure.panels) == 9
    write_figure(analyse_table(table, DESIGNS["two groups"]), tmp_path / "figure.svg")
    drawing = (tmp_path / "figure.svg").read_text()
    assert drawing.startswith("<svg")
    assert "film" in drawing
    assert "post" in drawing
    with pytest.raises(InputError, match="a figure is written as SVG"):
        write_figure(made, tmp_path / "figure.png")


def test_sentences_are_those_of_articles(table: Path) -> None:
    made = analyse_table(table, DESIGNS["two groups"])
    said = [sentence for part in apa_section(made).whole() for sentence in part.sentences]
    effect = made.anova.effect("group", "time")  # type: ignore[union-attr]
    assert f"group × time (interaction): F(1, 21) = {effect.f:.2f}, " in said[2]
    change = made.contrasts[-1]
    shown = f"{change.difference:.2f}".replace("-", "−")
    assert said[-2].startswith("The difference between walk (M = ")
    assert f"in the change from pre to post was {shown}, 95% CI [" in said[-2]


def test_labels_that_begin_anew_are_of_different_units(tmp_path: Path) -> None:
    chance, path = random.Random(4), tmp_path / "runs.csv"
    rows = [f"{run},{mood},{set_},{chance.gauss(mood == 'sad', 1):.3f}"
            for mood in ("sad", "calm") for set_ in ("a", "b") for run in range(1, 6)]  # fmt: skip
    path.write_text("\n".join(["run,mood,set,x", *rows]))
    said = found_record(analyse_table(path, TableAnalysis("x", ("mood", "set"), "run")))
    assert (said["n"], said["within"]) == (20, [])
    assert any("are taken as different units" in note for note in said["notes"])
    path.write_text(path.read_text().replace("run,mood", "vp,mood"))
    with pytest.raises(DataError, match="they are no independent units"):
        analyse_table(path, TableAnalysis("x", ("mood", "set"), "vp"))
    within = found_record(analyse_table(path, TableAnalysis("x", ("mood", "set"), "vp", ("vp",))))
    assert (within["n"], within["within"]) == (5, ["mood", "set"])


def test_names_of_a_codebook_are_those_of_the_levels(tmp_path: Path) -> None:
    chance, path, book = random.Random(5), tmp_path / "d.csv", tmp_path / "book.yaml"
    rows = [f"{n},{n % 2},{n // 2 % 2},{chance.gauss(0, 1):.3f}" for n in range(16)]
    path.write_text("\n".join(["vp,g,s,x", *rows]))
    book.write_text("g: {labels: {0: walk, 1: film}}\ns: {labels: {0: first, 1: second}}\n")
    said = found_record(analyse_table(path, TableAnalysis("x", ("g", "s"), "vp", codebook=Codebook.load(book))))
    book.write_text("x: {least: 0, most: 1}")
    with pytest.raises(DataError, match="beyond the ends of its scale"):
        analyse_table(path, TableAnalysis("x", ("g", "s"), "vp", codebook=Codebook.load(book)))
    assert {(one["g"], one["s"]) for one in said["cells"]} == {
        (g, s) for g in ("walk", "film") for s in ("first", "second")
    }


def test_a_level_without_whole_units_is_told_of(tmp_path: Path) -> None:
    chance, path = random.Random(6), tmp_path / "d.csv"
    rows = [
        f"{n},{'abc'[n % 3]},{'' if n % 3 == 2 else chance.gauss(0, 1)},{chance.gauss(0, 1):.3f}" for n in range(18)
    ]
    path.write_text("\n".join(["vp,g,z,x", *rows]))
    said = found_record(analyse_table(path, TableAnalysis("x", ("g",), "vp", covariates=("z",))))
    assert said["n"] == 12
    assert "no unit under `c` of `g` has all that is asked, and it is left out" in said["notes"]


TWO_A_CELL = """vp,a,b,x,z
1,p,u,1,2
2,p,u,2,1
3,p,v,4,4
4,p,v,5,3
5,q,u,2,1
6,q,u,3,5
7,q,v,9,7
8,q,v,10,6
"""


def test_two_units_in_a_combination_give_no_f_test(tmp_path: Path) -> None:
    """With standard deviations of 10 to 1 the F tests of two a cell, 2 × 2, err in 18 % (1,500 simulated studies)."""
    path = tmp_path / "d.csv"
    path.write_text(TWO_A_CELL)
    made = analyse_table(path, TableAnalysis("x", ("a", "b"), "vp"))
    said = found_record(made)
    assert (said["effects"], said["gap"]) == ([], "`p × u` has 2 units; at least 3 are needed")
    assert [cell["mean"] for cell in said["cells"]] == [1.5, 4.5, 2.5, 9.5]
    simple = {(one["at"], one["first"], one["second"]): one for one in said["simple_effects"]}
    assert [one["difference"] for one in simple.values()] == [-1, -5, -3, -7]
    assert {one[key] for one in simple.values() for key in ("low", "high", "p")} == {None}
    assert all("at least 3 are needed" in one["gap"] for one in simple.values())
    assert "no analysis of variance: `p × u` has 2 units" in found_section(made).parts[0].sentences[0]
    assert "No effect was tested: `p × u` has 2 units; at least 3 are needed." in apa_section(made).parts[-2].sentences
    script = tmp_path / "d.R"
    write_r(made, script)
    assert "# no effect is tested: `p × u` has 2 units" in script.read_text()


def test_two_units_in_a_group_have_adjusted_means_without_intervals(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text("\n".join(TWO_A_CELL.splitlines()[:7]))  # four of p, two of q
    made = found_record(analyse_table(path, TableAnalysis("x", ("a",), "vp", covariates=("z",))))
    assert made["gap"] == "`q` has 2 units; at least 3 are needed"
    assert all(one["mean"] is not None and one["low"] is None and one["se"] is None for one in made["adjusted_means"])
    (one,) = made["simple_effects"]
    means = [each["mean"] for each in made["adjusted_means"]]
    assert one["difference"] == pytest.approx(means[0] - means[1])
    assert (one["low"], one["p"]) == (None, None)


def test_two_units_in_a_group_that_was_measured_again_have_no_analysis_of_variance(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    scores = ((1, "a", 3, 5), (2, "a", 2, 5), (3, "b", 4, 4), (4, "b", 1, 2), (5, "b", 2, 2))
    rows = [f"{vp},{group},{time},{x}" for vp, group, *both in scores for time, x in zip("12", both, strict=True)]
    path.write_text("\n".join(["vp,group,time,x", *rows]))
    said = found_record(analyse_table(path, TableAnalysis("x", ("group",), "vp", ("time",))))
    assert "effects" not in said
    assert "no analysis of variance: `a` has 2 units; at least 3 are needed" in said["notes"]


def test_levels_of_one_name_are_told_apart_by_their_factors(tmp_path: Path) -> None:
    rows = [f"{a},{b},{at + 2 * len(a)}" for a in ("high", "low") for b in ("high", "low") for at in range(4)]
    path = tmp_path / "levels.csv"
    path.write_text("disgust,fright,score\n" + "\n".join(rows) + "\n", "utf-8")
    made = analyse_table(path, TableAnalysis(outcome="score", conditions=("disgust", "fright"), unit="row"))
    said = next(part for part in found_section(made).parts if part.id == "simple-effects").sentences
    heads = [one.partition(")")[0] for one in said]
    assert heads[:2] == ["disgust: high − low (fright high", "disgust: high − low (fright low"]
