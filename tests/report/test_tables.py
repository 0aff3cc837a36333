"""Findings as text: the same rows in every form, and APA numbers."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable

import pandas as pd
import pytest

from affectlab.report.evidence import Evidence
from affectlab.report.numbers import MISSING, estimate_text
from affectlab.report.registry import sections
from affectlab.report.render.markdown import grid
from affectlab.report.render.terminal import WIDTH, plain_text
from affectlab.report.section import Section
from affectlab.report.table import Table
from affectlab.report.tables import findings_text
from affectlab.run import Run
from tests.report.conftest import Mumbling


def test_json_and_csv_hold_every_finding(evidence: Evidence) -> None:
    records = json.loads(findings_text(evidence.summary, "json"))
    rows = list(csv.DictReader(io.StringIO(findings_text(evidence.summary, "csv"))))
    assert len(records) == len(rows) == len(evidence.summary.findings)
    assert records[0] == {**evidence.summary.findings[0].row(), "usable": True}
    assert float(rows[0]["estimate"]) == records[0]["estimate"]


def test_findings_of_a_measure_of_no_use_are_marked(reported: Callable[..., Run]) -> None:
    summary = Evidence.of(reported(kind=Mumbling)).summary
    assert {one["usable"] for one in json.loads(findings_text(summary, "json")) if one["measure"] == "ratings"} == {
        False
    }


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        ((-0.42, -0.70, -0.14), "−0.42, 95 % CI [−0.70, −0.14]"),
        ((0.0042, -0.0011, 0.0095), "0.0042, 95 % CI [−0.0011, 0.0095]"),
        ((132.41, 120.2, 144.6), "132.4, 95 % CI [120.2, 144.6]"),
        ((-0.001, -0.5, 0.5), "0.00, 95 % CI [−0.50, 0.50]"),
    ],
)
def test_numbers_are_printed_in_the_manner_of_the_apa(numbers: tuple[float, float, float], shown: str) -> None:
    assert estimate_text(*numbers).replace("\N{NO-BREAK SPACE}", " ") == shown


def test_a_bar_in_a_cell_does_not_break_a_markdown_table() -> None:
    assert grid(Table("", ("a",), (("x|y",),))).endswith("| x\\|y |")


def test_findings_on_a_terminal_are_whole_within_its_width(evidence: Evidence) -> None:
    shown = plain_text(sections(evidence, ["manipulation", "regulation", "errors"]))
    assert max(map(len, shown)) <= WIDTH
    rows = [line for line in shown if line.startswith(("fear ", "sadness ")) and "[" in line]
    assert len(rows) == sum(one.claim != "scale" for one in evidence.summary.findings)
    assert "…" not in "".join(rows)


def test_a_table_that_is_too_wide_is_written_row_by_row() -> None:
    head = tuple(f"column {number}" for number in range(20))
    table = Table("Wide", head, (tuple(f"cell-{number}" for number in range(20)),))
    shown = plain_text(Section("wide", "", tables=(table,)))
    assert max(map(len, shown)) <= WIDTH
    assert " ".join(" ".join(shown).split()).endswith("column 18 cell-18; column 19 cell-19")


def test_long_words_are_folded_and_numbers_stand_whole() -> None:
    words = "word " * 60
    table = Table("Words", ("state", "n", "what was found"), (("fear", "−0.123", words),), frozenset({"n"}))
    shown = plain_text(Section("words", "", tables=(table,)))
    assert max(map(len, shown)) <= WIDTH
    assert " ".join(shown).count("word") == 60
    assert "−0.123" in " ".join(shown)


def test_measures_of_no_use_are_named_on_a_terminal(reported: Callable[..., Run]) -> None:
    shown = plain_text(sections(Evidence.of(reported(kind=Mumbling)), ["validity"]))
    (line,) = [line for line in shown if line.startswith("Ratings 0 to 10 ")]
    assert line.endswith("  not usable")


def test_no_p_is_printed_as_zero() -> None:
    """Of t = 60 with 8 degrees of freedom p is 6.6e-12 (R: 2 * pt(-60, 8)), which three decimals show as 0."""
    made = Table.of(pd.DataFrame({"p": [6.6e-12, 0.0, 0.0312], "p_holm": [0.0, 1.0, math.nan]}), "tests")
    assert made.rows == (("< .001", "< .001"), ("< .001", "1"), (".031", MISSING))
