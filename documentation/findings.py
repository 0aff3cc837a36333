"""The figures of the pages on findings, drawn from the tables on the same page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

TABLE = re.compile(r"\*\*((?:Induction|Regulation|Errors): [a-z-]+)\*\*, ([\w ]+), .*?\n\n((?:\|.*\n)+)")
VALUE = re.compile(r"([+-][\d.]+) \[([+-][\d.]+), ([+-][\d.]+)\]")
TYPE = "Atkinson Hyperlegible, Helvetica Neue, Arial, sans-serif"


def figures(folder: Path) -> dict[str, str]:
    """For each page that asks for one, its figure as SVG, by its place in the documentation."""
    made = {}
    for page in sorted(folder.glob("*.md")):
        text = page.read_text("utf-8")
        if f"(figures/{page.stem}.svg)" in text:
            made[f"findings/figures/{page.stem}.svg"] = drawn(text)
    return made


def rows(text: str) -> tuple[str, list[dict[str, Any]]]:
    """The contrasts of the first table of a page, with what they are in; the frames and orders beside the state.

    >>> table = "| state | neutral |\\n|---|---|\\n| joy | +1.0 [+0.5, +1.5], 4 |\\n"
    >>> title, found = rows(f"**Induction: mood**, points, contrast\\n\\n{table}")
    >>> title, found[0]["row"], found[0]["estimate"], found[0]["high"]
    ('Induction: mood (points)', 'joy', 1.0, 1.5)
    """
    match = TABLE.search(text)
    if match is None:
        raise ValueError("the page has no table of contrasts from which its figure could be drawn")
    header, _, *lines = [
        [cell.strip() for cell in line.strip("| ").split(" | ")] for line in match[3].strip().split("\n")
    ]
    labels = [name for name in header if name in ("state", "regulation", "frame", "order", "context", "grade")]
    found = []
    for cells in lines:
        said = dict(zip(header, cells, strict=False))
        for name in header[len(labels) :]:
            if value := VALUE.match(said.get(name, "")):
                estimate, low, high = map(float, value.groups())
                row = " · ".join(said[label] for label in labels)
                found.append({"row": row, "against": name, "estimate": estimate, "low": low, "high": high})
    return f"{match[1]} ({match[2]})", found


def drawn(text: str) -> str:
    """The figure: each contrast with its interval, one panel for each control."""
    import vl_convert

    title, found = rows(text)
    order = list(dict.fromkeys(one["row"] for one in found))
    controls = list(dict.fromkeys(one["against"] for one in found))
    y = {"field": "row", "type": "nominal", "sort": order, "title": None}
    x = {"field": "low", "type": "quantitative", "title": "difference, with its 95 % interval", "scale": {"zero": True}}
    specification = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "title": {"text": title, "anchor": "start"},
        "data": {"values": found},
        "facet": {"field": "against", "type": "nominal", "title": "against", "sort": controls},
        "columns": 3,
        "spec": {
            "width": 190,
            "height": {"step": 18},
            "layer": [
                {"mark": {"type": "rule", "color": "#999"}, "encoding": {"x": {"datum": 0}}},
                {"mark": {"type": "rule", "strokeWidth": 2}, "encoding": {"y": y, "x": x, "x2": {"field": "high"}}},
                {
                    "mark": {"type": "point", "filled": True, "size": 50, "color": "#1f5f8b", "opacity": 1},
                    "encoding": {"y": y, "x": {"field": "estimate", "type": "quantitative"}},
                },
            ],
        },
        "config": {"font": TYPE, "background": "white", "axis": {"grid": False}},
    }
    return str(vl_convert.vegalite_to_svg(specification, vl_version="5.20"))
