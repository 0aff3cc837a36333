"""Every link of the documentation leads somewhere, and every page stands in the menu."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tests.docs.page import DOCS, Page, pages
from tests.house import ROOT

MADE = {
    "reference/commands.md",
    "reference/study-file.md",
    "changes.md",
    "contributing.md",
    *(f"reference/materials/{name}.md" for name in ("index", "studies")),
}
"""Pages that are made when the site is built; `tests/docs/test_site.py` looks at them."""
OUTSIDE = [Page(ROOT / name) for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CODE_OF_CONDUCT.md")]


def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, as mkdocs makes them."""
    heads = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", head.replace("`", "")).strip().lower()) for head in heads}


@pytest.mark.parametrize("page", [*pages(), *OUTSIDE], ids=lambda page: page.path.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Page) -> None:
    for link in page.links:
        if re.match(r"(https?|mailto):", link):
            continue
        file, _, anchor = link.partition("#")
        target = (page.path.parent / file).resolve() if file else page.path
        place = target.relative_to(DOCS).as_posix() if target.is_relative_to(DOCS) else ""
        if place in MADE or place.startswith(("reference/materials/", "findings/figures/")):
            continue
        assert target.exists(), f"{page.path.name}: {link}"
        assert not anchor or anchor in anchors(target), f"{page.path.name}: {link}"


def test_every_page_stands_in_the_menu_once() -> None:
    menu = re.findall(r"([\w/-]+\.md)$", (ROOT / "mkdocs.yml").read_text("utf-8"), re.MULTILINE)
    assert len(menu) == len(set(menu))
    assert {one.name for one in pages()} - set(menu) == set()
    there = {one.name for one in pages()} | MADE
    assert {one for one in menu if one not in there and not one.startswith("reference/materials/")} == set()


def test_pages_that_code_and_comments_name_are_there() -> None:
    files = [*ROOT.glob("*.md"), *(ROOT / "src").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]
    named = {
        (path, name)
        for path in files
        for name in re.findall(r"\bdocs/[a-z-]+(?:/[a-z-]+)*\.md", path.read_text("utf-8"))
    }
    assert {(path.name, name) for path, name in named if not (ROOT / name).exists()} == set()
    assert len(named) > 20


def test_the_site_loads_nothing_from_elsewhere() -> None:
    made = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))
    assert made["theme"]["font"] is False
    # it adds a script from another host, for the search in files that no server serves
    assert "offline" not in made["plugins"]
    assert not {"extra_javascript", "extra_css"} & set(made)
