"""The wire: proxies, certificates, IPv6, redirects; and that a key goes nowhere but to its address."""

from __future__ import annotations

import asyncio
import http.server
import json
import shutil
import socket
import ssl
import subprocess
import threading
from pathlib import Path
from typing import Any, Self

import pytest

from affectlab.errors import ParticipantError
from affectlab.participants.remote.calls import Call
from affectlab.participants.remote.connection_pool import ConnectionPool, HttpReply, proxy_of
from affectlab.participants.remote.faults import Fault
from tests.participants.remote.endpoint import KEY

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


class Recorder(http.server.ThreadingHTTPServer):
    """Answers everything alike, and keeps what it was asked with which headers."""

    daemon_threads = True

    def __init__(self, host: str = "127.0.0.1", status: int = 200, certificate: Path | None = None, **headers: str):
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, 0), _Handler)
        self.status, self.headers, self.asked = status, headers, list[tuple[str, str, dict[str, str]]]()
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{self.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that was refused by who made it is no noise."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Recorder

    def _answer(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        self.rfile.read(length)
        self.server.asked.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}))
        body = b'{"said": "yes"}'
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_CONNECT = _answer

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def posted(base_url: str, count: int = 1) -> list[HttpReply | Fault]:
    async def work() -> list[HttpReply | Fault]:
        pool = ConnectionPool(base_url, lambda: {"authorization": f"Bearer {KEY}"})
        call = Call("/chat", {"text": "ä"}, dict, "ask")
        try:
            return [await pool.post(call, 5.0) for _ in range(count)]
        finally:
            await pool.close()

    return asyncio.run(work())


def test_a_redirect_is_not_followed_and_no_cookie_is_kept() -> None:
    with Recorder() as other, Recorder(status=307, location=f"{other.url}/chat", **{"set-cookie": "a=b"}) as server:
        (first, second) = posted(f"{server.url}/v1", 2)
        assert isinstance(first, HttpReply)
        assert first.status == 307
        assert isinstance(second, HttpReply)
        assert not other.asked
        assert [("cookie" in headers) for *_, headers in server.asked] == [False, False]


def test_ipv6() -> None:
    try:
        server = Recorder("::1")
    except OSError:
        pytest.skip("this machine has no IPv6")
    with server:
        (reply,) = posted(f"{server.url}/v1")
    assert isinstance(reply, HttpReply)
    assert reply.payload == {"said": "yes"}


def test_a_proxy_is_used_for_the_addresses_that_are_not_excepted(monkeypatch: pytest.MonkeyPatch) -> None:
    with Recorder() as proxy, Recorder() as server:
        monkeypatch.setenv("HTTP_PROXY", proxy.url.replace("//", "//somebody:secret@"))
        (reply,) = posted("http://model.invalid/v1")
        assert isinstance(reply, HttpReply)
        (method, path, headers) = proxy.asked.pop()
        assert (method, path) == ("POST", "http://model.invalid/v1/chat")
        assert headers["proxy-authorization"].startswith("Basic ")
        posted(f"{server.url}/v1")
        assert len(server.asked) == 1, "what is on this machine is reached without it"
        monkeypatch.setenv("NO_PROXY", "model.invalid")
        (fault,) = posted("http://model.invalid/v1")
        assert isinstance(fault, Fault)
        assert not proxy.asked


def test_a_proxy_learns_no_key_where_the_address_is_encrypted(monkeypatch: pytest.MonkeyPatch) -> None:
    with Recorder(status=407) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("//", "//somebody:secret@"))
        (fault,) = posted("https://model.invalid/v1")
        ((method, _, headers),) = proxy.asked
    assert method == "CONNECT"
    assert KEY not in json.dumps(headers)
    assert isinstance(fault, Fault)
    assert (fault.kind, fault.message) == ("dropped", "the proxy answered 407")


def test_a_proxy_that_cannot_be_used_is_told_before_anything_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1")
    with pytest.raises(ParticipantError, match="socks5 cannot be used"):
        proxy_of("https://model.invalid/v1")
    monkeypatch.setenv("ALL_PROXY", "127.0.0.1:1")
    assert proxy_of("https://model.invalid/v1") == "http://127.0.0.1:1"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that this machine itself gave out, with its key."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("needs openssl")
    folder = tmp_path_factory.mktemp("certificate")
    made = folder / "own.pem"
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "own.crt")]
    subprocess.run([program, "req", "-x509", *curve, *names, *files], check=True, capture_output=True)
    made.write_text((folder / "key.pem").read_text() + (folder / "own.crt").read_text())
    return made


def test_an_own_authority_is_believed_only_where_it_is_named(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    with Recorder(certificate=certificate) as server:
        url = f"{server.url.replace('http:', 'https:')}/v1"
        (fault,) = posted(url)
        assert isinstance(fault, Fault)
        assert fault.kind == "no connection"
        assert "certificate" in fault.message
        assert not server.asked
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.with_name("own.crt")))
        (reply,) = posted(url)
        assert isinstance(reply, HttpReply)
        assert reply.status == 200


def test_a_large_request_is_sent_whole() -> None:
    async def work(url: str) -> HttpReply | Fault:
        pool = ConnectionPool(url, dict)
        try:
            return await pool.post(Call("/chat", {"text": "a" * (3 << 20)}, dict, "ask"), 5.0)
        finally:
            await pool.close()

    with Recorder() as server:
        assert isinstance(asyncio.run(work(f"{server.url}/v1")), HttpReply)
        ((_, _, headers),) = server.asked
    assert int(headers["content-length"]) > 3 << 20
