"""From a text to an option: which of them, if any, a reply names.

Read strictly, a reply is an option if it begins with it and does not go on from there to another word; this is what
an exact answer sums up, as far as words are spelt in tokens of their own. Read leniently, wrapping (white space,
quotes, emphasis, an echo of the opening, a JSON object) and letter case are forgiven. Nothing else is: a reply that
talks about an option without giving it is no answer.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

_WRAPPING = " \t\r\n\"'“”‘’«»`*_…:-–—([{<>"


class Reading(NamedTuple):
    """The option that was named, and whether it took forgiving to see it."""

    option: int | None
    strict: bool = False


def named(text: str, options: Sequence[str], *, opening: str = "") -> Reading:
    """The option that ``text`` names.

    >>> named(" 10, I think", [" 1", " 10"])
    Reading(option=1, strict=True)
    >>> named("**10**", [" 1", " 10"])
    Reading(option=1, strict=False)
    >>> named("Right now I feel afraid.", [" calm", " afraid"], opening="Right now I feel")
    Reading(option=1, strict=False)
    >>> named("I would not say 10", [" 1", " 10"])
    Reading(option=None, strict=False)
    """
    option = begins(text, options)
    if option is not None:
        return Reading(option, strict=True)
    return Reading(_lenient(text, options, opening))


def begins(text: str, options: Sequence[str]) -> int | None:
    """The longest option with which ``text`` begins, and which it does not go on to make another word of."""
    best: int | None = None
    for index, option in enumerate(options):
        if not text.startswith(option) or not ends(text[len(option) :]):
            continue
        if best is None or len(option) > len(options[best]):
            best = index
    return best


def ends(rest: str) -> bool:
    """Whether what follows an option ends it: nothing, or neither letter nor digit.

    >>> ends(""), ends("."), ends("0")
    (True, True, False)
    """
    return not rest or not rest[0].isalnum()


def _lenient(text: str, options: Sequence[str], opening: str) -> int | None:
    said = _unwrapped(text)
    begun = opening.strip().casefold()
    if begun and said.casefold().startswith(begun):
        said = said[len(begun) :].strip(_WRAPPING)
    said = said.casefold()
    best: int | None = None
    for index, option in enumerate(options):
        bare = option.strip().casefold()
        if not said.startswith(bare) or not ends(said[len(bare) :]) or _goes_on(said[len(bare) :]):
            continue
        if best is None or len(option) > len(options[best]):
            best = index
    return best


def _goes_on(rest: str) -> bool:
    """Whether a number goes on behind its point: 7.5 is not 7."""
    return len(rest) > 1 and rest[0] in ".," and rest[1].isdigit()


def _unwrapped(text: str) -> str:
    bare = text.strip()
    if bare.startswith("```"):
        bare = bare.strip("`").removeprefix("json").strip()
    if bare.startswith("{"):
        try:
            content = json.loads(bare)
        except ValueError:
            return bare.strip(_WRAPPING)
        if isinstance(content, dict) and len(content) == 1:
            return str(next(iter(content.values()))).strip()
    return bare.strip(_WRAPPING)
