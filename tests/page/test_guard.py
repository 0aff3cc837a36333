"""Attacks: what comes from elsewhere is refused, and what leads elsewhere is not there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from affectlab.page.guard import LARGEST
from affectlab.page.serve import names
from tests.page.conftest import HOST, TOKEN, Browser, opened, stranger


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8642", "127.0.0.1", "127.0.0.1:80", f"{HOST}.evil"])
def test_another_name_is_refused_even_with_the_token(page: Browser, host: str) -> None:
    """A page of another name that leads to this machine (DNS rebinding)."""
    answer = page.get("/", params={"token": TOKEN}, headers={"host": host, "origin": f"http://{host}"})
    assert answer.status_code == 421
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1:8642", "http://127.0.0.1:1"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_another_page_is_refused(page: Browser, origin: str, method: str) -> None:
    assert page.request(method, "/language", headers={"origin": origin}).status_code == 403


def test_what_changes_something_says_where_it_comes_from(tmp_path: Path) -> None:
    page = opened(tmp_path)
    del page.headers["origin"]
    assert page.get("/").status_code == 200
    assert page.post("/language", data={"language": "de"}).status_code == 403


@pytest.mark.parametrize("given", [None, "", "wrong", TOKEN[:-1], f"{TOKEN}x", "ü"])
def test_nothing_is_shown_without_the_token(tmp_path: Path, given: str | None) -> None:
    answer = stranger(tmp_path).get("/", params={} if given is None else {"token": given})
    assert answer.status_code == 403
    assert "Studies" not in answer.text
    assert "set-cookie" not in answer.headers


def test_the_token_goes_from_the_address_into_a_cookie(tmp_path: Path) -> None:
    answer = stranger(tmp_path).get("/", params={"token": TOKEN, "a": "b"}, follow=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/?a=b")
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "SameSite=strict" in answer.headers["set-cookie"]


def test_no_address_leads_to_another_machine(tmp_path: Path) -> None:
    answer = stranger(tmp_path).get(f"http://{HOST}//evil.example/?token={TOKEN}", follow=False)
    assert answer.headers["location"].startswith("/evil")


def test_every_answer_has_the_policy(page: Browser) -> None:
    for answer in (page.get("/"), page.get("/static/page.css"), page.get("/no-such-view"), page.post("/language")):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "unsafe-eval" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_an_upload_is_limited_whatever_it_says_of_its_length(page: Browser) -> None:
    assert page.post("/language", content=b"x" * (LARGEST + 1)).status_code == 413

    async def piecewise() -> AsyncIterator[bytes]:
        for _ in range(LARGEST // 100_000 + 1):
            yield b"x" * 100_000

    assert page.post("/language", content=piecewise()).status_code == 413
    assert page.post("/language", headers={"content-length": "many"}).status_code == 413


def test_a_server_is_called_by_its_own_names_only() -> None:
    assert names("127.0.0.1", 80) == {"127.0.0.1:80", "localhost:80", "[::1]:80"}
    assert "::1:80" not in names("::1", 80)
    assert "lab.example:80" in names("lab.example", 80)


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py"])
def test_files_of_the_package_beside_the_public_ones_are_not_there(page: Browser, path: str) -> None:
    assert page.get(path).status_code == 404
