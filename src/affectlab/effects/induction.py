"""Contrasts of inductions: what the texts of a state did to a scale, against each condition it is held against."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import pandas as pd

from affectlab.effects.contrast import Contrast
from affectlab.effects.effect import Effect, apart, beside, moved, of_conditions, under
from affectlab.effects.shifts import DESIGN, change, induced, over_arms
from affectlab.effects.terms import Terms
from affectlab.materials.schema import NEUTRAL, NOTHING, TEXT

SHARED = ("speech", "arithmetic", "induced", "stabilised")
"""Points at which arms do not differ yet, where no regulation comes before the induction."""
COMPARED = ("frame", "delivery", "context")
"""Factors of which each level is compared with the first, on the same texts."""


@dataclass(frozen=True)
class Scale:
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

    def values(self, state: str, arm: str = TEXT) -> pd.Series[float]:
        """What each vignette of a state did, without gaps."""
        rows = self.changes[(self.changes["state"] == state) & (self.changes["arm"] == arm)]
        return rows.dropna(subset=["value"]).set_index("vignette")["value"]

    def apart(self, first: tuple[str, str], second: tuple[str, str] | None) -> pd.DataFrame:
        """The items of two conditions, each a state and an arm."""
        rows, names = of_conditions(self.items, first, second)
        return apart(rows, moved(rows, self.span), names)


def inductions(points: pd.DataFrame, terms: Terms) -> Iterator[Effect]:
    """Each state on every scale: own scales against baseline, neutral texts, every control, every other state; other
    scales against neutral texts, and against baseline."""
    for one in scales(points, "baseline", induced(points), terms):
        texts = one.changes[one.changes["arm"] == TEXT]
        states = [str(state) for state in texts["state"].unique()]
        for state in (state for state in states if state != NEUTRAL):
            yield from _against(one, state, terms, kind="induction" if state == one.scale else "other scale")
        if one.scale in states and one.scale != NEUTRAL:
            yield from _controls(one, terms)
            yield from _rivals(one, [state for state in states if state not in (one.scale, NEUTRAL)], terms)


def scales(points: pd.DataFrame, before: str, after: str, terms: Terms) -> Iterator[Scale]:
    """Every scale of every measure in every cell of the design, from one point to another."""
    changes = over_arms(change(points, before, after))
    items = _grouped(points)
    for place, part in changes.groupby([*DESIGN, "measure", "scale"], observed=True, sort=False):
        *cell, measure, scale = map(str, place)
        if measure not in terms.protocols:
            rows = items.get((*cell, measure, scale), points.iloc[:0])
            yield Scale(dict(zip(DESIGN, cell, strict=True)), measure, scale, part, rows, (before, after))


def _grouped(points: pd.DataFrame) -> dict[tuple[str, ...], pd.DataFrame]:
    grouped = points.groupby([*DESIGN, "measure", "scale"], observed=True, sort=False)
    return {tuple(map(str, place)): part for place, part in grouped}


def _against(one: Scale, state: str, terms: Terms, *, kind: str) -> Iterator[Effect]:
    """A state on a scale, against baseline and against neutral texts on the same scale."""
    own, neutral = one.values(state), one.values(NEUTRAL)
    if not len(own):
        return
    yield effect(one, (state, TEXT), None, terms, kind=kind)
    if len(neutral):
        yield effect(one, (state, TEXT), (NEUTRAL, TEXT), terms, kind=kind)


def _controls(one: Scale, terms: Terms) -> Iterator[Effect]:
    """The texts against each control made of them, vignette by vignette."""
    part = one.changes[one.changes["state"] == one.scale]
    arms = part.pivot_table(index="vignette", columns="arm", values="value", observed=True, sort=False)
    for arm in (str(arm) for arm in arms if arm != TEXT and TEXT in arms):
        pairs = arms[[TEXT, arm]].dropna()
        yield effect(one, (one.scale, TEXT), (one.scale, arm), terms, pairs=(pairs[TEXT], pairs[arm]))


def _rivals(one: Scale, states: list[str], terms: Terms) -> Iterator[Effect]:
    """The own scale of a state under its texts against the same scale under the texts of another state."""
    for state in states:
        if len(one.values(state)) and len(one.values(one.scale)):
            yield effect(one, (one.scale, TEXT), (state, TEXT), terms, kind="rival state")


def effect(
    one: Scale,
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
    return Effect(contrast, *values, apart=lambda: one.apart(first, second))


def _levels(condition: tuple[str, str]) -> dict[str, str]:
    state, arm = condition
    return {"state": state, "arm": arm}


def courses(points: pd.DataFrame, terms: Terms) -> Iterator[Effect]:
    """The own scale of each state at every other point, against baseline and against neutral texts.

    Over all arms at points that these share; after a regulation in sessions without one, where there are such.
    """
    texts = points[points["arm"] == TEXT]
    unregulated, none = texts[texts["regulation"] == NOTHING], {"regulation": NOTHING}
    shared = () if (texts["order"] == "before").any() else SHARED
    for point in (point for point in terms.points if point not in ("baseline", induced(points)) and point in points):
        told, cell = (unregulated, none) if len(unregulated) and point not in shared else (texts, {})
        for one in scales(told, "baseline", point, terms):
            if one.scale != NEUTRAL and len(one.values(one.scale)):
                yield effect(one, (one.scale, TEXT), None, terms, kind="course", cell=cell)
                if len(one.values(NEUTRAL)):
                    yield effect(one, (one.scale, TEXT), (NEUTRAL, TEXT), terms, kind="course", cell=cell)


def conditions(points: pd.DataFrame, terms: Terms) -> Iterator[Effect]:
    """The own scale under each frame, delivery and context minus under the first of them.

    Over the same texts where at least two were given under both, else over different ones.
    """
    span = ("baseline", induced(points))
    items = points[(points["arm"] == TEXT) & (points["scale"].astype(str) == points["state"].astype(str))]
    items = items[~items["measure"].isin(list(terms.protocols))]
    own = over_arms(change(items, *span))
    for factor in COMPARED:
        others = [name for name in DESIGN if name != factor]
        for place, part in own.groupby([*others, "state", "measure"], observed=True, sort=False):
            where = dict(zip([*others, "state", "measure"], map(str, place), strict=True))
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
        {**cell, "state": state, "arm": TEXT},
        span,
        paired,
        terms.sampled(where["measure"]),
    )

    def apart() -> pd.DataFrame:
        rows = items()
        first, second = (under(rows, {factor: level}) for level in (here[0], there[0]))
        return beside(first, second, lambda part: moved(part, span))

    return Effect(contrast, first, second, apart=apart)
