"""Contrasts of regulations: the target scale after a technique against each control, and each technique that it is a
pair with, given in the same manner."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from affectlab.design.parts import STARTS, Order
from affectlab.effects.contrast import Contrast, ContrastOutcome
from affectlab.effects.effect import FIRST, LEAST_STANDARDISED, SECOND, Effect, item_rows
from affectlab.effects.shifts import DESIGN_CELL, REGULATION_CELL, UNIT, begun, change, level_of, starts
from affectlab.effects.states import are_sample, over_states
from affectlab.effects.terms import Terms
from affectlab.errors import DataError
from affectlab.materials.schema import INDUCTION_TEXT, NEUTRAL, NOTHING
from affectlab.stats.effects import d_av, d_limits
from affectlab.stats.ttest import one_sample_t

RIGHT_AFTER = "regulated"
_NO_RELIEF: Mapping[str, float] = dict.fromkeys(("relief", "relief_low", "relief_high"), math.nan)


def regulations(points: pd.DataFrame, terms: Terms) -> Iterator[Effect]:
    """Each technique against each control, pairs of techniques, and each control against nothing said: per state, over
    states where they are a sample (``states.over_states``), and at every point from the regulation on."""
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
    same = _same_items(items, states)
    for technique, control in compared_arms([str(arm) for arm in arms], terms):
        pairs, end = arms[[technique, control]].dropna(), ends[[control, technique]]
        found = [
            _in_state(pairs, end, items, state, (technique, control), where, terms.outcome(measure, state), span, terms)
            for state in states
        ]
        found = [one for one in found if len(one.first)]
        induced = [one for one in found if one.contrast.state != NEUTRAL]
        if are_sample(induced):
            there = [end.loc[_places(one)] for one in induced]
            yield replace(over_states(induced, same_items=same), further=partial(_relief_over_states, there))
        yield from found


def _in_state(
    pairs: pd.DataFrame,
    end: pd.DataFrame,
    items: pd.DataFrame,
    state: str,
    arms: tuple[str, str],
    where: Mapping[str, str],
    outcome: ContrastOutcome,
    span: tuple[str, str],
    terms: Terms,
) -> Effect:
    """A technique and a control in one state, text by text."""
    technique, control = arms
    own = pairs[pairs.index.get_level_values("state") == state]
    names = own.index.get_level_values("vignette")
    contrast = Contrast(
        "regulation",
        outcome,
        {"regulation": technique},
        {"regulation": control},
        {**where, "state": state, "arm": INDUCTION_TEXT},
        span,
        paired=True,
        random=terms.sampled(outcome.measure),
    )
    return Effect(
        contrast,
        own[technique].set_axis(names),
        own[control].set_axis(names),
        item_rows=partial(_item_rows, items, technique, control, state),
        further=partial(_relief, end.loc[own.index]),
    )


def _places(one: Effect) -> list[tuple[str, str]]:
    """Where the texts of a state stand among those of all."""
    return [(one.contrast.state, str(name)) for name in one.first.index]


def _same_items(items: pd.DataFrame, states: Sequence[str]) -> bool:
    """Whether all states have the same items on their target scales."""
    of = items[items["state"].isin([state for state in states if state != NEUTRAL])]
    return len({frozenset(map(str, part)) for _, part in of.groupby("state", observed=True)["item"]}) == 1


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
    """The level under the control minus that under the technique, in average standard deviations between the texts of a
    state: above zero is relief, as in the registry. None where the texts are too few to standardise."""
    if len(ends) < LEAST_STANDARDISED:
        return _NO_RELIEF
    try:
        size = d_av(*(ends.iloc[:, place].to_numpy(float) for place in (0, 1)))
    except DataError:
        return _NO_RELIEF
    return {"relief": size.d, "relief_low": size.low, "relief_high": size.high}


def _relief_over_states(ends: Sequence[pd.DataFrame]) -> Mapping[str, float]:
    """The same over states, which are a sample: the standard deviation is that between the texts within a state, pooled
    with the degrees of freedom that are left when each state has its own mean. None where these are fewer than those of
    so many texts as are needed to standardise."""
    df = sum(len(one) - 1 for one in ends)
    if df < LEAST_STANDARDISED - 1:
        return _NO_RELIEF
    values = [one.to_numpy(float) for one in ends]
    squares = sum(float(np.sum((one - one.mean(axis=0)) ** 2)) / 2.0 for one in values)
    sd = math.sqrt(squares / df)
    try:
        test = one_sample_t([float(one[:, 0].mean() - one[:, 1].mean()) for one in values])
    except DataError:
        return _NO_RELIEF
    if sd == 0.0:
        return _NO_RELIEF
    low, high = d_limits(test.t, test.df, test.se / sd)
    return {"relief": test.difference / sd, "relief_low": low, "relief_high": high}
