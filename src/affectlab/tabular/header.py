"""Which row of a table holds the names of its columns."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from pathlib import Path

from affectlab.errors import InputError
from affectlab.tabular.alike import visible
from affectlab.tabular.missing import GAPS
from affectlab.tabular.number import finite_number

Row = tuple[int, list[str]]
"""The line in which a row begins, from 1, and its cells."""

_NAME = re.compile(r"[^\W\d][\w.\-]*")
"""A name as programs give it: no blanks, no question."""

LOOKED_AT = 20
"""Among so many rows at the beginning of a table its header is."""


def below_titles(rows: Sequence[Row]) -> int:
    """Where among the first rows the names of columns are, by the look of them."""
    at = 0
    while at + 1 < len(rows) and _title(*(cells for _, cells in rows[at : at + 3])):
        at += 1
    return at or _below_short(rows) or _below_wordings(rows)


def named_in(rows: Sequence[Row], wanted: Collection[str], guess: int) -> int:
    """Where among the first rows the names of columns are, if the one that is likely lacks some that are asked for.

    Args:
        rows: the first of a table.
        wanted: names of columns that are there, or nobody would ask for them.
        guess: the row that is likely.
    """
    holds = [all(name in map(visible, cells) for name in wanted) for _, cells in rows]
    return guess if not wanted or not any(holds) or holds[guess] else holds.index(True)


def skipped(rows: Sequence[Row], at: int) -> tuple[str, ...]:
    """A remark on what stands above the names of columns, if anything does."""
    if not at:
        return ()
    shown = " ".join(cell for cell in rows[0][1] if cell)[:40]
    return (f"`{shown}` is taken as a title; the names of columns are in line {rows[at][0]}",)


def from_line(rows: Sequence[Row], line: int, path: Path) -> Sequence[Row]:
    """The rows from the line on in which the names are said to be.

    Raises:
        InputError: there is no such line among those that are not blank.
    """
    kept = [row for row in rows if row[0] >= line]
    if not kept or kept[0][0] != line:
        lines = ", ".join(str(at) for at, _ in rows[:LOOKED_AT])
        raise InputError(f"line {line} is blank or not there", hint=f"lines that hold anything are {lines}", file=path)
    return kept


def no_names(names: Sequence[str], below: Sequence[str] | None) -> bool:
    """Whether what should be the names of columns is a row of data: numbers alone, or numbers over numbers beside a
    word that stands below it once more.

    >>> no_names(["1", "2", "5"], ["2", "1", "4"]), no_names(["p1", "film", "3"], ["p2", "film", "4"])
    (True, True)
    >>> no_names(["vp", "1", "2"], ["p1", "3", "4"])
    False
    """
    named = [name for name in names if name]
    numbers = [finite_number(name) is not None for name in named]
    if len(named) < 2 or not any(numbers):
        return False
    if all(numbers):
        return True
    if below is None or len(below) != len(names):
        return False
    pairs = [(name, cell) for name, cell in zip(names, below, strict=True) if name]
    over = [finite_number(cell) is not None for name, cell in pairs if finite_number(name) is not None]
    return all(over) and any(name == cell for name, cell in pairs if finite_number(name) is None)


def names_of_two_lines(names: Sequence[str], second: Sequence[str]) -> list[str] | None:
    """The names of columns where one above goes over several below it, as merged cells do; None where none does.

    >>> names_of_two_lines(["vp", "sad", "", "age"], ["", "pre", "post", ""])
    ['vp', 'sad_pre', 'sad_post', 'age']
    """
    if len(names) != len(second) or "" not in names[1:] or not names[0]:
        return None
    above, made = "", list[str]()
    for at, (name, own) in enumerate(zip(names, second, strict=True)):
        parent = name or above
        over = not name or (at + 1 < len(names) and not names[at + 1])
        if over != bool(own) or finite_number(own) is not None:
            return None
        made.append(f"{parent}_{own}" if own else name)
        above = parent
    return made


def _below_short(rows: Sequence[Row]) -> int:
    """The first row that is as wide as the table, below several of which none is half as wide; else 0."""
    filled = [sum(1 for cell in cells if cell) for _, cells in rows]
    if len(filled) < 4:
        return 0
    width = sorted(filled)[len(filled) // 2]
    at = next((at for at, cells in enumerate(filled) if cells * 2 > width and cells > 1), 0)
    if not at or any(cells * 2 > width for cells in filled[:at]):
        return 0
    return at if _are_names([cell for cell in rows[at][1] if cell]) else 0


def _below_wordings(rows: Sequence[Row]) -> int:
    """A row of plain names below rows of wordings, above rows of values: as surveys are exported; else 0."""
    if all(_NAME.fullmatch(cell) for cell in rows[0][1] if cell):
        return 0
    for at in range(1, min(4, len(rows) - 2)):
        names, below = rows[at][1], [cells for _, cells in rows[at + 1 :]]
        if len(names) < 2 or not all(map(_NAME.fullmatch, names)) or not _are_names(names):
            continue
        above = [cells for _, cells in rows[:at]]
        if any(finite_number(cell) is not None for cells in above for cell in cells):
            return 0
        whole = [cells for cells in below if len(cells) == len(names)]
        if len(whole) > 1 and any(
            all(finite_number(cells[k]) is not None for cells in whole) for k in range(len(names))
        ):
            return at
    return 0


def _are_names(cells: Sequence[str]) -> bool:
    return len(set(cells)) == len(cells) and not any(
        finite_number(cell) is not None or cell.casefold() in GAPS for cell in cells
    )


def _title(line: list[str], below: list[str], third: Sequence[str] = ()) -> bool:
    """Whether a line is no header but a title: words, above a line of more names, above rows of as many values."""
    own = [cell for cell in line if cell]
    names = below if len(below) > 1 and all(below) else below[1:]
    if not names or len(own) >= len(below) or len(set(names)) < len(names):
        return False
    if any(finite_number(name) is not None or name.casefold() in GAPS for name in names):
        return False
    return len(own) == 1 or (len(third) == len(below) and any(finite_number(cell) is not None for cell in third))
