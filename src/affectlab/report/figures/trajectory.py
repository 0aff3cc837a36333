"""The figure of trajectories: the mean of each state's own scale at every point of a session, a line for each arm."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from affectlab.effects.course import course_of
from affectlab.effects.shifts import REGULATION_CELL
from affectlab.materials.instrument import Instrument
from affectlab.materials.schema import NEUTRAL
from affectlab.report.design_cell import DesignCell
from affectlab.report.evidence import Evidence
from affectlab.report.figure import Figure, Panel, Spec, ordinal, plain_rows, values, zero
from affectlab.report.figures.bundle import CONTROL, KINDS, TECHNIQUE, bundle
from affectlab.report.manner import arm_label
from affectlab.report.numbers import number_shown, sample_size
from affectlab.report.theme import INK, SERIES, Look, looks
from affectlab.report.theme import NEUTRAL as GREY

WIDTH, HEIGHT = 232, 150
NEUTRAL_TEXTS = "after neutral texts, mean of arms"
BEFORE = "all arms, before regulation"
PARTED = ("regulated", "round", "turn", "later", "again")
"""How the points begin at which, and after which, the arms differ; where regulation comes first, everywhere."""


def trajectories(evidence: Evidence, design_cell: DesignCell, instrument: Instrument) -> Figure | None:
    """One panel per state: mean change from baseline on its target scale. None where no state has an target scale."""
    data = paths(evidence, design_cell, instrument)
    if data.empty:
        return None
    shown = [arm_label(arm) for arm in evidence.study.regulations]
    neutral = Look(NEUTRAL_TEXTS, GREY.light, "stroke", (2, 3))
    many = len(shown) > len(SERIES)
    arms = list(KINDS) if many else looks(shown)
    every = [Look(BEFORE, INK.light, "circle", ()), *arms, neutral]
    legend = [look for look in every if look.label in set(data["series"]) or look in KINDS]
    order, unit = evidence.study.points, instrument.unit
    bounds = data[["change"] if many else ["change", "low", "high"]].to_numpy(float)
    finite = bounds[~pd.isna(bounds)]
    domain = [float(min(finite.min(), 0.0)), float(max(finite.max(), 0.0))]
    panels = tuple(
        Panel(
            _told(str(state), part),
            _bundle(part, order, legend, domain, unit, evidence.controls)
            if many
            else _spec(part, order, legend, domain, unit),
            str(state),
        )
        for state, part in data.groupby("state", sort=False)
    )
    least = int(data.loc[data["change"].notna(), "n"].min())
    drawn = "a line for each arm" if many else "with 95 % intervals over texts and items"
    caption = (
        f"Mean change from baseline on each state's target scale ({instrument.unit}) at each point of the session, "
        f"{drawn}; the arms share everything before the regulation; "
        f"{sample_size(least, 'vignette')} per state and arm."
    )
    title = f"{instrument.title}: trajectories of the target scale"
    return Figure(f"trajectory-{instrument.id}-{design_cell.id}", title, caption, panels, data, tuple(legend))


def paths(evidence: Evidence, design_cell: DesignCell, instrument: Instrument) -> pd.DataFrame:
    """Per state, series and point: the mean change from baseline over vignettes, and its interval."""
    rows: list[tuple[object, ...]] = []
    for state in evidence.states:
        if state in instrument.scales:
            rows += _path(evidence, design_cell, instrument, state)
    return pd.DataFrame(rows, columns=["state", "series", "point", "change", "low", "high", "n", "contrast"])


def _path(
    evidence: Evidence, design_cell: DesignCell, instrument: Instrument, scale: str
) -> Iterator[tuple[object, ...]]:
    start = 0
    parted = evidence.study.regulation.orders[0] == "before"
    for point, table in evidence.changes_of(design_cell).items():
        parted = parted or point.startswith(PARTED)
        rows = table[(table["measure"] == instrument.id) & (table["scale"] == scale)]
        if not start:
            start = int(rows.loc[rows["state"] == scale, "vignette"].nunique())
            yield (scale, BEFORE, "baseline", 0.0, math.nan, math.nan, start, "")
            if NEUTRAL in evidence.study.states:
                yield (scale, NEUTRAL_TEXTS, "baseline", 0.0, math.nan, math.nan, start, "")
        place = _where(instrument.id, scale, point)
        own = rows[rows["state"] == scale]
        if parted:
            for arm in evidence.study.regulations:
                rows_of = own[own["regulation"] == arm]
                yield _mean(evidence, rows_of, place(arm_label(arm), {**design_cell._asdict(), **_manner(rows_of)}))
        else:
            yield _mean(evidence, own, place(BEFORE, design_cell._asdict()))
        neutral = rows[rows["state"] == NEUTRAL]
        if len(neutral):
            yield _mean(evidence, neutral, place(NEUTRAL_TEXTS, design_cell._asdict()))


def _where(measure: str, scale: str, point: str) -> Callable[[str, Mapping[str, str]], _Where]:
    return lambda series, cell: _Where(measure, scale, series, point, cell)


def _manner(rows: pd.DataFrame) -> dict[str, str]:
    """The regulation of one arm, and how it was given."""
    return {name: str(rows[name].iloc[0]) for name in REGULATION_CELL} if len(rows) else {}


def _mean(evidence: Evidence, rows: pd.DataFrame, place: _Where) -> tuple[object, ...]:
    values = rows.groupby("vignette", observed=True)["value"].mean().dropna()
    if not len(values):
        return (place.scale, place.series, place.point, math.nan, math.nan, math.nan, 0, "")
    outcome = evidence.effects.terms.outcome(place.measure, place.scale)
    state = str(rows["state"].iloc[0])
    one = course_of(evidence.effects, outcome, state, place.cell, place.point, values)
    found = one.estimate
    numbers = (found.difference, found.low, found.high, found.units, one.contrast.id)
    return (place.scale, place.series, place.point, *numbers)


class _Where(NamedTuple):
    """Where a mean of a trajectory stands."""

    measure: str
    scale: str
    series: str
    point: str
    cell: Mapping[str, str]


def _told(state: str, part: pd.DataFrame) -> str:
    ends = part[(part["point"] == part["point"].iloc[-1]) & part["change"].notna()]
    said = "; ".join(
        f"{name} {number_shown(change, sign=True)}" for name, change in plain_rows(ends, "series", "change")
    )
    return f"{state}: change of the target scale from baseline, at the end {said}."


def _spec(part: pd.DataFrame, order: Sequence[str], legend: list[Look], domain: list[float], unit: str) -> Spec:
    points = [point for point in order if point in set(part["point"])]
    lines = _lines(part, points, [look.label for look in legend])
    axis = {
        "values": list(range(len(points))),
        "labelExpr": f"{points}[datum.value]",
        "grid": False,
        "labelFontSize": 11,
        "labelOverlap": False,
        "labelAngle": -30 if len(points) > 4 else 0,
    }
    x = {
        "field": "x",
        "type": "quantitative",
        "title": None,
        "axis": axis,
        "scale": {"domain": [-0.3, len(points) - 0.7], "nice": False},
    }
    y = {
        "field": "change",
        "type": "quantitative",
        "title": unit,
        "scale": {"domain": domain, "nice": True},
        "axis": {"tickCount": 5},
    }
    dash = {"domain": [look.label for look in legend], "range": [list(look.dash) or [1, 0] for look in legend]}
    colour = ordinal("series", legend, "colour")
    marks = [look._replace(shape="circle") if look.shape == "stroke" else look for look in legend]
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "data": values(lines),
        "layer": [
            zero("y"),
            {
                "mark": {"type": "line", "strokeWidth": 1.8},
                "encoding": {
                    "x": x,
                    "y": y,
                    "color": colour,
                    "strokeDash": {"field": "series", "type": "nominal", "scale": dash, "legend": None},
                },
            },
            {
                "mark": {"type": "rule", "strokeWidth": 1.4},
                "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}, "color": colour},
            },
            {
                "transform": [{"filter": "datum.marked"}],
                "mark": {"type": "point", "filled": True, "size": 42, "opacity": 1},
                "encoding": {"x": x, "y": y, "color": colour, "shape": ordinal("series", marks, "shape")},
            },
        ],
    }


def _bundle(
    part: pd.DataFrame,
    order: Sequence[str],
    legend: list[Look],
    domain: list[float],
    unit: str,
    controls: Sequence[str],
) -> Spec:
    """Many arms as thin lines, each from where the arms part."""
    points = [point for point in order if point in set(part["point"])]
    series = list(dict.fromkeys(part["series"]))
    of = {arm_label(arm): CONTROL for arm in controls} | {BEFORE: BEFORE, NEUTRAL_TEXTS: NEUTRAL_TEXTS}
    lines = _lines(part, points, series, dodged=False)
    lines = lines.assign(kind=[of.get(str(name), TECHNIQUE) for name in lines["series"]])
    return bundle(lines[["series", "kind", "x", "change"]], points, legend, domain, unit, (WIDTH, HEIGHT))


def _lines(part: pd.DataFrame, points: Sequence[str], series: list[str], *, dodged: bool = True) -> pd.DataFrame:
    """The rows to draw: each arm's line begins where the arms part, and the intervals stand side by side."""
    shared = part[part["series"] == BEFORE]
    last = shared[shared["change"].notna()].iloc[-1]
    arms = [name for name in series if name not in (BEFORE, NEUTRAL_TEXTS)]
    at, change = points.index(last["point"]), last["change"]
    rows: list[tuple[Any, ...]] = [(arm, at, change, math.nan, math.nan) for arm in arms]
    for name, point, *numbers in plain_rows(part, "series", "point", "change", "low", "high"):
        offset = (arms.index(name) - (len(arms) - 1) / 2) * 0.13 if dodged and name in arms else 0.0
        rows.append((name, points.index(point) + offset, *numbers))
    table = pd.DataFrame(rows, columns=["series", "x", "change", "low", "high"])
    table["marked"] = [index >= len(arms) for index in range(len(table))]
    table["order"] = table["series"].map(series.index)
    return table.sort_values(["order", "x"], ascending=[False, True])
