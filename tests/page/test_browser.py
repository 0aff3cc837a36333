"""Every view in Chromium: fit for every screen and reader, with figures that answer, and forms that lose nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from affectlab.design.load import shipped
from tests.page.browsing import READ, Person, launched, served
from tests.records.conftest import finished

__all__ = ["finished"]

pytestmark = pytest.mark.browser
DRESDEN = shipped()["dresden"].read_text("utf-8")
VIEWS = (
    "/",
    "/runs/run",
    "/runs/run/results",
    "/runs/run/conversations",
    "/runs/run/conversations/0/beside/run/1",
    "/runs/run/answers/1",
    "/compare",
    "/compare?run=run&run=run",
    "/data",
    "/data/mood.csv",
    "/data/mood.csv?outcome=sad&condition=group&unit=vp",
    "/begin/dresden",
    "/build?from=dresden",
    "/build/material/instrument?form=rating",
    "/nothing",
)
CHECKED = ((390, "dark"), (1600, "light"))
"""Widths and colours in which views are checked, those of ``BOTH`` in each, and others in one after the other."""
BOTH = ("/", "/runs/run/results", "/runs/run/conversations")
EITHER = [pytest.param(("/",), id="short"), pytest.param(BOTH, id="long", marks=pytest.mark.long)]
BETWEEN = 1024


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with launched() as one:
        yield one


@pytest.fixture(scope="module")
def folder(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A laboratory with a finished run, and a study that nobody has run."""
    made = tmp_path_factory.mktemp("page") / "lab"
    shutil.copytree(finished, made)
    (made / "mine.yaml").write_text(DRESDEN, "utf-8")
    rows = (f"p{at},{'film' if at % 2 else 'calm'},{at % 7},{at % 3 + 20}" for at in range(24))
    (made / "mood.csv").write_text("\n".join(("vp,group,sad,age", *rows)) + "\n", "utf-8")
    return made


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as changed:
        changed.setenv("AFFECTLAB_CACHE", str(folder.parent / "cache"))
        with served(folder) as one:
            yield one


@pytest.mark.parametrize("both", EITHER)
def test_every_view_passes_the_checker_and_fits_every_screen(browser: Any, address: str, both: Sequence[str]) -> None:
    from axe_playwright_python.sync_playwright import Axe

    person = Person(browser, address)
    view, wrong, wide = person.view, {}, {}
    for at, one in enumerate(VIEWS):
        view.goto(address + one)
        view.wait_for_function(READ)
        if "from=dresden" in one:
            view.get_by_role("button", name="Show a session").click()
            view.locator("#previewed ol").wait_for()
        for width, scheme in CHECKED if one in both else (CHECKED[at % 2],):
            view.set_viewport_size({"width": width, "height": 900})
            view.emulate_media(color_scheme=scheme)
            found = [(bad["id"], bad["nodes"][0]["html"][:160]) for bad in Axe().run(view).response["violations"]]
            if found:
                wrong[width, one] = found
        for width in (BETWEEN, *(width for width, _ in CHECKED)):
            view.set_viewport_size({"width": width, "height": 900})
            if view.evaluate("document.documentElement.scrollWidth") > width:
                wide[width, one] = view.evaluate("document.documentElement.scrollWidth")
    # a view that is not there is said by the browser as well
    person.said[:] = [one for one in person.said if "404" not in one]
    person.close()
    assert wrong == {}
    assert wide == {}


def test_a_figure_answers_the_pointer_and_the_keys(browser: Any, address: str) -> None:
    person = Person(browser, address)
    view = person.view
    view.goto(f"{address}/runs/run/results")
    view.wait_for_function(READ)
    view.locator("figure [data-said]").first.hover(force=True)
    assert view.locator(".mark-said").inner_text()
    view.locator("figure .plot, figure .panels").first.focus()
    before = view.locator(".mark-said").inner_text()
    view.keyboard.press("ArrowRight")
    view.keyboard.press("ArrowRight")
    assert view.locator(".mark-said").inner_text() != before
    person.close()


def test_a_key_pressed_as_soon_as_there_is_something_to_see_is_heard(browser: Any, address: str) -> None:
    """The other scripts may take as long as they like."""
    person = Person(browser, address)
    view = person.view
    view.route("**/static/page.js", lambda _: None)
    view.goto(f"{address}/runs/run/conversations", wait_until="commit")
    places = view.locator("[data-conversations] a")
    second = places.nth(1)
    second.wait_for()
    leads = second.get_attribute("href")
    view.locator("body").press("j")
    view.wait_for_url(lambda url: url.endswith(leads), wait_until="commit")
    person.close()


def test_comments_and_order_stay_while_a_study_is_changed(browser: Any, address: str, folder: Path) -> None:
    person = Person(browser, address, viewport={"width": 390, "height": 800}, locale="de-DE", color_scheme="dark")
    view = person.view
    view.goto(f"{address}/build/mine.yaml")
    person.settled()
    # two changes at once: the second waits for the first, and neither is lost
    view.evaluate(
        """() => { for (const [id, value] of [["f-induction-texts", "3"], ["f-replicates", "2"]]) {
        const one = document.getElementById(id); one.value = value;
        one.dispatchEvent(new Event("change", { bubbles: true })); } }"""
    )
    person.settled()
    person.press("Speichern")
    view.get_by_text("Gespeichert: mine.yaml").wait_for()
    after = (folder / "mine.yaml").read_text("utf-8")
    assert after == DRESDEN.replace("  texts: 4\n", "  texts: 3\n").replace("\nreplicates: 1\n", "\nreplicates: 2\n")
    person.close()


def test_a_file_of_data_is_opened_confirmed_and_compared(browser: Any, address: str, folder: Path) -> None:
    elsewhere = folder.parent / "moods.csv"
    elsewhere.write_bytes((folder / "mood.csv").read_bytes())
    person = Person(browser, address)
    view = person.view
    person.follow("Data")
    view.locator("input[type=file]").set_input_files(elsewhere)
    person.press("Open a file")
    view.wait_for_url("**/data/data~1moods.csv")
    view.get_by_label("Covariate").select_option("age")
    person.press("Compare")
    view.get_by_role("heading", name="What the conditions show").wait_for()
    view.get_by_text("sad by group").wait_for()
    # another file of that name replaces nothing
    elsewhere.write_text("a,b\n1,2\n", "utf-8")
    person.follow("Data")
    view.locator("input[type=file]").set_input_files(elsewhere)
    person.press("Open a file")
    view.get_by_text("there is a `moods.csv` already").wait_for()
    person.said[:] = [one for one in person.said if "400" not in one]
    person.close()
