"""From scores to changes: what each vignette did to each scale, item by item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from affectlab.design.parts import STARTS, Order
from affectlab.errors import DataError
from affectlab.materials.schema import INDUCTION_TEXT, NOTHING
from affectlab.score import REPLY

LANGUAGE = "language"
DESIGN_CELL = ["model", "frame", "technique", "grade", "delivery", "context", LANGUAGE]
"""The factors within which findings are made. A study that names no languages has one, without a name."""
UNIT = [*DESIGN_CELL, "state", "arm", "vignette"]
"""What identifies a vignette's cell."""
REGULATION_CELL = ["order", "guidance", "regulation"]
"""The regulation, and how it is given."""


def by_point(scores: pd.DataFrame) -> pd.DataFrame:
    """One row for each item of each vignette and regulation arm, one column for each point of the session.

    Replicates are averaged: they are repeated reads of one text, and no further units. The rows are in the order of
    the scores, so that states and levels come as the study names them.

    Args:
        scores: the rows of ``Run.numbers()`` or ``Run.scores()``.

    Raises:
        DataError: there are none.
    """
    if scores.empty:
        raise DataError("no session of the run is complete", hint="go on with it: affectlab run")
    scores = with_language(scores)
    keys = [*UNIT, *REGULATION_CELL, "measure", "scale", "item"]
    read = averaged(scores.loc[scores["scale"] != REPLY, [*keys, "point", "value"]], [*keys, "point"])
    return read.pivot_table(
        index=keys,
        columns="point",
        values="value",
        aggfunc="mean",
        dropna=True,
        observed=True,
        sort=False,
    ).reset_index()


