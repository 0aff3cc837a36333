"""Contrasts over ascending grades: the step from grade to grade, and whether a series rises."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import get_args

import numpy as np
import pandas as pd

from affectlab.effects.contrast import Contrast
from affectlab.effects.effect import Effect, beside, row_changes, under
from affectlab.effects.estimate import few_units
from affectlab.effects.shifts import DESIGN_CELL, change, induced, over_arms
from affectlab.effects.terms import Terms
from affectlab.errors import DataError
from affectlab.materials.schema import INDUCTION_TEXT, Grade
from affectlab.stats.estimate import FEWEST
from affectlab.stats.trend import Trend, jonckheere, page_trend

GRADES: tuple[Grade, ...] = get_args(Grade)
TREND = ("strength", "z", "p_rising")
"""What ``Estimate.further`` of a step has of the monotone trend."""


def doses(points: pd.DataFrame, terms: Terms) -> Iterator[Effect]:
    """The target scale of each state over ascending grades: the step from one grade to the next.

    Where the grades are told of the same events, the mean over events of the least-squares slope; else the difference
    of the outer grades over the number of steps. Beside it, in ``further``, the monotone trend: Page's over events, or
    Jonckheere's over independent ones.
    """
    span = ("baseline", induced(points))
    items = points[(points["arm"] == INDUCTION_TEXT) & (points["scale"].astype(str) == points["state"].astype(str))]
    items = items[~items["measure"].isin(list(terms.protocols))]
    own = over_arms(change(items, *span))
    others = [factor for factor in DESIGN_CELL if factor != "grade"]
    for design_cell, part in own.groupby([*others, "state", "measure"], observed=True, sort=False):
        where = dict(zip([*others, "state"], map(str, design_cell[:-1]), strict=True))
        table = part.pivot_table(index="vignette", columns="grade", values="value", observed=True)
        grades = [grade for grade in GRADES if grade in table]
        if len(grades) > 1:
            measure = str(design_cell[-1])
            rows = partial(under, items, {**where, "measure": measure})
            yield _step(table[grades], {**where, "arm": INDUCTION_TEXT}, measure, span, terms, rows)


def _step(
    table: pd.DataFrame,
    cell: Mapping[str, str],
    measure: str,
    span: tuple[str, str],
    terms: Terms,
    rows: Callable[[], pd.DataFrame],
) -> Effect:
    grades, complete = list(map(str, table)), table.dropna()
    steps = np.arange(len(grades), dtype=np.float64)
    same = len(complete) > 1
    contrast = Contrast(
        "dose",
        terms.outcome(measure, cell["state"]),
        {"grade": f"{grades[-1]}, of one step"},
        {"grade": ", ".join(grades[:-1] if same else grades[:1])},
        cell,
        span,
        paired=same,
        random=terms.sampled(measure),
    )
    if same:
        weights = (steps - steps.mean()) / float(np.sum((steps - steps.mean()) ** 2))
        test = partial(page_trend, complete.to_numpy(float))
        slopes, none = pd.Series(complete.to_numpy(float) @ weights, complete.index), pd.Series(0.0, complete.index)
        apart = partial(_slopes, rows, span, dict(zip(grades, weights, strict=True)))
        return Effect(contrast, slopes, none, item_rows=apart, further=partial(_trend, test))
    levels = [table[grade].dropna() for grade in grades]
    test = partial(jonckheere, [one.to_numpy(float) for one in levels])
    first, second = (one / steps[-1] for one in (levels[-1], levels[0]))
    apart = partial(_outer, rows, span, (grades[-1], grades[0]), float(steps[-1]))
    return Effect(contrast, first, second, item_rows=apart, further=partial(_trend, test))


def _slopes(rows: Callable[[], pd.DataFrame], span: tuple[str, str], weights: Mapping[str, float]) -> pd.DataFrame:
    """The slope of each event and item over the grades, held against zero; none where a grade lacks."""
    moves = rows().pipe(lambda part: part.assign(value=row_changes(part, span)))
    wide = moves.pivot_table(index=["vignette", "item"], columns="grade", values="value", observed=True)
    complete = wide.reindex(columns=list(weights)).dropna()
    slopes = complete.assign(value=complete.to_numpy(float) @ np.array(list(weights.values()))).reset_index()
    first = slopes[["vignette", "item", "value"]]
    return beside(first, first.assign(value=0.0), lambda part: part["value"])


def _outer(
    rows: Callable[[], pd.DataFrame], span: tuple[str, str], grades: tuple[str, str], steps: float
) -> pd.DataFrame:
    """The changes under the outer grades, each over the number of steps."""
    first, second = (under(rows(), {"grade": grade}) for grade in grades)
    return beside(first, second, lambda part: row_changes(part, span) / steps)


def _trend(test: Callable[[], Trend]) -> Mapping[str, float]:
    try:
        trend = test()
    except DataError:
        return {}
    if trend.units < FEWEST:
        return {}
    return {"strength": trend.strength, "z": trend.z, "p_rising": trend.p_rising}


def trend_test(one: Effect) -> str:
    """The test of the monotone trend beside a step; empty where there is none."""
    if "z" not in one.estimate.further:
        return ""
    return "Page" if one.contrast.paired else "Jonckheere–Terpstra"


def rising(doses: Sequence[pd.Series[float]]) -> tuple[pd.DataFrame, Trend | str]:
    """Page's test of whether a series falls from dose to dose, within units; or why there is none."""
    table = pd.concat(doses, axis=1).dropna()
    if few := few_units(len(table)):
        return table, few
    try:
        return table, page_trend(-table.to_numpy(float))
    except DataError as error:
        return table, error.message
