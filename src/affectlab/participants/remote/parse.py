"""From a text to an option: which of them, if any, a reply names.

Read strictly, a reply is an option if it begins with it and does not go on from there to another word or number; this
is what an exact answer sums up, as far as words are spelt in tokens of their own. Read leniently, wrapping (white
space, quotes, emphasis, brackets, an echo of the opening, a JSON object), letter case and the form of characters
(:mod:`~affectlab.participants.remote.glyphs`) are forgiven. Nothing else is: a reply that talks about an option without
giving it is no answer, and what carries meaning is never wrapping: a sign, a decimal mark, a mark of thousands. A
number names an option only if it is exactly that option.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from affectlab.participants.remote.glyphs import canonical, visible_letters
from affectlab.participants.remote.numerals import ends, goes_on, leading, valued

_WRAPPING = " \t\r\n\"'“”‘’‚„«»‹›`´*_…:([{【「『〈《•·\ufffd"
_QUOTES = re.compile("[\"'“”‘’‚„«»‹›`´*_]")
_DASHES = "-\u2014"
_BOXED = re.compile(r"\$*\\(?:boxed|text|mathbf|textbf)\{")
_TAG = re.compile(
    r"<(?:answer|rating|response|output|final|score|result|value|number|choice|option|b|i|em|strong|p|code|span|div)>",
    re.IGNORECASE,
)
_LISTED = re.compile(r"-\s+[*_`\"'“(\[{]*[-+]\d")
"""A number with a sign behind the hyphen of a list."""
_LONGEST_OBJECT = 10_000
"""Letters; an answer in a longer JSON object is none."""


class NamedOption(NamedTuple):
    """The option that was named, and whether it took forgiving to see it."""

    option: int | None
    strict: bool = False


def as_option(text: str, options: Sequence[str], *, opening: str = "") -> NamedOption:
    """The option that ``text`` names.

    >>> as_option(" 10, I think", [" 1", " 10"])
    NamedOption(option=1, strict=True)
    >>> as_option("**10**", [" 1", " 10"])
    NamedOption(option=1, strict=False)
    >>> as_option("(-1)", ["-1", "0", "1"]), as_option("1.5", ["-1", "0", "1"])
    (NamedOption(option=0, strict=False), NamedOption(option=None, strict=False))
    >>> as_option("Right now I feel afraid.", [" calm", " afraid"], opening="Right now I feel")
    NamedOption(option=1, strict=False)
    >>> as_option("I would not say 10", [" 1", " 10"])
    NamedOption(option=None, strict=False)
    """
    seen = visible_letters(text)
    option = begins(seen, options)
    if option is not None:
        return NamedOption(option, strict=seen == text)
    return NamedOption(_lenient(text, options, opening))


def begins(text: str, options: Sequence[str]) -> int | None:
    """The longest option with which ``text`` begins, and which it does not go on to make another word or number of."""
    best: int | None = None
    top = top_of(options)
    for index, option in enumerate(options):
        if not text.startswith(option) or not ends_here(option, text[len(option) :], top):
            continue
        if best is None or len(option) > len(options[best]):
            best = index
    return best


def ends_here(option: str, rest: str, top: Decimal | None = None) -> bool:
    """Whether an option is whole where ``rest`` begins: neither its word nor its number goes on.

    >>> ends_here("7", ". I think"), ends_here("7", ".5"), ends_here("calm", "ly")
    (True, False, False)
    """
    if not ends(rest):
        return False
    return not (option[-1:].isdigit() and goes_on(_unquoted(canonical(rest[:40])), top))


def _unquoted(rest: str) -> str:
    """What stands behind a number, without quotes and emphasis: ``"7" or "8"`` names two, as ``7 or 8`` does."""
    return _QUOTES.sub("", rest)


def top_of(options: Sequence[str]) -> Decimal | None:
    """The largest number among the options, so many of which a reply may give; of a scale below zero there is none."""
    values = [value for value in map(valued, map(canonical, options)) if value is not None]
    return max(values) if values and min(values) >= 0 else None


def _lenient(text: str, options: Sequence[str], opening: str) -> int | None:
    said = _unwrapped(canonical(text))
    begun = canonical(opening).strip().casefold()
    if begun and said.casefold().startswith(begun):
        said = _stripped(said[len(begun) :])
    if re.match(r"(?:-\s+)?[*_`\"'“(\[{]*[-+±~≈\u2014]*[*_`\"'“”‘’«»(\[{ ]*[.,]?\d", said):
        number = _numbered(said, options)
        if number is not None:
            return number
    return _worded(said, options)


def _numbered(said: str, options: Sequence[str]) -> int | None:
    """The option whose number a text begins with."""
    values = [valued(canonical(option)) for option in options]
    known = [value for value in values if value is not None]
    if not known:
        return None
    if min(known) >= 0 and re.match(r"(?:-\s|\u2014|--)", said):
        said = _stripped(said.lstrip(_DASHES))  # where nothing is below zero, it is the dash of a list
    elif _LISTED.match(said):
        said = _stripped(said[1:])
    number = leading(said)
    if number is None or number.value is None or number.value not in known:
        return None
    if number.spaced and -number.value in known:
        return None  # a sign, or the hyphen of a list: who can tell
    if not ends(number.rest) or goes_on(_unquoted(number.rest[:40]), top_of(options)):
        return None
    return values.index(number.value)


def _worded(said: str, options: Sequence[str]) -> int | None:
    """The option whose words a text begins with."""
    bare_dash = said.lstrip(_DASHES + _WRAPPING)
    said = (said if bare_dash[:1].isdigit() else bare_dash).casefold()
    best: int | None = None
    top = top_of(options)
    for index, option in enumerate(options):
        bare = canonical(option).strip().casefold()
        if valued(bare) is not None or not said.startswith(bare) or not ends_here(bare, said[len(bare) :], top):
            continue
        if best is None or len(option) > len(options[best]):
            best = index
    return best


def _unwrapped(text: str) -> str:
    bare = text.strip()
    if bare.startswith("```"):
        bare = re.sub(r"^\w+\n", "", bare.strip("`")).removeprefix("json").strip()
    if bare.startswith("{"):
        content = _only_value(bare)
        if content is not None:
            return _stripped(content)
    return _stripped(bare)


def _stripped(text: str) -> str:
    """A text without the wrapping in front of it; a comparison sign is none, unless it is half of a pair."""
    while True:
        bare = text.lstrip(_WRAPPING)
        found = _TAG.match(bare) or _BOXED.match(bare)
        if found:
            bare = bare[found.end() :]
        elif bare.startswith("<") and ">" in bare[1:40]:
            bare = bare[1:]
        elif bare.startswith("> "):
            bare = bare[2:]
        if bare == text:
            return bare
        text = bare


def _only_value(text: str) -> str | None:
    """What the one field of a JSON object says; empty where it says nothing, ``None`` where it is no such object."""

    if len(text) > _LONGEST_OBJECT:
        return None
    as_written: dict[str, Any] = {"parse_int": str, "parse_float": str, "parse_constant": lambda _: ""}
    try:
        content = json.loads(text, object_pairs_hook=tuple, **as_written)
    except (ValueError, RecursionError):
        return None
    value = content[0][1] if len(content) == 1 else ""
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else ""
