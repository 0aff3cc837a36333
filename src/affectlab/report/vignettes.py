"""Single vignettes: every sampled unit as a dot, so that a mean cannot hide its spread."""

from __future__ import annotations

import math

import pandas as pd

from affectlab.errors import DataError
from affectlab.materials.schema import NEUTRAL, Instrument
from affectlab.report.evidence import Evidence
from affectlab.report.figure import Figure, Panel, Spec, records, values, zero
from affectlab.report.numbers import number, sample
from affectlab.report.setting import Setting
from affectlab.report.theme import INK, SERIES, Look
from affectlab.report.theme import NEUTRAL as GREY
from affectlab.stats.intervals import mean_interval

WIDTH = 380
OWN, CONTROL = "vignette of the state", "neutral vignette, on the same scale"
LEGEND = (Look(OWN, SERIES[0].light, "disc", ()), Look(CONTROL, GREY.light, "stroke", ()))


def dot_plot(evidence: Evidence, setting: Setting, instrument: Instrument) -> Figure | None:
    """The shift of each vignette on its state's own scale, beside the neutral vignettes on that scale."""
    data = dots(evidence, setting, instrument)
    if data.empty:
        return None
    least = int(data[data["group"] == OWN].groupby("state").size().min())
    caption = (
        f"Shift from baseline to induced on each state's own scale ({instrument.unit}), one dot per vignette; the bar "
        f"is the mean of the state's vignettes with its 95 % t interval; {sample(least, 'vignette')} per state."
    )
    title = f"{instrument.title}: every vignette"
    means = _means(data)
    said = "; ".join(f"{state} {number(mean, sign=True)}" for state, mean in records(means, "state", "mean"))
    spec = _spec(data, means, evidence.states, instrument.unit)
    label = f"{title}. Means: {said}."
    id = f"dots-{instrument.id}-{setting.id}"
    return Figure(id, title, caption, (Panel(label, spec),), data, LEGEND)


def dots(evidence: Evidence, setting: Setting, instrument: Instrument) -> pd.DataFrame:
    """Per state, its own vignettes and the neutral ones: the shift on the state's scale."""
    shifts = evidence.induced_of(setting)
    shifts = shifts[(shifts["measure"] == instrument.id) & shifts["value"].notna()]
    parts = []
    for state in (state for state in evidence.states if state in instrument.scales):
        on_scale = shifts[shifts["scale"] == state]
        for group, source in ((OWN, state), (CONTROL, NEUTRAL)):
            part = on_scale.loc[on_scale["state"] == source, ["vignette", "value"]]
            parts.append(part.assign(state=state, group=group))
    columns = ["state", "group", "vignette", "shift"]
    if not parts:
        return pd.DataFrame(columns=columns)
    return pd.concat(parts, ignore_index=True).rename(columns={"value": "shift"})[columns]


def _means(data: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for state, part in data[data["group"] == OWN].groupby("state", sort=False):
        shifts = part["shift"].to_numpy(float)
        try:
            interval = mean_interval(shifts)
            low, high = interval.low, interval.high
        except DataError:
            low = high = math.nan
        rows.append((str(state), float(shifts.mean()), low, high))
    return pd.DataFrame(rows, columns=["state", "mean", "low", "high"])


def _spec(data: pd.DataFrame, means: pd.DataFrame, states: tuple[str, ...], unit: str) -> Spec:
    present = [state for state in states if state in set(data["state"])]
    y = {
        "field": "state",
        "type": "nominal",
        "sort": present,
        "title": None,
        "scale": {"paddingInner": 0.3, "paddingOuter": 0.15},
        "axis": {"grid": False, "ticks": False, "domain": False},
    }
    x = {"type": "quantitative", "title": f"shift from baseline ({unit})", "axis": {"tickCount": 5}}
    aside = {"type": "quantitative", "scale": {"domain": [0, 1]}}
    offset = {OWN: 0.5, CONTROL: 0.9}
    shown = data.assign(aside=data["group"].map(offset))
    return {
        "width": WIDTH,
        "height": 44 * len(present),
        "layer": [
            zero("x"),
            {
                "data": values(shown[shown["group"] == CONTROL]),
                "mark": {"type": "point", "filled": False, "size": 42, "opacity": 1, "stroke": GREY.light},
                "encoding": {"x": {**x, "field": "shift"}, "y": y, "yOffset": {**aside, "field": "aside"}},
            },
            {
                "data": values(shown[shown["group"] == OWN]),
                "mark": {"type": "point", "filled": True, "size": 46, "opacity": 0.75, "fill": SERIES[0].light},
                "encoding": {"x": {**x, "field": "shift"}, "y": y, "yOffset": {**aside, "field": "aside"}},
            },
            {
                "data": values(means.assign(aside=0.1)),
                "mark": {"type": "rule", "strokeWidth": 1.8, "color": INK.light},
                "encoding": {
                    "x": {**x, "field": "low"},
                    "x2": {"field": "high"},
                    "y": y,
                    "yOffset": {**aside, "field": "aside"},
                },
            },
            {
                "data": values(means.assign(aside=0.1)),
                "mark": {"type": "tick", "thickness": 3, "size": 11, "opacity": 1, "color": INK.light},
                "encoding": {"x": {**x, "field": "mean"}, "y": y, "yOffset": {**aside, "field": "aside"}},
            },
        ],
    }
