"""Which line of a table holds the names of its columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from affectlab.analysis.columns import GAPS, number
from affectlab.errors import InputError

ABOVE = re.compile(r"#|sep=.$")
"""What is no part of a table where it stands above: a comment, and the separator as Excel is told it."""

Rows = Sequence[tuple[int, list[str]]]
"""Rows that are not blank, each with its line."""


class Header(NamedTuple):
    """The names of a table's columns."""

    names: list[str]
    line: int
    """From 1."""
    remarks: tuple[str, ...] = ()


def header(rows: Rows, path: Path) -> Header:
    """The names, below a title if there is one.

    Raises:
        InputError: a name stands twice.
    """
    at = titles(rows)
    line, names = rows[at]
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice is not None:
        hint = "give every column a name of its own"
        raise InputError(f"the column `{twice}` stands twice", hint=hint, file=path, line=line)
    if not at:
        return Header(names, line)
    shown = " ".join(cell for cell in rows[0][1] if cell)[:40]
    return Header(names, line, (f"`{shown}` is taken as a title; the names of columns are in line {line}",))


def titles(rows: Rows) -> int:
    """How many of the first rows are titles."""
    at = 0
    while at + 1 < len(rows) and _title(*(cells for _, cells in rows[at : at + 3])):
        at += 1
    return at


def _title(line: list[str], below: list[str], third: Sequence[str] = ()) -> bool:
    """Whether a line is no header but a title: words, above a line of more names, above rows of as many values."""
    own = [cell for cell in line if cell]
    names = below if len(below) > 1 and all(below) else below[1:]
    if not names or len(own) >= len(below) or len(set(names)) < len(names):
        return False
    if any(number(name) is not None or name.casefold() in GAPS for name in names):
        return False
    return len(own) == 1 or (len(third) == len(below) and any(number(cell) is not None for cell in third))
