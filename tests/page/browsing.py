"""A person at a browser: a page served as `affectlab page` serves it, and somebody who only clicks and types."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from affectlab.page.app import application
from affectlab.page.folder import Folder
from affectlab.page.serve import names
from tests.needs import needs_chromium

TOKEN = "the-token"
MILLISECONDS = 120_000.0
"""That a loaded machine may take for anything: a run, or the whole of a report."""
READ = "() => !document.querySelector('[hx-trigger=load] > [role=status]')"
"""All that a view asks for by itself is there."""


@contextmanager
def launched() -> Iterator[Any]:
    """A browser."""
    path = needs_chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The page of a folder, at an address of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        app = application(Folder.at(folder), token=TOKEN, hosts=names("127.0.0.1", port))
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        thread.join()


class Person:
    """Somebody at a browser, in which nothing but our own page is asked for, and which complains of nothing."""

    def __init__(self, browser: Any, address: str, **looks: Any) -> None:
        self.address = address
        self.said: list[str] = []
        self.elsewhere: list[str] = []
        looks = {"viewport": {"width": 1280, "height": 1000}, "locale": "en-GB", "reduced_motion": "reduce", **looks}
        self.context = browser.new_context(**looks)
        self.context.set_default_timeout(MILLISECONDS)
        self.view = self.context.new_page()
        self.view.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        self.view.on("pageerror", lambda error: self.said.append(str(error)))
        self.view.on("request", lambda request: self._asked(request.url))
        self.view.goto(f"{address}/?token={TOKEN}")

    def _asked(self, url: str) -> None:
        if not url.startswith((self.address, "data:")):
            self.elsewhere.append(url)

    def close(self) -> None:
        """Close the window: nothing went wrong in it."""
        self.context.close()
        assert self.said == []
        assert self.elsewhere == []

    # what hands do

    def follow(self, name: str) -> None:
        """Click a link."""
        self.view.get_by_role("link", name=name, exact=True).first.click()

    def press(self, name: str) -> None:
        """Click a button that leads to another view."""
        self.view.get_by_role("button", name=name, exact=True).last.click()

    def write(self, fields: dict[str, str]) -> None:
        """Type into fields of the builder, one after another; the file beside them says it then."""
        self.settled()
        for id, text in fields.items():
            field = self.view.locator(f"[id='f-{id}']")
            if field.evaluate("one => one.tagName") == "SELECT":
                field.select_option(text)
            else:
                field.fill(text)
                field.press("Tab")
        self.settled()

    def tick(self, *ids: str) -> None:
        """Click boxes of the builder."""
        self.settled()
        for id in ids:
            self.view.locator(f"[id='f-{id}']").click()
            self.settled()

    def click(self, name: str) -> None:
        """Click a button of the builder."""
        self.settled()
        self.press(name)
        self.settled()

    def settled(self) -> None:
        """Wait until the builder is there, and what was sent has come back."""
        self.view.locator('#work[data-pending="0"]').wait_for()

    @property
    def file(self) -> str:
        """The file that stands beside the form."""
        return str(self.view.locator("#text").input_value())
