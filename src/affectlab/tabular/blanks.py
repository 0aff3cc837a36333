"""Blank cells below filled ones: a value that was written once for several rows, as merged cells are saved."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from affectlab.errors import DataError
from affectlab.tabular.columns import first_line
from affectlab.tabular.design import NEARLY

CARRY, GAPS = "carry", "gaps"
"""What blanks below filled cells may be: the value above them, or missing values."""


def filled(table: pd.DataFrame, columns: Iterable[str], blanks: str | None) -> tuple[pd.DataFrame, list[str]]:
    """A table whose labels are carried down where that was said, with remarks; columns that are not there are skipped.

    Args:
        table: text, as it was saved.
        columns: of labels: conditions, units, items, readers.
        blanks: ``carry`` or ``gaps``; None where nothing was said of them.

    Raises:
        DataError: a column looks like one of merged cells, and nothing was said of its blanks.
    """
    remarks = []
    for name in dict.fromkeys(columns):
        if blanks == GAPS or name not in table or not below_filled(table[name]):
            continue
        blank = table[name].str.strip().eq("").to_numpy(bool)
        shown = f"{int(blank.sum())} of {len(table)} cells of `{name}` are blank"
        if blanks is None:
            msg = f"{shown}, always below a filled one, as merged cells or values given once for several rows are saved"
            hint = f"say --blanks {CARRY} to carry values down, or --blanks {GAPS} if they are missing"
            raise DataError(msg, hint=hint, line=first_line(table.index, blank))
        table = table.assign(**{name: table[name].where(~blank).ffill()})
        remarks.append(f"{shown} and carry the value above them")
    return table, remarks


def of_units(table: pd.DataFrame, columns: Iterable[str], unit: str) -> tuple[pd.DataFrame, list[str]]:
    """A table whose blanks have the one value that their unit has elsewhere: what a program writes once for a person.

    Args:
        table: text, as it was saved.
        columns: of what belongs to the unit; one that has several values within a unit is left as it is.
        unit: the column of the units.
    """
    remarks = []
    for name in dict.fromkeys(columns):
        if name not in table or name == unit:
            continue
        blank = table[name].str.strip().eq("")
        of = table[~blank].groupby(unit, sort=False)[name]
        if not blank.any() or of.nunique().gt(1).any():
            continue
        known = table[unit].map(of.first())
        made = blank & known.notna()
        if made.any():
            table = table.assign(**{name: table[name].where(~made, known)})
            remarks.append(f"{int(made.sum())} blank cells of `{name}` have the one value that their `{unit}` has")
    return table, remarks


def below_filled(column: pd.Series[str]) -> bool:
    """Whether blanks follow filled cells as they do where a value was written once for several rows.

    The first cell is filled, and most filled ones have as many blanks below them as is usual, at least one; or blanks
    are the most of all, and nearly every filled cell has some.

    >>> below_filled(pd.Series(["a", "", "", "b", "", ""])), below_filled(pd.Series(["a", "", "b", "a", "c", "b"]))
    (True, False)
    """
    blank = column.astype(str).str.strip().eq("").to_numpy(bool)
    at = np.flatnonzero(~blank)
    if not blank.any() or not at.size or at[0] != 0:
        return False
    below = np.diff(np.append(at, blank.size)) - 1
    usual = int(np.bincount(below).argmax())
    regular = usual > 0 and float((below == usual).mean()) >= NEARLY
    return regular or bool(blank.mean() > 0.5 and float((below > 0).mean()) >= NEARLY)
