"""A figure of some of its rows: the states, measures and controls that a reader chose, and the same drawing of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from affectlab.report.figure import Figure, Panel, Spec

MOST = 60
"""Levels of a column up to which they are offered one by one."""
Chosen = Mapping[str, Collection[str]]
"""Levels by column; a column that is not there has all of its."""


def selectable(figure: Figure) -> dict[str, list[str]]:
    """By which columns the rows of a figure can be chosen, each with its levels in the order of the data."""
    found = {}
    for name in map(str, figure.data.columns):
        column = figure.data[name]
        if pd.api.types.is_numeric_dtype(column) or name == "contrast" or name.endswith("_contrast"):
            continue
        levels = [one for one in dict.fromkeys(column.dropna().astype(str)) if one]
        if 1 < len(levels) <= MOST and _is_drawn_by(figure, name, levels):
            found[name] = levels
    return found


def selected(figure: Figure, chosen: Chosen) -> Figure:
    """A figure of the rows that have one of the chosen levels in each column.

    Args:
        chosen: columns and levels as in ``selectable``; what is no column of it, and a column of which no level is
            chosen, narrows nothing.
    """
    known = selectable(figure)
    wanted = {name: [one for one in known[name] if one in chosen[name]] for name in chosen if name in known}
    wanted = {name: levels for name, levels in wanted.items() if 0 < len(levels) < len(known[name])}
    if not wanted:
        return figure
    kept = _rows(figure.data, wanted)
    label = "; ".join(f"{name.replace('_', ' ')}: {', '.join(levels)}" for name, levels in wanted.items())
    panels = [
        replace(panel, spec=_with_rows(panel.spec, wanted), label=f"{figure.title}, {label}. Its data stand below it.")
        for panel in figure.panels
        if _is_wanted(panel, known, wanted)
    ]
    left = {level for name, levels in wanted.items() for level in known[name] if level not in levels}
    return replace(
        figure,
        panels=tuple(panels),
        data=figure.data[kept].reset_index(drop=True),
        legend=tuple(look for look in figure.legend if look.label not in left),
        contrasts=tuple(id for id, one in zip(figure.contrasts, kept, strict=True) if one) if figure.contrasts else (),
    )


def _rows(data: pd.DataFrame, wanted: Chosen) -> list[bool]:
    kept = pd.Series(True, index=data.index)
    for name, levels in wanted.items():
        kept &= data[name].astype(str).isin(levels)
    found: list[bool] = kept.tolist()
    return found


def _is_drawn_by(figure: Figure, name: str, levels: Sequence[str]) -> bool:
    """Whether choosing by a column changes the drawing: its rows have it, or there is a panel for each level."""
    if all(any(_names(panel, level) for panel in figure.panels) for level in levels):
        return True
    return any(name in row for panel in figure.panels for rows in _data(panel.spec) for row in rows[:1])


def _names(panel: Panel, level: str) -> bool:
    """Whether a panel is that of a level, by its title."""
    return panel.title == level or panel.title.startswith(f"{level}, ")


def _is_wanted(panel: Panel, known: Mapping[str, Sequence[str]], wanted: Chosen) -> bool:
    for name, levels in wanted.items():
        of = [one for one in known[name] if _names(panel, one)]
        if of and not any(one in levels for one in of):
            return False
    drawn = list(_data(_with_rows(panel.spec, wanted)))
    return not drawn or any(drawn)


def _data(spec: Any) -> Iterator[list[dict[str, Any]]]:
    """The rows that a drawing has, wherever they stand in it."""
    if isinstance(spec, Mapping):
        rows = spec.get("data", {}).get("values", ()) if isinstance(spec.get("data"), Mapping) else ()
        # a line at zero is no data
        if rows and set(rows[0]) != {"zero"}:
            yield list(rows)
        for part in spec.values():
            yield from _data(part)
    elif isinstance(spec, list):
        for part in spec:
            yield from _data(part)


def _with_rows(spec: Spec, wanted: Chosen) -> dict[str, Any]:
    """The drawing of some rows, as high and as wide as these need."""
    made: dict[str, Any] = _kept(dict(spec), wanted)
    for side, share in _shares(spec, wanted).items():
        if isinstance(made.get(side), int | float):
            made[side] = round(made[side] * share)
    return made


def _kept(part: Any, wanted: Chosen) -> Any:
    if isinstance(part, list):
        return [_kept(one, wanted) for one in part]
    if not isinstance(part, Mapping):
        return part
    made = {name: _kept(value, wanted) for name, value in part.items() if name != "values"}
    if "values" in part:
        made["values"] = [row for row in part["values"] if _has(row, wanted)]
    levels = wanted.get(str(part.get("field")))
    if levels is not None:
        for holder, name in ((made, "sort"), (made.get("scale"), "domain")):
            # a colour or a shape stays that of its level
            if isinstance(holder, dict) and isinstance(holder.get(name), list) and "range" not in holder:
                holder[name] = [one for one in holder[name] if one in levels]
    return made


def _has(row: Any, wanted: Chosen) -> bool:
    if not isinstance(row, Mapping):
        return True
    return all(str(row[name]) in levels for name, levels in wanted.items() if row.get(name) is not None)


def _shares(spec: Any, wanted: Chosen) -> dict[str, float]:
    """How much of its height and of its width a drawing needs."""
    shares: dict[str, float] = {}
    for channel, side in (("y", "height"), ("yOffset", "height"), ("x", "width")):
        for encoded in _encodings(spec, channel):
            levels, there = wanted.get(str(encoded.get("field"))), encoded.get("sort")
            if levels is None or not isinstance(there, list) or not there:
                continue
            # the levels beside each other share a row, of which a part is space
            space = 0.7 if channel == "yOffset" else 0.0
            share = (sum(one in levels for one in there) + space) / (len(there) + space)
            shares[side] = shares.get(side, 1.0) * share
            break
    return shares


def _encodings(spec: Any, channel: str) -> Iterator[Mapping[str, Any]]:
    if isinstance(spec, Mapping):
        encoding = spec.get("encoding")
        if isinstance(encoding, Mapping) and isinstance(encoding.get(channel), Mapping):
            yield encoding[channel]
        for part in spec.get("layer", ()):
            yield from _encodings(part, channel)
