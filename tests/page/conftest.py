"""A page of a folder, called as a browser calls it, without a network."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from affectlab.page.app import application
from affectlab.page.folder import Folder

HOST = "127.0.0.1:8642"
TOKEN = "the-token-of-this-page"


def opened(root: Path) -> TestClient:
    """The page of a folder, opened with its token."""
    client = stranger(root)
    client.get("/", params={"token": TOKEN})
    client.headers["origin"] = f"http://{HOST}"
    return client


def stranger(root: Path) -> TestClient:
    """Somebody who has no token."""
    app = application(Folder.at(root), token=TOKEN, hosts=frozenset((HOST,)))
    return TestClient(app, base_url=f"http://{HOST}", raise_server_exceptions=False)


@pytest.fixture
def page(tmp_path: Path) -> TestClient:
    """The page of an empty folder."""
    return opened(tmp_path)
