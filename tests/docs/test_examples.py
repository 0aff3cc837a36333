"""Every cell of the example notebooks runs, in an empty folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.house import ROOT

NOTEBOOKS = sorted((ROOT / "examples").glob("*.ipynb"))


LONG = ("a-run-in-a-notebook",)
"""Notebooks that do a whole study, as the program of the README does."""


@pytest.mark.parametrize(
    "notebook",
    [pytest.param(one, marks=[pytest.mark.long] if one.stem in LONG else [], id=one.stem) for one in NOTEBOOKS],
)
def test_every_cell_runs(notebook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    for cell in cells:
        if cell["cell_type"] == "code":
            # what a run or a reader left in it would not be what the next reader gets
            assert cell["outputs"] == []
            assert cell["execution_count"] is None
            exec(compile("".join(cell["source"]), notebook.name, "exec"), names)
    assert notebook.name in (ROOT / "examples" / "README.md").read_text("utf-8")
