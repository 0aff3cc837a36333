"""Techniques of regulation against each of their controls, over vignettes: raw, and standardised as in the registry.

The raw effect is the change under the technique minus the change under the control, in the unit of the measure; below
zero the technique took more of the state away. The standardised one has the registry's sign: above zero is relief.
Numbers are those of ``affectlab.effects``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from affectlab.effects.contrast import ALL
from affectlab.effects.dose import rising
from affectlab.effects.effect import Effect
from affectlab.effects.regulation import RIGHT_AFTER
from affectlab.effects.shifts import DESIGN_CELL
from affectlab.results.summary import Summary, summarise
from affectlab.run import Run

_CELL_COLUMNS = (*DESIGN_CELL, "order", "measure", "guidance", "regulation", "against", "state")


def regulation_table(run: Run, summary: Summary | None = None) -> pd.DataFrame:
    """One row for each technique, control, state and point; the controls stand against saying nothing.

    Columns: the design, order, measure, point, guidance, state; ``regulation``, its ``role``; ``against``, the control;
    ``estimate``, ``low``, ``high`` (95 %) and ``unit``; ``relief``, ``relief_low``, ``relief_high``: the difference of
    the levels in average standard deviations between vignettes within states, nan where these are known with fewer
    degrees of freedom than ten vignettes leave; ``n`` units, ``n_unit`` what they are:
    vignettes, or states over these; ``usable``, whether the model can use the measure; ``note``; ``contrast``, its id.

    Args:
        summary: of the run, where it has been made.
    """
    study, known = run.study, summary or summarise(run)
    roles = {arm: study.role(arm) for arm in study.regulations}
    return pd.DataFrame(
        {
            **_design_cell(one),
            **_numbers(one),
            "role": roles[one.contrast.first["regulation"]],
            "unit": one.contrast.outcome.unit,
            "usable": known.rests(one.contrast),
        }
        for one in _ordered(known)
    )


def _ordered(known: Summary) -> Iterator[Effect]:
    """The regulations of induced states in the orders of the study, point by point."""
    yield from (one for one in known.effects.regulations if one.contrast.kind == "regulation")


def _design_cell(one: Effect) -> dict[str, str]:
    contrast = one.contrast
    assert contrast.change is not None  # every regulation is of a change
    return {
        **{factor: contrast.cell[factor] for factor in (*DESIGN_CELL, "order")},
        "measure": contrast.outcome.measure,
        "point": contrast.change[1],
        "guidance": contrast.cell["guidance"],
        "regulation": contrast.first["regulation"],
        "against": contrast.against,
        "state": contrast.state,
    }


def _numbers(one: Effect) -> dict[str, Any]:
    found = one.estimate
    relief = {name: found.further[name] for name in ("relief", "relief_low", "relief_high")}
    raw = {
        "n": found.units,
        "n_unit": one.contrast.unit,
        "estimate": found.difference,
        "low": found.low,
        "high": found.high,
        "note": found.gap,
    }
    return {**raw, **relief, "contrast": one.contrast.id}


def screen_rows(table: pd.DataFrame, point: str = RIGHT_AFTER) -> pd.DataFrame:
    """The rows of ``regulation_table`` at one point: over states, where these are a sample, else those of each."""
    at = table[table["point"] == point]
    return at[at["state"] == ALL] if (at["state"] == ALL).any() else at


def dose_trend(run: Run, summary: Summary | None = None) -> pd.DataFrame:
    """Per technique and control, whether more rounds or turns bring more: Page's test over states, or in each
    state over vignettes, where the states are no sample.

    Columns: as ``regulation_table`` without point; ``first`` and ``last``, the mean differences from the
    control after the first and the last dose; ``strength``, the mean rank correlation of dose and relief within
    vignettes, above zero where more brings more; ``p`` two-sided; ``doses``, ``n``, ``note``.
    """
    steps: dict[tuple[tuple[str, str], ...], list[pd.Series[float]]] = {}
    known = summary or summarise(run)
    every = [one for one in _ordered(known) if one.contrast.first["regulation"] not in known.effects.terms.controls]
    together = any(one.contrast.state == ALL for one in every)
    for one in every:
        design_cell = _design_cell(one)
        if (design_cell["state"] == ALL) is not together or one.second is None:
            continue
        if design_cell["point"].startswith(("round-", "turn-")) or design_cell["point"] == RIGHT_AFTER:
            key = tuple((name, value) for name, value in design_cell.items() if name != "point")
            steps.setdefault(key, []).append(one.first - one.second)
    return pd.DataFrame([{**dict(key), **_trend(doses)} for key, doses in steps.items() if len(doses) > 1])


def _trend(doses: Sequence[pd.Series[float]]) -> dict[str, Any]:
    table, trend = rising(doses)
    means = table.mean().to_numpy(float)
    found: dict[str, Any] = {"doses": len(doses), "n": len(table), "first": means[0], "last": means[-1]}
    if isinstance(trend, str):
        return {**found, "strength": math.nan, "p": math.nan, "note": trend}
    return {**found, "strength": trend.strength, "p": trend.p, "note": ""}


def persistence(table: pd.DataFrame) -> pd.DataFrame:
    """Per technique, control and later point, what share of the effect right after is still there.

    Columns: design and arm; ``point``, ``estimate``, ``low``, ``high``, ``n``; ``share`` of the estimate right after,
    nan where that one's interval holds zero, so that a share of it says nothing.
    """
    table = table[table["role"] == "technique"]
    keys = [name for name in table.columns if name in _CELL_COLUMNS]
    after = table[table["point"] == RIGHT_AFTER].set_index(keys)
    rows = table[table["point"].str.startswith("later-") | (table["point"] == "again")]
    told = after["low"] * after["high"] > 0.0
    base = after["estimate"].where(told)
    shares = rows["estimate"].to_numpy(float) / base.reindex(pd.MultiIndex.from_frame(rows[keys])).to_numpy(float)
    return rows[[*keys, "point", "estimate", "low", "high", "unit", "n"]].assign(
        share=np.where(np.isfinite(shares), shares, np.nan)
    )
