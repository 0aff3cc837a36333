"""Contrasts of inductions: what the texts of a state did to a scale, against each condition it is held against."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial

import pandas as pd

from affectlab.effects.contrast import Contrast
from affectlab.effects.effect import (
    NO_VALUES,
    Effect,
    beside,
    item_rows,
    of_conditions,
    row_changes,
    under,
    values_of_conditions,
)
from affectlab.effects.shifts import DESIGN_CELL, change, induced, over_arms
from affectlab.effects.terms import Terms
from affectlab.materials.schema import INDUCTION_TEXT, NEUTRAL, NOTHING

SHARED = ("speech", "arithmetic", "induced", "stabilised")
"""Points at which arms do not differ yet, where no regulation comes before the induction."""
COMPARED = ("frame", "delivery", "context", "language")
"""Factors of which each level is compared with the first, on the same texts."""


@dataclass(frozen=True)
class ScaleInCell:
    """The changes and the items of one scale, in one cell of the design."""

    cell: Mapping[str, str]
    measure: str
    scale: str
    changes: pd.DataFrame
    """``over_arms(change(...))``: a row for each vignette and arm."""
    items: pd.DataFrame
    """Rows of ``by_point``."""
    span: tuple[str, str]
    """From which point to which."""

    def values(self, state: str, arm: str = INDUCTION_TEXT) -> pd.Series[float]:
        """What each vignette of a state did, without gaps."""
        return self._values.get((state, arm), NO_VALUES)

    @cached_property
    def _values(self) -> dict[tuple[str, str], pd.Series[float]]:
        return values_of_conditions(self.changes)

    def item_rows(self, first: tuple[str, str], second: tuple[str, str] | None) -> pd.DataFrame:
        """The items of two conditions, each a state and an arm."""
        rows, names = of_conditions(self.items, first, second)
        return item_rows(rows, row_changes(rows, self.span), names)


def inductions(points: pd.DataFrame, terms: Terms) -> Iterator[Effect]:
    """Each state on every scale: target scales against baseline, neutral texts, every control, every other state; other
    scales against neutral texts, and against baseline."""
    for one in scales(points, "baseline", induced(points), terms):
        texts = one.changes[one.changes["arm"] == INDUCTION_TEXT]
        states = [str(state) for state in texts["state"].unique()]
        for state in (state for state in states if state != NEUTRAL):
            yield from _against(one, state, terms, kind="induction" if state == one.scale else "other scale")
        if one.scale in states and one.scale != NEUTRAL:
            yield from _controls(one, terms)
            yield from _rivals(one, [state for state in states if state not in (one.scale, NEUTRAL)], terms)


def scales(points: pd.DataFrame, before: str, after: str, terms: Terms) -> Iterator[ScaleInCell]:
    """Every scale of every measure in every cell of the design, from one point to another."""
    changes = over_arms(change(points, before, after))
    items = _grouped(points)
    for design_cell, part in changes.groupby([*DESIGN_CELL, "measure", "scale"], observed=True, sort=False):
        *cell, measure, scale = map(str, design_cell)
        if measure not in terms.protocols:
            rows = items.get((*cell, measure, scale), points.iloc[:0])
            yield ScaleInCell(dict(zip(DESIGN_CELL, cell, strict=True)), measure, scale, part, rows, (before, after))


def _grouped(points: pd.DataFrame) -> dict[tuple[str, ...], pd.DataFrame]:
    grouped = points.groupby([*DESIGN_CELL, "measure", "scale"], observed=True, sort=False)
    return {tuple(map(str, design_cell)): part for design_cell, part in grouped}


def _against(one: ScaleInCell, state: str, terms: Terms, *, kind: str) -> Iterator[Effect]:
    """A state on a scale, against baseline and against neutral texts on the same scale."""
    own, neutral = one.values(state), one.values(NEUTRAL)
    if not len(own):
        return
    yield effect(one, (state, INDUCTION_TEXT), None, terms, kind=kind)
    if len(neutral):
        yield effect(one, (state, INDUCTION_TEXT), (NEUTRAL, INDUCTION_TEXT), terms, kind=kind)


def _controls(one: ScaleInCell, terms: Terms) -> Iterator[Effect]:
    """The texts against each control made of them, vignette by vignette.

    A control in which no turn passes leaves what was read at baseline, so that the contrast with it is that with
    baseline, which stands already.
    """
    part = one.changes[one.changes["state"] == one.scale]
    arms = part.pivot_table(index="vignette", columns="arm", values="value", observed=True, sort=False)
    for arm in (str(arm) for arm in arms if arm != INDUCTION_TEXT and INDUCTION_TEXT in arms):
        if arm in terms.silent and (arms[arm].dropna() == 0.0).all():
            continue
        pairs = arms[[INDUCTION_TEXT, arm]].dropna()
        yield effect(
            one, (one.scale, INDUCTION_TEXT), (one.scale, arm), terms, pairs=(pairs[INDUCTION_TEXT], pairs[arm])
        )


def _rivals(one: ScaleInCell, states: list[str], terms: Terms) -> Iterator[Effect]:
    """The target scale of a state under its texts against the same scale under the texts of another state."""
    for state in states:
        if len(one.values(state)) and len(one.values(one.scale)):
            yield effect(one, (one.scale, INDUCTION_TEXT), (state, INDUCTION_TEXT), terms, kind="rival state")


def effect(
    one: ScaleInCell,
    first: tuple[str, str],
    second: tuple[str, str] | None,
    terms: Terms,
    *,
    kind: str = "induction",
    pairs: tuple[pd.Series[float], pd.Series[float]] | None = None,
    cell: Mapping[str, str] | None = None,
) -> Effect:
    """A contrast on a scale of two conditions, each a state and an arm; of the second's units if they are paired."""
    contrast = Contrast(
        kind,
        terms.outcome(one.measure, one.scale),
        _levels(first),
        None if second is None else _levels(second),
        {**one.cell, **(cell or {})},
        one.span,
        paired=pairs is not None,
        random=terms.sampled(one.measure),
    )
    values = pairs or (one.values(*first), None if second is None else one.values(*second))
    return Effect(contrast, *values, item_rows=lambda: one.item_rows(first, second))


