"""Contrasts of regulations: the target scale after a technique against each control, and each technique that it is a
pair with, given in the same manner."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import pandas as pd

from affectlab.design.parts import STARTS, Order
from affectlab.effects.contrast import ALL, Contrast
from affectlab.effects.effect import FIRST, SECOND, Effect, item_rows
from affectlab.effects.shifts import DESIGN_CELL, REGULATION_CELL, UNIT, begun, change, level_of, starts
from affectlab.effects.terms import Terms
from affectlab.errors import DataError
from affectlab.materials.schema import INDUCTION_TEXT, NEUTRAL, NOTHING
from affectlab.stats.effects import d_av

RIGHT_AFTER = "regulated"


def regulations(points: pd.DataFrame, terms: Terms) -> Iterator[Effect]:
    """Each technique against each control, pairs of techniques, and each control against nothing said: per state, over
    all states, and at every point from the regulation on."""
    texts = points[points["arm"] == INDUCTION_TEXT]
    for order in STARTS:
        begins = starts(points, order)
        if not (texts["order"] == order).any() or not begins:
            continue
        rows = texts[(texts["order"] == order) | (texts["regulation"] == NOTHING)]
        rows = rows[rows["state"].astype(str) == rows["scale"].astype(str)]
        for point in _later(points, order, terms):
            yield from _at(
                rows.assign(begun=begun(rows, begins), at=_reached(rows, point)), point, order, begins, terms
            )


def _later(points: pd.DataFrame, order: Order, terms: Terms) -> Sequence[str]:
    """The points of a session after those at which a regulation of this order can begin."""
    known = terms.points or ("baseline", "prepared", "induced", "stabilised", RIGHT_AFTER)
    last = max((known.index(point) for point in STARTS[order] if point in known), default=-1)
    return [point for point in known[last + 1 :] if point in points]


def _reached(rows: pd.DataFrame, point: str) -> pd.Series[float]:
    """The values at a point; where nothing is said inside a regulation they are those of right after it."""
    at = rows[point]
    if point.startswith(("round-", "turn-")) and RIGHT_AFTER in rows:
        return at.where(rows["regulation"] != NOTHING, rows[RIGHT_AFTER])
    return at


def _at(rows: pd.DataFrame, point: str, order: Order, begins: Mapping[str, str], terms: Terms) -> Iterator[Effect]:
    """The contrasts of one order at one point."""
    changes = change(rows, "begun", "at")
    levels = level_of(rows)
    for design_cell, part in changes.groupby([*DESIGN_CELL, "measure"], observed=True, sort=False):
        *cell, measure = map(str, design_cell)
        if measure in terms.primary or measure in terms.protocols:
            continue
        items = rows[(rows["measure"] == measure) & _same(rows, cell)]
        given = part[(part["order"] == order) & (part["regulation"] != NOTHING)]
        for guidance in map(str, given["guidance"].unique()):
            where = dict(zip(DESIGN_CELL, cell, strict=True)) | {"order": order, "guidance": guidance}
            span = (begins[measure], point)
            yield from _manner(part, levels, items, where, measure, span, terms)


def _same(rows: pd.DataFrame, cell: Sequence[str]) -> pd.Series[bool]:
    there = pd.Series(True, rows.index)
    for factor, level in zip(DESIGN_CELL, cell, strict=True):
        there &= rows[factor] == level
    return there


def _manner(
    part: pd.DataFrame,
    levels: pd.Series[float],
    items: pd.DataFrame,
    where: Mapping[str, str],
    measure: str,
    span: tuple[str, str],
    terms: Terms,
) -> Iterator[Effect]:
    """Everything that was given in one manner."""
    guidance = where["guidance"]
    alike = part[(part["guidance"] == guidance) | (part["regulation"] == NOTHING)]
    index = ["state", "vignette"]
    arms = alike.pivot_table(index=index, columns="regulation", values="value", observed=True, sort=False)
    ends = alike.join(levels, on=[*UNIT, *REGULATION_CELL, "measure", "scale"]).pivot_table(
        index=index, columns="regulation", values="level", observed=True, sort=False
    )
    items = items[(items["guidance"] == guidance) | (items["regulation"] == NOTHING)]
    states = [str(state) for state in part["state"].unique() if state in arms.index.get_level_values("state")]
    for technique, control in compared_arms([str(arm) for arm in arms], terms):
        pairs, end = arms[[technique, control]].dropna(), ends[[control, technique]]
        induced = [state for state in states if state != NEUTRAL]
        for state in [*([ALL] if len(induced) > 1 else []), *states]:
            own = pairs if state == ALL else pairs[pairs.index.get_level_values("state") == state]
            if state == ALL:
                own = own[own.index.get_level_values("state") != NEUTRAL]
            if not len(own):
                continue
            contrast = Contrast(
                "regulation",
                terms.outcome(measure, state),
                {"regulation": technique},
                {"regulation": control},
                {**where, "state": state, "arm": INDUCTION_TEXT},
                span,
                paired=True,
                random=terms.sampled(measure),
            )
            names = own.index.get_level_values("vignette") if state != ALL else own.index
            yield Effect(
                contrast,
                own[technique].set_axis(names),
                own[control].set_axis(names),
                item_rows=None if state == ALL else partial(_item_rows, items, technique, control, state),
                further=partial(_relief, end.loc[own.index]),
            )


def compared_arms(arms: Sequence[str], terms: Terms) -> Iterator[tuple[str, str]]:
    """Each technique with each control and with the techniques it is a pair with; each control with nothing said."""
    controls = terms.controls
    for arm in arms:
        for control in controls:
            if control in arms and control != arm and (arm not in controls or control == NOTHING):
                yield arm, control
        yield from ((one, other) for one, other in terms.pairs if one == arm and other in arms)


def _item_rows(items: pd.DataFrame, technique: str, control: str, state: str) -> pd.DataFrame:
    rows = items[items["regulation"].isin([technique, control]) & (items["state"] == state)]
    names = rows["regulation"].astype(str).map({technique: FIRST, control: SECOND})
    return item_rows(rows, rows["at"] - rows["begun"], names)


def _relief(ends: pd.DataFrame) -> Mapping[str, float]:
    """The level under the control minus that under the technique, in average standard deviations between vignettes
    within states: above zero is relief, as in the registry."""
    means = ends.groupby(level="state", observed=True).transform("mean").mean(axis=1)
    within = ends.sub(means, axis=0).to_numpy(float)
    try:
        size = d_av(within[:, 0], within[:, 1])
    except DataError:
        return {"relief": math.nan, "relief_low": math.nan, "relief_high": math.nan}
    return {"relief": size.d, "relief_low": size.low, "relief_high": size.high}
