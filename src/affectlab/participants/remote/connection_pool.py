"""The wire: a pool of single connections, over httpx's transport.

A shared connection pool costs more processor time per request the more connections it holds (it looks at all
of them for each request); each of these holds one, which at concurrency 16 is a third of the cost. httpx's transport
is its own documented seam, so proxies, certificates and a mock all fit in here.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from affectlab.participants.remote import faults
from affectlab.participants.remote.calls import Call
from affectlab.participants.remote.faults import Fault
from affectlab.participants.remote.incoming import TooDeep, TooLarge, payload_of, unpacked
from affectlab.shown import fit

Transport = Callable[[], httpx.AsyncBaseTransport]


@dataclass(frozen=True, slots=True)
class HttpReply:
    """What came back whole: the status, the content, and the provider's id for it."""

    status: int
    payload: Any
    headers: Mapping[str, str] = field(default_factory=dict)


class ConnectionPool:
    """Connections to one endpoint. Each is used by one request at a time, and thrown away after a fault."""

    def __init__(
        self,
        base_url: str,
        headers: Callable[[], Mapping[str, str]],
        transport: Transport,
        clean: Callable[[str], str] = fit,
    ) -> None:
        self._base = base_url
        self._headers = headers
        self._transport = transport
        self._clean = clean
        self._idle: list[httpx.AsyncBaseTransport] = []
        self._urls: dict[str, httpx.URL] = {}

    async def post(self, call: Call, timeout: float) -> HttpReply | Fault:
        """Send a call. Whatever goes wrong with the wire is a fault, never an exception."""
        connection = self._idle.pop() if self._idle else self._transport()
        try:
            async with asyncio.timeout(timeout):
                reply = await self._exchange(connection, call)
        except (TimeoutError, httpx.TransportError, httpx.DecodingError, ssl.SSLError, OSError) as error:
            await _closed(connection)
            return faults.of_exception(error)
        except BaseException:
            await _closed(connection)
            raise
        if isinstance(reply, Fault) and reply.kind in ("too large", "undecodable"):
            await _closed(connection)  # what is left of that reply is still on its way
        else:
            self._idle.append(connection)
        return reply

    async def _exchange(self, connection: httpx.AsyncBaseTransport, call: Call) -> HttpReply | Fault:
        headers = {**self._headers(), **call.headers}
        if call.body is None:
            request = httpx.Request("GET", self._url(call.path), headers=headers)
        else:
            body = json.dumps(call.body, ensure_ascii=False, separators=(",", ":")).encode()
            request = httpx.Request("POST", self._url(call.path), headers=headers, content=body)
        response = await connection.handle_async_request(request)
        encoding = response.headers.get("content-encoding", "")
        try:
            content = await unpacked(response.aiter_raw(), encoding, call.largest)
        except TooLarge:
            message = f"a reply of more than {call.largest >> 20} MB"
            return Fault("too large", message, status=200, paid=True, hopeless=True)
        except ValueError as error:
            return Fault("undecodable", str(error), status=200, paid=True, hopeless=True)
        await response.aclose()
        try:
            payload = payload_of(content, self._clean)
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            if response.status_code == 200:
                kind = "empty body" if not content.strip() else "malformed"
                deep = isinstance(error, TooDeep)
                why = str(error) if deep else "it is not JSON"
                return Fault(kind, f"a reply of {len(content)} bytes: {why}", paid=True, status=200, hopeless=deep)
            payload = None
        return HttpReply(response.status_code, payload, response.headers)

    def _url(self, path: str) -> httpx.URL:
        """A path beside the base; one that begins with ``//`` is from the root of the host."""
        url = self._urls.get(path)
        if url is None:
            parts = urlsplit(self._base)
            root = f"{parts.scheme}://{parts.netloc}"
            url = httpx.URL(root + path[1:] if path.startswith("//") else self._base + path)
            if len(self._urls) < 100:
                self._urls[path] = url
        return url

    async def close(self) -> None:
        """Close every connection."""
        while self._idle:
            await _closed(self._idle.pop())


def transport_for(base_url: str) -> Transport:
    """How connections to an address are made: with this machine's certificates and, off it, its proxy."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    proxies = urllib.request.getproxies()
    proxy = None if urllib.request.proxy_bypass(host) else proxies.get(parts.scheme) or proxies.get("all")
    if host in ("localhost", "::1") or host.startswith("127."):
        proxy = None
    context = httpx.create_ssl_context() if parts.scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    limits = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=55.0)

    def make() -> httpx.AsyncBaseTransport:
        return httpx.AsyncHTTPTransport(verify=context, limits=limits, proxy=proxy)

    return make


async def _closed(connection: httpx.AsyncBaseTransport) -> None:
    try:
        await connection.aclose()
    except Exception:  # closing what is broken may break too, and nothing depends on it
        return
