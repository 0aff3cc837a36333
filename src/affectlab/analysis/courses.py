"""The course of the own scale of each vignette under each regulation arm: what dose, persistence and trials rest on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from affectlab.effects.shifts import DESIGN, begun, starts
from affectlab.design.parts import STARTS, Order
from affectlab.design.study import Study
from affectlab.materials.schema import NEUTRAL, NOTHING, TEXT

PLACE = [*DESIGN, "order", "measure"]
"""Within which arms are compared."""
ARM = ["guidance", "regulation"]


class Pairs(NamedTuple):
    """A technique and a control, vignette by vignette, at one point."""

    place: dict[str, str]
    """The design, order, measure, point, guidance, ``regulation`` (the technique) and ``against`` (the control)."""
    table: pd.DataFrame
    """Index state and vignette; columns ``technique``, ``control`` (changes), ``end``, ``end_control`` (levels)."""


def courses(items: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Per vignette, arm and later point, the own scale of the induced state.

    Columns: those of ``PLACE`` and ``ARM``, state, vignette, point; ``change`` from the start, item by item and
    averaged over the items that were answered at both, in raw units; ``level`` at the point, over the same items.
    Replicates are averaged. The arm in which nothing is said stands under both orders, and where it was not measured
    inside a regulation it stands as it was right after: nothing was said in between.

    Args:
        items: the rows of ``by_point``.
    """
    own = items[(items["scale"] == items["state"]) & (items["state"] != NEUTRAL) & (items["arm"] == TEXT)]
    parts = [part for order in study.regulation.orders for part in _of(own, order, study, starts(items, order))]
    columns = [*PLACE, *ARM, "state", "vignette", "point", "change", "level"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def _of(own: pd.DataFrame, order: Order, study: Study, begins: Mapping[str, str]) -> Iterator[pd.DataFrame]:
    """The courses of an order, one part for each point."""
    if not begins:
        return
    start = begun(own, begins)
    rows = own[(own["order"] == order) | (own["regulation"] == NOTHING)].assign(order=order)
    nothing = rows["regulation"] == NOTHING
    for point in _later(study, order):
        if point not in rows:
            continue
        at = rows[point]
        if point.startswith(("round-", "turn-")) and "regulated" in rows:
            at = at.where(~nothing, rows["regulated"])
        both = rows.assign(change=at - start[rows.index], level=at.where(start[rows.index].notna()))
        keys = [*PLACE, *ARM, "state", "vignette"]
        means = both.groupby(keys, observed=True, sort=False)[["change", "level"]].mean().dropna().reset_index()
        yield means.assign(point=point)


def _later(study: Study, order: Order) -> Sequence[str]:
    """The points of a study after those at which a regulation of this order can begin."""
    last = max(study.points.index(point) for point in STARTS[order] if point in study.points)
    return study.points[last + 1 :]


def pairs(table: pd.DataFrame, controls: Sequence[str]) -> Iterator[Pairs]:
    """Each technique with each control that was given in the same manner and with nothing said; and each control with
    nothing said."""
    for place, part in table.groupby([*PLACE, "point"], observed=True, sort=False):
        of = dict(zip([*PLACE, "point"], map(str, place), strict=True))
        for guidance in part.loc[part["regulation"] != NOTHING, "guidance"].unique():
            alike = part[(part["guidance"] == guidance) | (part["regulation"] == NOTHING)]
            wide = alike.pivot_table(
                index=["state", "vignette"],
                columns="regulation",
                values=["change", "level"],
                observed=True,
                sort=False,
            )
            arms = list(map(str, wide["change"]))
            for technique, control in _compared(arms, controls):
                both = pd.DataFrame(
                    {
                        "technique": wide["change", technique],
                        "control": wide["change", control],
                        "end": wide["level", technique],
                        "end_control": wide["level", control],
                    }
                )
                yield Pairs(
                    {**of, "guidance": str(guidance), "regulation": technique, "against": control}, both.dropna()
                )


def _compared(arms: Sequence[str], controls: Sequence[str]) -> Iterator[tuple[str, str]]:
    for arm in arms:
        for control in controls:
            if control in arms and control != arm and (arm not in controls or control == NOTHING):
                yield arm, control


def within_states(values: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Both columns without the mean of their state, the difference between them kept: for a standard deviation that
    holds no difference between scales."""
    means = values.groupby(level="state", observed=True).transform("mean").mean(axis=1)
    return values.sub(means, axis=0).to_numpy(float)
