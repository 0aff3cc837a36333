"""The multiverse: each finding under every choice that the run holds, as specification curves."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean, median

import numpy as np
import pandas as pd

from affectlab.effects.effect import LEAST_STANDARDISED
from affectlab.report.evidence import Evidence
from affectlab.report.figure import Figure, Panel, Spec, slug, values, zero
from affectlab.report.manner import FEW as MANY
from affectlab.report.numbers import counted, number_shown
from affectlab.report.section import Section
from affectlab.report.tabled import all_tabled
from affectlab.report.theme import INK, MUTED, SERIES
from affectlab.results.multiverse import ALL, CHOICES, SD, Curve, curves, specified_questions

WIDTH, HEIGHT, ROW = 230, 130, 15
DRAWN = 24
"""Curves in a figure: more would not be looked at."""
FEW = 6
"""With more wordings than this a curve tells one item from all, and not each from each."""

_TITLES = {"induction": "Induction", "regulation": "Regulation", "error": "Errors"}
SUMMARY = "Findings over their specifications"
CONTROLS = "Regulation, control by control: the medians of the curves over technique and state"
ALPHA = 0.05
_SUMMARY = ["claim", "unit", "specifications", "lowest", "median", "highest", "same sign", "apart from zero", "p"]


def section(evidence: Evidence) -> Section | None:
    """Every finding on measures that the model can use, over frame, wording, measure and context."""
    found = curves(specified_questions(evidence.summary), seed=evidence.study.seed)
    if not found:
        return None
    stable = sum(curve.same_sign == 1.0 for curve in found)
    prose = (
        f"Of {counted(len(found), 'finding')} that can be asked in more than one way, {stable} have one sign under "
        "every specification.",
        "A specification is one choice of each factor that the run holds, and of one item or all of a measure. The "
        f"curve shows the difference under each with its 95 % interval, from the lowest to the highest: {_units(found)}"
        " The p value is of the median over the curve: conditions are "
        "rearranged over vignettes, all specifications together; with few vignettes it cannot be small."
        f"{_never(found)}",
    )
    kinds: dict[tuple[str, str], list[Curve]] = {}
    for curve in sorted(found, key=lambda one: list(_TITLES).index(one.question.kind)):
        kinds.setdefault((curve.question.kind, curve.unit), []).append(curve)
    figures = tuple(_figure(kind, unit, curves) for (kind, unit), curves in kinds.items())
    tables = {SUMMARY: _summary(found)}
    if len({curve.question.regulation for curve in found} - {""}) > MANY:
        tables = {CONTROLS: _controls([one for one in found if one.question.kind == "regulation"]), **tables}
    made = all_tabled(evidence.titles, tables)
    return Section("multiverse", "Multiverse", prose, made, figures, evidence.left_out)


def _units(found: Sequence[Curve]) -> str:
    """What the differences of the curves are in."""
    raw = (
        f"in the unit of the measure, as fewer than {LEAST_STANDARDISED} vignettes per condition tell too little of "
        "the spread to standardise by it; measures of different units have curves of their own."
    )
    standard = "standardised (Hedges' g between vignettes, d_z within them)."
    units = {one.unit for one in found}
    if SD not in units:
        return raw
    return standard if len(units) == 1 else f"{standard.removesuffix('.')}, and elsewhere {raw}"


def _never(found: Sequence[Curve]) -> str:
    """How many curves have so few vignettes that no scores could give a p below .05."""
    of = [curve.p_least for curve in found if curve.p_least > ALPHA]
    if not of:
        return ""
    return (
        f" In {len(of)} of {counted(len(found), 'curve')} the vignettes are so few that no p below "
        f"{number_shown(min(of))} is possible: these can never reach .05, and their p says nothing against an effect."
    )


def _summary(found: Sequence[Curve]) -> pd.DataFrame:
    rows = [
        (
            *(curve.question.label, curve.unit, len(curve.specifications), curve.low, curve.median, curve.high),
            *(curve.same_sign, curve.apart, curve.p_median),
        )
        for curve in found
    ]
    return pd.DataFrame(rows, columns=_SUMMARY)


def _controls(found: Sequence[Curve]) -> pd.DataFrame:
    """Control by control: where the medians lie, and how many curves have one sign, or lie apart from zero."""
    apart: dict[tuple[str, str], list[Curve]] = {}
    for one in found:
        apart.setdefault((one.question.against, one.unit), []).append(one)
    rows = []
    for (against, unit), of in apart.items():
        medians = [one.median for one in of]
        shares = (mean(one.same_sign == 1.0 for one in of), mean(one.apart == 1.0 for one in of))
        rows.append((against, unit, len(of), min(medians), median(medians), max(medians), *shares))
    return pd.DataFrame(rows, columns=["minus", "unit", "curves", *_SUMMARY[3:-1]])


def _figure(kind: str, unit: str, found: Sequence[Curve]) -> Figure:
    drawn = found[:DRAWN]
    data = pd.concat([curve.shown.assign(claim=curve.question.label) for curve in drawn], ignore_index=True)
    axis = domain(data)
    panels = tuple(Panel(_told(curve), _drawn(curve, axis), _title(curve)) for curve in drawn)
    most = max(len(curve.specifications) for curve in drawn)
    beyond = int(((data["value_low"] < axis[0]) | (data["value_high"] > axis[1])).sum())
    told = f"; {beyond} of {len(data)} reach beyond them (arrows; no dot, where the difference does)" if beyond else ""
    caption = (
        f"{'Standardised difference' if unit == SD else f'Difference ({unit})'} under every specification, lowest to "
        "highest, with 95 % intervals; below, the choices "
        f"that differ; up to {counted(most, 'specification')}. The axes are the same"
        f"{told}."
        f"{f' The first {DRAWN} of {len(found):,} curves; the table has the others.' if len(found) > DRAWN else ''}"
    )
    alone = "" if unit == SD else f"-{slug(unit)}"
    where = "" if unit == SD else f" ({unit})"
    return Figure(f"multiverse-{kind}{alone}", f"{_TITLES[kind]}: specification curves{where}", caption, panels, data)


def domain(data: pd.DataFrame) -> tuple[float, float]:
    """The axis of all curves of a figure: from the 5th to the 95th percentile of the differences, zero among them, and
    half of that on either side as far as intervals reach.

    With few units single differences and intervals are so wide that room for them would flatten all others.
    """
    inner = data["value"].quantile([0.05, 0.95]).to_numpy()
    least, most = min(inner[0], 0.0), max(inner[1], 0.0)
    half = (most - least) / 2 or 1.0
    parts = data[["value", "value_low", "value_high"]].to_numpy(float)
    reach = min(np.nanmin(parts), 0.0), max(np.nanmax(parts), 0.0)
    return float(max(reach[0], least - half)), float(min(reach[1], most + half))


def _title(curve: Curve) -> str:
    question = curve.question
    if question.regulation:
        return f"{question.state}: {question.regulation} − {question.against}".replace("-", " ")
    return f"{question.state} − {question.against}"


def _told(curve: Curve) -> str:
    lowest, median, highest = (number_shown(value, sign=True) for value in (curve.low, curve.median, curve.high))
    ways = counted(len(curve.specifications), "specification")
    return f"Specification curve of {curve.question.label}: {ways} from {lowest} to {highest}, median {median}."


def _drawn(curve: Curve, axis: tuple[float, float]) -> Spec:
    """The curve, and below it the choices behind each point. What reaches beyond the axis ends in an arrow."""
    table = curve.shown.dropna(subset=["value"]).reset_index(drop=True)
    least, most = axis
    table = table.assign(
        place=range(1, len(table) + 1),
        shown=table["value"].where(table["value"].between(least, most)),
        below=np.where(table["value_low"] < least, least, np.nan),
        above=np.where(table["value_high"] > most, most, np.nan),
        low=table["value_low"].clip(least, most),
        high=table["value_high"].clip(least, most),
    )
    x = {"field": "place", "type": "quantitative", "axis": None, "scale": {"domain": [0, len(table) + 1]}}
    scale = {"domain": [least, most], "nice": False}
    title = f"difference ({curve.unit})"
    d = {"field": "shown", "type": "quantitative", "title": title, "axis": {"tickCount": 5}, "scale": scale}
    arrows = [
        {
            "mark": {"type": "point", "filled": True, "shape": shape, "size": 26, "opacity": 1, "color": MUTED.light},
            "encoding": {"x": x, "y": {**d, "field": field}},
        }
        for field, shape in (("below", "triangle-down"), ("above", "triangle-up"))
        if table[field].notna().any()
    ]
    points: Spec = {
        "width": WIDTH,
        "height": HEIGHT,
        "data": values(table[["place", "shown", "low", "high", "below", "above"]]),
        "layer": [
            zero("y"),
            {
                "mark": {"type": "rule", "strokeWidth": 1.2, "color": MUTED.light},
                "encoding": {"x": x, "y": {**d, "field": "low"}, "y2": {"field": "high"}},
            },
            *arrows,
            {
                "mark": {"type": "point", "filled": True, "size": 22, "opacity": 1, "color": SERIES[0].light},
                "encoding": {"x": x, "y": d},
            },
        ],
    }
    ticks = _choices(table)
    if ticks.empty:
        return points
    rows = list(dict.fromkeys(ticks["choice"]))
    y = {
        "field": "choice",
        "type": "nominal",
        "sort": rows,
        "title": None,
        "axis": {"ticks": False, "domain": False, "grid": False, "labelLimit": 140},
    }
    below: Spec = {
        "width": WIDTH,
        "height": ROW * len(rows),
        "data": values(ticks),
        "mark": {"type": "tick", "thickness": 2, "size": 9, "orient": "vertical", "color": INK.light},
        "encoding": {"x": x, "y": y},
    }
    return {"vconcat": [points, below], "spacing": 6}


def _choices(table: pd.DataFrame) -> pd.DataFrame:
    """A row for each choice of each specification, of the factors that differ."""
    parts = []
    for factor in CHOICES:
        levels = table[factor].astype(str)
        if factor == "item":
            many = levels.nunique() > FEW
            levels = levels.map(lambda item, many=many: "all items" if item == ALL else "one item" if many else item)
        if levels.nunique() > 1:
            order = list(dict.fromkeys(sorted(levels)))
            parts.append((factor, levels, order))
    rows = [
        (place, choice)
        for _, levels, order in parts
        for wanted in order
        for place, choice in zip(table["place"], levels, strict=True)
        if choice == wanted
    ]
    return pd.DataFrame(rows, columns=["place", "choice"])
