"""Manipulation checks: what an induction did to the answers, as tables over the sampled units.

Every table is made within a setting (model, frame, technique, grade, delivery, context), from changes since
baseline, in raw units; what is compared across settings says so. Nothing in them is a repeated read of one text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, get_args

import numpy as np
import pandas as pd

from affectlab.analysis.effect import Effect, Values, effect
from affectlab.analysis.shifts import DESIGN, change, induced, over_arms
from affectlab.errors import DataError
from affectlab.materials.schema import NEUTRAL, NOTHING, TEXT, Grade
from affectlab.stats.trend import Trend, jonckheere, page
from affectlab.stats.ttest import one_sample_t, paired_t, welch_t
from affectlab.trial import ASIDE

GRADES: tuple[Grade, ...] = get_args(Grade)
COMPARED = ("frame", "delivery", "context")
"""Factors of which each level is compared with the first, on the same texts."""
INTERVAL = ["estimate", "low", "high", "n", "note"]


@dataclass(frozen=True)
class Manipulation:
    """The manipulation checks of a run. A table is empty where the study has nothing for it."""

    convergence: pd.DataFrame
    """Each state on its own scale, against baseline and against the neutral condition."""
    discrimination: pd.DataFrame
    """Each state on every scale, and whether a cell is the highest of its row and column."""
    dose: pd.DataFrame
    """Each state's own scale over the grades of severity: step from grade to grade, and monotone trend."""
    specificity: pd.DataFrame
    """Each state on its own scale against each control made from its text."""
    course: pd.DataFrame
    """Each state on its own scale at every point of the session, against the neutral condition."""
    conditions: pd.DataFrame
    """Each state on its own scale under each frame, delivery and context, against the first of them."""
    performance: pd.DataFrame
    """What was done in a protocol: the speech and the sums."""

    def tables(self) -> dict[str, pd.DataFrame]:
        """Those that hold something, by name."""
        named = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: table for name, table in named.items() if len(table)}


def manipulation(
    items: pd.DataFrame, trials: pd.DataFrame, points: Sequence[str], protocols: Sequence[str] = ()
) -> Manipulation:
    """All manipulation checks.

    Args:
        items: the rows of ``by_point``.
        trials: the rows of ``Run.numbers()``.
        points: those of the study, in the order of a session.
        protocols: the techniques that are enacted.
    """
    told = items[~items["measure"].isin(list(protocols))]
    shifts = over_arms(change(told, "baseline", induced(told)))
    return Manipulation(
        convergence(shifts),
        discrimination(shifts),
        dose(shifts),
        specificity(shifts),
        course(told, points),
        conditions(shifts),
        performance(trials, protocols),
    )


def convergence(shifts: pd.DataFrame) -> pd.DataFrame:
    """The shift of each state's own scale: one-sample against baseline, Welch's t against the neutral condition."""
    rows: list[tuple[Any, ...]] = []
    for place, part in _own(shifts):
        own, neutral = _sample(part, place.state), _sample(part, NEUTRAL)
        rows.append((*place.row, "baseline", *effect(one_sample_t, own)))
        if len(neutral):
            rows.append((*place.row, NEUTRAL, *effect(welch_t, own, neutral)))
    return pd.DataFrame(rows, columns=[*DESIGN, "state", "measure", "against", *INTERVAL])


def discrimination(shifts: pd.DataFrame) -> pd.DataFrame:
    """State by scale, long: the shift minus that of the neutral condition; from baseline where there is none."""
    rows: list[tuple[Any, ...]] = []
    texts = _texts(shifts)
    for place, part in texts.groupby([*DESIGN, "measure"], observed=True, sort=False):
        for (state, scale), cell in part.groupby(["state", "scale"], observed=True, sort=False):
            own, neutral = cell["value"].dropna().to_numpy(float), _sample(part[part["scale"] == scale], NEUTRAL)
            if state != NEUTRAL and len(own):
                found = effect(welch_t, own, neutral) if len(neutral) else effect(one_sample_t, own)
                rows.append((*place, state, scale, *found, len(neutral)))
    table = pd.DataFrame(rows, columns=[*DESIGN, "measure", "state", "scale", *INTERVAL, "n_neutral"])
    table["own"] = table["state"] == table["scale"]
    within = [*DESIGN, "measure"]
    for name, line in (("row", "state"), ("column", "scale")):
        highest = table.groupby([*within, line], observed=True)["estimate"].transform("max")
        table[f"highest_in_{name}"] = table["estimate"] == highest
    return table


