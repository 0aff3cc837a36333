"""The multiverse: each finding under every choice that the run holds, as specification curves."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from affectlab.analysis.claims import claims
from affectlab.analysis.multiverse import ALL, CHOICES, Curve, curves
from affectlab.analysis.summary import primary
from affectlab.report.evidence import Evidence
from affectlab.report.figure import Figure, Panel, Spec, values, zero
from affectlab.report.numbers import counted, number
from affectlab.report.sections import Section
from affectlab.report.theme import INK, MUTED, SERIES

WIDTH, HEIGHT, ROW = 230, 130, 15
FEW = 6
"""With more wordings than this a curve tells one item from all, and not each from each."""

_TITLES = {"induction": "Induction", "regulation": "Regulation", "error": "Errors"}
_SUMMARY = ["claim", "specifications", "lowest", "median", "highest", "same sign", "apart from zero", "p"]


def section(evidence: Evidence) -> Section | None:
    """Every finding on measures that the model can use, over frame, wording, measure and context."""
    usable = [
        one
        for one in claims(evidence.points, primary(evidence.probes), evidence.controls)
        if evidence.usable(one.setting["model"], one.measure)
    ]
    found = curves(usable, seed=evidence.study.seed)
    if not found:
        return None
    stable = sum(curve.same_sign == 1.0 for curve in found)
    prose = (
        f"Of {counted(len(found), 'finding')} that can be asked in more than one way, {stable} have one sign under "
        "every specification.",
        "A specification is one choice of each factor that the run holds, and of one item or all of a measure. The "
        "curve shows the standardised difference under each (Hedges' g between vignettes, d_z within them) with its "
        "95 % interval, from the lowest to the highest. The p value is of the median over the curve: conditions are "
        "rearranged over vignettes, all specifications together; with few vignettes it cannot be small.",
    )
    figures = tuple(
        _figure(kind, [curve for curve in found if curve.question.kind == kind])
        for kind in _TITLES
        if any(curve.question.kind == kind for curve in found)
    )
    return Section("multiverse", "Multiverse", prose, figures, {"Findings over their specifications": _summary(found)})


def _summary(found: Sequence[Curve]) -> pd.DataFrame:
    rows = [
        (
            *(curve.question.label, len(curve.specifications), curve.low, curve.median, curve.high),
            *(curve.same_sign, curve.apart, curve.p_median),
        )
        for curve in found
    ]
    return pd.DataFrame(rows, columns=_SUMMARY)


def _figure(kind: str, found: Sequence[Curve]) -> Figure:
    panels = tuple(Panel(_told(curve), _drawn(curve), _title(curve)) for curve in found)
    data = pd.concat([curve.specifications.assign(claim=curve.question.label) for curve in found], ignore_index=True)
    most = max(len(curve.specifications) for curve in found)
    caption = (
        "Standardised difference under every specification, lowest to highest, with 95 % intervals; below, the choices "
        f"that differ; up to {counted(most, 'specification')}."
    )
    return Figure(f"multiverse-{kind}", f"{_TITLES[kind]}: specification curves", caption, panels, data)


def _title(curve: Curve) -> str:
    question = curve.question
    if question.regulation:
        return f"{question.state}: {question.regulation} − {question.against}".replace("-", " ")
    return f"{question.state} − {question.against}"


def _told(curve: Curve) -> str:
    lowest, median, highest = (number(value, sign=True) for value in (curve.low, curve.median, curve.high))
    ways = counted(len(curve.specifications), "specification")
    return f"Specification curve of {curve.question.label}: {ways} from {lowest} to {highest}, median {median}."


def _drawn(curve: Curve) -> Spec:
    """The curve, and below it the choices behind each point."""
    table = curve.specifications[curve.specifications["d"].notna()].reset_index(drop=True)
    table = table.assign(place=range(1, len(table) + 1))
    x = {"field": "place", "type": "quantitative", "axis": None, "scale": {"domain": [0, len(table) + 1]}}
    d = {"field": "d", "type": "quantitative", "title": "difference (SD)", "axis": {"tickCount": 5}}
    points: Spec = {
        "width": WIDTH,
        "height": HEIGHT,
        "data": values(table[["place", "d", "low", "high"]]),
        "layer": [
            zero("y"),
            {
                "mark": {"type": "rule", "strokeWidth": 1.2, "color": MUTED.light},
                "encoding": {"x": x, "y": {**d, "field": "low"}, "y2": {"field": "high"}},
            },
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
