"""Keys: read from the environment at the moment of use, and taken out of everything that is written.

A key is never kept in an object that could be printed, pickled or stored; what is kept is the name of the
variable that holds it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from urllib.parse import quote, urlsplit

from affectlab.errors import ParticipantError
from affectlab.participants.remote.echoes import PLACEHOLDER, SHORTEST, without
from affectlab.shown import fit

_LOOKS_LIKE_A_KEY = re.compile(
    r"(?i)\b(?:bearer|basic)\s+[\w\-.~+/=]{8,}|\b(?:sk|pk|gsk|xai|hf|AIza|or)[-_][\w\-*]{6,}|AIza[\w\-]{10,}"
    r"|(?<=[?&])(?:key|api_key|token|access_token)=[^&\s\"']+"
)


class Key:
    """The name of an environment variable that holds a key.

    >>> Key("AFFECTLAB_EXAMPLE_KEY")
    Key('AFFECTLAB_EXAMPLE_KEY')
    >>> Key("").value
    ''
    """

    __slots__ = ("variable",)

    def __init__(self, variable: str) -> None:
        self.variable = variable

    @property
    def value(self) -> str:
        """The key itself; empty where none is needed.

        Raises:
            ParticipantError: a variable is named, but not set.
        """
        if not self.variable:
            return ""
        value = os.environ.get(self.variable, "").strip()
        if not value:
            hint = f"set it: export {self.variable}=…"
            raise ParticipantError(f"the key is missing: {self.variable} is not set", hint=hint)
        return value

    def __repr__(self) -> str:
        return f"Key({self.variable!r})"


def scrub(text: str, keys: Iterable[Key] = ()) -> str:
    """``text`` without any of the keys, and without anything that looks like one. For messages of whatever origin.

    >>> scrub("Incorrect API key provided: sk-abcd1234****wxyz.")
    'Incorrect API key provided: ‹key›.'
    """
    for key in keys:
        secret = os.environ.get(key.variable, "").strip() if key.variable else ""
        if len(secret) >= 4:
            for form in {secret, quote(secret, safe=""), repr(secret)[1:-1]}:
                text = text.replace(form, PLACEHOLDER)
            text = without(text, secret)
    return _LOOKS_LIKE_A_KEY.sub(PLACEHOLDER, text)


def cleaner(key: Key) -> Callable[[str], str]:
    """What cleans every string of every reply: of what cannot be kept, and of the key in any of its forms."""

    def clean(text: str) -> str:
        text = fit(text)
        secret = os.environ.get(key.variable, "").strip() if key.variable else ""
        if len(secret) < SHORTEST:
            return text
        return without(text.replace(secret, PLACEHOLDER), secret)

    return clean


def plain_address(url: str) -> str:
    """An address that is fit to be written down.

    Raises:
        ParticipantError: it is no http address, or it carries a secret.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        shown = scrub(url.split("@")[-1])
        raise ParticipantError(f"not an address: {shown!r}", hint="write it as http://host:port/v1")
    if parts.username or parts.password or parts.query or parts.fragment:
        hint = "leave it out, and name the environment variable that holds the key"
        raise ParticipantError(f"the address of {parts.hostname} carries a user, key or query", hint=hint)
    return url.rstrip("/")


def is_local(url: str) -> bool:
    """Whether an address is of this machine.

    >>> is_local("http://127.0.0.1:8080/v1"), is_local("https://example.org/v1")
    (True, False)
    """
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")
