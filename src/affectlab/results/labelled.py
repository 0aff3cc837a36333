"""The labelled tables of a run, or of any tidy data, by name."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from affectlab.effects.effect import few_to_standardise
from affectlab.effects.equivalence import equivalent
from affectlab.effects.shifts import DESIGN_CELL, induced
from affectlab.errors import DataError, InputError
from affectlab.materials.schema import INDUCTION_TEXT, NEUTRAL
from affectlab.results.columns import constant_columns
from affectlab.results.findings import Finding
from affectlab.results.manipulation import dose_table
from affectlab.results.psychometrics import components, estimate_columns, reliability, table_contrasts, traits, trend
from affectlab.results.summary import Summary, summarise
from affectlab.results.together import related
from affectlab.run import Run

Tables = dict[str, pd.DataFrame]


def of_table(
    table: pd.DataFrame, control: str | None = None, order: Sequence[str] | None = None, only: str | None = None
) -> Tables:
    """Every table that tidy data allow; those without rows are left out.

    Args:
        table: as ``tidy`` gives it.
        control: the condition that is subtracted.
        order: the conditions in ascending order, for a trend.
        only: the name of the one table that is wanted.

    Raises:
        InputError: there is no such table.
    """
    makers: Mapping[str, Callable[[], pd.DataFrame]] = {
        "contrasts": lambda: table_contrasts(table, control),
        "trend": lambda: trend(table, order),
        "reliability": lambda: reliability(table),
        "traits": lambda: traits(table),
        "components": lambda: components(table),
    }
    if only is not None and only not in makers:
        raise InputError(f"there is no table `{only}`", hint=f"there are {', '.join(makers)}")
    made = {name: make() for name, make in makers.items() if only in (None, name)}
    return {name: one for name, one in made.items() if len(one)}


def of_run(run: Run) -> Tables:
    """The tables of a run's inductions: of the changes from baseline to induced, item by item, within each design cell.

    Beside those of ``of_table``, the dose-response, and how self-report and behaviour move together.

    Raises:
        DataError: no session of the run is complete, or nothing was measured before and after an induction.
    """
    known = summarise(run)
    points = _in_order(known.points)
    after = induced(points)
    if after not in points or "baseline" not in points:
        raise DataError("nothing was measured before and after an induction", hint="measure at baseline and induced")
    texts = known.usable_rows(points[points["arm"] == INDUCTION_TEXT])
    texts = texts[~texts["measure"].isin(list(known.effects.terms.primary))]
    made: Mapping[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
        "reliability": reliability,
        "traits": traits,
        "components": components,
    }
    found: dict[str, list[pd.DataFrame]] = {}
    for place, part in texts.groupby(DESIGN_CELL, observed=True, sort=False):
        design_cell = dict(zip(DESIGN_CELL, map(str, place), strict=True))
        table = _changes(part, after)
        for name, make in made.items():
            found.setdefault(name, []).append(_placed(design_cell, make(table)))
    tables = {"contrasts": _contrasts(known, run.study.smallest_effect)}
    tables |= {name: pd.concat(parts, ignore_index=True) for name, parts in found.items()}
    tables["dose"] = known.usable_rows(dose_table(known.effects))
    tables["behaviour"] = pd.DataFrame([one.row() for one in related(run, known.usability)])
    tables["left out"] = known.left_out()
    return {name: _without_idle(one) for name, one in tables.items() if len(one)}


def _contrasts(known: Summary, smallest: Mapping[str, float]) -> pd.DataFrame:
    """The findings of inductions on usable measures: against neutral texts, and against baseline without these."""
    rows = [one for one in known.findings if one.claim == "induction" and known.usable(one)]
    against = NEUTRAL if any(one.against == NEUTRAL for one in rows) else "baseline"
    return pd.DataFrame([_contrast(known, one, smallest) for one in rows if one.against == against])


def _contrast(known: Summary, one: Finding, smallest: Mapping[str, float]) -> dict[str, Any]:
    found = equivalent(known.effects.estimate(one.contrast), smallest.get(one.measure))
    return {
        **{factor: getattr(one, factor) for factor in DESIGN_CELL},
        "measure": one.measure,
        "scale": one.state,
        "first": one.state,
        "second": one.against,
        **estimate_columns(found),
        **({"d": math.nan} if few_to_standardise(found) else {}),
        "contrast": one.contrast,
    }


def _in_order(points: pd.DataFrame) -> pd.DataFrame:
    """The same rows, their names in the order in which they came instead of that of the alphabet."""
    orders = {name: points[name].unique().tolist() for name in ("measure", "scale", "item")}
    orders["scale"] = orders["state"] = list(dict.fromkeys([*orders["scale"], *points["state"].cat.categories]))
    return points.assign(**{name: points[name].cat.set_categories(order) for name, order in orders.items()})


def _changes(part: pd.DataFrame, after: str) -> pd.DataFrame:
    """The change of each vignette on each item, averaged over regulations, as tidy data."""
    rows = part.assign(condition=part["state"], unit=part["vignette"], value=part[after] - part["baseline"])
    keys = ["condition", "unit", "measure", "scale", "item"]
    return rows.groupby(keys, observed=True, sort=False)["value"].mean().reset_index()


def _placed(design_cell: Mapping[str, str], table: pd.DataFrame) -> pd.DataFrame:
    table = table.copy()
    for at, (factor, level) in enumerate(design_cell.items()):
        table.insert(at, factor, level)
    return table


def _without_idle(table: pd.DataFrame) -> pd.DataFrame:
    """A table without factors that have one level."""
    return table.drop(columns=constant_columns(table, DESIGN_CELL))
