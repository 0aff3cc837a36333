"""Coverage: how much of the answers fell on legal options, and how much each measure needs."""

from __future__ import annotations

import pandas as pd

from affectlab.report.evidence import Evidence
from affectlab.report.figure import Figure, Panel, Spec, plain_rows, values
from affectlab.report.numbers import number_shown, sample_size
from affectlab.report.theme import INK, NEUTRAL, SERIES, Look

WIDTH = 380
LEGEND = (
    Look("median coverage, usable", SERIES[0].light, "circle", ()),
    Look("median coverage, not usable", NEUTRAL.light, "cross", ()),
    Look("what the measure needs", INK.light, "tick", ()),
)


def coverage_plot(evidence: Evidence) -> Figure:
    """Median coverage of each measure with each model, its 5th to 95th percentile, and the least that is needed."""
    data = coverages(evidence)
    usable = int(data["usable"].sum())
    caption = (
        f"Median coverage of each measure (share of probability on legal options), with the 5th to 95th percentile of "
        f"its answers, on a logarithmic axis; {usable} of {len(data)} can be used; "
        f"{sample_size(int(data['answers'].min()), 'answer')} or more per measure and model."
    )
    rows = plain_rows(data, "measure", "model", "median", "needed")
    said = "; ".join(
        f"{title}, {model}: {number_shown(at, 3)}, needs {number_shown(needed)}" for title, model, at, needed in rows
    )
    label = f"Coverage of each measure: {said}."
    return Figure("coverage", "Coverage of each measure", caption, (Panel(label, _spec(data)),), data, LEGEND)


def coverages(evidence: Evidence) -> pd.DataFrame:
    """Per model and measure: coverage, what is needed, and whether it is usable."""
    rows = []
    for row in evidence.answers.itertuples():
        model, measure = str(row.model), str(row.measure)
        one = evidence.summary.usability[model][measure]
        title = evidence.probes[measure].title
        rows.append((model, title, one.coverage, row.low, row.high, one.minimum, one.usable, one.answers))
    columns = ["model", "measure", "median", "low", "high", "needed", "usable", "answers"]
    return pd.DataFrame(rows, columns=columns)


def _spec(data: pd.DataFrame) -> Spec:
    several = data["model"].nunique() > 1
    least = 1e-4
    shown = data.assign(
        row=data["measure"] + (" · " + data["model"] if several else ""),
        at=data["median"].clip(least, 1.0),
        low=data["low"].clip(least, 1.0),
        high=data["high"].clip(least, 1.0),
        colour=[SERIES[0].light if usable else NEUTRAL.light for usable in data["usable"]],
        mark=["circle" if usable else "cross" for usable in data["usable"]],
    )
    y = {
        "field": "row",
        "type": "nominal",
        "sort": None,
        "title": None,
        "axis": {"grid": False, "ticks": False, "domain": False, "labelLimit": 260},
    }
    x = {
        "type": "quantitative",
        "title": "coverage",
        "scale": {"type": "log", "domain": [min(least, 1.0), 1.0]},
        "axis": {"values": [0.0001, 0.001, 0.01, 0.1, 1], "format": "~g"},
    }
    colour = {"field": "colour", "type": "nominal", "scale": None}
    return {
        "padding": {"left": 28, "top": 5, "right": 12, "bottom": 5},
        "width": WIDTH,
        "height": 30 * len(shown),
        "data": values(shown),
        "encoding": {"y": y},
        "layer": [
            {
                "mark": {"type": "rule", "strokeWidth": 1.8},
                "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}, "color": colour},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1},
                "encoding": {
                    "x": {**x, "field": "at"},
                    "color": colour,
                    "shape": {"field": "mark", "type": "nominal", "scale": None},
                },
            },
            {
                "mark": {"type": "tick", "thickness": 2.5, "size": 20, "opacity": 1, "color": INK.light},
                "encoding": {"x": {**x, "field": "needed"}},
            },
        ],
    }
