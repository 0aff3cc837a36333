"""The page on data of people: its commands run, print what stands there, and its Python gives what it says."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from affectlab.cli import app
from affectlab.tabular.overview import overview

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "data.md").read_text("utf-8")
BLOCKS = re.findall(r"(?ms)^```(\w*)\n(.*?)^```", PAGE)
COMMANDS = [block for kind, block in BLOCKS if not kind and block.startswith("$ ")]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mood.csv").write_text(next(block for kind, block in BLOCKS if kind == "csv"))
    return tmp_path


def said(line: str) -> str:
    result = CliRunner().invoke(app, shlex.split(line.removeprefix("$ "))[1:])
    assert result.exit_code == 0, (line, result.output, result.exception)
    return result.stdout


def test_every_command_prints_what_stands_below_it(here: Path) -> None:
    assert len(COMMANDS) > 2
    for block in COMMANDS:
        line, _, below = block.partition("\n")
        printed = said(line)
        if below.strip():
            assert printed.split() == below.split(), line


def test_the_wide_table_gives_the_numbers_of_the_long_one(here: Path) -> None:
    lines = [block.partition("\n")[0] for block in COMMANDS]
    line = next(one for one in lines if "--wide" in one and "--within time" in one)
    head, *rows = (here / "mood.csv").read_text().split()
    assert head == "vp,group,age,sad_pre,sad_post"
    long = [f"{vp},{group},{time},{score}" for vp, group, _, *both in (row.split(",") for row in rows)
            for time, score in zip(("pre", "post"), both, strict=True)]  # fmt: skip
    (here / "long.csv").write_text("\n".join(["vp,group,time,sad", *long]))
    wide = json.loads(said(f"{line} --json"))
    plain = json.loads(said(re.sub(r" --wide '[^']*'", "", line).replace("mood.csv", "long.csv") + " --json"))
    assert {**wide, "data": "", "notes": []} == {**plain, "data": "", "notes": []}


def test_its_python_says_what_it_says(here: Path) -> None:
    found = overview("mood.csv")
    assert (found.role("condition"), found.wide) == ("group", ("sad_{time}",))
    for kind, block in BLOCKS:
        if kind == "python":
            exec(block, {})
