"""Two runs beside each other: the contrasts that both have, vignette by vignette and item by item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from affectlab.effects.contrast import Contrast
from affectlab.effects.effect import FIRST, SECOND, Effect
from affectlab.effects.find import Effects
from affectlab.effects.shifts import DESIGN_CELL

RUNS = "run"
"""The factor whose levels are compared."""
KEY = ("unit", "item")


@dataclass(frozen=True)
class RunDifference:
    """A contrast in two runs, and by how much it differs."""

    own: Effect
    """In the first run."""
    other: Effect
    """In the second."""
    effect: Effect
    """The first run minus the second, on the vignettes and items that both have."""


def run_differences(first: Effects, second: Effects, names: tuple[str, str]) -> Iterator[RunDifference]:
    """Every contrast that two runs have, of those that are made vignette by vignette.

    These are changes from the own beginning, and contrasts with a control on the same vignettes. The models, or one
    other factor of which each run has one level, may be what tells the runs apart.

    Args:
        names: of the runs.
    """
    alone = _single(first) & _single(second)
    known = {_key(one.contrast, alone): one for one in _within(second)}
    for one in _within(first):
        two = known.get(_key(one.contrast, alone))
        if two is None:
            continue
        rows = joined(one, two)
        if len(rows):
            yield RunDifference(one, two, _difference(one.contrast, rows, names, alone))


def joined(one: Effect, two: Effect) -> pd.DataFrame:
    """What both runs have of a contrast: unit, item, and the value in each."""
    return _by_item(one).merge(_by_item(two), on=list(KEY), suffixes=(f"_{FIRST}", f"_{SECOND}"))


def _within(effects: Effects) -> Iterator[Effect]:
    """The contrasts that are made within each unit."""
    for part in (effects.inductions, effects.regulations):
        yield from (
            one
            for one in part
            if one.contrast.kind in ("induction", "regulation") and (one.contrast.second is None or one.contrast.paired)
        )


def _by_item(effect: Effect) -> pd.DataFrame:
    """What the contrast is on each item of each unit."""
    apart = effect.items.pivot(index=list(KEY), columns="condition", values="value")
    if effect.contrast.second is not None:
        if not {FIRST, SECOND} <= set(apart):
            return pd.DataFrame(columns=[*KEY, "value"])
        apart[FIRST] = apart[FIRST] - apart[SECOND]
    return apart[FIRST].dropna().rename("value").reset_index()


def _difference(
    contrast: Contrast, rows: pd.DataFrame, names: tuple[str, str], alone: Sequence[str] | set[str]
) -> Effect:
    values = [f"value_{name}" for name in (FIRST, SECOND)]
    means = rows.groupby("unit", sort=False)[values].mean()
    shared = {factor: level for factor, level in contrast.cell.items() if factor not in alone}
    asked = {**shared, **contrast.first}
    if contrast.second is not None:
        asked["against"] = contrast.against
    made = replace(contrast, kind="runs", first={RUNS: names[0]}, second={RUNS: names[1]}, cell=asked, paired=True)
    long = pd.concat([_long(rows, value, name) for value, name in zip(values, (FIRST, SECOND), strict=True)])
    return Effect(made, means[values[0]], means[values[1]], item_rows=lambda: long)


def _long(rows: pd.DataFrame, value: str, condition: str) -> pd.DataFrame:
    part = rows[[*KEY, value]].rename(columns={value: "value"})
    return part.assign(condition=condition)


def _single(effects: Effects) -> set[str]:
    """The factors of the design of which a run has one level."""
    return {factor for factor in DESIGN_CELL if effects.points[factor].nunique() == 1}


def _key(contrast: Contrast, alone: set[str]) -> tuple[object, ...]:
    def kept(levels: Mapping[str, str] | None) -> tuple[tuple[str, str], ...] | None:
        return None if levels is None else tuple(sorted((key, one) for key, one in levels.items() if key not in alone))

    outcome = contrast.outcome
    place = (contrast.kind, outcome.measure, outcome.scale, outcome.unit, contrast.change)
    return (*place, kept(contrast.first), kept(contrast.second), kept(contrast.cell))