def dose(shifts: pd.DataFrame) -> pd.DataFrame:
    """The own scale over ascending grades.

    ``estimate`` is the step from one grade to the next: where the grades are told of the same events, the mean over
    events of the least-squares slope; else the difference of the outer grades over the number of steps. Beside it
    the monotone trend: Page's over events, or Jonckheere's over independent ones.
    """
    rows: list[tuple[Any, ...]] = []
    texts = _texts(shifts)
    others = [factor for factor in DESIGN if factor != "grade"]
    columns = [*others, "state", "measure", "grades", *INTERVAL, "trend", "strength", "z", "p_rising"]
    own = texts[texts["scale"] == texts["state"]]
    for place, part in own.groupby([*others, "state", "measure"], observed=True, sort=False):
        table = part.pivot_table(index="vignette", columns="grade", values="value", observed=True)
        grades = [grade for grade in GRADES if grade in table]
        if len(grades) > 1:
            step, trend = _dose(table[grades])
            shown = (trend.test, trend.strength, trend.z, trend.p_rising) if trend else ("", *[np.nan] * 3)
            rows.append((*place, ", ".join(grades), *step, *shown))
    return pd.DataFrame(rows, columns=columns)


def _dose(table: pd.DataFrame) -> tuple[Effect, Trend | None]:
    """The step and the trend over the columns, of which the rows are the units."""
    complete = table.dropna()
    steps = np.arange(table.shape[1], dtype=np.float64)
    if len(complete) > 1:
        slopes = (complete.to_numpy(float) @ (steps - steps.mean())) / float(np.sum((steps - steps.mean()) ** 2))
        return effect(one_sample_t, slopes), _trend(lambda: page(complete.to_numpy(float)))
    levels = [table[grade].dropna().to_numpy(float) for grade in table]
    found = effect(welch_t, levels[-1] / steps[-1], levels[0] / steps[-1])
    return found, _trend(lambda: jonckheere(levels))


def _trend(test: Any) -> Trend | None:
    try:
        trend: Trend = test()
    except DataError:
        return None
    return trend


def specificity(shifts: pd.DataFrame) -> pd.DataFrame:
    """The shift of the own scale under the text minus under each control, event by event (paired t)."""
    rows: list[tuple[Any, ...]] = []
    for place, part in _own(shifts, texts_only=False):
        arms = part[part["state"] == place.state]
        table = arms.pivot_table(index="vignette", columns="arm", values="value", observed=True, sort=False)
        for arm in (arm for arm in table if arm != TEXT and TEXT in table):
            pairs = table[[TEXT, arm]].dropna()
            text, control = pairs[TEXT].to_numpy(float), pairs[arm].to_numpy(float)
            means = (float(text.mean()), float(control.mean())) if len(pairs) else (np.nan, np.nan)
            rows.append((*place.row, arm, *means, *effect(paired_t, text, control)))
    return pd.DataFrame(rows, columns=[*DESIGN, "state", "measure", "against", "text", "control", *INTERVAL])


