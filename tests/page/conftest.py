"""A page of a folder, called as a browser calls it, without a network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from affectlab.page.app import application
from affectlab.page.folder import Folder

HOST = "127.0.0.1:8642"
TOKEN = "the-token-of-this-page"


class Browser:
    """What a browser does: it keeps cookies, follows redirections, and says from which page a form comes."""

    def __init__(self, root: Path) -> None:
        app = application(Folder.at(root), token=TOKEN, hosts=frozenset((HOST,)))
        self._transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self.cookies = httpx.Cookies()
        self.headers: dict[str, str] = {}

    def request(
        self, method: str, path: str, *, headers: Any = None, follow: bool = True, **sent: Any
    ) -> httpx.Response:
        """Ask for something."""
        return anyio.run(self._asked, method, path, {**self.headers, **(headers or {})}, follow, sent)

    def get(self, path: str, **sent: Any) -> httpx.Response:
        """Ask for a view."""
        return self.request("GET", path, **sent)

    def post(self, path: str, **sent: Any) -> httpx.Response:
        """Send a form."""
        return self.request("POST", path, **sent)

    async def _asked(self, method: str, path: str, headers: dict[str, str], follow: bool, sent: Any) -> httpx.Response:
        async with httpx.AsyncClient(transport=self._transport, base_url=f"http://{HOST}", cookies=self.cookies) as one:
            answer = await one.request(method, path, headers=headers, follow_redirects=follow, **sent)
            self.cookies = one.cookies
            return answer


def stranger(root: Path) -> Browser:
    """Somebody who has no token."""
    return Browser(root)


def opened(root: Path) -> Browser:
    """The page of a folder, opened with its token."""
    browser = Browser(root)
    browser.get("/", params={"token": TOKEN})
    browser.headers["origin"] = f"http://{HOST}"
    return browser


@pytest.fixture
def page(tmp_path: Path) -> Browser:
    """The page of an empty folder."""
    return opened(tmp_path)
