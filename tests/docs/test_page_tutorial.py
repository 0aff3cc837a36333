"""The tutorial of the page in the browser: what it says to click is there, and a run comes of it."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
import yaml

from affectlab.page.app import application
from affectlab.page.folder import Folder
from affectlab.page.serve import names
from tests.docs.page import DOCS, Page
from tests.house import ROOT
from tests.needs import needs_chromium

PAGE = Page(DOCS / "tutorials" / "page.md")
STEPS = re.findall(r"(?m)^\d\. (.+(?:\n   .+)*)", PAGE.text)
TOKEN = "a-token"


def test_what_is_clicked_is_called_so_on_the_page() -> None:
    words = yaml.safe_load((ROOT / "src/affectlab/page/words/en.yaml").read_text("utf-8")).values()
    bold = set(re.findall(r"\*\*(.+?)\*\*", PAGE.text))
    assert {one for one in bold if not any(str(word).startswith(one) for word in words)} == set()
    assert len(bold) > 8


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """The page of an empty folder."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        app = application(Folder.at(tmp_path), token=TOKEN, hosts=names("127.0.0.1", port))
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        thread.join()


def do(view: Any, step: str) -> None:
    """What a step says: find, write, choose, click."""
    found = re.search(r"find `(.+?)`", step)
    if written := re.search(r"Write `(.+?)` into \*\*(.+?)\*\*", step):
        view.get_by_label(re.compile(f"^{written[2]}")).first.fill(written[1])
    if chosen := re.search(r"Choose \*\*(.+?)\*\*", step):
        view.get_by_label(re.compile(f"^{chosen[1]}")).check()
    if clicked := re.search(r"Click \*\*(.+?)\*\*", step):
        name = f"{clicked[1]} {found[1]}" if found else clicked[1]
        view.get_by_role("link", name=name).or_(view.get_by_role("button", name=name)).first.click()


@pytest.mark.browser
@pytest.mark.long
def test_a_study_is_run_and_read_as_the_page_says(address: str) -> None:
    chromium = needs_chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        view = browser.new_context(locale="en-GB").new_page()
        view.set_default_timeout(300_000)
        view.goto(f"{address}/?token={TOKEN}")
        for step in STEPS[:4]:
            do(view, step)
        view.get_by_text("complete", exact=True).wait_for()
        do(view, STEPS[4])
        view.get_by_role("heading", name="Findings", exact=True).wait_for()
        do(view, STEPS[6])
        view.wait_for_url("**/conversations**")
        assert view.get_by_role("heading").count()
        browser.close()
