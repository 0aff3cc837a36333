"""Single vignettes: every sampled unit as a dot, so that a mean cannot hide its spread."""

from __future__ import annotations

import pandas as pd

from affectlab.effects.effect import Effect
from affectlab.materials.instrument import Instrument
from affectlab.materials.schema import NEUTRAL
from affectlab.report.design_cell import DesignCell
from affectlab.report.evidence import Evidence
from affectlab.report.figure import Figure, Panel, Spec, plain_rows, state_rows, values, zero
from affectlab.report.numbers import number_shown, sample_size
from affectlab.report.theme import INK, SERIES, Look
from affectlab.report.theme import NEUTRAL as GREY

WIDTH = 380
OWN, CONTROL = "vignette of the state", "neutral vignette, on the same scale"
LEGEND = (Look(OWN, SERIES[0].light, "disc", ()), Look(CONTROL, GREY.light, "stroke", ()))


def dot_plot(evidence: Evidence, design_cell: DesignCell, instrument: Instrument) -> Figure | None:
    """The shift of each vignette on its state's target scale, beside the neutral vignettes on that scale."""
    data = dots(evidence, design_cell, instrument)
    if data.empty:
        return None
    least = int(data[data["group"] == OWN].groupby("state").size().min())
    caption = (
        f"Shift from baseline to induced on each state's target scale ({instrument.unit}), one dot per vignette; "
        f"the bar "
        f"is the mean of the state's vignettes with its 95 % interval over texts and items; "
        f"{sample_size(least, 'vignette')} per state."
    )
    title = f"{instrument.title}: every vignette"
    means = _means(evidence, design_cell, instrument)
    said = "; ".join(f"{state} {number_shown(mean, sign=True)}" for state, mean in plain_rows(means, "state", "mean"))
    spec = _spec(data, means, evidence.states, instrument.unit)
    label = f"{title}. Means: {said}."
    id = f"dots-{instrument.id}-{design_cell.id}"
    legend = tuple(look for look in LEGEND if look.label in set(data["group"]))
    return Figure(id, title, caption, (Panel(label, spec),), data, legend)


def dots(evidence: Evidence, design_cell: DesignCell, instrument: Instrument) -> pd.DataFrame:
    """Per state, its own vignettes and the neutral ones: the shift on the state's scale."""
    rows = []
    for state, (own, neutral) in _effects(evidence, design_cell, instrument).items():
        rows += [(state, OWN, str(vignette), shift) for vignette, shift in own.first.items()]
        if neutral is not None and neutral.second is not None:
            rows += [(state, CONTROL, str(vignette), shift) for vignette, shift in neutral.second.items()]
    return pd.DataFrame(rows, columns=["state", "group", "vignette", "shift"])


def _effects(
    evidence: Evidence, design_cell: DesignCell, instrument: Instrument
) -> dict[str, tuple[Effect, Effect | None]]:
    """Per state, the contrast of its texts with baseline, and that with neutral texts where there are such."""
    found = evidence.found(design_cell, "induction", instrument.id)
    of = {(one.state, one.against): evidence.effects.by_id[one.contrast] for one in found}
    states = [state for state in evidence.states if (state, "baseline") in of]
    return {state: (of[state, "baseline"], of.get((state, NEUTRAL))) for state in states}


def _means(evidence: Evidence, design_cell: DesignCell, instrument: Instrument) -> pd.DataFrame:
    """The findings against baseline."""
    rows = []
    for state, (own, _) in _effects(evidence, design_cell, instrument).items():
        found = own.estimate
        rows.append((state, found.difference, found.low, found.high, own.contrast.id))
    return pd.DataFrame(rows, columns=["state", "mean", "low", "high", "contrast"])


def _spec(data: pd.DataFrame, means: pd.DataFrame, states: tuple[str, ...], unit: str) -> Spec:
    present = [state for state in states if state in set(data["state"])]
    y = state_rows(present, 0.3)
    x = {"type": "quantitative", "title": f"shift from baseline ({unit})", "axis": {"tickCount": 5}}
    offset_axis = {"type": "quantitative", "scale": {"domain": [0, 1]}}
    offset = {OWN: 0.5, CONTROL: 0.9}
    shown = data.assign(offset=data["group"].map(offset))
    return {
        "width": WIDTH,
        "height": 44 * len(present),
        "layer": [
            zero("x"),
            {
                "data": values(shown[shown["group"] == CONTROL]),
                "mark": {"type": "point", "filled": False, "size": 42, "opacity": 1, "stroke": GREY.light},
                "encoding": {"x": {**x, "field": "shift"}, "y": y, "yOffset": {**offset_axis, "field": "offset"}},
            },
            {
                "data": values(shown[shown["group"] == OWN]),
                "mark": {"type": "point", "filled": True, "size": 46, "opacity": 0.75, "fill": SERIES[0].light},
                "encoding": {"x": {**x, "field": "shift"}, "y": y, "yOffset": {**offset_axis, "field": "offset"}},
            },
            {
                "data": values(means.assign(offset=0.1)),
                "mark": {"type": "rule", "strokeWidth": 1.8, "color": INK.light},
                "encoding": {
                    "x": {**x, "field": "low"},
                    "x2": {"field": "high"},
                    "y": y,
                    "yOffset": {**offset_axis, "field": "offset"},
                },
            },
            {
                "data": values(means.assign(offset=0.1)),
                "mark": {"type": "tick", "thickness": 3, "size": 11, "opacity": 1, "color": INK.light},
                "encoding": {"x": {**x, "field": "mean"}, "y": y, "yOffset": {**offset_axis, "field": "offset"}},
            },
        ],
    }
