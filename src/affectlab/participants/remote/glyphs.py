"""Characters that look different and are the same, for comparing a reply with an option.

A full-width, Arabic or mathematical digit is the digit that it is; a letter with a separate accent is the letter with
its accent; what has no width is not there; every dash that can stand for a minus is one. Superscripts, fractions and
the like are other numbers, and stay what they are.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_KEPT = ("<super>", "<sub>", "<fraction>", "<circle>", "<square>")
_ENCLOSING = frozenset("\u20e3\u034f")
_DASHES = {ord(dash): "-" for dash in "\u2010\u2011\u2012\u2013\u2212\u207b\u208b\u2796\ufe58\ufe63\uff0d"}
_LONG_DASHES = {ord(dash): "\u2014" for dash in "\u2015\u2e3a\u2e3b\ufe31"}
_MARKS = {ord("\u066b"): ".", ord("\u066c"): ",", ord("\u2019"): "'", ord("\u2e31"): ".", ord("\u2044"): "/"}
_SPECIAL = {**_DASHES, **_LONG_DASHES, **_MARKS}


def visible_letters(text: str) -> str:
    """``text`` without characters that have no width, its accents joined with their letters.

    >>> visible_letters("7\\u200b5"), visible_letters("e\\u0301") == "\\u00e9"
    ('75', True)
    """
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", "".join(char for char in text if not _no_width(char)))


def canonical(text: str) -> str:
    """``text`` in the characters in which an option is compared with it.

    >>> canonical("\\uff17"), canonical("\\u0663"), canonical("\\u22123"), canonical("7\\u00b2") == "7\\u00b2"
    ('7', '3', '-3', True)
    """
    plain = text if text.isascii() else unicodedata.normalize("NFC", "".join(map(_plain, text)))
    return "".join(" " if ord(char) < 32 and char not in "\t\n\r" else char for char in plain)


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    if char < "\x80":
        return char
    if _no_width(char):
        return ""
    if ord(char) in _SPECIAL:
        return _SPECIAL[ord(char)]
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    kind = unicodedata.decomposition(char).partition(" ")[0]
    if not kind.startswith("<") or kind in _KEPT or char == "…":
        return char
    plain = unicodedata.normalize("NFKC", char)
    return char if plain[:1] == " " != plain else plain


def _no_width(char: str) -> bool:
    return char >= "\x80" and (
        unicodedata.category(char) == "Cf"
        or char in _ENCLOSING
        or unicodedata.name(char, "").startswith("VARIATION SEL")
    )
