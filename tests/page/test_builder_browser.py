"""The builder in Chromium: a study from nothing by clicks and keys alone, with texts and a scale of one's own."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from affectlab.design.load import shipped
from affectlab.experiment import Experiment
from affectlab.page.app import application
from affectlab.page.folder import Folder
from affectlab.page.serve import names
from tests.needs import needs_chromium

pytestmark = pytest.mark.browser
TOKEN = "the-token"
EVENT = (
    "The lift stops between two floors and the lamp goes out. You press every button and none of them answers. "
    "Somewhere above you a cable creaks, then the floor drops by the width of a hand and catches again. Your fingers "
    "hold the rail, your mouth is dry, and you count the seconds until the cabin moves again under you, slowly."
)
OTHER = (
    "The path along the cliff has broken away where you stand, and small stones roll over the edge and make no sound "
    "for a long while. You lean against the rock with your arms spread. The wind pulls at your coat, your knees shake, "
    "and the next step that would bring you back to the others is further than your leg can reach."
)
"""Two events of sixty words, give or take three."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    path = needs_chromium()
    with playwright.sync_playwright() as started:
        launched = started.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The address of a page, and its folder."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        app = application(Folder.at(tmp_path), token=TOKEN, hosts=names("127.0.0.1", port))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}", tmp_path
        server.should_exit = True
        thread.join()


