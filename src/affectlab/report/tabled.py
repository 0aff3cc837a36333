"""A table of an analysis as the page prints it: names in words, an interval in one column, nothing that all share."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from affectlab.effects.shifts import DESIGN
from affectlab.report.numbers import LEVEL, bracket, decimals, number
from affectlab.report.table import Table

PLACE = frozenset({*DESIGN, "order", "guidance", "measure", "against", "factor", "unit", "note"})
"""Columns that say where a number stands: where all rows agree, the caption says it."""


def tabled(
    titles: Mapping[str, str], data: pd.DataFrame, caption: str, *, quoted: bool = False, folded: bool = False
) -> Table:
    """A table of an analysis. What all rows share stands beside the caption; the file has every column.

    Args:
        titles: of the measures and tasks, by id.
        quoted: whether it holds what participants said.
        folded: whether it is for those who look for it.
    """
    shown, shared = _varying(_titled(data, titles))
    made = Table.of(_intervals(shown), caption, quoted=quoted, folded=folded)
    return replace(made, shared=tuple(shared), data=data)


def all_tabled(
    titles: Mapping[str, str], tables: Mapping[str, pd.DataFrame], quoted: Collection[str] = ()
) -> tuple[Table, ...]:
    """Tables of an analysis by their captions; some of them hold what participants said."""
    return tuple(tabled(titles, data, caption, quoted=caption in quoted) for caption, data in tables.items())


def _titled(data: pd.DataFrame, titles: Mapping[str, str]) -> pd.DataFrame:
    if "measure" not in data:
        return data
    return data.assign(measure=[titles.get(str(one), str(one)) for one in data["measure"]])


def _varying(data: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The columns that tell rows apart or hold a result, and what those say that do not."""
    if len(data) < 2:
        return data, []
    words = [name for name in data.columns if name in PLACE and data[name].nunique(dropna=False) == 1]
    shared = [str(data[name].iloc[0]) for name in words if str(data[name].iloc[0]) not in ("", "nan", "None")]
    return data.drop(columns=words), shared


def _intervals(data: pd.DataFrame) -> pd.DataFrame:
    """An estimate and its bounds, printed alike, the bounds in one column."""
    if not {"estimate", "low", "high"} <= set(data.columns):
        return data
    rows = [_printed(*row) for row in data[["estimate", "low", "high"]].astype(float).itertuples(index=False)]
    made: dict[Any, Any] = {}
    for name in data.columns:
        if name == "estimate":
            made[name] = [estimate for estimate, _ in rows]
        elif name == "low":
            made[LEVEL] = [interval for _, interval in rows]
        elif name != "high":
            made[name] = data[name]
    return pd.DataFrame(made, index=data.index)


def _printed(estimate: float, low: float, high: float) -> tuple[str, str]:
    places = decimals(estimate, low, high)
    return number(estimate, places), bracket(low, high, places)
