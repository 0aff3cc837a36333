"""Trajectories of many arms: a thin line for each, told apart by whether it is a technique or a control."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from affectlab.report.figure import Spec, ordinal, values, zero
from affectlab.report.theme import SERIES, Look

TECHNIQUE, CONTROL = "each technique", "each control"
KINDS = (Look(TECHNIQUE, SERIES[0].light, "circle", ()), Look(CONTROL, SERIES[1].light, "circle", (5, 3)))


def bundle(
    lines: pd.DataFrame,
    points: Sequence[str],
    legend: Sequence[Look],
    domain: Sequence[float],
    unit: str,
    size: tuple[int, int],
) -> Spec:
    """One panel: change by point.

    Args:
        lines: columns ``series`` (one line each), ``kind`` (what the legend tells apart), ``x``, ``change``.
        points: what stands at 0, 1, … of ``x``.
        domain: the lowest and the highest change of all panels.
        size: width and height.
    """
    axis = {"values": list(range(len(points))), "labelExpr": f"{list(points)}[datum.value]", "grid": False}
    scale = {"domain": [-0.3, len(points) - 0.7], "nice": False}
    x = {"field": "x", "type": "quantitative", "title": None, "axis": axis, "scale": scale}
    y = {"field": "change", "type": "quantitative", "title": unit, "scale": {"domain": list(domain), "nice": True}}
    dash = {"domain": [look.label for look in legend], "range": [list(look.dash) or [1, 0] for look in legend]}
    return {
        "width": size[0],
        "height": size[1],
        "data": values(lines),
        "layer": [
            zero("y"),
            {
                "mark": {"type": "line", "strokeWidth": 1.2, "opacity": 0.75},
                "encoding": {
                    "x": x,
                    "y": y,
                    "detail": {"field": "series", "type": "nominal"},
                    "color": ordinal("kind", legend, "colour"),
                    "strokeDash": {"field": "kind", "type": "nominal", "scale": dash, "legend": None},
                },
            },
        ],
    }
