"""Every tutorial is done as its page says, in an empty folder, on the simulated participant."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Called
from tests.docs.page import Page, pages
from tests.docs.reader import Reader
from tests.house import ROOT
from tests.importers import clone
from tests.participants.remote.endpoint import Endpoint

FIRST = "tutorials/first-study.md"
DONE = ("index.md", "how-to/languages.md")
"""Pages beside the tutorials that are done as they say."""
PAGES = [page for page in pages() if page.blocks and (page.name.startswith("tutorials/") or page.name in DONE)]


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, in which the reader is."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def published(folder: Path) -> dict[str, str]:
    """A folder as the authors of the published study have it, in words of our own."""
    clone.write(folder / "llmaffect")
    return {}


def bilingual(folder: Path) -> dict[str, str]:
    """The study in two languages that lies in ``examples``."""
    shutil.copytree(ROOT / "examples" / "german", folder / "german")
    return {}


BEFORE: dict[str, Callable[[Path], dict[str, str]]] = {
    "tutorials/published-prompts.md": published,
    "how-to/languages.md": bilingual,
}
"""What a reader of a page has before it begins."""
SERVED = "tutorials/own-model.md"

LONG = {
    *(
        f"tutorials/{name}.md"
        for name in ("cluster", "own-model", "paper", "people", "published-prompts", "therapy-trial")
    ),
    "how-to/languages.md",
}
"""Pages that take more than a few seconds."""


@pytest.mark.parametrize(
    "page",
    [pytest.param(one, marks=[pytest.mark.long] if one.name in LONG else [], id=one.name) for one in PAGES],
)
def test_what_a_page_says_can_be_done(page: Page, empty: Path, called: Called) -> None:
    if page.name == SERVED:
        with Endpoint() as endpoint:
            Reader(empty, called, {"http://localhost:8000/v1": endpoint.url}).do(page)
        return
    Reader(empty, called, BEFORE.get(page.name, lambda _: {})(empty)).do(page)


def test_from_a_clone_to_a_finding_of_an_own_study_it_is_at_most_15_commands() -> None:
    page = next(one for one in PAGES if one.name == FIRST)
    typed = [command for block in page.blocks if block.language == "console" for command, _ in block.commands]
    found = next(number for number, command in enumerate(typed, 1) if command.startswith("affectlab hypotheses"))
    assert typed[0].startswith("git clone")
    assert 8 < found <= 15


def test_each_tutorial_is_named_where_they_are_listed() -> None:
    listed = next(one for one in pages("tutorials") if one.path.name == "index.md").text
    lacking = [one.name for one in pages("tutorials") if one.path.name != "index.md" and one.path.name not in listed]
    assert lacking == []
