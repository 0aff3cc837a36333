"""The other forms of the report say what the page says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from affectlab.errors import InputError
from affectlab.report.check import Noted
from affectlab.report.evidence import Evidence
from affectlab.report.sections.checklist import AUTHORS, checklist
from affectlab.report.sentences import findings_paragraph
from affectlab.report.write import as_json, as_markdown, findings_csv, report
from affectlab.run import Run
from tests.report.test_sentences import overclaims

ITEMS = ["A.1", "A.2", "B.1", "B.2", "B.3", "B.4", "B.5", "C.1", "C.2", "D.1", "E.1", "E.2", "F.1", "G.1"]


def test_markdown_has_apa_tables_numbered_in_a_row(evidence: Evidence) -> None:
    text = as_markdown(evidence)
    numbers = [int(found) for found in re.findall(r"^\*\*Table (\d+)\*\*$", text, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 7
    assert findings_paragraph(evidence, evidence.design_cells[0]) in text
    assert "*g*" in text
    assert "*Note.* CI = confidence interval" in text
    assert "\n\n\n" not in text
    lines = [line for line in text.splitlines() if line.startswith("| fear ")]
    assert len(lines) >= sum(one.state == "fear" for one in evidence.summary.findings)
    assert not overclaims(text.partition("## An example conversation")[0])


def test_json_holds_the_page_in_full_precision(reported: Callable[..., Run]) -> None:
    check = Noted("option order", 0.02, "at most 0.1", "passes", "A source")
    evidence = Evidence.of(reported(), checks=[check])
    said = json.loads(as_json(evidence))
    by_id = {one["id"]: one for one in said["sections"]}
    assert said["findings"][0]["estimate"] == evidence.summary.findings[0].estimate
    assert said["checks"][0] == {
        "name": "option order",
        "value": 0.02,
        "low": None,
        "high": None,
        "threshold": "at most 0.1",
        "verdict": "passes",
        "says": "",
        "means": "",
        "source": "A source",
    }
    (rows,) = by_id["checklist"]["tables"].values()
    assert [row["item"] for row in rows] == ITEMS
    assert by_id["findings"]["sentences"] == [findings_paragraph(evidence, evidence.design_cells[0])]


def test_csv_has_a_row_for_each_finding(evidence: Evidence, tmp_path: Path) -> None:
    file = tmp_path / "found.csv"
    file.write_text(findings_csv(evidence), encoding="utf-8")
    assert len(pd.read_csv(file)) == len(evidence.summary.findings)


def test_each_form_has_its_file(reported: Callable[..., Run], tmp_path: Path) -> None:
    made = reported()
    for form in ("md", "json", "csv"):
        assert report(made, form=form) == tmp_path / "run" / f"report.{form}"
    with pytest.raises(InputError, match="no report in the form `pdf`; use one of html, md, json, csv"):
        report(made, form="pdf")


def test_the_checklist_answers_what_a_run_can_answer_and_leaves_the_rest(evidence: Evidence) -> None:
    table = checklist(evidence)
    assert [row[0] for row in table.rows] == ITEMS
    left = [table.rows[index][0] for index in table.faint]
    assert left == ["E.1", "G.1"]
    assert all(row[2] for row in table.rows)
    assert "branched" in {row[0]: row[2] for row in table.rows}["B.5"]
    assert any(AUTHORS in row[2] for row in table.rows)
