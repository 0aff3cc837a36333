"""Forests: differences with their intervals, one row per state and comparison."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from affectlab.materials.instrument import Instrument
from affectlab.materials.schema import NEUTRAL
from affectlab.report.design_cell import DesignCell
from affectlab.report.evidence import Evidence
from affectlab.report.figure import Figure, Panel, Spec, ordinal, plain_rows, state_rows, values, zero
from affectlab.report.manner import arm_label
from affectlab.report.numbers import number_shown, sample_size
from affectlab.report.theme import Look, looks
from affectlab.results.findings import Finding

WIDTH = 380
STEP = 17


def induction_forest(evidence: Evidence, design_cell: DesignCell, instrument: Instrument) -> Figure | None:
    """The texts against baseline and each control, on the target scale of each state. None where there is nothing."""
    found = evidence.found(design_cell, "induction", instrument.id)
    if not found:
        return None
    data = forest_rows(found, [control_label(one.against) for one in found])
    legend = [look._replace(dash=()) for look in looks(list(dict.fromkeys(data["comparison"])))]
    caption = (
        f"Change from baseline to induced on each state's target scale ({instrument.unit}), as it is and minus that "
        f"under "
        f"each control, with 95 % intervals over texts and items; right of the line, the target scale rose further "
        f"after the state's texts; {sample_size(min(one.n for one in found), 'vignette')} per state."
    )
    title = f"{instrument.title}: the texts against their controls"
    spec = forest(data, legend, evidence.states, f"difference in change ({instrument.unit})")
    label = f"Forest of {title}. {forest_told(data)}"
    id = f"induction-{instrument.id}-{design_cell.id}"
    return Figure(
        id, title, caption, (Panel(label, spec),), data, tuple(legend), contrasts=tuple(one.contrast for one in found)
    )


def control_label(against: str) -> str:
    """What an induction is held against, as the figures name it."""
    if against == "baseline":
        return "change from baseline"
    return "contrast with neutral texts" if against == NEUTRAL else f"contrast with {against.replace('-', ' ')}"


def regulation_forest(
    evidence: Evidence, design_cell: DesignCell, instrument: Instrument, found: Sequence[Finding], *, manner: str = ""
) -> Figure:
    """A technique against each of its controls, on the target scale of each state: findings of one technique and
    manner.

    Args:
        manner: what is unusual about how it was given.
    """
    first, technique = found[0], str(found[0].regulation)
    further = "rose less" if first.order == "before" else "fell further"
    data = forest_rows(found, [f"against {arm_label(one.against)}" for one in found])
    every = looks([arm_label(arm) for arm in evidence.study.regulations])
    legend = [
        look._replace(label=f"against {look.label}", dash=())
        for look in every
        if f"against {look.label}" in set(data["comparison"])
    ]
    name = arm_label(technique)
    given = f"{name}{manner}," if manner else name
    caption = (
        f"Change from {evidence.summary.begins_of(first)} to regulated on each state's target scale under {given} "
        f"minus "
        f"that under each control ({instrument.unit}), with 95 % intervals over texts and items; left of the line, "
        f"the target scale {further} under {name}; {sample_size(min(one.n for one in found), 'vignette')} per state."
    )
    title = f"{instrument.title}: {given} against its controls"
    label = f"Forest of {title}. {forest_told(data)}"
    spec = forest(data, legend, evidence.states, f"difference in change ({instrument.unit})")
    id = f"regulation-{instrument.id}-{technique}{manner.replace(', ', '-').replace(' ', '-')}-{design_cell.id}"
    return Figure(
        id, title, caption, (Panel(label, spec),), data, tuple(legend), contrasts=tuple(one.contrast for one in found)
    )


def forest_rows(found: Sequence[Finding], comparisons: Sequence[str]) -> pd.DataFrame:
    """Findings as the rows of a forest."""
    columns = ["state", "comparison", "difference", "low", "high", "n"]
    lines = [
        (one.state, comparison, one.estimate, one.low, one.high, one.n)
        for one, comparison in zip(found, comparisons, strict=True)
    ]
    return pd.DataFrame(lines, columns=columns)


def forest_told(data: pd.DataFrame, comparison: str = "comparison") -> str:
    """The rows of a forest, in words for those who do not see it."""
    rows = plain_rows(data, "state", comparison, "difference")
    said = [f"{state} {comparison} {number_shown(difference, sign=True)}" for state, comparison, difference in rows]
    return "; ".join(said) + "."


def forest(
    data: pd.DataFrame, legend: Sequence[Look], states: Sequence[str], title: str, *, width: int = WIDTH
) -> Spec:
    """Points with intervals about a line at zero, one row per state, the comparisons beside each other."""
    present = [state for state in states if state in set(data["state"])]
    order = [look.label for look in legend]
    step = STEP * max(len(order), 1) + 12
    y = state_rows(present, 0.25, labelFontSize=12)
    place = {
        "y": y,
        "yOffset": {"field": "comparison", "type": "nominal", "sort": order, "scale": {"domain": order}},
        "color": ordinal("comparison", legend, "colour"),
    }
    x = {"field": "difference", "type": "quantitative", "title": title, "axis": {"tickCount": 5}}
    return {
        "width": width,
        "height": step * len(present),
        "data": values(data),
        "layer": [
            zero("x"),
            {
                "mark": {"type": "rule", "strokeWidth": 1.8},
                "encoding": {**place, "x": {**x, "field": "low"}, "x2": {"field": "high"}},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 60, "opacity": 1},
                "encoding": {**place, "x": x, "shape": ordinal("comparison", legend, "shape")},
            },
        ],
    }
