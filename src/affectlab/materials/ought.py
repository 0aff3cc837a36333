"""What a value in a file ought to be, in the words of whoever writes the file: no classes, no types of a language."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import Any

Place = tuple[str | int, ...]

ID = r"^[a-z0-9]+(-[a-z0-9]+)*$"
"""How an id is written."""

LINES = "`key: value` lines"

_KINDS: Mapping[str, tuple[str, str]] = {
    "string": ("text", ""),
    "int": ("a whole number", ""),
    "float": ("a number", ""),
    "finite_number": ("a number", "neither infinite nor nan"),
    "bool": ("true or false", ""),
    "list": ("a list", "write `[a, b]`, or `- ` before each entry"),
    "tuple": ("a list", "write `[a, b]`, or `- ` before each entry"),
    "set": ("a list", "write `[a, b]`, or `- ` before each entry"),
    "frozen_set": ("a list", "write `[a, b]`, or `- ` before each entry"),
    "dict": (LINES, ""),
    "model": (LINES, ""),
}
"""By the beginning of the name of a mistake: what is wanted, and how it is written."""
_LIMITS: Mapping[str, tuple[str, str]] = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "above"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "below"),
}


def ought(detail: Mapping[str, Any]) -> str | None:
    """What is wrong with a value, to be read after its name: ``is this, and must be that; remedy``.

    Args:
        detail: a mistake as pydantic has it; None is returned of one that has words of its own.

    >>> ought({"type": "string_type", "input": 12345678, "msg": "", "ctx": {}})
    'is a number, and must be text; put it in quotes'
    >>> ought({"type": "greater_than_equal", "input": -1, "msg": "", "ctx": {"ge": 0}})
    'is -1, and must be at least 0'
    """
    kind, value, context = detail["type"], detail["input"], detail.get("ctx") or {}
    if kind in _LIMITS:
        name, words = _LIMITS[kind]
        return f"is {value}, and must be {words} {context[name]:g}"
    if kind == "literal_error":
        return _listed(value, re.findall(r"'([^']*)'", context["expected"]))
    if kind == "string_pattern_mismatch" and context["pattern"] == ID:
        written = f"`{value}`" if value else "empty"
        return f"is {written}, and must be lower-case letters, digits and single hyphens; write it so: `fear-mild-2`"
    if kind in ("too_short", "too_long"):
        bound, words = ("min_length", "at least") if kind == "too_short" else ("max_length", "at most")
        return f"has {_entries(context['actual_length'])}, and must have {words} {_entries(context[bound])}"
    if kind == "string_too_short":
        return "is empty; write something, or leave it out"
    wanted = next((one for name, one in _KINDS.items() if kind.startswith(name)), None)
    return None if wanted is None else _other(value, *wanted)


def place_within(data: Any, place: Place) -> Place:
    """A place without what is no part of the file: the names by which kinds of content are told apart.

    >>> place_within({"page": 5.5}, ("page", "int")), place_within({"page": 5.5}, ("pages",))
    (('page',), ())
    """
    found: list[str | int] = []
    for part in place:
        known = part in data if isinstance(data, Mapping) else isinstance(data, list) and part in range(len(data))
        if known:
            data = data[part]
            found.append(part)
    return tuple(found)


def _other(value: Any, wanted: str, how: str) -> str:
    """That a value is of another kind than is wanted."""
    if wanted == "text" and isinstance(value, bool | int | float):
        how = "put it in quotes"
    remedy = how or ("write it, or leave the key out" if value is None else "")
    return f"is {_kind(value)}, and must be {wanted}{f'; {remedy}' if remedy else ''}"


def _kind(value: Any) -> str:
    """What a value is."""
    match value:
        case None:
            return "empty"
        case bool():
            return "a truth value"
        case int() | float():
            return "a number"
        case str():
            return f"the text `{value if len(value) <= 40 else f'{value[:39]}…'}`"
        case Mapping():
            return LINES
        case _:
            return "a list"


def _listed(value: Any, known: Sequence[str]) -> str:
    """That a value is none of those that there are."""
    written = value if isinstance(value, str) else _kind(value)
    close = difflib.get_close_matches(str(value), known, n=1)
    others = ", ".join(f"`{one}`" for one in known)
    shown = f"`{written}`" if isinstance(value, str) else written
    return f"is {shown}, and must be one of {others}{f'; did you mean `{close[0]}`?' if close else ''}"


def _entries(number: int) -> str:
    return f"{number} {'entry' if number == 1 else 'entries'}"
