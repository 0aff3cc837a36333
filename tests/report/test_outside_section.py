"""A section from a package outside the tree stands in the page, in Markdown, in JSON and on the terminal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.outside import done_outside
from tests.report.markup import parsed

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SAID = ("How much was asked", "states are kept", "Numbers of each state", "A number is one score of one session")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shown")


@pytest.fixture(scope="module")
def done(folder: Path) -> dict[str, dict[str, Any]]:
    """Every command, in a process that has the package on its path."""
    return done_outside(HERE / "shown_outside.py", folder)


def words(text: str) -> str:
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())


def test_it_stands_in_every_form(done: dict[str, dict[str, Any]], folder: Path) -> None:
    page = parsed((folder / "run" / "report.html").read_text("utf-8"))
    (section,) = [one for one in page.all("section") if one.attributes["id"] == "waiting"]
    assert len(list(section.all("figure"))) == 1
    assert len(list(section.all("table"))) == 2, "its own, and the figure's"
    (contents,) = page.all("nav")
    assert "#waiting" in [link.attributes["href"] for link in contents.all("a")]
    text = (folder / "run" / "report.md").read_text("utf-8")
    (record,) = [
        one
        for one in json.loads((folder / "run" / "report.json").read_text("utf-8"))["sections"]
        if one["id"] == "waiting"
    ]
    assert record["tables"]["Numbers of each state"][0]["state"] == "fear"
    for said in SAID:
        assert said in words(section.text())
        assert said in words(text)
        assert said in words(str(record))
        assert said in words(done["terminal"]["out"])


def test_commands_list_it_draw_its_figure_and_refuse_what_there_is_not(
    done: dict[str, dict[str, Any]], folder: Path
) -> None:
    assert [name for name, one in done.items() if one["code"] not in (0, 2)] == []
    assert "waiting         How much was asked" in done["sections"]["out"]
    assert (folder / "waiting.svg").read_text("utf-8").startswith("<svg")
    assert done["unknown"]["code"] == 2
    assert "no section `waitin`" in done["unknown"]["err"]
    assert "waiting" in done["unknown"]["err"]


def test_it_follows_the_results_and_comes_before_the_record(folder: Path, done: dict[str, dict[str, Any]]) -> None:
    sections = json.loads((folder / "run" / "report.json").read_text("utf-8"))["sections"]
    ids = [one["id"] for one in sections]
    assert ids.index("errors") < ids.index("waiting") < ids.index("design")
