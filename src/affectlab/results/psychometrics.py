"""What tidy data say of a measure: contrasts and trends, reliability, traits by methods, sources of variance."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from affectlab.effects.analyse import analyse
from affectlab.effects.equivalence import decision
from affectlab.effects.estimate import Estimate, few_units
from affectlab.effects.groups import condition
from affectlab.errors import DataError
from affectlab.results.tidy import KEYS
from affectlab.stats.correlation import FEWEST_CORRELATED, pearson
from affectlab.stats.estimate import FEWEST, PointEstimate
from affectlab.stats.icc import icc
from affectlab.stats.reliability import cronbach_alpha, omega_total
from affectlab.stats.trend import jonckheere, page_trend
from affectlab.stats.variance import variance_components
from affectlab.tabular.design import Design

ESTIMATE = ("estimate", "low", "high", "n", "note")


def table_contrasts(
    table: pd.DataFrame, control: str | None = None, smallest: Mapping[str, float] | None = None, *, own: bool = False
) -> pd.DataFrame:
    """Each measure and scale: conditions against the control, or in pairs; units and items both random.

    With one item, a t test over units. Where the same units stand under several conditions they are compared within.
    ``equivalence`` is by two one-sided tests against the smallest effect of the measure, in raw units.

    Args:
        table: as ``tidy`` gives it.
        control: the condition that is subtracted; all pairs are compared without it.
        smallest: the smallest effect of interest by measure.
        own: compare on each scale only the condition of its own name.
    """
    rows: list[dict[str, Any]] = []
    for measure, scale, part in _by(table):
        if own:
            part = part[part["condition"].astype(str).isin([scale, str(control)])]
            if part["condition"].nunique() < 2:
                continue
        rows += _contrasts(part, control, (smallest or {}).get(measure), {"measure": measure, "scale": scale})
    return pd.DataFrame(rows, columns=["measure", "scale", *_NAMED, *_SHOWN])


_NAMED = ("first", "second")
_SHOWN = ("test", "estimate", "low", "high", "df", "p", "d", "n", "equivalence", "p_equivalence", "note")


def _contrasts(
    part: pd.DataFrame, control: str | None, smallest: float | None, place: dict[str, str]
) -> Iterator[dict[str, Any]]:
    several = part["item"].nunique() > 1
    design = Design(
        "value",
        "condition",
        "unit",
        within="unit" if _same_units(part) else None,
        item="item" if several else None,
        average=True,
    )
    try:
        made = analyse(part.astype(dict.fromkeys(KEYS, str)), design, control=control, smallest=smallest)
    except DataError as error:
        words = dict.fromkeys((*_NAMED, "test", "equivalence"), "")
        yield {**place, **dict.fromkeys(_SHOWN, math.nan), **words, "note": error.message}
        return
    for one in made.contrasts:
        asked = one.contrast
        yield {**place, "first": condition(asked.first), "second": asked.against, **estimate_columns(one)}


def _same_units(part: pd.DataFrame) -> bool:
    """Whether units stand under several conditions: ``tidy`` gives different ones labels of their own."""
    return bool(part.groupby("unit", observed=True)["condition"].nunique().gt(1).any())


def estimate_columns(found: Estimate) -> dict[str, Any]:
    """An estimate as labelled tables show it."""
    return {
        "test": found.method,
        "estimate": found.difference,
        "low": found.low,
        "high": found.high,
        "df": found.df,
        "p": found.p,
        "d": found.further.get("d", math.nan),
        "n": found.carried_by,
        "equivalence": decision(found),
        "p_equivalence": found.further.get("equivalence_p", math.nan),
        "note": found.gap,
    }


def reliability(table: pd.DataFrame) -> pd.DataFrame:
    """Each scale of several items: α, ω total, and the ICC of one item and of their mean, over all units.

    Units are what a unit gave under a condition; those that lack an item are left out and counted.
    """
    rows: list[tuple[Any, ...]] = []
    coefficients: tuple[tuple[str, Callable[[Any], Any]], ...] = (
        ("alpha", cronbach_alpha),
        ("omega total", omega_total),
        ("ICC(C,1)", lambda x: icc(x, "C,1")),
        ("ICC(A,k)", lambda x: icc(x, "A,k")),
    )
    for measure, scale, part in _by(table):
        if part["item"].nunique() < 2:
            continue
        wide = part.pivot_table(index=["condition", "unit"], columns="item", values="value", observed=True)
        complete = wide.dropna()
        for name, coefficient in coefficients:
            place = (measure, scale, name, wide.shape[1], len(wide) - len(complete))
            rows.append((*place, *_estimate(coefficient, complete.to_numpy(float))))
    return pd.DataFrame(rows, columns=["measure", "scale", "coefficient", "items", "left_out", *ESTIMATE])


def traits(table: pd.DataFrame) -> pd.DataFrame:
    """The multitrait–multimethod matrix: scales are traits, measures are methods; correlations over units.

    Of scales that several measures have. ``convergent`` correlations (one trait, two methods) are to be higher than
    the others (Campbell, D. T., & Fiske, D. W., 1959, Psychological Bulletin 56, 81–105).
    """
    methods = table.groupby("scale", observed=True)["measure"].nunique()
    shared = [str(scale) for scale in methods[methods > 1].index]
    part = table[table["scale"].isin(shared)]
    columns = ["measure", "scale", "other_measure", "other_scale", "kind", *ESTIMATE]
    if part.empty:
        return pd.DataFrame(columns=columns)
    wide = part.pivot_table(index=["condition", "unit"], columns=["measure", "scale"], values="value", observed=True)
    rows = []
    for one, other in itertools.combinations(wide.columns, 2):
        both = wide[[one, other]].dropna()
        kind = _KINDS[one[1] == other[1], one[0] == other[0]]
        estimate = _estimate(_correlation, both.to_numpy(float), FEWEST_CORRELATED)
        rows.append((*map(str, (*one, *other)), kind, *estimate))
    return pd.DataFrame(rows, columns=columns)


_KINDS = {
    (True, False): "convergent",
    (False, True): "other trait, same method",
    (False, False): "other trait, other method",
}


def components(table: pd.DataFrame) -> pd.DataFrame:
    """Where the variance of single scores comes from: condition, unit, item, and what is left."""
    rows: list[tuple[Any, ...]] = []
    for measure, scale, part in _by(table):
        known = part.dropna(subset=["value"])
        facets = {name: known[name].astype(str) for name in ("condition", "unit", "item")}
        if not _same_units(known):
            facets["unit"] = facets["condition"] + "\x1f" + facets["unit"]
        facets = {name: column for name, column in facets.items() if 1 < column.nunique() < len(known)}
        terms = [(name,) for name in facets]
        try:
            found = variance_components(known["value"].to_numpy(float), _arrays(facets), terms=terms)
        except DataError as error:
            rows.append((measure, scale, "", math.nan, math.nan, 0, len(known), error.message))
            continue
        for source, variance in found.variance.items():
            rows.append(
                (measure, scale, source, variance, found.share[source], found.levels.get(source, 0), len(known), "")
            )
    columns = ["measure", "scale", "source", "variance", "share", "levels", "scores", "note"]
    return pd.DataFrame(rows, columns=columns)


def trend(table: pd.DataFrame, order: Sequence[str] | None = None) -> pd.DataFrame:
    """Each measure and scale over ordered conditions: the monotone trend, by Page's test within units or Jonckheere's.

    Args:
        table: as ``tidy`` gives it.
        order: the conditions, ascending; ascending numbers where the conditions are numbers.

    Raises:
        DataError: there is no such condition.
    """
    levels = list(order) if order is not None else _numbers(table)
    unknown = [level for level in levels if level not in set(table["condition"].astype(str))]
    if unknown:
        raise DataError(f"no condition `{unknown[0]}`", hint=f"conditions are {', '.join(_levels(table))}")
    rows: list[tuple[Any, ...]] = []
    for measure, scale, part in _by(table) if len(levels) > 2 else ():
        means = part.groupby(["condition", "unit"], observed=True)["value"].mean().dropna().reset_index()
        means["condition"] = means["condition"].astype(str)
        wide = means.pivot(index="unit", columns="condition", values="value").reindex(columns=levels)
        complete = wide.dropna()
        place = (measure, scale, ", ".join(levels))
        try:
            if _same_units(part):
                found = page_trend(complete.to_numpy(float))
            else:
                found = jonckheere([wide[level].dropna().to_numpy(float) for level in levels])
            few = few_units(found.units)
            numbers = (math.nan, math.nan) if few else (found.z, found.p_rising)
            rows.append((*place, found.test, found.strength, *numbers, len(wide), few))
        except DataError as error:
            rows.append((*place, "", math.nan, math.nan, math.nan, len(wide), error.message))
    columns = ["measure", "scale", "order", "test", "strength", "z", "p_rising", "n", "note"]
    return pd.DataFrame(rows, columns=columns)


def _numbers(table: pd.DataFrame) -> list[str]:
    """The conditions in ascending order, where all are numbers."""
    try:
        return sorted(_levels(table), key=float)
    except ValueError:
        return []


def _levels(table: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys(table["condition"].astype(str)))


def _arrays(facets: Mapping[str, pd.Series[Any]]) -> dict[str, Any]:
    return {name: column.to_numpy() for name, column in facets.items()}


def _by(table: pd.DataFrame) -> Iterator[tuple[str, str, pd.DataFrame]]:
    for place, part in table.groupby(["measure", "scale"], observed=True, sort=False):
        yield str(place[0]), str(place[1]), part


def _correlation(x: np.ndarray[Any, Any]) -> PointEstimate:
    return pearson(x[:, 0], x[:, 1]).estimate


def _estimate(
    coefficient: Callable[[Any], Any], x: np.ndarray[Any, Any], least: int = FEWEST
) -> tuple[float, float, float, int, str]:
    """A coefficient with its interval over the rows, or the reason why there is none."""
    if few := few_units(len(x), least=least):
        return math.nan, math.nan, math.nan, len(x), few
    try:
        found = coefficient(x)
    except DataError as error:
        return math.nan, math.nan, math.nan, len(x), error.message
    return found.value, found.low, found.high, len(x), ""
