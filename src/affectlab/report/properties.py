"""Nested facts as rows of names and values. A path is cut to the name of its file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any


def properties(card: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """A row for each fact.

    >>> list(properties({"file": "/srv/models/one.gguf", "made": {"in_year": 2025}}))
    [('file', 'one.gguf'), ('made, in year', '2025')]
    """
    for key, value in card.items():
        name = f"{before}{key}".replace("_", " ")
        if isinstance(value, Mapping) and value:
            yield from properties(value, f"{name}, ")
        else:
            yield name, property_text(value)


def property_text(value: Any) -> str:
    """A value in words: without the folders of this machine."""
    if isinstance(value, str):
        return PurePath(value).name if PurePath(value).is_absolute() else value
    return json.dumps(value, ensure_ascii=False)
