"""People's scores under conditions: every unit as a point, beside it the mean with its interval."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from affectlab.atomic import file_replaced
from affectlab.effects.analyse import Analysis
from affectlab.effects.factorial import FactorialAnalysis
from affectlab.errors import DataError, InputError
from affectlab.report.engine import Undrawn, drawn
from affectlab.report.figure import Figure, Panel, Spec, ordinal, plain_rows, values
from affectlab.report.numbers import number_shown
from affectlab.report.theme import INK, SERIES, SHAPES, Look
from affectlab.tabular.cells import mean_limits

HEIGHT, BAND = 260, 44
"""In pixels: the height of a panel, and the width of one series at one place."""
MOST_PANELS = 12


def conditions_figure(made: Analysis | FactorialAnalysis) -> Figure:
    """Every unit under every condition, and the mean of each with its interval.

    The last factor that was repeated stands along the axis, the first of the others is told by colour and shape, and of
    further ones each combination has a panel.

    Raises:
        DataError: only a summary is known, or there are too many conditions to be drawn.
    """
    outcome = made.design.outcome
    data = pd.DataFrame(_points(made))
    if data.empty:
        raise DataError("a summary has no scores that could be drawn", hint="name the table of scores")
    series = list(dict.fromkeys(data["series"]))
    if len(series) > len(SERIES) or data["panel"].nunique() > MOST_PANELS:
        hint = f"choose rows with --where; {len(SERIES)} series and {MOST_PANELS} panels can be told apart"
        raise DataError("there are too many conditions for one figure", hint=hint)
    looks = tuple(Look(name, SERIES[at].light, SHAPES[at], ()) for at, name in enumerate(series))
    data = _placed(data, series)
    means = pd.DataFrame(_means(data, made.level))
    said = "; ".join(
        f"{', '.join(filter(None, map(str, where)))} {number_shown(mean)}"
        for *where, mean in plain_rows(means, "panel", "series", "place", "mean")
    )
    panels = tuple(
        Panel(
            f"{outcome}: means {said}",
            _spec(data[data["panel"] == panel], means[means["panel"] == panel], looks, outcome),
            panel,
        )
        for panel in dict.fromkeys(data["panel"])
    )
    caption = (
        f"{outcome}: a point for each unit; beside them the mean with its {made.level:.0%} interval over units, which "
        "between repeated measurements says nothing of their difference."
    )
    legend = looks if len(looks) > 1 else ()
    return Figure("conditions", outcome, caption, panels, data.drop(columns=["offset", "middle"]), legend)


def write_figure(made: Analysis | FactorialAnalysis, path: Path) -> None:
    """Write the figure as SVG.

    Raises:
        InputError: the path is none of an SVG file, or the drawing engine is not there.
        DataError: it cannot be drawn.
    """
    if path.suffix.casefold() != ".svg":
        raise InputError("a figure is written as SVG", hint=f"say --figure {path.stem}.svg", file=path)
    figure = conditions_figure(made)
    try:
        drawing = drawn({**figure.specification, "background": "white"})
    except Undrawn as why:
        raise InputError(f"the figure is not drawn: {why}", hint="leave out --figure", file=path) from None
    with file_replaced(path, "--figure") as part:
        part.write_text(drawing, "utf-8")


def _points(made: Analysis | FactorialAnalysis) -> Iterator[dict[str, object]]:
    """A row for each unit and cell: where it stands, and its score."""
    if isinstance(made, FactorialAnalysis):
        along = made.within[-1] if made.within else made.design.factors[-1]
        others = [name for name in made.design.factors if name != along]
        for levels in itertools.product(*(made.levels[name] for name in made.design.factors)):
            of = dict(zip(made.design.factors, levels, strict=True))
            series, *rest = [of[name] for name in others] or [""]
            for unit, score in made.cells.sample(of).items():
                place = {"place": of[along], "series": series, "panel": ", ".join(rest)}
                yield {**place, "unit": str(unit), "score": float(score)}
        return
    if made.cells is None:
        return
    repeated = made.cells.repeated and not made.cells.item
    keys = ["condition", "unit", *(["within"] if repeated else [])]
    means = made.cells.cells.groupby(keys, observed=True, sort=False)["score"].mean().reset_index()
    order = {name: at for at, name in enumerate(made.cells.levels)}
    means = means.sort_values("condition", key=lambda one: one.astype(str).map(order), kind="stable")
    columns = ("within" if repeated else "condition", "condition", "unit", "score")
    for at, condition, unit, score in plain_rows(means, *columns):
        told = {"place": str(at), "series": str(condition) if repeated else "", "panel": ""}
        yield {**told, "unit": str(unit), "score": float(score)}


def _placed(data: pd.DataFrame, series: Sequence[str]) -> pd.DataFrame:
    """The rows, with where in the band of its place each stands: points on the left, the mean of each series right."""
    width = 1 / len(series)
    begin = data["series"].map({name: at * width for at, name in enumerate(series)})
    grouped = data.groupby(["panel", "place", "series"], sort=False)["score"]
    # in steps of the golden ratio, so that neighbours in the file do not stand side by side
    share = (grouped.cumcount() * 0.6180339887) % 1
    return data.assign(offset=begin + width * (0.12 + 0.48 * share), middle=begin + width * 0.8)


def _means(data: pd.DataFrame, level: float) -> Iterator[dict[str, object]]:
    for (panel, place, name, middle), part in data.groupby(["panel", "place", "series", "middle"], sort=False):
        x = part["score"].to_numpy(float)
        row = {"panel": panel, "place": place, "series": name, "middle": middle, "mean": float(np.mean(x))}
        low, high = mean_limits(x, level)
        yield {**row, "low": low, "high": high}


def _spec(data: pd.DataFrame, means: pd.DataFrame, looks: Sequence[Look], outcome: str) -> Spec:
    places = list(dict.fromkeys(data["place"]))
    x = {"field": "place", "type": "nominal", "sort": places, "title": None, "axis": {"labelAngle": 0}}
    offset = {"type": "quantitative", "scale": {"domain": [0, 1]}}
    y = {"type": "quantitative", "scale": {"zero": False}}
    colour = {"color": ordinal("series", looks, "colour")}
    mean = {"x": x, "xOffset": {**offset, "field": "middle"}}
    return {
        "width": BAND * len(places) * len(looks),
        "height": HEIGHT,
        "layer": [
            {
                "data": values(data),
                "mark": {"type": "point", "filled": True, "size": 30, "opacity": 0.45},
                "encoding": {
                    "x": x,
                    "xOffset": {**offset, "field": "offset"},
                    "y": {**y, "field": "score", "title": outcome},
                    "shape": ordinal("series", looks, "shape"),
                    **colour,
                },
            },
            {
                "data": values(means),
                "mark": {"type": "rule", "strokeWidth": 1.8, "color": INK.light},
                "encoding": {**mean, "y": {**y, "field": "low", "title": outcome}, "y2": {"field": "high"}},
            },
            {
                "data": values(means),
                "mark": {"type": "point", "filled": True, "size": 60, "opacity": 1, "color": INK.light},
                "encoding": {**mean, "y": {**y, "field": "mean", "title": outcome}},
            },
        ],
    }