def course(points: pd.DataFrame, order: Sequence[str]) -> pd.DataFrame:
    """The own scale at each point: mean change from baseline, and against the neutral condition (Welch's t).

    After a regulation, in sessions without one only.
    """
    rows: list[tuple[Any, ...]] = []
    texts = _texts(points)
    unregulated = texts[texts["regulation"] == NOTHING]
    told = unregulated if len(unregulated) else texts
    for point in (point for point in order if point != "baseline" and point in points):
        for place, part in _own(over_arms(change(told, "baseline", point))):
            own, neutral = _sample(part, place.state), _sample(part, NEUTRAL)
            alone = effect(one_sample_t, own)
            rows.append((*place.row, point, "baseline", *alone))
            if len(neutral):
                rows.append((*place.row, point, NEUTRAL, *effect(welch_t, own, neutral)))
    columns = [*DESIGN, "state", "measure", "point", "against", *INTERVAL]
    return pd.DataFrame(rows, columns=columns)


def conditions(shifts: pd.DataFrame) -> pd.DataFrame:
    """The own scale under each frame, delivery and context minus under the first of them.

    Over the same texts (paired t) where they were given under both, else over different ones (Welch's t).
    """
    rows: list[tuple[Any, ...]] = []
    texts = _texts(shifts)
    own = texts[texts["scale"] == texts["state"]]
    for factor in COMPARED:
        others = [name for name in DESIGN if name != factor]
        for place, part in own.groupby([*others, "state", "measure"], observed=True, sort=False):
            where = dict(zip([*others, "state", "measure"], place, strict=True))
            table = part.pivot_table(index="vignette", columns=factor, values="value", observed=True, sort=False)
            first, *rest = [level for level in shifts[factor].unique() if level in table]
            for level in rest:
                found = _compared(table[level], table[first])
                means = (float(table[level].mean()), float(table[first].mean()))
                rows.append((*[where.get(name, "") for name in (*DESIGN, "state", "measure")], factor, level, first))
                rows[-1] += (*means, *found)
    columns = [*DESIGN, "state", "measure", "factor", "level", "against", "shift", "shift_against", *INTERVAL]
    return pd.DataFrame(rows, columns=columns)


def _compared(here: pd.Series[float], there: pd.Series[float]) -> Effect:
    both = here.notna() & there.notna()
    if both.sum() > 1:
        return effect(paired_t, here[both].to_numpy(float), there[both].to_numpy(float))
    return effect(welch_t, here.dropna().to_numpy(float), there.dropna().to_numpy(float))


def performance(trials: pd.DataFrame, protocols: Iterable[str]) -> pd.DataFrame:
    """What was done in each protocol: per stage and score, the mean over sessions."""
    rows: list[tuple[Any, ...]] = []
    done = trials[trials["measure"].isin(list(protocols)) & (trials["scale"] != ASIDE)]
    keys = ["model", "frame", "technique", "state", "item", "scale"]
    for place, part in done.groupby(keys, observed=True, sort=False):
        rows.append((*place, *effect(one_sample_t, part.groupby("vignette")["value"].mean().to_numpy(float))))
    return pd.DataFrame(rows, columns=["model", "frame", "technique", "state", "stage", "score", *INTERVAL])


@dataclass(frozen=True)
class _Place:
    """A setting, a state and a measure."""

    design: Mapping[str, str]
    state: str
    measure: str

    @property
    def row(self) -> tuple[str, ...]:
        return (*self.design.values(), self.state, self.measure)


def _own(shifts: pd.DataFrame, *, texts_only: bool = True) -> Iterator[tuple[_Place, pd.DataFrame]]:
    """Each state in each setting, with the rows of its own scale: its own, and those of the neutral condition."""
    told = _texts(shifts) if texts_only else shifts
    for place, part in told.groupby([*DESIGN, "measure", "scale"], observed=True, sort=False):
        *design, measure, scale = map(str, place)
        rows = part[part["state"].isin((scale, NEUTRAL)) & part["value"].notna()]
        if scale != NEUTRAL and (rows["state"] == scale).any():
            yield _Place(dict(zip(DESIGN, design, strict=True)), scale, measure), rows


def _texts(shifts: pd.DataFrame) -> pd.DataFrame:
    return shifts[shifts["arm"] == TEXT]


def _sample(part: pd.DataFrame, state: str) -> Values:
    return part.loc[part["state"] == state, "value"].dropna().to_numpy(float)
