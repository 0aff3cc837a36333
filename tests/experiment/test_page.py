"""The programs of the page about Python work as they stand there, and what they leave is replayed by the command."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from affectlab.experiment import Results
from tests.conftest import Called
from tests.house import ROOT

PAGE = (ROOT / "docs" / "how-to" / "python.md").read_text("utf-8")


def programs(heading: str) -> list[str]:
    """The programs under a heading."""
    part = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"```python\n(.+?)```", part, flags=re.DOTALL)


def test_the_whole_study_as_in_a_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, called: Called) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for program in programs("A whole study, as in a notebook"):
        exec(program, names)
    (command,) = re.findall(r"```\naffectlab (replay .+)\n```", PAGE)
    code, said, err = called(*command.split())
    assert code == 0, err
    assert "\nidentical: " in said

    results = Results.open(tmp_path / "dresden-from-python")
    assert results.run.complete
    assert len(results.run.extensions) == 1
    assert results.run.plan_hash == names["experiment"].plan.hash
    assert [kind for _, kind, _ in results.incidents() if kind in ("paused by hand", "extended")] == [
        "paused by hand",
        "extended",
    ]
    assert names["page"].is_file()


@pytest.mark.parametrize("number", range(2))
def test_what_comes_before(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first program, and the settings with which nobody is asked."""
    monkeypatch.chdir(tmp_path)
    before = PAGE.split("## The run is a stream")[0]
    program = re.findall(r"```python\n(.+?)```", before, flags=re.DOTALL)[number]
    names: dict[str, Any] = {}
    exec(program, names)
    assert len(names["experiment"].plan) > 0
