"""Which rows of a table are analysed: those that were chosen, and of one measure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from affectlab.errors import DataError
from affectlab.tabular.alike import visible

_OF_A_RUN = frozenset({"measure", "scale", "point", "value"})
"""The columns by which a table is known as an export of affectlab, which holds all of a run in one column."""


def chosen(table: pd.DataFrame, where: Sequence[str]) -> pd.DataFrame:
    """The rows that all filters keep, each ``COLUMN=LEVEL`` or ``COLUMN=A|B``.

    Raises:
        DataError: there is no such column, or no such row.
    """
    for one in where:
        column, _, wanted = visible(one).partition("=")
        if column not in table:
            raise DataError(f"there is no column `{column}`", hint=f"columns are {', '.join(table.columns)}")
        kept = table[table[column].str.strip().isin([level.strip() for level in wanted.split("|")])]
        if kept.empty:
            levels = ", ".join(f"`{level}`" for level in table[column].unique()[:20])
            raise DataError(f"no row has `{one}`", hint=f"levels are {levels}")
        table = kept
    return table


def of_one_measure(table: pd.DataFrame, used: Iterable[str]) -> None:
    """Refuse to compare numbers of different measures: an export of affectlab holds all of a run in one column.

    Args:
        table: text, as it was saved.
        used: the columns that have a role.

    Raises:
        DataError: a column without a role tells rows of several measures, points or models apart.
    """
    roles = set(used)
    if not set(table.columns) >= _OF_A_RUN:
        return
    for column in ("measure", "scale", "point", "model", "frame", "context"):
        levels: list[str] = table[column].unique().tolist() if column in table and column not in roles else []
        if len(levels) > 1:
            shown = ", ".join(levels[:4])
            msg = f"rows of several levels of `{column}` are mixed: {shown}"
            raise DataError(msg, hint=f"choose with --where {column}={levels[0]}, or give the column a role")
