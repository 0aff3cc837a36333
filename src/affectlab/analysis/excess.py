"""What was found of a contrast that a hypothesis makes."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from affectlab.analysis.effect import Values
from affectlab.effects.claims import Asked
from affectlab.effects.judgement import Excess
from affectlab.errors import DataError
from affectlab.materials.schema import NOTHING
from affectlab.stats.ttest import TTest, one_sample_t, paired_t, welch_t

nan = math.nan


def measured(one: Asked, points: pd.DataFrame, unit: str, sampled: str) -> Excess:
    """The contrast as it was estimated.

    Args:
        points: the rows of ``by_point`` of one model.
        unit: of the outcome.
        sampled: the sampled unit.
    """
    first = _condition(one, points, one.first)
    second = None if one.second is None else _condition(one, points, one.second)
    try:
        if one.states:
            differences = [
                _mean(first, state) - (0.0 if second is None else _mean(second, state)) for state in one.states
            ]
            return _excess(one, unit, "state", one_sample_t(_known(np.array(differences))), len(differences))
        test, n = _test(first, second)
        return _excess(one, unit, sampled, test, n)
    except DataError as error:
        value = _value(first) - (0.0 if second is None else _value(second))
        n = min(len(first), len(first) if second is None else len(second))
        return _blank(one, unit, sampled, value, n, error.message)


def _test(first: pd.DataFrame, second: pd.DataFrame | None) -> tuple[TTest, int]:
    if second is None:
        return one_sample_t(first["value"].to_numpy(float)), len(first)
    both = first.merge(second, on=["state", "vignette"])
    if len(both):
        return paired_t(both["value_x"].to_numpy(float), both["value_y"].to_numpy(float)), len(both)
    return welch_t(first["value"].to_numpy(float), second["value"].to_numpy(float)), min(len(first), len(second))


def _condition(one: Asked, points: pd.DataFrame, levels: Mapping[str, str]) -> pd.DataFrame:
    """State, vignette and value under a condition, averaged over items and arms."""
    rows = points[points["measure"] == one.measure]
    wanted = {**one.cell, **levels}
    if wanted.get("regulation") == NOTHING:
        wanted = {name: level for name, level in wanted.items() if name not in ("order", "guidance")}
    for name, level in wanted.items():
        rows = rows[rows[name] == level]
    rows = (
        rows[rows["scale"] == one.scale] if one.scale else rows[rows["scale"].astype(str) == rows["state"].astype(str)]
    )
    if one.states:
        rows = rows[rows["state"].isin(one.states)]
    if one.point not in rows or (one.start is not None and one.start not in rows):
        return pd.DataFrame({"state": [], "vignette": [], "value": []})
    value = rows[one.point] if one.start is None else rows[one.point] - rows[one.start]
    table = rows.assign(value=value).dropna(subset=["value"])
    return table.groupby(["state", "vignette"], observed=True)["value"].mean().reset_index()


def _mean(table: pd.DataFrame, state: str) -> float:
    return _value(table[table["state"] == state])


def _value(table: pd.DataFrame) -> float:
    return float(table["value"].mean()) if len(table) else nan


def _known(values: Values) -> Values:
    return values[np.isfinite(values)]


def _excess(one: Asked, unit: str, sampled: str, test: TTest, n: int) -> Excess:
    return Excess(
        one.part, one.against, test.difference, test.low, test.high, test.df, n, unit, one.direction,
        one.smallest or 0.0, sampled,
    )  # fmt: skip


def _blank(one: Asked, unit: str, sampled: str, value: float, n: int, gap: str) -> Excess:
    return Excess(
        one.part, one.against, value, nan, nan, nan, n, unit, one.direction, one.smallest or 0.0, sampled, gap=gap
    )