def _levels(condition: tuple[str, str]) -> dict[str, str]:
    state, arm = condition
    return {"state": state, "arm": arm}


def courses(points: pd.DataFrame, terms: Terms) -> Iterator[Effect]:
    """The target scale of each state at every other point, against baseline and against neutral texts.

    Over all arms at points that these share; after a regulation in sessions without one, where there are such.
    """
    texts = points[points["arm"] == INDUCTION_TEXT]
    unregulated, none = texts[texts["regulation"] == NOTHING], {"regulation": NOTHING}
    shared = () if (texts["order"] == "before").any() else SHARED
    for point in (point for point in terms.points if point not in ("baseline", induced(points)) and point in points):
        told, cell = (unregulated, none) if len(unregulated) and point not in shared else (texts, {})
        for one in scales(told, "baseline", point, terms):
            if one.scale != NEUTRAL and len(one.values(one.scale)):
                yield effect(one, (one.scale, INDUCTION_TEXT), None, terms, kind="course", cell=cell)
                if len(one.values(NEUTRAL)):
                    yield effect(
                        one, (one.scale, INDUCTION_TEXT), (NEUTRAL, INDUCTION_TEXT), terms, kind="course", cell=cell
                    )


def condition_contrasts(points: pd.DataFrame, terms: Terms) -> Iterator[Effect]:
    """The target scale under each frame, delivery, context and language minus under the first of them.

    Over the same texts where at least two were given under both, else over different ones.
    """
    span = ("baseline", induced(points))
    items = points[(points["arm"] == INDUCTION_TEXT) & (points["scale"].astype(str) == points["state"].astype(str))]
    items = items[~items["measure"].isin(list(terms.protocols))]
    own = over_arms(change(items, *span))
    for factor in COMPARED:
        others = [name for name in DESIGN_CELL if name != factor]
        for design_cell, part in own.groupby([*others, "state", "measure"], observed=True, sort=False):
            where = dict(zip([*others, "state", "measure"], map(str, design_cell), strict=True))
            table = part.pivot_table(index="vignette", columns=factor, values="value", observed=True, sort=False)
            first, *rest = [level for level in points[factor].unique() if level in table] or [""]
            for level in rest:
                pair = (str(level), table[level]), (str(first), table[first])
                yield _condition(where, factor, *pair, partial(under, items, where), span, terms)


def _condition(
    where: Mapping[str, str],
    factor: str,
    here: tuple[str, pd.Series[float]],
    there: tuple[str, pd.Series[float]],
    items: Callable[[], pd.DataFrame],
    span: tuple[str, str],
    terms: Terms,
) -> Effect:
    both = here[1].notna() & there[1].notna()
    paired = int(both.sum()) > 1
    first, second = (one[both] if paired else one.dropna() for one in (here[1], there[1]))
    state = where["state"]
    cell = {name: level for name, level in where.items() if name not in ("state", "measure")}
    contrast = Contrast(
        "condition",
        terms.outcome(where["measure"], state),
        {factor: here[0]},
        {factor: there[0]},
        {**cell, "state": state, "arm": INDUCTION_TEXT},
        span,
        paired,
        terms.sampled(where["measure"]),
    )

    def apart() -> pd.DataFrame:
        rows = items()
        first, second = (under(rows, {factor: level}) for level in (here[0], there[0]))
        return beside(first, second, lambda part: row_changes(part, span))

    return Effect(contrast, first, second, item_rows=apart)
