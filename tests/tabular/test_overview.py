"""What is understood of a file, column by column; the line that is offered is one that runs."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from affectlab.cli import app
from affectlab.tabular.overview import KINDS, Overview, overview
from tests.tabular.test_wide import people


@pytest.fixture
def wide(tmp_path: Path) -> Path:
    made = people()
    made["code"] = [99 if at == 3 else at % 5 for at in range(16)]
    made["comment"] = [f"it was {at}" for at in range(16)]
    made["free"] = ""
    made["when"] = "2026-11-30"
    path = tmp_path / "wide.csv"
    made.to_csv(path, index=False)
    return path


def column(found: Overview, name: str) -> dict[str, object]:
    return next(one.row() for one in found.columns if one.name == name)


def test_columns_are_described(wide: Path) -> None:
    found = overview(wide)
    assert {one.kind for one in found.columns} <= set(KINDS)
    assert found.rows == 16
    assert found.wide == ("sad_{time}",)
    kinds = {one.name: (one.kind, one.role) for one in found.columns}
    assert kinds["vp"] == ("identifiers", "unit")
    assert kinds["group"] == ("labels", "condition")
    assert kinds["age"] == ("numbers", "")
    assert kinds["sad_pre"] == ("numbers", "wide")
    assert kinds["comment"] == ("text", "")
    assert kinds["free"] == ("empty", "")
    assert kinds["when"] == ("dates", "")
    assert column(found, "group")["examples"] == ["sad", "neutral"]


def test_the_line_that_is_offered_runs(wide: Path) -> None:
    said = CliRunner().invoke(app, ["analyse", str(wide)])
    assert said.exit_code == 0
    assert "nothing was analysed yet" in said.output
    line = shlex.split(overview(wide).command)
    assert line[:3] == ["affectlab", "analyse", str(wide)]
    result = CliRunner().invoke(app, [*line[1:], "--json"])
    assert result.exit_code == 0, result.output
    assert len(json.loads(result.stdout)["contrasts"]) == 6


def test_a_guess_is_of_the_long_table_where_it_is_declared(wide: Path) -> None:
    found = overview(wide, wide="sad_{time}")
    assert (found.rows, found.role("outcome"), found.role("within")) == (48, "sad", "time")


def test_what_cannot_be_read_says_why(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("vp;x;y;c\n1;1,234;1,5;a\n2;2,345;2,5;b\n3;3,456;3,5;a\n")
    found = overview(path)
    assert column(found, "x")["kind"] == "unclear"
    assert "`1,234` may be 1234 or 1.234" in str(column(found, "x")["problem"])
    assert column(found, "y")["remark"] == "`y` is read with a decimal comma"
    assert json.loads(json.dumps(found.row()))["file"] == str(path)
