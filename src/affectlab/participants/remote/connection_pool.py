"""The wire: one session of aiohttp's, which keeps connections open, and what came back or went wrong on it.

A redirect is never followed, no cookie is kept, and no file of passwords is read: the key goes to the address that it
was given for, and nowhere else.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import ssl
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import certifi
from yarl import URL

from affectlab.errors import ParticipantError
from affectlab.participants.remote import faults
from affectlab.participants.remote.calls import Call
from affectlab.participants.remote.faults import Fault
from affectlab.participants.remote.incoming import TooDeep, TooLarge, payload_of, unpacked
from affectlab.participants.remote.secret import is_local
from affectlab.shown import fit

if TYPE_CHECKING:
    import aiohttp

LONGEST_HEADER = 1 << 16
"""Bytes of one header of a reply; gateways write long ones."""
IDLE = 55.0
"""Seconds for which a connection that is not used is kept; many servers close it after a minute."""


@dataclass(frozen=True, slots=True)
class HttpReply:
    """What came back whole: the status, the content, and the provider's id for it."""

    status: int
    payload: Any
    headers: Mapping[str, str] = field(default_factory=dict)


class ConnectionPool:
    """Connections to one endpoint, as many as there are requests under way. One that broke is not used again.

    Raises:
        ParticipantError: the machine's settings name a proxy that cannot be used.
    """

    def __init__(
        self, base_url: str, headers: Callable[[], Mapping[str, str]], clean: Callable[[str], str] = fit
    ) -> None:
        self._base = base_url
        self._headers = headers
        self._clean = clean
        self._proxy = proxy_of(base_url)
        self._opened: aiohttp.ClientSession | None = None
        self._urls: dict[str, URL] = {}

    async def post(self, call: Call, timeout: float) -> HttpReply | Fault:
        """Send a call. Whatever goes wrong with the wire is a fault, never an exception."""
        import aiohttp  # it takes a while to load, which those who ask nobody on the network do not wait for

        body: io.BytesIO | aiohttp.FormData | None = _form_of(call.form) if call.form else None
        if call.body is not None:
            body = io.BytesIO(json.dumps(call.body, ensure_ascii=False, separators=(",", ":")).encode())
        headers = {**self._headers(), **call.headers}
        if call.form:
            headers.pop("content-type", None)  # the form says it, with what it puts between its fields
        try:
            async with (
                asyncio.timeout(timeout),
                self._session.request(
                    "GET" if body is None else "POST",
                    self._url(call.path),
                    data=body,
                    headers=headers,
                    proxy=self._proxy,
                    allow_redirects=False,
                ) as response,
            ):
                return await self._received(response, call)
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            return faults.of_exception(error)

    async def _received(self, response: aiohttp.ClientResponse, call: Call) -> HttpReply | Fault:
        encoding = response.headers.get("content-encoding", "")
        try:
            content = await unpacked(response.content.iter_any(), encoding, call.largest)
        except (TooLarge, ValueError) as error:
            response.close()  # what is left of that reply is still on its way
            large = isinstance(error, TooLarge)
            message = f"a reply of more than {call.largest >> 20} MB" if large else str(error)
            return Fault("too large" if large else "undecodable", message, status=200, paid=True, hopeless=True)
        try:
            each = content.splitlines() if call.lines and response.status == 200 else [content]
            payloads = [payload_of(one, self._clean) for one in each if one.strip() or not call.lines]
            payload = payloads if call.lines and response.status == 200 else payloads[0]
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            if response.status == 200:
                kind = "empty body" if not content.strip() else "malformed"
                deep = isinstance(error, TooDeep)
                why = str(error) if deep else "it is not JSON"
                return Fault(kind, f"a reply of {len(content)} bytes: {why}", paid=True, status=200, hopeless=deep)
            payload = None
        return HttpReply(response.status, payload, response.headers)

    @property
    def _session(self) -> aiohttp.ClientSession:
        """The session, opened on the network's thread with the first call."""
        import aiohttp

        if self._opened is None:
            context = trusted_certificates() if self._base.startswith("https:") else True
            self._opened = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=IDLE, ssl=context),
                timeout=aiohttp.ClientTimeout(total=None),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                max_field_size=LONGEST_HEADER,
            )
        return self._opened

    def _url(self, path: str) -> URL:
        """A path beside the base; one that begins with ``//`` is from the root of the host."""
        url = self._urls.get(path)
        if url is None:
            parts = urlsplit(self._base)
            root = f"{parts.scheme}://{parts.netloc}"
            url = URL(root + path[1:] if path.startswith("//") else self._base + path)
            if len(self._urls) < 100:
                self._urls[path] = url
        return url

    async def close(self) -> None:
        """Close every connection."""
        if self._opened is not None:
            await self._opened.close()
            self._opened = None


def _form_of(fields: Mapping[str, str | bytes]) -> aiohttp.FormData:
    """A form with its fields; bytes are sent as a file."""
    import aiohttp

    form = aiohttp.FormData()
    for name, value in fields.items():
        if isinstance(value, bytes):
            form.add_field(name, io.BytesIO(value), filename=f"{name}.jsonl")
        else:
            form.add_field(name, value)
    return form


def proxy_of(base_url: str) -> str | None:
    """The proxy by which an address is reached (``HTTP_PROXY``, ``HTTPS_PROXY``, ``ALL_PROXY``, but not ``NO_PROXY``).

    Raises:
        ParticipantError: it is none that speaks HTTP.
    """
    parts = urlsplit(base_url)
    if is_local(base_url) or urllib.request.proxy_bypass(parts.hostname or ""):
        return None
    proxies = urllib.request.getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy:
        return None
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    if urlsplit(proxy).scheme not in ("http", "https"):
        raise ParticipantError(
            f"a proxy of the kind {urlsplit(proxy).scheme} cannot be used",
            hint="name one that speaks HTTP in HTTPS_PROXY, or the host in NO_PROXY",
        )
    return proxy


def trusted_certificates() -> ssl.SSLContext:
    """Whose certificates are believed: of ``SSL_CERT_FILE`` and ``SSL_CERT_DIR``, else of the system and of certifi."""
    context = ssl.create_default_context()
    if not (os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR")):
        context.load_verify_locations(certifi.where())
    return context
