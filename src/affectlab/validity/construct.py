"""Whether scores are of what they are named after: reliable, specific, graded, and at one with behaviour."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from affectlab.effects.shifts import UNIT, level, performed
from affectlab.errors import DataError
from affectlab.materials.checks import Check
from affectlab.materials.schema import NEUTRAL
from affectlab.materials.tasks import Task
from affectlab.stats.correlation import pearson
from affectlab.stats.reliability import cronbach_alpha
from affectlab.validity.check_context import CheckContext, Reading, count_of, number_text
from affectlab.validity.verdict import CheckValue, Unmeasured

NOTHING = Unmeasured("no usable measure was asked before and after the induction")
FEW = Unmeasured("there are too few vignettes, or they do not differ")


def alpha_median(basis: CheckContext, check: Check) -> CheckValue | Unmeasured:
    """Median α of the scales that have several items or stems, of their shifts over the vignettes of all states."""
    found = [alpha for table in _items(basis) for alpha in _alpha(table)]
    if not found:
        return FEW
    value = float(np.median(found))
    low = min(found)
    says = f"The median α of {count_of(len(found), 'scale')} is {number_text(value)}, the lowest {number_text(low)}."
    return CheckValue(value, says, n=len(found), unit="scale")


def _items(basis: CheckContext) -> Iterator[pd.DataFrame]:
    """Per scale of several items, the shift of each item (columns) under each vignette (rows)."""
    points, after = basis.points, basis.after
    if "baseline" not in points or after not in points:
        return
    shifts = points.assign(value=points[after] - points["baseline"])
    for one in basis.usable:
        for _, rows in shifts[shifts["measure"] == one.id].groupby("scale", observed=True, sort=False):
            table = rows.pivot_table(index=UNIT, columns="item", values="value", observed=True).dropna()
            if table.shape[1] > 1:
                yield table


def _alpha(table: pd.DataFrame) -> Iterator[float]:
    try:
        yield cronbach_alpha(table).value
    except DataError:
        return


def half_correlation(basis: CheckContext, check: Check) -> CheckValue | Unmeasured:
    """Correlation of the table of states and scales under odd and under even vignettes, stepped up to all.

    ``2 r / (1 + r)``, Spearman (1910) and Brown (1910); within settings, averaged over them, lowest of the measures.
    """
    found = {one.title: list(_halves(basis, one.id)) for one in basis.usable}
    means = {title: float(np.mean(values)) for title, values in found.items() if values}
    if not means:
        return FEW
    title = min(means, key=lambda one: means[one])
    r = number_text(means[title])
    says = f"The shifts of {title} under one half of the vignettes agree with those under the other at {r}."
    return CheckValue(means[title], says, n=len(means), unit="measure")


def _halves(basis: CheckContext, measure: str) -> Iterator[float]:
    shifts = basis.shifts[basis.shifts["measure"] == measure]
    for _, rows in shifts.groupby(UNIT[:6], observed=True, sort=False):
        place = rows.groupby("state", observed=True)["vignette"].transform(lambda one: pd.factorize(one)[0] % 2)
        tables = rows.assign(half=place).pivot_table(
            index=["state", "scale"], columns="half", values="value", observed=True
        )
        if tables.shape[1] < 2:
            continue
        try:
            r = pearson(*(tables.dropna()[half] for half in (0, 1))).value
        except DataError:
            continue
        yield 2.0 * r / (1.0 + r) if r > 0.0 else r


def target_largest(basis: CheckContext, check: Check) -> CheckValue | Unmeasured:
    """Share of states and usable measures in which a state's texts move no other state's scale as much, and no other
    texts move its scale as much; of shifts beyond those of neutral texts."""
    tables = [_matrix(basis, one.id) for one in basis.usable]
    if not any(table.size for table in tables):
        return NOTHING
    held = [hold for table in tables for hold in _foremost(table)]
    if not held:
        return Unmeasured("it takes two states, and scales of both")
    says = (
        f"In {sum(held)} of {count_of(len(held), 'state and measure', 'states and measures')} a state's texts moved "
        f"no other state's scale as much, and no other texts moved its scale as much."
    )
    return CheckValue(sum(held) / len(held), says, n=len(held), unit="state and measure")


def _matrix(basis: CheckContext, measure: str) -> pd.DataFrame:
    """The mean shift of each state (rows) on the scale of each state (columns), minus that of neutral texts."""
    states = [state.id for state in basis.study.catalogue.states if not state.neutral]
    shifts = basis.shifts[(basis.shifts["measure"] == measure) & basis.shifts["scale"].isin(states)]
    means = shifts.groupby(["state", "scale"], observed=True)["value"].mean().unstack("scale")
    means.index, means.columns = means.index.astype(str), means.columns.astype(str)
    beyond = means - means.loc[NEUTRAL] if NEUTRAL in means.index else means
    return beyond.drop(index=NEUTRAL, errors="ignore")


def _foremost(table: pd.DataFrame) -> Iterator[bool]:
    """Per state with a scale of its own, whether their cell is above all others in its row and in its column."""
    if min(table.shape) < 2:
        return
    for state in (state for state in table.index if state in table.columns):
        own = table.loc[state, state]
        row, column = table.loc[state].drop(state), table[state].drop(state)
        yield bool((own > row.dropna()).all() and (own > column.dropna()).all())


def grade_order(basis: CheckContext, check: Check) -> CheckValue | Unmeasured:
    """Share of states and usable measures whose own shift is larger under the severest than under the mildest grade."""
    shifts = basis.shifts
    own = shifts[(shifts["state"] == shifts["scale"]) & shifts["measure"].isin([one.id for one in basis.usable])]
    table = own.pivot_table(index=["measure", "state"], columns="grade", values="value", observed=True)
    grades = [grade for grade in ("mild", "moderate", "severe") if grade in table]
    if len(grades) < 2:
        return NOTHING
    ends = table[[grades[0], grades[-1]]].dropna()
    rising = int((ends[grades[-1]] > ends[grades[0]]).sum())
    of = count_of(len(ends), "state and measure", "states and measures")
    says = f"In {rising} of {of} the target scale moved further under {grades[-1]} than under {grades[0]} texts."
    return CheckValue(rising / len(ends), says, n=len(ends), unit="state and measure")


def behaviour_correlation(basis: CheckContext, check: Check) -> CheckValue | Unmeasured:
    """Correlation over vignettes of the shift of sadness with the negativity of completions; highest of all."""
    task = next((one for one in basis.probes.values() if isinstance(one, Task) and one.negativity), None)
    points = basis.points
    if task is None or task.id not in basis.usability or not basis.usability[task.id].usable:
        return Unmeasured("the model cannot use the sentence completion")
    done = points[(points["measure"] == task.id) & (points["scale"] == task.primary)]
    at = performed(done)
    behaviour = level(done, at).groupby(UNIT, observed=True)["value"].mean() if at else pd.Series(dtype=float)
    found = {one.title: _together(basis, one.id, behaviour) for one in basis.usable}
    known = {title: r for title, r in found.items() if not math.isnan(r.value)}
    if not known:
        return FEW
    title = max(known, key=lambda one: known[one].value)
    r = known[title]
    says = (
        f"Over {count_of(r.n, 'vignette')}, sadness in {title} and negative completions correlated "
        f"{number_text(r.value)}."
    )
    return CheckValue(r.value, says, r.low, r.high, r.n, "vignette")


def _together(basis: CheckContext, measure: str, behaviour: pd.Series[float]) -> CheckValue:
    shifts = basis.shifts
    own = shifts[(shifts["measure"] == measure) & (shifts["scale"] == "sadness")].set_index(UNIT)["value"]
    both = pd.DataFrame({"told": own, "done": behaviour}).dropna()
    try:
        r = pearson(both["told"], both["done"])
    except DataError:
        return CheckValue(math.nan, "")
    return CheckValue(r.value, "", r.low, r.high, r.n)


READ: dict[str, Reading] = {
    "alpha-median": alpha_median,
    "half-correlation": half_correlation,
    "target-largest": target_largest,
    "grade-order": grade_order,
    "behaviour-correlation": behaviour_correlation,
}
