"""Where imported materials are from: their source and licence, as every one of them says it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

from affectlab.importers.imported import NO_LICENCE
from affectlab.untrusted_file import regular

_TERMS = (
    ("MIT License", "permission is hereby granted, free of charge, to any person obtaining a copy"),
    ("BSD License", "redistribution and use in source and binary forms"),
    ("Apache License 2.0", "licensed under the apache license, version 2.0"),
)
"""Licences that are known by their terms where the file does not begin with their name."""


class Origin(NamedTuple):
    """What every material says of where it is from."""

    source: str
    licence: str

    def of(self, kind: str, id: str, title: str, **content: Any) -> dict[str, Any]:
        """A material."""
        head = {"kind": kind, "id": id, "version": 1, "title": title, "licence": self.licence, "source": self.source}
        return {**head, **content}


def licence_of(folder: Path) -> str:
    """What a folder says of the terms under which it may be used: the licence's name, or its first line."""
    for file in sorted(folder.iterdir()):
        if file.is_file() and file.stem.lower() in ("license", "licence", "copying"):
            raw = regular(file, 2**20, hint="take the file from the repository", smaller="it is no licence")
            lines = [line.strip() for line in raw.decode("utf-8", errors="replace").splitlines() if line.strip()]
            if not lines:
                return NO_LICENCE
            whole = " ".join(" ".join(lines).split()).casefold()
            known = next((name for name, words in _TERMS if words in whole), "")
            name = f"{known}, {lines[0]}" if known and known.casefold() not in lines[0].casefold() else lines[0]
            return f"{name} ({file.name} of the repository)"
    return NO_LICENCE


def as_id(text: str, otherwise: str = "item") -> str:
    """The words of a text as an id.

    >>> as_id("I feel Calm!"), as_id("12 of us"), as_id("...", "item-3")
    ('i-feel-calm', 'item-12-of-us', 'item-3')
    """
    words = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60].strip("-")
    if not words:
        return otherwise
    return words if words[0].isalpha() else f"item-{words}"


def numbered_names(names: list[str]) -> list[str]:
    """Names, of which those that stand more than once have numbers.

    >>> numbered_names(["calm", "tense", "calm"])
    ['calm', 'tense', 'calm-2']
    """
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return found
