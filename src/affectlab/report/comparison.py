"""Runs beside each other as sections: what tells them apart, their verdicts, and by how much their contrasts differ."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

import pandas as pd

from affectlab.effects.comparison import RunDifference, run_differences
from affectlab.effects.equivalence import decision, equivalent
from affectlab.errors import DataError
from affectlab.report.document import numbered
from affectlab.report.evidence import Evidence
from affectlab.report.figure import Figure, Panel, slug
from affectlab.report.figures.forest import forest_told
from affectlab.report.glance import called
from affectlab.report.numbers import counted, listed
from affectlab.report.section import Section
from affectlab.report.table import Table
from affectlab.report.tabled import tabled
from affectlab.report.theme import INK, RULE, ZERO
from affectlab.stats.multiplicity import holm

MOST = 40
"""Contrasts that a figure shows; the table has all."""
_KEYS = (
    "title",
    "frames",
    "languages",
    "models",
    "states",
    "induction",
    "regulations",
    "measures",
    "tasks",
    "seed",
    "version",
)
"""What of a study is held against that of another."""


@dataclass(frozen=True)
class ComparedRun:
    """A run by the name under which it is compared."""

    name: str
    evidence: Evidence


def comparison(runs: Sequence[ComparedRun]) -> list[Section]:
    """Runs beside each other, each with the first.

    Raises:
        DataError: there are not two, or two have no contrast in common.
    """
    if len(runs) < 2:
        raise DataError("one run is no comparison", hint="name two or more")
    first, *others = runs
    numbers = count(1)
    parts = [numbered(_differences(first, other), numbers) for other in others]
    return [_apart(runs), *filter(None, [_verdicts(runs)]), *parts]


def _apart(runs: Sequence[ComparedRun]) -> Section:
    """What tells the runs apart."""
    facts = {one.name: _facts(one.evidence) for one in runs}
    names = list(dict.fromkeys(name for found in facts.values() for name in found))
    rows = [(name, *(facts[one.name].get(name, "") for one in runs)) for name in names]
    differing = [row for row in rows if len(set(row[1:])) > 1]
    said = f"The runs differ in {listed([row[0] for row in differing])}." if differing else "Nothing tells them apart."
    table = Table("What differs", ("", *(one.name for one in runs)), tuple(differing))
    return Section("apart", "What tells the runs apart", (said,), tables=(table,) if differing else ())


def _facts(evidence: Evidence) -> Mapping[str, str]:
    study, run = evidence.run.store.described("study"), evidence.run
    found = {key: _words(study.get(key)) for key in _KEYS}
    found["models"] = ", ".join(run.participants)
    found["seed"] = str(run.store.described("seed"))
    found["plan"] = run.plan_hash[:12]
    found["answers"] = f"{run.store.count():,}"
    return found


def _words(value: object) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_words(one)}" for key, one in value.items() if one not in (None, [], {}))
    if isinstance(value, list):
        return ", ".join(map(_words, value))
    return "" if value is None else str(value)


def _verdicts(runs: Sequence[ComparedRun]) -> Section | None:
    """The verdicts on hypotheses of one name, side by side; each model has its own."""
    found: dict[str, dict[str, str]] = {}
    for run in runs:
        for one in run.evidence.judgements:
            shown = f"{one.claim.model}: {one.verdict}" if len(run.evidence.run.participants) > 1 else str(one.verdict)
            place = found.setdefault(called(one.claim), {})
            place[run.name] = "; ".join(filter(None, (place.get(run.name, ""), shown)))
    if not found:
        return None
    rows = tuple((name, *(verdicts.get(one.name, "not declared") for one in runs)) for name, verdicts in found.items())
    table = Table("Verdicts", ("hypothesis", *(one.name for one in runs)), rows)
    return Section("verdicts", "Verdicts side by side", tables=(table,))


def _differences(first: ComparedRun, second: ComparedRun) -> Section:
    names = (first.name, second.name)
    found = list(run_differences(first.evidence.effects, second.evidence.effects, names))
    if not found:
        message = f"{names[0]} and {names[1]} have no vignettes and items in common"
        raise DataError(message, hint="compare runs that asked the same of the same texts")
    table = _table(found, _smallest(first.evidence, second.evidence))
    clear = int(((table["low"] > 0) | (table["high"] < 0)).sum())
    corrected = int((table["p_holm"] < 0.05).sum())
    vignettes = len(set().union(*(one.effect.first.index for one in found)))
    said: tuple[str, ...] = (
        f"{counted(len(found), 'contrast')} on {counted(vignettes, 'vignette')} stand in both runs. The interval of "
        f"{clear} of their differences is off zero; after Holm over all of them {corrected} are. A difference is "
        f"{names[0]} minus {names[1]}, on the vignettes and items that both have, with its 95 % interval over them.",
    )
    if "equivalence" in table:
        said += (_equivalence(table),)
    figures = tuple(_figures(table, names))
    titles = {**second.evidence.titles, **first.evidence.titles}
    whole = tabled(titles, table, f"Every difference, the largest first: {names[0]} minus {names[1]}")
    return Section(
        f"differences-{slug(second.name)}", f"{names[0]} and {names[1]}", said, tables=(whole,), figures=figures
    )


def _smallest(first: Evidence, second: Evidence) -> dict[str, float]:
    """By measure, the smallest effect that would matter, where both studies declare the same."""
    others = second.study.smallest_effect
    return {measure: one for measure, one in first.study.smallest_effect.items() if others.get(measure) == one}


def _equivalence(table: pd.DataFrame) -> str:
    """How many of the differences are smaller than the smallest effect that both declare."""
    counts = table["equivalence"][table["equivalence"] != ""].value_counts()
    parts = [f"{number} {verdict}" for verdict, number in counts.items()]
    return (
        f"Against the smallest effect that both studies declare (two one-sided tests): {listed(parts)}. In two "
        "languages this is whether a measure shifts alike in both; it does not say that single items mean the same."
    )


def _table(found: Sequence[RunDifference], smallest: Mapping[str, float]) -> pd.DataFrame:
    rows = []
    for one in found:
        estimate, contrast = one.effect.estimate, one.effect.contrast
        about = {
            "measure": contrast.outcome.measure,
            "state": contrast.cell.get("state", ""),
            "scale": contrast.outcome.scale,
            "contrast_of": _label(contrast.cell, contrast.change),
            "unit": contrast.outcome.unit,
        }
        own, other = one.own.estimate, one.other.estimate
        numbers = {"first": own.difference, "second": other.difference, "difference": estimate.difference}
        limits = {"low": estimate.low, "high": estimate.high, "n": estimate.units, "p": estimate.p}
        bound = smallest.get(contrast.outcome.measure)
        beside = {"smallest": bound, "equivalence": decision(equivalent(estimate, bound))} if smallest else {}
        rows.append({**about, **numbers, **limits, **beside, "note": estimate.gap, "contrast": contrast.id})
    table = pd.DataFrame(rows)
    table["p_holm"] = math.nan
    tested = table.index[table["p"].notna()]
    if len(tested):
        table.loc[tested, "p_holm"] = holm(table.loc[tested, "p"].to_numpy(float))
    return table.sort_values("difference", key=lambda column: -column.abs(), kind="stable").reset_index(drop=True)


def _label(cell: Mapping[str, str], change: tuple[str, str] | None) -> str:
    """What a contrast is of, in words."""
    against = cell.get("against")
    parts = [cell.get("regulation", ""), f"against {against}" if against else "change from baseline"]
    others = [
        cell[name]
        for name in ("frame", "technique", "grade", "delivery", "context", "language", "model")
        if name in cell
    ]
    return ", ".join(filter(None, (*parts, *others, f"to {change[1]}" if change else ""))).replace("-", " ")


def _figures(table: pd.DataFrame, names: tuple[str, str]) -> Iterator[Figure]:
    """A forest for each unit: differences in different units share no axis."""
    for unit, part in table.groupby("unit", sort=False):
        shown = part.head(MOST)
        label = shown["measure"] + ", " + shown["state"] + ": " + shown["contrast_of"]
        data = shown.assign(label=label)[["label", "first", "second", "difference", "low", "high", "n"]]
        told = forest_told(data.assign(state="", comparison=data["label"]))
        title = f"Differences in {unit}, the largest first"
        left = len(part) - len(shown)
        caption = (
            f"{names[0]} minus {names[1]} on the same vignettes and items, with 95 % intervals over them; right of the "
            f"line, {names[0]} moved further{f'; {left} smaller ones stand in the table' if left else ''}."
        )
        yield Figure(
            f"differences-{slug(f'{unit} {names[1]}')}", title, caption, (Panel(told, _forest(data, str(unit))),), data
        )


def _forest(data: pd.DataFrame, unit: str) -> dict[str, object]:
    rows = data.astype(object).where(data.notna(), None).to_dict("records")
    axis = {"grid": False, "ticks": False, "domain": False, "labelFontSize": 12, "labelLimit": 480}
    y = {"field": "label", "type": "nominal", "sort": None, "title": None, "axis": axis}
    x = {"type": "quantitative", "title": f"difference ({unit})", "axis": {"tickCount": 5, "gridColor": RULE.light}}
    zero = {"type": "rule", "color": ZERO.light, "strokeWidth": 1.2}
    bar = {"type": "rule", "strokeWidth": 1.8, "color": INK.light}
    point = {"type": "point", "filled": True, "size": 60, "opacity": 1, "color": INK.light}
    return {
        "width": 420,
        "height": 22 * len(rows),
        "data": {"values": rows},
        "layer": [
            {"data": {"values": [{"zero": 0}]}, "mark": zero, "encoding": {"x": {**x, "field": "zero"}}},
            {"mark": bar, "encoding": {"y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}}},
            {"mark": point, "encoding": {"y": y, "x": {**x, "field": "difference"}}},
        ],
    }
