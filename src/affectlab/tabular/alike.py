"""Labels that look the same and are not: by an invisible character, another form of a letter, or capitals."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from typing import NamedTuple

_FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"
"""Characters without a shape that are no format characters."""
_SHAPES = ("<wide>", "<narrow>", "<noBreak>", "<compat>", "<initial>", "<medial>", "<final>", "<isolated>", "<small>")
"""Kinds of characters that stand for others and look like them: full width, ligatures. A superscript does not."""


class Lookalike(NamedTuple):
    """Two labels that a reader takes for one."""

    first: str
    second: str
    by: str
    """In what they differ: ``an invisible character``, ``the form of a letter``, ``capitals``."""

    def __str__(self) -> str:
        return f"`{revealed(self.first)}` and `{revealed(self.second)}`"


def visible(text: str) -> str:
    """A text as it looks: without characters that have no shape, every blank the same, in the composed form.

    >>> visible("sad\\u200b"), visible("very\\u00a0sad"), visible("fro\\u0308h") == "fr\\u00f6h"
    ('sad', 'very sad', True)
    """
    if text.isascii() and "  " not in text and text.isprintable():
        return text.strip()
    bare = "".join(one for one in text if not _shapeless(one))
    return unicodedata.normalize("NFC", " ".join(bare.split()))


def lookalikes(levels: Iterable[str]) -> list[Lookalike]:
    """Pairs of labels that look the same, each with the first that it looks like.

    >>> [one.by for one in lookalikes(["sad", "sad\\u200b", "calm", "Calm", "ｓad", "x2", "x²"])]
    ['an invisible character', 'capitals', 'the form of a letter']
    """
    found: list[Lookalike] = []
    seen: dict[str, str] = {}
    for level in levels:
        known = seen.setdefault(_look(level), level)
        if known != level:
            found.append(Lookalike(known, level, _by(known, level)))
    return found


def revealed(text: str) -> str:
    """A text in which what cannot be seen, or not be told from its like, stands as its code point.

    >>> revealed("sad\\u200b"), revealed("very\\u00a0sad"), revealed("ｓad")
    ('sad\\\\u200b', 'very\\\\u00a0sad', '\\\\uff53ad')
    """
    return "".join(_code(one) if _hidden(one) else one for one in text)


def _by(one: str, other: str) -> str:
    ways: tuple[tuple[str, Callable[[str], str]], ...] = (
        ("an invisible character", _without_hidden),
        ("the form of a letter", _composed),
    )
    return next((by for by, way in ways if way(one) == way(other)), "capitals")


def _look(text: str) -> str:
    return _composed(text).casefold()


def _composed(text: str) -> str:
    return visible("".join(map(_plain, unicodedata.normalize("NFC", text))))


def _plain(one: str) -> str:
    of = unicodedata.decomposition(one)
    return unicodedata.normalize("NFKC", one) if of.startswith(_SHAPES) else one


def _without_hidden(text: str) -> str:
    return " ".join("".join(one for one in text if not _shapeless(one)).split())


def _shapeless(one: str) -> bool:
    return (unicodedata.category(one) in ("Cf", "Cc") and not one.isspace()) or one in _FILLERS or _selects(one)


def _selects(one: str) -> bool:
    """Whether a character chooses among the shapes of the one before it."""
    return "\ufe00" <= one <= "\ufe0f" or "\U000e0100" <= one <= "\U000e01ef"


def _hidden(one: str) -> bool:
    if one.isascii():
        return not one.isprintable()
    decomposed = unicodedata.decomposition(one).startswith(_SHAPES)
    return _shapeless(one) or one.isspace() or bool(unicodedata.combining(one)) or decomposed


def _code(one: str) -> str:
    return f"\\u{ord(one):04x}" if ord(one) < 0x10000 else f"\\U{ord(one):08x}"
