"""A claim at a glance: each of its contrasts with its interval, zero, and the smallest effect that counts."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import pandas as pd

from affectlab.effects.judgement import Judged, Judgement, Verdict
from affectlab.report.excess import control
from affectlab.report.figure import Figure, Panel, Spec, ordinal, plain_rows, values, zero
from affectlab.report.numbers import SPACE, number_shown, sample_size
from affectlab.report.theme import INK, NEUTRAL, SERIES, Look

WIDTH, PANEL, STEP = 380, 200, 20
LOOKS = (
    Look(str(Verdict.SUPPORTED), SERIES[0].light, "circle", ()),
    Look(str(Verdict.OPEN), NEUTRAL.light, "diamond", ()),
    Look(str(Verdict.NOT_SUPPORTED), SERIES[1].light, "square", ()),
    Look(str(Verdict.NONE), NEUTRAL.light, "cross", ()),
)
"""A verdict is told by its shape as well as by its colour."""


def claim_plot(judgement: Judgement, id: str, name: str) -> Figure | None:
    """The contrasts of a hypothesis, the hardest control first; None where there is no number.

    Where every control has one contrast they stand in one panel; else there is a panel for each control.
    """
    known = [one for found in judgement.controls.values() for one in found if math.isfinite(one.excess.difference)]
    if not known:
        return None
    data = pd.DataFrame([_row(one) for one in known])
    legend = tuple(look for look in LOOKS if look.label in set(data["verdict"]))
    single = data["against"].value_counts().max() == 1 and data["unit"].nunique() == 1
    panels = (_panel(data, "against", "", WIDTH),) if single else tuple(_panels(data))
    units = ", ".join(dict.fromkeys(filter(None, data["unit"])))
    margin = ", the dashed line the smallest effect that counts" if data["smallest"].notna().any() else ""
    least = sample_size(min(one.excess.n for one in known), "unit")
    caption = (
        f"The difference from each control{f' ({units})' if units else ''} with its 95{SPACE}% interval, where it has "
        f"one; the hardest control first. The line is zero{margin}; {least} or more for each."
    )
    return Figure(id, f"{name}: every contrast", caption, panels, data, legend)


def _row(judged: Judged) -> dict[str, object]:
    one = judged.excess
    return {
        "against": control(one.against),
        "part": one.part,
        "difference": one.difference,
        "low": one.low if one.interval else math.nan,
        "high": one.high if one.interval else math.nan,
        "unit": one.unit,
        "smallest": one.sign * one.margin if one.margin else math.nan,
        "n": one.n,
        "verdict": str(judged.verdict),
    }


def _panels(data: pd.DataFrame) -> Iterator[Panel]:
    """One for each control, and for each unit where there are several."""
    several = data["unit"].nunique() > 1
    width = WIDTH if data.groupby(["against", "unit"], sort=False).ngroups == 1 else PANEL
    for (against, unit), part in data.groupby(["against", "unit"], sort=False):
        yield _panel(part, "part", f"{against}, {unit}" if several else str(against), width)


def _panel(data: pd.DataFrame, row: str, title: str, width: int) -> Panel:
    told = "; ".join(
        f"{name} {number_shown(difference, sign=True)}, {verdict}"
        for name, difference, verdict in plain_rows(data, row, "difference", "verdict")
    )
    label = f"Differences{f' from {title}' if title else ''} with their intervals: {told}."
    return Panel(label, _spec(data, row, width), title)


def _spec(data: pd.DataFrame, row: str, width: int) -> Spec:
    order: Sequence[str] = list(dict.fromkeys(data[row]))
    axis = {"grid": False, "ticks": False, "domain": False, "labelLimit": 320}
    y = {"field": row, "type": "nominal", "sort": order, "title": None, "axis": axis}
    unit = str(data["unit"].iloc[0])
    title = f"difference ({unit})" if unit else "difference"
    x = {"field": "difference", "type": "quantitative", "title": title, "axis": {"tickCount": 4}}
    colour = ordinal("verdict", LOOKS, "colour")
    smallest = {
        "data": values(data[["smallest"]].dropna().drop_duplicates()),
        "mark": {"type": "rule", "color": INK.light, "strokeWidth": 1.2, "strokeDash": [4, 3]},
        "encoding": {"x": {"field": "smallest", "type": "quantitative"}},
    }
    return {
        "width": width,
        "height": STEP * len(order),
        "data": values(data),
        "layer": [
            zero("x"),
            *([smallest] if data["smallest"].notna().any() else []),
            {
                "mark": {"type": "rule", "strokeWidth": 1.8},
                "encoding": {"y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}, "color": colour},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 60, "opacity": 1},
                "encoding": {"y": y, "x": x, "color": colour, "shape": ordinal("verdict", LOOKS, "shape")},
            },
        ],
    }
