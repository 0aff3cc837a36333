"""Forms and a game from a package outside the tree work in every command, and their planted effects are recovered."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("outside")


@pytest.fixture(scope="module")
def done(folder: Path) -> dict[str, dict[str, Any]]:
    """Every command, in a process that has the package on its path."""
    path = os.pathsep.join(map(str, (HERE / "outside", ROOT / "src", ROOT)))
    program = [sys.executable, str(HERE / "commands.py"), str(folder)]
    ended = subprocess.run(program, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    result: dict[str, dict[str, Any]] = json.loads(ended.stdout)
    return result


COMMANDS = ("check", "plan", "run", "html", "md", "json", "csv", "tables", "export", "validity", "list", "show")


@pytest.mark.parametrize("command", [*COMMANDS, "power", "multiverse", "score", "replay"])
def test_every_command_takes_it(done: dict[str, dict[str, Any]], command: str) -> None:
    assert done[command]["code"] == 0, done[command]["err"]


def test_each_form_has_findings_of_its_own(done: dict[str, dict[str, Any]], folder: Path) -> None:
    findings = json.loads((folder / "run" / "report.json").read_text("utf-8"))["findings"]
    text = json.dumps(findings)
    for measure in ("line", "inside", "told", "balls"):
        assert f'"{measure}"' in text, measure


def test_the_report_describes_them(folder: Path, done: dict[str, dict[str, Any]]) -> None:
    said = (folder / "run" / "report.md").read_text("utf-8").replace("\N{NO-BREAK SPACE}", " ")
    assert "from 0 to 100, scored as the expected value" in said
    assert "projections on 2 directions at 2 layers" in said
    assert "rated by 2 raters on 2 scales" in said


def test_the_state_moves_its_own_scale_and_no_other(done: dict[str, dict[str, Any]]) -> None:
    lines = done["run"]["out"].splitlines()
    rows = [line.split() for line in lines if re.match(r"\s+(fear|sadness)\s+baseline\b.+ (yes|no)$", line)]
    assert len(rows) == 6, "two states, three measures"
    assert {row[-1] for row in rows} == {"yes"}
