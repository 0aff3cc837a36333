"""Which materials may be passed on, and what is left of one that may not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from affectlab.errors import InputError
from affectlab.materials.catalogue import FOLDERS, Catalogue
from affectlab.materials.document import parse_text
from affectlab.materials.file import MaterialFile, kind_of

PASSED_ON = frozenset(
    {
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC0-1.0",
        "CC-BY-3.0",
        "CC-BY-4.0",
        "CC-BY-SA-3.0",
        "CC-BY-SA-4.0",
        "MIT",
        "public domain",
    }
)
"""The licences under which a text may be passed on by anybody to anybody. Under every other it is not."""

_DESCRIBES = frozenset({"kind", "id", "version", "title", "licence", "source", "form"})
"""What every material says of itself, and may be said of it."""
_TEXTS = frozenset(
    (
        *("text", "say", "question", "opening", "words", "negative", "positive", "labels", "label"),
        *("forbidden", "lures", "others", "options", "fields"),
    )
)
"""Keys under which even a single word is a text."""
_NAME = re.compile(r"^[a-z0-9]+([-_][a-z0-9]+)*$")


def may_be_passed_on(file: MaterialFile) -> bool:
    """Whether the licence of a material allows it.

    >>> may_be_passed_on(MaterialFile("frame", "a", "a.yaml", "", "MIT"))
    True
    >>> may_be_passed_on(MaterialFile("frame", "a", "a.yaml", "", "(c) a publisher"))
    False
    """
    return file.licence in PASSED_ON


def description_of(file: MaterialFile) -> MaterialFile | None:
    """A material without its texts: ids, scales, keys and numbers are left, and each text is as many marks as it had
    words. None where too little is left to be one."""
    numbers: dict[str, str] = {}

    def without(value: Any, key: str) -> Any:
        if isinstance(value, dict):
            return {name: without(one, key if key in _TEXTS else str(name)) for name, one in value.items()}
        if isinstance(value, list):
            return [without(one, key) for one in value]
        if not _is_text(value, key):
            return value
        return numbers.setdefault(value, _marks(value, len(numbers) + 1))

    content = without(_data(file), "")
    made = replace(file, text=yaml.safe_dump(content, sort_keys=False, allow_unicode=True))
    try:
        kind = next(kind for kind in FOLDERS if kind_of(kind) == file.kind)
        Catalogue.of([made]).in_language(file.language).get(kind, file.id)
    except InputError:
        return None
    return made


def texts(file: MaterialFile) -> list[str]:
    """Every text in a material, the longest first."""

    def found(value: Any, key: str) -> Iterator[str]:
        if isinstance(value, dict):
            for name, one in value.items():
                yield from found(one, key if key in _TEXTS else str(name))
        elif isinstance(value, list):
            for one in value:
                yield from found(one, key)
        elif _is_text(value, key):
            yield from (part.strip() for part in re.split(r"\{[^{}]*\}", value) if part.strip())

    return sorted(dict.fromkeys(found(_data(file), "")), key=len, reverse=True)


def _is_text(value: Any, key: str) -> bool:
    if not isinstance(value, str) or key in _DESCRIBES:
        return False
    return key in _TEXTS or _NAME.match(value) is None


def _marks(text: str, number: int) -> str:
    """As many marks as a text has words, the first with a number; what is to be filled in stays.

    >>> _marks("I feel {item} now", 3)
    '[3] … {item} …'
    """
    marks = [word if "{" in word else "…" for word in text.split()]
    at = next((index for index, mark in enumerate(marks) if mark == "…"), None)
    if at is not None:
        marks[at] = f"[{number}]"
    return " ".join(marks)


def _data(file: MaterialFile) -> Any:
    return parse_text(file.text, Path(file.place)).data
