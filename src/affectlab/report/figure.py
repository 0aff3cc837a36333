"""A figure: what is drawn, what is said of it, and the numbers behind it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from affectlab.report.svg import draw, specification
from affectlab.report.table import Table, spreadsheet
from affectlab.report.theme import INK, ZERO, Look

if TYPE_CHECKING:
    import pandas as pd

Spec = Mapping[str, Any]


def slug(text: str) -> str:
    """A text as part of a figure's id.

    >>> slug("log odds")
    'log-odds'
    """
    return "".join(one if one.isalnum() else "-" for one in text)


@dataclass(frozen=True)
class Panel:
    """One drawing of a figure; a figure of small multiples has several."""

    label: str
    """What the drawing shows, in words."""
    spec: Spec
    title: str = ""


@dataclass(frozen=True)
class Figure:
    """Drawings with one caption and one table of the data behind them."""

    id: str
    title: str
    caption: str
    """One sentence: what is seen, how many units, and of what."""
    panels: tuple[Panel, ...]
    data: pd.DataFrame
    legend: tuple[Look, ...] = ()
    number: int = 0
    contrasts: tuple[str, ...] = ()
    """Per row of the data, the id of the contrast that it is, where the data do not hold it."""

    def drawings(self, *, answering: bool = False) -> list[tuple[str, str]]:
        """Title and SVG of each panel; ``answering``: each mark carries the numbers that it stands for."""
        return [
            (panel.title, draw(panel.spec, panel.label, f"{self.id}-{index}", answering=answering))
            for index, panel in enumerate(self.panels)
        ]

    @property
    def specification(self) -> dict[str, Any]:
        """The drawings as one Vega-Lite specification, with their key and data: complete without the page."""
        drawn = [{**panel.spec, **({"title": panel.title} if panel.title else {})} for panel in self.panels]
        whole: Spec = drawn[0] if len(drawn) == 1 else {"concat": drawn, "columns": 3}
        if self.legend:
            whole = {"vconcat": [_key(self.legend), whole]}
        return specification({"description": f"{self.title}. {self.caption}", **whole})

    @property
    def specs(self) -> str:
        """The specification as an address that a browser saves."""
        return "data:application/json;charset=utf-8," + quote(json.dumps(self.specification))

    @property
    def csv(self) -> str:
        """The data, in full precision, as an address that a browser saves."""
        return saved(self.data)

    @property
    def table(self) -> Table:
        """The data as a table to be read."""
        made = Table.of(self.data, f"Data of figure {self.number}: {self.title}")
        return replace(made, contrasts=self.contrasts[: len(made.rows)]) if self.contrasts else made


_FILLED = {"stroke": "circle", "disc": "circle", "tick": "square"}
"""Shapes that Vega-Lite does not fill or know, and what stands for them in a key."""


def _key(looks: Sequence[Look]) -> Spec:
    """The key of a figure as a drawing: on the page it is text, so that it wraps and can be read aloud."""
    rows = [
        {"label": look.label, "colour": look.colour, "shape": _FILLED.get(look.shape, look.shape)} for look in looks
    ]
    down = {"field": "label", "type": "nominal", "sort": None, "axis": None}
    drawn = {name: {"field": field, "scale": None} for name, field in (("color", "colour"), ("shape", "shape"))}
    return {
        "width": 300,
        "height": 17 * len(rows),
        "data": {"values": rows},
        "encoding": {"y": down, "x": {"value": 8}},
        "layer": [
            {"mark": {"type": "point", "filled": True, "opacity": 1, "size": 60}, "encoding": drawn},
            {
                "mark": {"type": "text", "align": "left", "dx": 12, "color": INK.light, "fontSize": 12},
                "encoding": {"text": {"field": "label"}},
            },
        ],
    }


def saved(data: pd.DataFrame) -> str:
    """A table, in full precision, as an address that a browser saves."""
    return "data:text/csv;charset=utf-8," + quote(spreadsheet(data).to_csv(index=False))


def values(table: pd.DataFrame) -> dict[str, Any]:
    """A table as the data of a specification; missing numbers become null."""
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    return {"values": rows}


def plain_rows(table: pd.DataFrame, *columns: str) -> Iterator[tuple[Any, ...]]:
    """Some columns of a table, row by row, as plain values."""
    return zip(*(table[column].tolist() for column in columns), strict=True)


def ordinal(field: str, looks: Sequence[Look], what: str) -> dict[str, Any]:
    """An encoding that gives each series its own colour or shape, without a legend of its own."""
    drawn = [look.colour if what == "colour" else look.shape for look in looks]
    scale = {"domain": [look.label for look in looks], "range": drawn}
    return {"field": field, "type": "nominal", "scale": scale, "legend": None}


def state_rows(states: Sequence[str], padding: float, **axis: Any) -> dict[str, Any]:
    """A row for each state, with some space between them and no line beside their names."""
    return {
        "field": "state",
        "type": "nominal",
        "sort": list(states),
        "title": None,
        "scale": {"paddingInner": padding, "paddingOuter": 0.15},
        "axis": {"grid": False, "ticks": False, "domain": False, **axis},
    }


def zero(channel: str) -> dict[str, Any]:
    """The line at no difference."""
    return {
        "data": {"values": [{"zero": 0}]},
        "mark": {"type": "rule", "color": ZERO.light, "strokeWidth": 1.2},
        "encoding": {channel: {"field": "zero", "type": "quantitative"}},
    }
