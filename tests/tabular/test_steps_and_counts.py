"""Outcomes that are an order of steps, or counts: seen, and modelled where that is said; R gives the same numbers."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from affectlab.effects.analyse import Analysis
from affectlab.errors import DataError
from affectlab.experiment.table import TableAnalysis, analyse_table
from affectlab.report.people import analysis_record
from affectlab.report.r_script import write_r
from affectlab.tabular.prepared import Preparation
from tests.needs import needs_r

WORDS = ("gar nicht", "wenig", "mittel", "ziemlich", "sehr")
SAD = [2, 3, 4, 5, 5, 3, 4, 5, 2, 4]
CALM = [1, 2, 1, 3, 2, 4, 1, 2, 3, 1]
ERRORS = {"sad": [4, 9, 1, 12, 3, 7, 0, 15, 2, 5], "calm": [0, 2, 1, 0, 3, 1, 0, 0, 4, 1]}


def file_of(folder: Path, rows: dict[str, list[str]], name: str = "data.csv") -> Path:
    """A row for each unit."""
    lines = [f"{group}{at};{group};{one}" for group, of in rows.items() for at, one in enumerate(of)]
    path = folder / name
    path.write_text("\n".join(["vp;group;score", *lines]) + "\n", "utf-8")
    return path


def analysed(path: Path, test: str | None = None, steps: tuple[str, ...] = ()) -> Analysis:
    asked = TableAnalysis(
        outcome="score", conditions=("group",), unit="vp", test=test, reading=Preparation(steps=steps)
    )
    made = analyse_table(path, asked)
    assert isinstance(made, Analysis)
    return made


@pytest.fixture
def words(tmp_path: Path) -> Path:
    """Answers as the words of a scale."""
    of = {"sad": SAD, "calm": CALM}
    return file_of(tmp_path, {group: [WORDS[at - 1] for at in steps] for group, steps in of.items()})


@pytest.fixture
def errors(tmp_path: Path) -> Path:
    """Counts."""
    return file_of(tmp_path, {group: list(map(str, of)) for group, of in ERRORS.items()})


def test_words_are_numbered_in_the_order_that_was_said(words: Path) -> None:
    made = analysed(words, steps=WORDS)
    assert [one.mean for one in made.conditions] == pytest.approx([sum(SAD) / 10, sum(CALM) / 10])
    assert any("5 labelled steps" in note and "MASS::polr(factor(score) ~ group)" in note for note in made.notes)
    with pytest.raises(DataError, match="are no numbers") as refused:
        analysed(words)
    assert "--steps" in refused.value.hint
    with pytest.raises(DataError, match="are no numbers: `sehr`"):
        analysed(words, steps=WORDS[:-1])
    with pytest.raises(DataError, match="twice"):
        analysed(words, steps=("wenig", "Wenig"))


def test_counts_are_seen_and_amounts_are_not_taken_for_them(errors: Path, tmp_path: Path) -> None:
    assert any("whole numbers from 0 on" in note for note in analysed(errors).notes)
    ratings = file_of(tmp_path, {"sad": list(map(str, SAD)), "calm": list(map(str, CALM))}, "ratings.csv")
    assert not any("counts" in note or "labelled" in note for note in analysed(ratings).notes)


def test_a_model_is_of_independent_units_of_one_answer(tmp_path: Path) -> None:
    path = tmp_path / "within.csv"
    rows = [f"{at};{group};{one}" for group, of in (("sad", SAD), ("calm", CALM)) for at, one in enumerate(of)]
    path.write_text("\n".join(["vp;group;score", *rows]) + "\n", "utf-8")
    asked = TableAnalysis(outcome="score", conditions=("group",), unit="vp", within=("vp",), test="ordinal")
    with pytest.raises(DataError, match="one score of each unit") as refused:
        analyse_table(path, asked)
    assert "ordinal::clmm" in refused.value.hint


@pytest.mark.parametrize("test", ["ordinal", "count"])
def test_the_script_gives_the_same_numbers(words: Path, errors: Path, tmp_path: Path, test: str) -> None:
    rscript = needs_r("MASS")
    made = analysed(errors, test) if test == "count" else analysed(words, test, WORDS)
    script = tmp_path / "again.R"
    write_r(made, script)
    ran = subprocess.run([rscript, script.name], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True)
    r = [float(one) for one in ran.stdout.splitlines()[-1].split()[-5:]]
    (found,) = analysis_record(made)["contrasts"]
    assert [found[name] for name in ("difference", "low", "high", "z", "p")] == pytest.approx(r, abs=1e-5, rel=1e-5)
