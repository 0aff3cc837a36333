"""The scores beneath a contrast, unit by item: what tells how a difference varies over items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

Values = np.ndarray[Any, np.dtype[np.floating[Any]]]


@dataclass(frozen=True, eq=False)
class ItemTables:
    """Tables with a row for each unit and a column for each item; NaN where an answer is missing.

    Where the contrast is of pairs, the first table holds the differences and there is no second.
    """

    first: Values
    second: Values | None = None

    @property
    def items(self) -> int:
        """How many items were answered under both conditions, or in both."""
        return int(self._columns().shape[0])

    @property
    def answered(self) -> ItemTables:
        """The same without items that nobody answered in one of the conditions."""
        kept = self._columns()
        return ItemTables(self.first[:, kept], None if self.second is None else self.second[:, kept])

    @property
    def complete(self) -> bool:
        """Whether every unit answered every item."""
        return not any(np.isnan(one).any() for one in (self.first, self.second) if one is not None)

    def _columns(self) -> np.ndarray[Any, np.dtype[np.intp]]:
        there = [~np.isnan(one).all(axis=0) for one in (self.first, self.second) if one is not None]
        return np.flatnonzero(np.all(there, axis=0))


def scores_of_units(
    rows: pd.DataFrame, first: pd.Index[Any], second: pd.Index[Any] | None, *, paired: bool, names: tuple[str, str]
) -> ItemTables:
    """The scores of a contrast's units.

    Args:
        rows: columns condition, unit, item and value; several of one place are averaged, gaps are left out.
        first: the units under the first condition.
        second: those under the second condition; none where there is none.
        paired: whether the units are the same.
        names: of the conditions.
    """
    rows = rows[rows["value"].notna()]
    item, items = pd.factorize(rows["item"])
    condition, value = rows["condition"].to_numpy(), rows["value"].to_numpy(float)

    def of(name: str, units: pd.Index[Any]) -> Values:
        unit = pd.Index(units.astype(str)).get_indexer(pd.Index(rows["unit"]))
        here = (condition == name) & (unit >= 0)
        place, size = unit[here] * len(items) + item[here], len(units) * len(items)
        counted = np.bincount(place, minlength=size)
        total = np.bincount(place, weights=value[here], minlength=size)
        means = np.divide(total, counted, out=np.full(size, np.nan), where=counted > 0)
        table: Values = means.reshape(len(units), len(items))
        return table

    here = of(names[0], first)
    if second is None:
        return ItemTables(here)
    there = of(names[1], second)
    return ItemTables(here - there) if paired else ItemTables(here, there)
