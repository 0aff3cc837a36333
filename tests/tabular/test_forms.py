"""Tables made from a grammar are read right, or refused in a line that says what to type so that they are."""

from __future__ import annotations

import html
import json
import random
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from affectlab.cli import app
from affectlab.errors import AffectlabError
from tests.tabular.grammar import cells, form
from tests.tabular.test_source import workbook

FORMS = 150
"""Each is asked for up to five times: once, and as often as it says what to type."""
ROLES = ["--outcome", "x", "--condition", "c", "--unit", "who", "--json"]


def asked(path: Path, command: str = "analyse") -> dict[str, Any] | None:
    """What a command says of a file when every remedy of its refusals is typed; None where none is left."""
    options = list(ROLES)
    for _ in range(5):
        result = CliRunner().invoke(app, [command, str(path), *options])
        if result.exception is None:
            said: dict[str, Any] = json.loads(result.stdout)
            return said
        assert isinstance(result.exception, AffectlabError), repr(result.exception)
        assert result.stdout == "", "no number of a table that is refused"
        refusal = str(result.exception)
        assert "\n" not in refusal
        assert result.exception.hint
        remedy = typed(refusal)
        if not remedy:
            return None
        options += remedy
    return None


def typed(refusal: str) -> list[str]:
    """What a person types who reads a refusal."""
    if found := re.search(r"say (--missing .*?);", refusal):
        return shlex.split(found[1])
    if "are no numbers" in refusal:
        values = re.findall(r"`([^`]*)`", refusal.partition("no numbers:")[2].partition(";")[0])
        return [part for value in values for part in ("--missing", f"x={value}")]
    return ["--ragged"] if "--ragged" in refusal else []


@pytest.mark.parametrize("seed", range(FORMS))
def test_a_table_is_read_right(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    table, path = form(draw), tmp_path / "data.csv"
    path.write_text(table.text(quoted=draw.random() < 0.2), encoding="utf-8")
    said = asked(path)
    assert said is not None, table.kind
    assert (said["difference"], said["n"]) == (pytest.approx(table.difference), table.n), said["notes"]


@pytest.mark.parametrize("seed", range(20))
def test_tables_and_analyse_read_alike(tmp_path: Path, seed: int) -> None:
    table, path = form(random.Random(1_000 + seed)), tmp_path / "data.csv"
    path.write_text(table.text(quoted=False), encoding="utf-8")
    said = asked(path, "tables")
    assert said is not None, table.kind
    (one,) = said["contrasts"]
    assert (one["estimate"], one["n"]) == (pytest.approx(table.difference), table.n)


@pytest.mark.parametrize("seed", range(30))
def test_a_workbook_is_read_right(tmp_path: Path, seed: int) -> None:
    table = form(random.Random(2_000 + seed))
    sheet = [[html.escape(one) if isinstance(one, str) else one for one in line] for line in cells(table)]
    said = asked(workbook(tmp_path / "data.xlsx", Data=sheet))
    assert said is not None, table.kind
    assert (said["difference"], said["n"]) == (pytest.approx(table.difference), table.n), said["notes"]
