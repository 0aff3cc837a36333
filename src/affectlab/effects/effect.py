"""A contrast with the data that it rests on, and its estimate."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from affectlab.effects.contrast import Contrast
from affectlab.effects.estimate import Estimate, Standardiser, estimate
from affectlab.effects.scores import ItemTables, scores_of_units

FIRST, SECOND = "first", "second"
"""What the rows of the two conditions are called."""
LEAST_STANDARDISED = 10
"""Units in the smaller condition below which no standardised effect of a run is told: the spread that it is divided by
is known too badly. With four, its 95 % interval reaches from 0.57 to 3.73 of the estimate; with ten, 0.69 to 1.83."""


def few_to_standardise(found: Estimate) -> str:
    """Why no standardised effect is told of an estimate; empty where one may be."""
    unit = found.contrast.unit
    n = min(found.n[unit], found.n_second.get(unit, found.n[unit]))
    if n >= LEAST_STANDARDISED:
        return ""
    return f"standardised effects need {LEAST_STANDARDISED} units per condition; here are {n}"


@dataclass(frozen=True, eq=False)
class Effect:
    """One contrast of a run: what is asked, and of which scores. It is estimated when it is first looked at."""

    contrast: Contrast
    first: pd.Series[float]
    """One value for each unit under the first condition, without gaps; the index names the units."""
    second: pd.Series[float] | None
    """The same under the second; of the same units in the same order, where the contrast is paired."""
    item_rows: Callable[[], pd.DataFrame] | None = None
    """Gives ``items``."""
    further: Callable[[], Mapping[str, float]] | None = None
    """Gives what else is told of the same data, for ``Estimate.further``."""
    shared: Callable[[], pd.DataFrame] | None = None
    """Gives, of a contrast over states, the units that all of them are held against: a column for each state."""
    spread: Callable[[], Standardiser | None] | None = None
    """Gives by what the standardised difference is divided, where it is not the spread of the units."""

    @cached_property
    def estimate(self) -> Estimate:
        """The only estimate of this contrast."""
        second = None if self.second is None else self.second.to_numpy(float)
        found = estimate(
            self.contrast,
            self.first.to_numpy(float),
            second,
            self._scores(),
            shared=None if self.shared is None else self.shared().to_numpy(float),
            spread=None if self.spread is None else self.spread(),
        )
        more = {} if self.further is None else self.further()
        return replace(found, further={**found.further, **more})

    @cached_property
    def items(self) -> pd.DataFrame:
        """The scores with the items apart: columns condition (``FIRST``, ``SECOND``), unit, item and value.

        Replicates, and arms that do not differ yet, are averaged.
        """
        if self.item_rows is None:
            return pd.DataFrame(columns=["condition", "unit", "item", "value"])
        rows = self.item_rows().dropna(subset=["value"])
        return rows.groupby(["condition", "unit", "item"], observed=True, sort=False)["value"].mean().reset_index()

    def _scores(self) -> ItemTables | None:
        """The scores unit by item; None where they are not known."""
        if self.item_rows is None:
            return None
        second = None if self.second is None else self.second.index
        return scores_of_units(
            self.item_rows(), self.first.index, second, paired=self.contrast.paired, names=(FIRST, SECOND)
        ).answered

    @cached_property
    def _by_item(self) -> dict[str, pd.DataFrame]:
        """``items``, item by item."""
        return {str(item): rows for item, rows in self.items.groupby("item", observed=True, sort=False)}

    def of_item(self, item: str) -> Effect:
        """The same contrast on one item alone."""
        rows = self._by_item[item]
        first, second = (rows[rows["condition"] == name].set_index("unit")["value"] for name in (FIRST, SECOND))
        if self.contrast.paired:
            both = pd.concat([first, second], axis=1, join="inner")
            first, second = both.iloc[:, 0], both.iloc[:, 1]
        alone = replace(self.contrast, cell={**self.contrast.cell, "item": item})
        return Effect(alone, first, None if self.second is None else second, item_rows=lambda: rows)


def item_rows(rows: pd.DataFrame, value: pd.Series[float], condition: pd.Series[str]) -> pd.DataFrame:
    """Rows of ``by_point`` as ``Effect.apart`` gives them."""
    return pd.DataFrame(
        {
            "condition": condition,
            "unit": rows["vignette"].astype(str),
            "item": rows["item"].astype(str),
            "value": value,
        }
    )


def under(rows: pd.DataFrame, levels: Mapping[str, str]) -> pd.DataFrame:
    """The rows of some levels of the design."""
    chosen = np.ones(len(rows), bool)
    for factor, level in levels.items():
        chosen &= (rows[factor] == level).to_numpy()
    return rows[chosen]


NO_VALUES: pd.Series[float] = pd.Series(dtype=float)
"""Of a condition without a vignette."""


def values_of_conditions(table: pd.DataFrame) -> dict[tuple[str, str], pd.Series[float]]:
    """What each vignette did, without gaps, by state and arm.

    Args:
        table: columns state, arm, vignette and value; a row for each vignette of a state and arm.
    """
    grouped = table.dropna(subset=["value"]).groupby(["state", "arm"], observed=True, sort=False)
    return {(str(state), str(arm)): rows.set_index("vignette")["value"] for (state, arm), rows in grouped}


def beside(
    first: pd.DataFrame, second: pd.DataFrame | None, value: Callable[[pd.DataFrame], pd.Series[float]]
) -> pd.DataFrame:
    """The rows of two conditions as ``Effect.apart`` gives them."""
    parts = [item_rows(first, value(first), pd.Series(FIRST, first.index))]
    if second is not None:
        parts.append(item_rows(second, value(second), pd.Series(SECOND, second.index)))
    return pd.concat(parts, ignore_index=True)


def row_changes(rows: pd.DataFrame, span: tuple[str, str]) -> pd.Series[float]:
    """The change of each row from one point to another; nan where one of them is not among the columns."""
    if span[0] not in rows or span[1] not in rows:
        return pd.Series(math.nan, rows.index)
    return rows[span[1]] - rows[span[0]]


def of_conditions(
    rows: pd.DataFrame, first: tuple[str, str], second: tuple[str, str] | None
) -> tuple[pd.DataFrame, pd.Series[str]]:
    """The rows of two conditions, each a state and an arm, and the condition of each row."""
    names = np.full(len(rows), "", dtype=object)
    for condition, name in ((second, SECOND), (first, FIRST)):
        if condition is not None:
            names[((rows["state"] == condition[0]) & (rows["arm"] == condition[1])).to_numpy()] = name
    chosen = names != ""
    return rows[chosen], pd.Series(names[chosen], rows.index[chosen])
