"""The manipulation check: which state moved which scale, beyond what a neutral text does."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from affectlab.effects.shifts import DESIGN_CELL
from affectlab.materials.instrument import Instrument
from affectlab.report.design_cell import DesignCell
from affectlab.report.evidence import Evidence
from affectlab.report.figure import Figure, Panel, Spec, plain_rows, values
from affectlab.report.numbers import decimals, number_shown, sample_size
from affectlab.report.theme import DOWN, INK, STRONGEST, UP

CELL = 46
ROW = 30


def heat_map(evidence: Evidence, design_cell: DesignCell, instrument: Instrument) -> Figure | None:
    """Mean shift from baseline to induced on each scale, minus that of the neutral texts; rows are states.

    None where nothing was measured after an induction.
    """
    every = evidence.discrimination
    here = (every[DESIGN_CELL] == pd.Series(design_cell._asdict())).all(axis=1) & (every["measure"] == instrument.id)
    data = shift_table(every[here], evidence.states, instrument)
    if not data["n"].notna().any():
        return None
    against = "minus the mean shift after neutral texts" if data["n_neutral"].max() > 0 else "from baseline"
    own = data[data["target"]]
    highest = int(own["highest_in_column"].sum())
    number_of = int(data["n"].min())
    title = f"{instrument.title}: state by scale"
    caption = (
        f"Mean shift from baseline to induced ({instrument.unit}), {against}; warm cells rose, cool cells fell, "
        f"outlined cells are a state's target scale, the highest of its column in {highest} of {len(own)} states; "
        f"{sample_size(number_of, 'vignette')} per state."
    )
    told = ", ".join(f"{state} {number_shown(shift, sign=True)}" for state, shift in plain_rows(own, "state", "shift"))
    label = f"Heat map of {instrument.title}, states in rows, scales in columns. Target scales: {told}."
    scales = [scale for scale in instrument.scales if scale in set(data["scale"])]
    panel = Panel(label, number_map(data, "state", "scale", "shift", "target", evidence.states, scales))
    return Figure(f"heat-map-{instrument.id}-{design_cell.id}", title, caption, (panel,), data)


def shift_table(table: pd.DataFrame, states: tuple[str, ...], instrument: Instrument) -> pd.DataFrame:
    """State by scale, long: the shift against neutral, with its interval over vignettes."""
    table = table.rename(columns={"estimate": "shift"})
    order = {name: place for place, name in enumerate((*states, *instrument.scales))}
    table = table[table["state"].isin(states) & table["scale"].isin(instrument.scales)]
    return table.sort_values(["state", "scale"], key=lambda names: names.map(order), kind="stable", ignore_index=True)


def number_map(
    data: pd.DataFrame,
    row: str,
    column: str,
    value: str,
    outlined: str,
    down: Sequence[str],
    across: Sequence[str],
) -> Spec:
    """A map of numbers: coloured by sign and size, each with its number, some outlined.

    Args:
        data: one row for each cell; the other arguments name its columns.
        down: the rows of the map, in their order.
        across: its columns, in theirs.
    """
    strongest = float(data[value].abs().max()) or 1.0
    places = min(decimals(strongest), 2)
    shown = data[[row, column, value, outlined]].assign(
        strength=data[value].abs() / strongest * STRONGEST,
        fill=[UP.light if one > 0 else DOWN.light for one in data[value]],
        text=[number_shown(one, places) for one in data[value]],
    )
    place = {
        "x": {
            "field": column,
            "type": "nominal",
            "sort": list(across),
            "title": None,
            "axis": {"orient": "top", "labelAngle": -35, "ticks": False, "domain": False, "labelPadding": 7},
        },
        "y": {
            "field": row,
            "type": "nominal",
            "sort": list(down),
            "title": None,
            "axis": {"ticks": False, "domain": False, "labelPadding": 7},
        },
    }
    return {
        "width": CELL * len(across),
        "height": ROW * len(down),
        "data": values(shown),
        "encoding": place,
        "layer": [
            {
                "mark": {"type": "rect"},
                "encoding": {
                    "fill": {"field": "fill", "type": "nominal", "scale": None},
                    "fillOpacity": {"field": "strength", "type": "quantitative", "scale": None},
                },
            },
            {
                "transform": [{"filter": f"datum.{outlined}"}],
                "mark": {"type": "rect", "fill": None, "stroke": INK.light, "strokeWidth": 2},
            },
            {
                "mark": {"type": "text", "fontSize": 12, "color": INK.light},
                "encoding": {"text": {"field": "text", "type": "nominal"}},
            },
        ],
    }
