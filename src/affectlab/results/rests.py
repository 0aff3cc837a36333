"""From a contrast to the answers on which it rests."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from affectlab.effects.contrast import ALL, Contrast

CONDITION = "condition"
FIRST, SECOND = "first", "second"


def rests_on(numbers: pd.DataFrame, contrast: Contrast) -> pd.DataFrame:
    """The scores of which a contrast is made, those of its first condition before those of its second.

    Args:
        numbers: the rows of ``Run.numbers()``.

    Returns:
        The rows, with their ``condition``: ``first`` or ``second``.
    """
    outcome = contrast.outcome
    rows = numbers[(numbers["measure"] == outcome.measure) & numbers["point"].isin(_points(numbers, contrast))]
    if outcome.scale == ALL:
        # each state stands on its own scale
        rows = rows[rows["scale"].astype(str) == rows["state"].astype(str)]
    else:
        rows = rows[rows["scale"] == outcome.scale]
    conditions = {FIRST: contrast.first} | ({SECOND: contrast.second} if contrast.second is not None else {})
    parts = [
        _under(rows, {**contrast.cell, **levels}).assign(**{CONDITION: name}) for name, levels in conditions.items()
    ]
    return pd.concat(parts, ignore_index=True)


def _points(numbers: pd.DataFrame, contrast: Contrast) -> list[str]:
    if contrast.change is not None:
        return list(contrast.change)
    at = contrast.cell.get("point")
    return [at] if at is not None else list(numbers["point"].cat.categories)


def _under(rows: pd.DataFrame, levels: Mapping[str, str]) -> pd.DataFrame:
    """The rows of some levels of the design; what a contrast says beside them is no column."""
    for factor, level in levels.items():
        if factor in rows and factor != "point" and level != ALL:
            rows = rows[rows[factor] == level]
        elif factor == "state" and level == ALL:
            rows = rows[rows["state"].astype(str).isin(set(rows["scale"].astype(str)))]
    return rows
