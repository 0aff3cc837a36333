"""A table of an analysis as the page prints it: names in words, an interval in one column, nothing that all share."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from affectlab.effects.shifts import DESIGN_CELL
from affectlab.report.numbers import LEVEL, bracket, decimals, number_shown
from affectlab.report.table import Table

CELL_COLUMNS = frozenset({*DESIGN_CELL, "order", "guidance", "measure", "against", "factor", "unit", "note"})
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
    printed = _intervals(shown)
    made = Table.of(printed, caption, quoted=quoted, folded=folded)
    bounded = {name for name in made.columns if LEVEL in name or f"{LEVEL} of {name}" in made.columns}
    numeric = made.numeric | bounded | ({"estimate"} if LEVEL in made.columns else frozenset())
    return replace(made, shared=tuple(shared), data=data, numeric=numeric)


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
    words = [name for name in data.columns if name in CELL_COLUMNS and data[name].nunique(dropna=False) == 1]
    shared = [str(data[name].iloc[0]) for name in words if str(data[name].iloc[0]) not in ("", "nan", "None")]
    return data.drop(columns=words), shared


def _intervals(data: pd.DataFrame) -> pd.DataFrame:
    """Each number that has bounds and the bounds, printed alike, the bounds in one column."""
    names = list(map(str, data.columns))
    whole = {name: f"{name}_" for name in names} | {"estimate": ""}
    bounded = {name: before for name, before in whole.items() if _numbers(data, name, f"{before}low", f"{before}high")}
    bounds = {f"{before}{end}" for before in bounded.values() for end in ("low", "high")}
    made: dict[str, Any] = {}
    for name in names:
        if name in bounded:
            sides = (data[f"{bounded[name]}{end}"] for end in ("low", "high"))
            printed = [_printed(*map(_number, row)) for row in zip(data[name], *sides, strict=True)]
            made[name] = [estimate for estimate, _ in printed]
            made[LEVEL if not bounded[name] else f"{LEVEL} of {name}"] = [interval for _, interval in printed]
        elif name not in bounds:
            made[name] = data[name]
    return pd.DataFrame(made, index=data.index)


def _numbers(data: pd.DataFrame, *names: str) -> bool:
    """Whether there are such columns, and nothing but numbers in them."""
    return all(
        name in data and all(value is None or isinstance(value, int | float) for value in data[name].tolist())
        for name in names
    )


def _number(value: Any) -> float:
    return math.nan if value is None else float(value)


def _printed(estimate: float, low: float, high: float) -> tuple[str, str]:
    places = decimals(estimate, low, high)
    return number_shown(estimate, places), bracket(low, high, places)