def with_language(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of scores or sessions with a language, an empty one where the study names none."""
    return table if LANGUAGE in table else table.assign(**{LANGUAGE: ""})


def averaged(table: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """The mean value of each place that the keys name, in the order in which the places come.

    As ``groupby`` has it of several keys, but with one number for a row's place instead of one for each of its keys: a
    fraction of the time and memory, where there are millions of rows. No key may be missing.
    """
    place, rows = _places(table, keys)
    means = table["value"].groupby(place, sort=False).mean()
    return rows.assign(value=means.to_numpy())


def _places(table: pd.DataFrame, keys: Sequence[str]) -> tuple[np.ndarray[Any, np.dtype[np.intp]], pd.DataFrame]:
    """Which place each row is of, numbered as they come; and the places, one row each with the columns ``keys``."""
    place, size = np.zeros(len(table), np.int64), 1
    for key in keys:
        column = table[key]
        names = (column if isinstance(column.dtype, pd.CategoricalDtype) else column.astype("category")).cat
        if size * len(names.categories) > _MOST:
            place, found = pd.factorize(place)
            size = len(found)
        place = place * len(names.categories) + names.codes.to_numpy()
        size *= len(names.categories)
    place, _ = pd.factorize(place)
    first = np.flatnonzero(np.diff(np.maximum.accumulate(place), prepend=-1))
    return place, table[list(keys)].iloc[first].reset_index(drop=True)


_MOST = 2**62
"""As many places as an integer can number."""


def induced(points: pd.DataFrame) -> str:
    """The point at which the induction is over: in a protocol, after the last of its two tasks."""
    return "arithmetic" if "arithmetic" in points else "induced"


def change(points: pd.DataFrame, before: str, after: str) -> pd.DataFrame:
    """The change of each vignette and arm on each scale from one point to another, in raw units.

    The change is taken item by item and averaged over the items that were answered at both points, so that an
    item refused at one point biases nothing. Columns: those of ``UNIT`` and ``REGULATION_CELL``, measure, scale, value,
    and
    ``missing``, the number of items without a change.
    """
    keys = [*UNIT, *REGULATION_CELL, "measure", "scale"]
    if before not in points or after not in points:
        return pd.DataFrame(columns=[*keys, "value", "missing"])
    place, rows = _places(points, keys)
    grouped = (points[after] - points[before]).groupby(place, sort=False)
    missing = grouped.size() - grouped.count()
    return rows.assign(value=grouped.mean().to_numpy(), missing=missing.to_numpy())


def starts(points: pd.DataFrame, order: Order) -> dict[str, str]:
    """Per measure, the point at which a regulation begins: the last before it at which the target scale was measured.

    The target scale is that of the induced state. A task may be given at a point at which no measure is taken, so what
    counts is whether there are values. A measure without such a point is left out.

    Args:
        points: the rows of ``by_point``, of the whole run, so that everything in it begins at one point.
        order: whether the regulation comes after or before the induction.
    """
    own = points[(points["arm"] == INDUCTION_TEXT) & (points["scale"].astype(str) == points["state"].astype(str))]
    at = [point for point in STARTS[order] if point in points]
    there = own[at].notna().groupby(own["measure"].astype(str), sort=False).any()
    return {str(measure): str(row.idxmax()) for measure, row in there.iterrows() if row.any()}


def beginnings(points: pd.DataFrame) -> dict[Order, dict[str, str]]:
    """Where regulations of each order begin (``starts``)."""
    return {order: starts(points, order) for order in STARTS}


def begun(points: pd.DataFrame, begins: Mapping[str, str]) -> pd.Series[float]:
    """Each row's value at the point at which its measure begins; nan where it has none."""
    values = pd.Series(np.nan, points.index)
    for measure, point in begins.items():
        values = values.mask(points["measure"] == measure, points[point])
    return values


def regulated_changes(points: pd.DataFrame, begins: Mapping[str, str]) -> pd.DataFrame:
    """The change of each vignette and arm on each scale from where regulation begins to right after it."""
    return change(points.assign(begun=begun(points, begins)), "begun", "regulated")


def level(points: pd.DataFrame, at: str) -> pd.DataFrame:
    """The level of each vignette on each scale at one point, averaged over items and arms."""
    keys = [*UNIT, "measure", "scale"]
    if at not in points:
        return pd.DataFrame(columns=[*keys, "value"])
    return averaged(points.assign(value=points[at]), keys)


def level_of(rows: pd.DataFrame) -> pd.Series[float]:
    """The level of each vignette in each manner, over the items that have both a value ``begun`` and one ``at``."""
    keys = [*UNIT, *REGULATION_CELL, "measure", "scale"]
    known = rows.assign(level=rows["at"].where(rows["begun"].notna()))
    return known.groupby(keys, observed=True, sort=False)["level"].mean()


def over_arms(changes: pd.DataFrame) -> pd.DataFrame:
    """Changes averaged over the regulation arms, for points at which the arms do not yet differ."""
    keys = [*UNIT, "measure", "scale"]
    return averaged(changes, keys)


def shift_matrix(changes: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Condition by scale: the mean change over vignettes. The manipulation check, as a table."""
    of_measure = changes[(changes["measure"] == measure) & (changes["arm"] == INDUCTION_TEXT)]
    vignettes = of_measure.groupby(["state", "vignette", "scale"], observed=True, sort=False)["value"].mean()
    means = vignettes.groupby(["state", "scale"], observed=True, sort=False).mean()
    return means.unstack("scale")


PERFORMED = ("stabilised", "induced", "regulated")
"""The points at which a task can be given; that which comes first in a finding is first here."""


def performed(rows: pd.DataFrame) -> str:
    """The point at which a task was given, the first of several, from its rows of ``by_point``; empty if at none."""
    return next((at for at in PERFORMED if at in rows and rows[at].notna().any()), "")


def undisturbed(rows: pd.DataFrame, point: str) -> pd.DataFrame:
    """The rows of a task without those that a regulation came before, where there are such without."""
    if point == "regulated" and (rows["regulation"] == NOTHING).any():
        return rows[rows["regulation"] == NOTHING]
    return rows
