"""What can go wrong with a request, and what is to be done about each."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Remedy = Literal["again", "slower", "leave", "stop"]
"""Ask again; ask again and send less; leave this request; stop altogether."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that went wrong."""

    kind: str
    message: str
    remedy: Remedy = "again"
    wait: float | None = None
    """The seconds that the endpoint asked us to wait."""
    status: int = 0
    paid: bool = False
    """Whether the endpoint may have charged for it nevertheless."""
    hopeless: bool = False
    """Whether asking again would bring the same, so that it is asked only a few times."""


_STATUS: Mapping[int, tuple[str, Remedy]] = {
    401: ("key refused", "stop"),
    402: ("no credit", "stop"),
    403: ("not allowed", "stop"),
    404: ("model gone", "stop"),
    410: ("model gone", "stop"),
    408: ("timeout at the endpoint", "again"),
    409: ("conflict", "again"),
    425: ("too early", "again"),
    429: ("rate limited", "slower"),
    503: ("overloaded", "slower"),
    529: ("overloaded", "slower"),
}


def of_status(status: int, payload: Any, headers: Mapping[str, str]) -> Fault:
    """The fault of a reply whose status is not 200."""
    message = error_message(payload) or f"HTTP {status}"
    kind, remedy = _STATUS.get(status, ("", "again"))
    if status == 429:
        code = str(error_field(payload, "code")) + str(error_field(payload, "type"))
        if "insufficient_quota" in code or "billing" in code:
            return Fault("no credit", message, "stop", status=status)
        wait = retry_after(headers)
        if wait is not None:
            kind = "rate limited, with Retry-After"
        return Fault(kind, message, remedy, wait=wait, status=status)
    if status in (503, 529):
        return Fault(kind, message, remedy, wait=retry_after(headers), status=status)
    if kind:
        return Fault(kind, message, remedy, status=status)
    if status >= 500:
        return Fault("server error", message, "again", status=status)
    if 300 <= status < 400:
        return Fault("moved", f"HTTP {status}: the address points elsewhere", "stop", status=status)
    return Fault("request rejected", message, "leave", status=status)


def of_exception(error: BaseException) -> Fault:
    """The fault of a request that got no whole reply; its words hold no address, since a proxy's has a password."""
    import aiohttp  # loaded by then, as something was sent

    if isinstance(error, aiohttp.ClientConnectorError):
        return Fault("no connection", _told(error))
    if isinstance(error, TimeoutError):
        return Fault("timeout", "no whole reply in time", "again", paid=True)
    if isinstance(error, aiohttp.ClientPayloadError):
        return Fault("truncated", "the reply ends before it is whole", paid=True)
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return Fault("dropped", "the connection was closed without a reply", paid=True)
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return Fault("dropped", f"the proxy answered {error.status}", paid=True)
    if isinstance(error, aiohttp.ClientResponseError):
        return Fault("not HTTP", error.message.partition("\n")[0].rstrip(": ") or "what came is not HTTP", paid=True)
    if isinstance(error, (aiohttp.ClientConnectionError, OSError)):
        return Fault("dropped", _told(error), paid=True)
    return Fault("transport", _told(error), paid=True)


def _told(error: BaseException) -> str:
    """What an error says, in one line: where it was met on the way to a host, the system's own words."""
    under = getattr(error, "os_error", None) or getattr(error, "certificate_error", None) or error
    return " ".join(str(under).split()) or type(error).__name__


def error_message(payload: Any) -> str:
    """The sentence in an error's body, wherever the provider puts it; one line of at most 300 letters."""
    if not isinstance(payload, Mapping):
        return ""
    error = payload.get("error", payload)
    if isinstance(error, Mapping):
        error = error.get("message") or error.get("detail") or payload.get("message") or ""
    return " ".join(str(error).split())[:300]


def error_field(payload: Any, name: str) -> Any:
    """A field of an error's body."""
    if not isinstance(payload, Mapping):
        return None
    error = payload.get("error", payload)
    return error.get(name) if isinstance(error, Mapping) else None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that a reply asks to wait; ``None`` where it does not say so in seconds.

    >>> retry_after({"retry-after": "2"}), retry_after({"retry-after-ms": "150"}), retry_after({})
    (2.0, 0.15, None)
    """
    for name, factor in (("retry-after-ms", 1e-3), ("retry-after", 1.0)):
        try:
            wait = float(headers[name]) * factor
            return max(0.0, wait) if math.isfinite(wait) else None
        except (KeyError, ValueError):
            continue
    return None
