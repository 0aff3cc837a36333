"""State by scale: how far the texts of each state moved each scale, and which cells are the largest."""

from __future__ import annotations

import pandas as pd

from affectlab.effects.effect import Effect
from affectlab.effects.find import Effects
from affectlab.effects.shifts import DESIGN_CELL
from affectlab.materials.schema import INDUCTION_TEXT, NEUTRAL

STATE_AND_SCALE = [*DESIGN_CELL, "measure", "state", "scale"]
"""The columns that name a cell of the table of states and scales."""


def largest(effects: Effects) -> dict[str, bool]:
    """Per state and target scale, by the id of its contrast: whether it is the highest of its row and of its column.

    Missing where a row or a column has nothing to compare with, as where there is one state only.
    """
    rows = [
        (*place, one.first.mean() - _mean(one.second), one.contrast.id)
        for place, one in cells_of_states(effects).items()
    ]
    table = with_highest(pd.DataFrame(rows, columns=[*STATE_AND_SCALE, "estimate", "contrast"]), effects)
    told = table[table["target"]].dropna(subset=["highest_in_row", "highest_in_column"])
    both = told["highest_in_row"].astype(bool) & told["highest_in_column"].astype(bool)
    return dict(zip(told["contrast"], both.map(bool), strict=True))


def cells_of_states(effects: Effects) -> dict[tuple[str, ...], Effect]:
    """Each state on every scale, against neutral texts; against baseline where there are none."""
    best: dict[tuple[str, ...], Effect] = {}
    for one in effects.inductions:
        if one.contrast.kind in ("induction", "other scale") and is_text(one):
            best[
                (*design_levels(one), one.contrast.outcome.measure, one.contrast.state, one.contrast.outcome.scale)
            ] = one
    return best


def _mean(values: pd.Series[float] | None) -> float:
    return 0.0 if values is None else float(values.mean())


def with_highest(table: pd.DataFrame, effects: Effects) -> pd.DataFrame:
    """The table with what a cell is in its row, among the scales of states, and in its column, among states."""
    table["target"] = table["state"] == table["scale"]
    of_state = table["scale"].isin(effects.terms.states)
    for name, line, among in (("row", "state", of_state), ("column", "scale", of_state | ~of_state)):
        grouped = table[among].groupby([*DESIGN_CELL, "measure", line], observed=True)["estimate"]
        first = (grouped.rank("max", ascending=False) == 1.0).where(grouped.transform("size") > 1, None)
        table[f"highest_in_{name}"] = first.reindex(table.index).astype(object)
    return table


def is_text(one: Effect) -> bool:
    """Whether texts are compared with baseline or with neutral texts, and not with a control made of them."""
    second = one.contrast.second
    return second is None or (second["state"] == NEUTRAL and second["arm"] == INDUCTION_TEXT)


def design_levels(one: Effect) -> tuple[str, ...]:
    """The levels of the design cell of a contrast."""
    return tuple(one.contrast.cell.get(factor, "") for factor in DESIGN_CELL)
