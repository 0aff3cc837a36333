"""The guard before every route: only requests with the token, to this host and from this page, are let through.

The server listens on this machine alone, and still every page that is open in a browser can send it requests. A page
of another name is told apart by the Host (DNS rebinding) and by the Origin (cross-site requests), another user of the
machine by the token. What participants wrote is text: a policy keeps the browser from running anything but our files.
"""

from __future__ import annotations

import secrets
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST = 4_000_000
"""Bytes that a request may hold: the largest file that a study needs is a hundredth of it."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Only our own files act. Attributes of style are those of drawings; what others wrote stands in no markup."""
_HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    # without any, a browser would say of a form of ours that it comes from nowhere
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
_PUBLIC = "/static/"
"""What anybody may read: the files of the package."""
_SAFE = ("GET", "HEAD")
_NO_TOKEN = "affectlab: this page needs the token in the address that `affectlab page` has printed.\n"


class Guard:
    """What stands before every route."""

    def __init__(self, app: ASGIApp, *, token: str, hosts: frozenset[str]) -> None:
        self._app = app
        self._token = token
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it with why not."""
        if scope["type"] != "http":
            # the beginning and the end of the server; there are no sockets
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        answer = self._refusal(scope)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
            await send(message)

        if answer is not None:
            await answer(scope, receive, guarded)
        else:
            await self._app(scope, _Limited(receive), guarded)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if host not in self._hosts:
            return PlainTextResponse("affectlab: this server is not called by that name.\n", 421)
        origin = headers.get("origin")
        if origin != f"http://{host}" and (origin is not None or scope["method"] not in _SAFE):
            return PlainTextResponse("affectlab: only the page itself may ask for that.\n", 403)
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > LARGEST:
            return PlainTextResponse(f"affectlab: more than {LARGEST:,} bytes.\n", 413)
        if scope["path"].startswith(_PUBLIC):
            return None
        return self._without_token(scope, headers, host)

    def _without_token(self, scope: Scope, headers: Headers, host: str) -> Response | None:
        name = f"affectlab-{host.rpartition(':')[2]}"
        if self._is_token(_cookie(headers.get("cookie", ""), name)):
            return None
        asked = parse_qsl(scope["query_string"].decode("latin-1"))
        given = next((value for key, value in asked if key == "token"), "")
        if not self._is_token(given) or scope["method"] not in _SAFE:
            return PlainTextResponse(_NO_TOKEN, 403)
        # it does not stay in the address, where it would be copied with it; one slash, or it would name a machine
        rest = urlencode([(key, value) for key, value in asked if key != "token"])
        path = "/" + scope["path"].lstrip("/\\")
        answer = RedirectResponse(f"{path}?{rest}" if rest else path, 303)
        answer.set_cookie(name, self._token, httponly=True, samesite="strict")
        return answer

    def _is_token(self, given: str) -> bool:
        return secrets.compare_digest(given.encode(), self._token.encode())


def _cookie(header: str, name: str) -> str:
    try:
        found = SimpleCookie(header).get(name)
    except CookieError:
        return ""
    return "" if found is None else found.value


class TooLargeError(Exception):
    """A request is larger than any that the page sends."""


class _Limited:
    """What is received, up to the limit: a length that was not told is counted."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._so_far = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._so_far += len(message.get("body", b""))
        if self._so_far > LARGEST:
            raise TooLargeError
        return message
