"""Which row of a table holds the names of its columns."""

from __future__ import annotations

from collections.abc import Sequence

from affectlab.analysis.missing import GAPS
from affectlab.analysis.number import number

Row = tuple[int, list[str]]
"""The line in which a row begins, from 1, and its cells."""

LOOKED_AT = 20
"""Among so many rows at the beginning of a table its header is."""


def below_titles(rows: Sequence[Row]) -> tuple[int, tuple[str, ...]]:
    """Where among the first rows the names are, and a remark if a title stands above them."""
    at = 0
    while at + 1 < len(rows) and _title(*(cells for _, cells in rows[at : at + 3])):
        at += 1
    if not at:
        return 0, ()
    shown = " ".join(cell for cell in rows[0][1] if cell)[:40]
    return at, (f"`{shown}` is taken as a title; the names of columns are in line {rows[at][0]}",)


def _title(line: list[str], below: list[str], third: Sequence[str] = ()) -> bool:
    """Whether a line is no header but a title: words, above a line of more names, above rows of as many values."""
    own = [cell for cell in line if cell]
    names = below if len(below) > 1 and all(below) else below[1:]
    if not names or len(own) >= len(below) or len(set(names)) < len(names):
        return False
    if any(number(name) is not None or name.casefold() in GAPS for name in names):
        return False
    return len(own) == 1 or (len(third) == len(below) and any(number(cell) is not None for cell in third))
