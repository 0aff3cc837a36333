"""The page in Chromium, used by clicking and typing alone: a study is run, watched, read, searched and compared."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from affectlab.page.app import application
from affectlab.page.folder import Folder
from affectlab.page.serve import names
from tests.conftest import laboratory
from tests.needs import needs_chromium
from tests.page.test_process import cache

__all__ = ["cache"]

pytestmark = pytest.mark.browser

TOKEN = "a-token"
SECONDS = 120_000.0
"""Milliseconds that a loaded machine may take for anything: a run, or the whole of a report."""
WIDTHS = ((390, "dark"), (1024, "light"), (1600, "dark"))
READ = "() => !document.querySelector('[hx-trigger=load] > [role=status]')"
"""All that a view asks for by itself is there."""
UNFOLDED = "one => { for (let at = one; at; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true; }"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """The page of a folder, at an address of its own, as `affectlab page` serves it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        app = application(Folder.at(laboratory(tmp_path / "lab").folder), token=TOKEN, hosts=names("127.0.0.1", port))
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        thread.join()


class Reader:
    """A browser in which nothing but our own page may be asked for, and nothing may be complained of."""

    def __init__(self, browser: Any, address: str) -> None:
        self.address = address
        self.said: list[str] = []
        self.elsewhere: list[str] = []
        self.context = browser.new_context(viewport={"width": 1200, "height": 900}, reduced_motion="reduce")
        self.context.set_default_timeout(SECONDS)
        self.view = self.context.new_page()
        self.view.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        self.view.on("pageerror", lambda error: self.said.append(str(error)))
        self.view.on("request", lambda request: self._asked(request.url))
        self.view.goto(f"{address}/?token={TOKEN}")

    def _asked(self, url: str) -> None:
        if not url.startswith((self.address, "data:")):
            self.elsewhere.append(url)

    def run(self, models: str) -> str:
        """Run the study of the folder to its end; returns the address of the run."""
        view = self.view
        view.get_by_role("link", name="affectlab", exact=True).click()
        view.get_by_role("link", name="Run study.yaml").click()
        view.get_by_label("Models names").fill(models)
        view.get_by_role("button", name="Run it").click()
        # closing the window stops nothing
        address = str(view.url)
        view.get_by_role("link", name="affectlab", exact=True).click()
        view.goto(address)
        view.get_by_text("complete", exact=True).wait_for()
        return address


@pytest.fixture
def reader(address: str) -> Iterator[Reader]:
    chromium = needs_chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        found = Reader(browser, address)
        yield found
        browser.close()
    assert found.said == []
    assert found.elsewhere == []


def test_a_study_is_run_read_searched_compared_and_taken_away(reader: Reader) -> None:
    view = reader.view
    first = reader.run("simulated")
    second = reader.run("simulated:nothing")
    assert first != second

    # its results, and from a number to its answers and the text that was sent
    view.get_by_role("navigation", name="Views of this run").get_by_role("link", name="Results").click()
    view.wait_for_function(READ)
    view.get_by_role("heading", name="Findings", exact=True).wait_for()
    mark = view.locator("figure [data-said]").first
    mark.hover(force=True)
    assert view.locator(".mark-said").inner_text()
    view.locator("figure .plot, figure .panels").first.focus()
    before = view.locator(".mark-said").inner_text()
    view.keyboard.press("ArrowRight")
    view.keyboard.press("ArrowRight")
    assert view.locator(".mark-said").inner_text() != before
    row = view.locator('th a[href^="answers?"]').first
    row.evaluate(
        "one => { for (let at = one; at; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true; }"
    )
    row.click()
    view.get_by_role("link", name="text sent").first.click()
    view.get_by_role("heading", name="The text sent", exact=True).wait_for()

    # a conversation by a word that was said in it, by the keyboard alone
    view.goto(f"{first}/conversations")
    view.keyboard.press("/")
    view.keyboard.type("picture")
    view.keyboard.press("Enter")
    view.locator(".hits mark").first.wait_for()
    here = view.url
    view.locator("body").press("j")
    view.wait_for_url(lambda url: url != here)
    view.locator("[data-question]").first.click()
    view.get_by_text("outside the options", exact=True).first.wait_for()
    view.get_by_text("Beside another conversation").click()
    view.locator("details[open] ul a").first.click()
    view.get_by_role("heading", name="Two conversations beside each other").wait_for()

    # both runs beside each other
    view.get_by_role("link", name="Compare", exact=True).click()
    for box in view.get_by_role("checkbox").all():
        box.check()
    view.get_by_role("button", name="Compare").click()
    view.get_by_role("heading", name="What tells the runs apart").wait_for()
    view.get_by_role("link", name="affectlab", exact=True).click()

    # everything as files, and away with it
    view.goto(f"{first}/results")
    with view.expect_download() as given:
        view.get_by_role("link", name="Everything as plain files").click()
    assert given.value.suggested_filename.endswith(".zip")
    view.goto(reader.address)
    view.get_by_label("Search studies and runs").fill("simulated-nothing")
    view.locator(".runs [data-row]:visible .menu summary").first.click()
    view.locator(".runs [data-row]:visible").first.get_by_role("button", name="Move to trash").click()
    assert view.locator(".runs [data-row]").count() == 1


def test_every_view_passes_the_checker_and_fits_every_screen(reader: Reader, tmp_path: Path) -> None:
    from axe_playwright_python.sync_playwright import Axe

    run = reader.run("simulated").removeprefix(reader.address)
    views = (
        "/",
        run,
        f"{run}/results",
        f"{run}/conversations",
        f"{run}/conversations/0/beside/{run.rpartition('/')[2]}/1",
        f"{run}/answers/1",
        "/compare",
        f"/compare?run={run.rpartition('/')[2]}&run={run.rpartition('/')[2]}",
        "/begin/dresden",
        "/nothing",
    )
    view, wrong, wide = reader.view, {}, {}
    for width, scheme in WIDTHS:
        view.set_viewport_size({"width": width, "height": 900})
        view.emulate_media(color_scheme=scheme)
        for one in views:
            view.goto(reader.address + one)
            view.wait_for_function(READ)
            found = [(bad["id"], bad["nodes"][0]["html"][:160]) for bad in Axe().run(view).response["violations"]]
            if found:
                wrong[width, one] = found
            if view.evaluate("document.documentElement.scrollWidth") > width:
                wide[width, one] = view.evaluate("document.documentElement.scrollWidth")
    # a view that is not there is said by the browser as well
    reader.said[:] = [one for one in reader.said if "404" not in one]
    assert wrong == {}
    assert wide == {}
