"""Manipulation checks: what an induction did to the answers, as tables over the sampled units.

Every table is made within a cell of the design (model, frame, technique, grade, delivery, context,
language), from changes since
baseline, in raw units; what is compared across cells says so. Nothing in them is a repeated read of one text. Numbers
are those of ``affectlab.effects``; each row has the id of its contrast.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import pandas as pd

from affectlab.effects.dose import TREND, trend_test
from affectlab.effects.effect import Effect
from affectlab.effects.find import Effects
from affectlab.effects.level import performances
from affectlab.effects.matrix import STATE_AND_SCALE, cells_of_states, design_levels, is_text, with_highest
from affectlab.effects.shifts import DESIGN_CELL
from affectlab.results.summary import Summary

INTERVAL = ["estimate", "low", "high", "n", "note", "contrast"]


@dataclass(frozen=True)
class Manipulation:
    """The manipulation checks of a run. A table is empty where the study has nothing for it."""

    convergence: pd.DataFrame
    """Each state on its target scale, against baseline and against the neutral condition."""
    discrimination: pd.DataFrame
    """Each state on every scale, and whether a cell is the highest of its row and column."""
    dose: pd.DataFrame
    """Each state's target scale over the grades of severity: step from grade to grade, and monotone trend."""
    specificity: pd.DataFrame
    """Each state on its target scale against each control made from its text."""
    course: pd.DataFrame
    """Each state on its target scale at every point of the session, against the neutral condition."""
    conditions: pd.DataFrame
    """Each state on its target scale under each frame, delivery, context and language, against the first of them."""
    performance: pd.DataFrame
    """What was done in a protocol: the speech and the sums."""

    def tables(self) -> dict[str, pd.DataFrame]:
        """Those that hold something, by name."""
        named = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: table for name, table in named.items() if len(table)}

    def marked(self, summary: Summary) -> dict[str, pd.DataFrame]:
        """The same, each row with whether it is ``usable``: whether it rests on a measure that its model can use.

        What was done in a protocol always counts.
        """
        return {name: table.assign(usable=_usable(table, summary)) for name, table in self.tables().items()}


def _usable(table: pd.DataFrame, summary: Summary) -> list[bool]:
    if "measure" not in table:
        return [True] * len(table)
    return summary.resting(table)


def manipulation(effects: Effects, scores: pd.DataFrame) -> Manipulation:
    """All manipulation checks.

    Args:
        effects: of the run.
        scores: the rows of ``Run.numbers()``.
    """
    return Manipulation(
        convergence(effects),
        discrimination(effects),
        dose_table(effects),
        specificity(effects),
        course(effects),
        condition_table(effects),
        performance_table(scores, effects.terms.protocols),
    )


def convergence(effects: Effects) -> pd.DataFrame:
    """The shift of each state's target scale, against baseline and against the neutral condition."""
    rows = [(*_design_cell(one), one.contrast.against, *_interval(one)) for one in _own(effects) if is_text(one)]
    return pd.DataFrame(rows, columns=[*DESIGN_CELL, "state", "measure", "against", *INTERVAL])


def discrimination(effects: Effects) -> pd.DataFrame:
    """State by scale, long: the shift minus that of the neutral condition; from baseline where there is none.

    ``highest_in_row``: the texts move no other state's scale as much; ``highest_in_column``: no other state's texts
    move the scale as much. Both are missing where there is nothing to compare with.
    """
    cells = cells_of_states(effects)
    rows = [(*place, *_interval(one), one.estimate.n_second.get(one.contrast.unit, 0)) for place, one in cells.items()]
    table = pd.DataFrame(rows, columns=[*STATE_AND_SCALE, *INTERVAL, "n_neutral"])
    return with_highest(table, effects)


def dose_table(effects: Effects) -> pd.DataFrame:
    """The target scale over ascending grades (``effects.dose``)."""
    others = [factor for factor in DESIGN_CELL if factor != "grade"]
    rows = []
    for one in effects.doses:
        contrast = one.contrast
        grades = f"{contrast.against}, {contrast.first['grade'].removesuffix(', of one step')}"
        design_cell = (*(contrast.cell[factor] for factor in others), contrast.state, contrast.outcome.measure, grades)
        trend = (one.estimate.further.get(name, float("nan")) for name in TREND)
        rows.append((*design_cell, *_interval(one), trend_test(one), *trend))
    return pd.DataFrame(rows, columns=[*others, "state", "measure", "grades", *INTERVAL, "trend", *TREND])


def specificity(effects: Effects) -> pd.DataFrame:
    """The shift of the target scale under the text minus under each control, event by event."""
    rows: list[tuple[Any, ...]] = []
    for one in _own(effects):
        if not is_text(one) and one.second is not None:
            means = (one.first.mean(), one.second.mean())
            rows.append((*_design_cell(one), one.contrast.against, *means, *_interval(one)))
    return pd.DataFrame(rows, columns=[*DESIGN_CELL, "state", "measure", "against", "text", "control", *INTERVAL])


def course(effects: Effects) -> pd.DataFrame:
    """The target scale at each point: mean change from baseline, and against the neutral condition.

    After a regulation, in sessions without one only.
    """
    found = [one for one in _own(effects) if is_text(one)]
    found += effects.courses
    order = list(effects.terms.points)
    found.sort(key=lambda one: order.index(_point(one)) if _point(one) in order else -1)
    rows = [(*_design_cell(one), _point(one), one.contrast.against, *_interval(one)) for one in found]
    return pd.DataFrame(rows, columns=[*DESIGN_CELL, "state", "measure", "point", "against", *INTERVAL])


def condition_table(effects: Effects) -> pd.DataFrame:
    """The target scale under each frame, delivery, context and language minus under the first of them."""
    rows = []
    for one in effects.conditions:
        ((factor, level),) = one.contrast.first.items()
        means = (one.first.mean(), float("nan") if one.second is None else one.second.mean())
        rows.append((*_design_cell(one), factor, level, one.contrast.against, *means, *_interval(one)))
    columns = [*DESIGN_CELL, "state", "measure", "factor", "level", "against", "shift", "shift_against", *INTERVAL]
    return pd.DataFrame(rows, columns=columns)


def performance_table(scores: pd.DataFrame, protocols: Sequence[str]) -> pd.DataFrame:
    """What was done in each protocol: per stage and score, the mean over sessions."""
    rows = []
    for one in performances(scores, protocols):
        cell = one.contrast.cell
        design_cell = (cell["model"], cell["frame"], cell["technique"], one.contrast.state, cell["stage"])
        rows.append((*design_cell, one.contrast.outcome.scale, *_interval(one)))
    return pd.DataFrame(rows, columns=["model", "frame", "technique", "state", "stage", "score", *INTERVAL])


def _own(effects: Effects) -> Iterable[Effect]:
    """Each state on its target scale."""
    return (one for one in effects.inductions if one.contrast.kind == "induction")


def _design_cell(one: Effect) -> tuple[str, ...]:
    return (*design_levels(one), one.contrast.state, one.contrast.outcome.measure)


def _point(one: Effect) -> str:
    return one.contrast.change[1] if one.contrast.change else ""


def _interval(one: Effect) -> tuple[Any, ...]:
    found = one.estimate
    return (found.difference, found.low, found.high, found.units, found.gap, one.contrast.id)