class Typist:
    """Somebody who only clicks and types."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def fill(self, id: str, text: str) -> None:
        """Type into a field, and leave it; the file beside it says it then."""
        field = self.page.locator(f"[id='{id}']")
        field.fill(text)
        field.press("Tab")
        self.settled()

    def click(self, name: str, *, exact: bool = True) -> None:
        self.page.get_by_role("button", name=name, exact=exact).last.click()
        self.settled()

    def tick(self, id: str) -> None:
        self.page.locator(f"[id='{id}']").click()
        self.settled()

    def choose(self, id: str, value: str) -> None:
        self.page.locator(f"[id='{id}']").select_option(value)
        self.settled()

    def settled(self) -> None:
        """Wait until what was sent has come back."""
        self.page.locator('#work[data-pending="0"]').wait_for()

    @property
    def file(self) -> str:
        return str(self.page.locator("#text").input_value())

    def save(self) -> None:
        self.page.get_by_role("button", name="Save").click()
        self.settled()


def test_a_study_is_written_from_nothing_by_clicks_and_keys(browser: Any, served: tuple[str, Path]) -> None:
    address, folder = served
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, locale="en-GB")
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.set_default_timeout(60_000)
    page.goto(f"{address}/?token={TOKEN}")
    page.get_by_role("link", name="New study").first.click()
    hand = Typist(page)
    hand.fill("f-id", "lifts")
    hand.fill("f-title", "Do lifts frighten a model?")
    hand.fill("f-tests", "Whether two events raise the ratings of fear.")
    hand.fill("f-against", "A neutral text that raises them as much.")
    page.locator("#file-name").fill("lifts")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/build/lifts.yaml")

    # a scale of one's own, one item reversed
    page.get_by_text("Own texts, scales and tasks").click()
    page.get_by_role("link", name="instrument: rating").click()
    hand.fill("f-id", "own-scale")
    hand.fill("f-title", "Alarm, two items")
    hand.fill("f-licence", "CC0-1.0")
    hand.fill("f-source", "Own wording.")
    hand.fill("f-question", "How far is each true right now?")
    hand.fill("f-minimum_coverage", "0.1")
    hand.fill("f-options-to", "4")
    hand.fill("f-items-0-id", "run")
    hand.fill("f-items-0-text", "I could run")
    hand.fill("f-items-0-scale", "fear")
    hand.click("Add: Items")
    hand.fill("f-items-1-id", "sit")
    hand.fill("f-items-1-text", "I could sit still for an hour")
    hand.fill("f-items-1-scale", "fear")
    hand.tick("f-items-1-reverse")
    page.get_by_text("No mistake found.").wait_for()
    hand.save()

    # vignettes of one's own, the first too short at first
    page.goto(f"{address}/build/lifts.yaml")
    page.get_by_text("Own texts, scales and tasks").click()
    page.get_by_role("link", name="vignettes").click()
    hand.fill("f-id", "imagery-fear")
    hand.fill("f-title", "Two events")
    hand.fill("f-licence", "CC0-1.0")
    hand.fill("f-source", "Own wording.")
    hand.choose("f-technique", "imagery")
    hand.choose("f-state", "fear")
    hand.fill("f-texts-0-id", "own-lift")
    hand.fill("f-texts-0-topic", "lift")
    hand.click("Add: moderate")
    hand.fill("f-texts-0-grades-moderate-text", "The lift stops.")
    assert "3 words" in page.locator(".msg").first.inner_text()
    hand.fill("f-texts-0-grades-moderate-text", EVENT)
    hand.click("Add: Vignettes")
    hand.fill("f-texts-1-id", "own-cliff")
    hand.fill("f-texts-1-topic", "cliff")
    hand.click("Add: moderate")
    hand.fill("f-texts-1-grades-moderate-text", OTHER)
    page.get_by_text("No mistake found.").wait_for()
    hand.save()

    # the study names them; a slip of the pen in the file is shown at its field, and mended by a click
    page.goto(f"{address}/build/lifts.yaml")
    hand.tick("f-states-fear")
    hand.tick("f-states-neutral")
    hand.tick("f-measures-own-scale")
    hand.fill("f-induction-texts", "2")
    slip = hand.file.replace("own-scale", "own-scal")
    page.locator("#text").fill(slip)
    wrong = page.locator("#f-measures .msg")
    wrong.wait_for()
    assert "unknown instrument `own-scal`; did you mean `own-scale`?" in wrong.inner_text()
    hand.settled()
    hand.click("Use own-scale")
    page.get_by_text("No mistake found.").wait_for()
    page.locator("#cost dl").wait_for()

    # one session as it will be sent, before any model is loaded
    page.get_by_role("button", name="Show a session").click()
    page.locator("#previewed").get_by_text("The lift stops between two floors").wait_for()
    page.locator("#level-vignette").select_option("own-cliff")
    page.locator("#previewed").get_by_text("The path along the cliff").wait_for()
    hand.save()
    page.get_by_text("Saved: lifts.yaml").wait_for()
    assert (folder / "lifts.yaml").read_text("utf-8") == hand.file
    assert Experiment.check(folder / "lifts.yaml").errors == []
    assert said == []
    context.close()


def test_comments_and_order_stay_while_a_study_is_changed(browser: Any, served: tuple[str, Path]) -> None:
    address, folder = served
    before = shipped()["dresden"].read_text("utf-8")
    (folder / "mine.yaml").write_text(before, "utf-8")
    context = browser.new_context(viewport={"width": 390, "height": 800}, locale="de-DE", color_scheme="dark")
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{address}/?token={TOKEN}")
    page.goto(f"{address}/build/mine.yaml")
    hand = Typist(page)
    # two changes at once: the second waits for the first, and neither is lost
    page.evaluate(
        """() => { for (const [id, value] of [["f-induction-texts", "3"], ["f-replicates", "2"]]) {
        const one = document.getElementById(id); one.value = value;
        one.dispatchEvent(new Event("change", { bubbles: true })); } }"""
    )
    hand.settled()
    page.get_by_role("button", name="Speichern").click()
    page.get_by_text("Gespeichert: mine.yaml").wait_for()
    after = (folder / "mine.yaml").read_text("utf-8")
    assert after == before.replace("  texts: 4\n", "  texts: 3\n").replace("\nreplicates: 1\n", "\nreplicates: 2\n")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    context.close()


@pytest.mark.parametrize(
    ("view", "scheme", "width"),
    [
        ("/build?from=dresden", "light", 1600),
        ("/build", "dark", 390),
        ("/build/material/instrument?form=rating", "dark", 1024),
    ],
)
def test_the_builder_passes_the_checker(
    browser: Any, served: tuple[str, Path], view: str, scheme: str, width: int
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, locale="en-GB")
    page = context.new_page()
    page.goto(f"{served[0]}/?token={TOKEN}")
    page.goto(served[0] + view)
    Typist(page).settled()
    if "dresden" in view:
        page.get_by_role("button", name="Show a session").click()
        page.locator("#previewed ol").wait_for()
    found = Axe().run(page).response
    context.close()
    assert [(one["id"], one["nodes"][0]["html"][:160]) for one in found["violations"]] == []
