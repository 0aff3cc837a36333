"""Labelled tables of any tidy data, a run's or people's: contrasts, reliability, traits by methods, variance.

A tidy table has a row for each score, and says of it under which ``condition`` and from which ``unit`` it is, and,
where there are several, to which ``measure``, ``scale`` and ``item`` it belongs. The unit is what was sampled: there
is no table without it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from affectlab.effects.analyse import analyse
from affectlab.effects.equivalence import decision
from affectlab.effects.estimate import Estimate
from affectlab.effects.groups import condition
from affectlab.errors import DataError
from affectlab.stats.correlation import pearson
from affectlab.stats.icc import icc
from affectlab.stats.reliability import cronbach_alpha, omega_total
from affectlab.stats.trend import jonckheere, page_trend
from affectlab.stats.variance import variance_components
from affectlab.tabular.columns import score_column
from affectlab.tabular.design import ANEW, MOST, NEARLY, ROW, Design, is_open, of_same_units, taken_as_different, words
from affectlab.tabular.levels import level_labels, told_apart, words_for_gaps
from affectlab.tabular.missing import Missing

KEYS = ("condition", "unit", "measure", "scale", "item")
ONLY = "all"
"""The level of a key that the table does not have."""
ESTIMATE = ("estimate", "low", "high", "n", "note")


class Tidy(NamedTuple):
    """A tidy table."""

    rows: pd.DataFrame
    """``value`` and ``KEYS``."""
    remarks: tuple[str, ...] = ()
    """What was assumed, or left out."""


def tidy(
    table: pd.DataFrame,
    columns: Mapping[str, str],
    missing: Sequence[str] = (),
    keep: Sequence[str] = (),
    *,
    same_units: bool | None = None,
    average: bool = False,
) -> Tidy:
    """Any table as a tidy one; rows without a unit or condition are left out.

    Args:
        table: a row for each score.
        columns: the column of ``outcome``, ``condition``, ``unit`` and, where there are several, of the other keys.
        missing: codes of missing values: ``99`` of the scores, ``column=99`` of any column.
        keep: words that usually stand for a gap and are labels here.
        same_units: whether labels of the unit that stand under several conditions are of the same units; None: as the
            name of the column says, if it does.
        average: whether further rows of a unit, condition and item are repeated reads.

    Raises:
        DataError: no unit is named, a column is not there, or its values are no numbers; rows of a unit would be
            pooled; whether units are the same ones is open.
    """
    for role in ("outcome", "condition", "unit"):
        if role not in columns:
            raise DataError(f"no {role} is named", hint=f"say --{role} COLUMN")
    Design(columns["outcome"], columns["condition"], columns["unit"]).check(table)
    if columns["unit"] == ROW:
        raise DataError("rows are no units of these tables", hint="name with --unit what was sampled")
    for role, name in columns.items():
        if name not in table:
            raise DataError(f"there is no column `{name}`, which is to be the {role}", hint=_known(table))
    known, outcome = Missing.read(missing, list(map(str, table.columns)), keep), columns["outcome"]
    read = score_column(table[outcome], outcome, known.codes(outcome, scores=True))
    made, remarks = pd.DataFrame({"value": read.values}), [read.remark] if read.remark else []
    for key in KEYS:
        made[key] = _labelled(table, columns[key], known, key, remarks) if key in columns else ONLY
    known_place = made["unit"].notna() & made["condition"].notna()
    if not known_place.all():
        remarks.append(f"{int((~known_place).sum())} of {len(made)} rows have no unit or condition and are left out")
    made = made[known_place]
    if made["value"].notna().sum() == 0:
        raise DataError(f"no row has a `{columns['outcome']}`, a condition and a unit", hint="look at what is missing")
    if gaps := int(made["value"].isna().sum()):
        remarks.append(f"{gaps} of {len(made)} rows have no score and are left out")
    remarks += _repeats(made, table[known_place.to_numpy()], columns, average=average)
    rows, apart = _apart(made.reset_index(drop=True), columns["unit"], same_units)
    return Tidy(rows, (*dict.fromkeys(remarks), *apart))


def _repeats(made: pd.DataFrame, table: pd.DataFrame, columns: Mapping[str, str], *, average: bool) -> list[str]:
    """A remark on rows of one unit, condition and item that are averaged; what is no repeated read is refused."""
    keys = [made[key].to_numpy() for key in KEYS]
    cell = pd.DataFrame(dict(enumerate(keys))).groupby(list(range(len(keys))), observed=True, sort=False).ngroup()
    several = cell.duplicated(keep=False).to_numpy()
    if not several.any():
        return []
    averaged = [f"up to {int(cell.value_counts().max())} rows of a unit are averaged: repeated reads, and no units"]
    if average:
        return averaged
    anew = False
    for name in (str(one) for one in table.columns if str(one) not in columns.values()):
        level = table[name].astype(str).to_numpy()[several]
        levels = np.unique(level)
        rows = pd.DataFrame({"cell": cell.to_numpy()[several], "level": level})
        apart = levels.size > 1 and not rows.duplicated().any()
        if apart and words(name) & ANEW:
            anew = True
        elif apart and levels.size <= MOST:
            sets = rows.sort_values("level").groupby("cell")["level"].agg(" ".join)
            if sets.value_counts(normalize=True).iloc[0] >= NEARLY:
                msg = (
                    f"rows of a `{columns['unit']}` differ in `{name}` ({', '.join(levels[:4])}), which would be pooled"
                )
                hint = f"choose with --where '{name}={levels[-1]}', give `{name}` a role, or say --average"
                raise DataError(msg, hint=hint)
    if anew:
        return averaged
    worst = made[several].iloc[0]
    msg = f"`{columns['unit']}` {worst['unit']} has several rows under {worst['condition']}, which would be pooled"
    hint = "say --item COLUMN (sampled questions) or --average (repeated reads), or choose rows with --where"
    raise DataError(msg, hint=hint)


def _apart(made: pd.DataFrame, unit: str, same: bool | None) -> tuple[pd.DataFrame, list[str]]:
    """Units whose labels begin anew in each condition get labels of their own, with a remark where that was assumed."""
    both = made.groupby("unit", observed=True)["condition"].nunique().gt(1)
    said = same is not None
    if same and not both.any():
        msg = f"no `{unit}` stands under several conditions"
        raise DataError(msg, hint="units that differ are compared without --within")
    if same is None:
        same = of_same_units(unit, float(both.mean()))
    if same is None:
        raise is_open(unit, int(both.sum()), len(both))
    if same or not both.any():
        return made, []
    own = made["unit"].astype(str) + " (" + made["condition"].astype(str) + ")"
    remark = [] if said else [taken_as_different(unit, int(both.sum()), len(both))]
    return made.assign(unit=pd.Categorical(own, categories=own.unique())), remark


def _labelled(table: pd.DataFrame, name: str, missing: Missing, key: str, remarks: list[str]) -> Any:
    conditions, kept = key == "condition", missing.words(name)
    found = level_labels(table[name], missing.codes(name), conditions=conditions, kept=kept)
    remarks += filter(None, [words_for_gaps(table[name], name, kept, conditions=conditions)])
    remarks += told_apart(found, name, table.index, conditions=conditions)
    return found


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
        estimate = _estimate(lambda x: pearson(x[:, 0], x[:, 1]).estimate, both.to_numpy(float))
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
            rows.append((*place, found.test, found.strength, found.z, found.p_rising, len(wide), ""))
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


def _estimate(coefficient: Callable[[Any], Any], x: np.ndarray[Any, Any]) -> tuple[float, float, float, int, str]:
    """A coefficient with its interval over the rows, or the reason why there is none."""
    try:
        found = coefficient(x)
    except DataError as error:
        return math.nan, math.nan, math.nan, len(x), error.message
    return found.value, found.low, found.high, len(x), ""


def _known(table: pd.DataFrame) -> str:
    return f"columns are {', '.join(map(str, table.columns[:30]))}"
