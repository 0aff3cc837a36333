"""Techniques of regulation against each of their controls, over vignettes: raw, and standardised as in the registry.

The raw effect is the change under the technique minus the change under the control, in the unit of the measure; below
zero the technique took more of the state away. The standardised one has the registry's sign: above zero is relief.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from affectlab.analysis.courses import Pairs, courses, pairs, within_states
from affectlab.analysis.summary import Summary, probes, summarise
from affectlab.errors import DataError
from affectlab.run import Run
from affectlab.stats.effects import d_av
from affectlab.stats.trend import page
from affectlab.stats.ttest import paired_t

ALL = "all"
"""In the place of a state: all induced states together, each vignette on its own scale."""


def effects(run: Run, summary: Summary | None = None) -> pd.DataFrame:
    """One row for each technique, control, state and point; the controls stand against saying nothing.

    Columns: the design, order, measure, point, guidance, state; ``regulation``, its ``role``; ``against``, the control;
    ``estimate``, ``low``, ``high`` (95 %) and ``unit``; ``relief``, ``relief_low``, ``relief_high``: the difference of
    the levels in average standard deviations between vignettes within states; ``n`` vignettes; ``usable``, whether the
    model can use the measure; ``note``.

    Args:
        summary: of the run, where it has been made.
    """
    units = {id: probe.unit for id, probe in probes(run).items()}
    study, known = run.study, summary or summarise(run)
    roles = {arm: study.role(arm) for arm in study.regulations}
    rows = [
        {
            **found,
            "role": roles[found["regulation"]],
            "unit": units[found["measure"]],
            "usable": known.usability[found["model"]][found["measure"]].usable,
        }
        for one in pairs(courses(known.points, study), study.controls)
        for found in _by_state(one)
    ]
    return pd.DataFrame(rows)


def _by_state(both: Pairs) -> Iterator[dict[str, Any]]:
    states = both.table.index.get_level_values("state").unique()
    if len(states) > 1:
        yield {**both.place, "state": ALL, **_effect(both.table)}
    for state in states:
        part = both.table[both.table.index.get_level_values("state") == state]
        yield {**both.place, "state": str(state), **_effect(part)}


def _effect(table: pd.DataFrame) -> dict[str, Any]:
    """The raw and the standardised difference, without intervals where the data allow none."""
    found: dict[str, Any] = {"n": len(table)}
    try:
        test = paired_t(table["technique"].to_numpy(float), table["control"].to_numpy(float))
        found |= {"estimate": test.difference, "low": test.low, "high": test.high, "note": ""}
    except DataError as error:
        difference = float((table["technique"] - table["control"]).mean())
        found |= {"estimate": difference, "low": math.nan, "high": math.nan, "note": error.message}
    try:
        ends = within_states(table[["end_control", "end"]])
        size = d_av(ends[:, 0], ends[:, 1])
        found |= {"relief": size.d, "relief_low": size.low, "relief_high": size.high}
    except DataError:
        found |= {"relief": math.nan, "relief_low": math.nan, "relief_high": math.nan}
    return found


def screen(table: pd.DataFrame, point: str = "regulated") -> pd.DataFrame:
    """The rows of ``effects`` at one point, over all states where there are several."""
    at = table[table["point"] == point]
    return at[at["state"] == ALL] if (at["state"] == ALL).any() else at


def dose(run: Run, summary: Summary | None = None) -> pd.DataFrame:
    """Per technique and control, whether more rounds or turns bring more: Page's test over vignettes.

    Columns: as ``effects`` without point and state; ``first`` and ``last``, the mean differences from the control after
    the first and the last dose; ``strength``, the mean rank correlation of dose and relief within vignettes, above
    zero where more brings more; ``p`` two-sided; ``doses``, ``n``, ``note``.
    """
    steps: dict[tuple[str, ...], list[pd.Series[float]]] = {}
    study, known = run.study, summary or summarise(run)
    controls = study.controls
    for one in pairs(courses(known.points, study), controls):
        if one.place["regulation"] in controls:
            continue
        if one.place["point"].startswith(("round-", "turn-")) or one.place["point"] == "regulated":
            place = tuple((name, value) for name, value in one.place.items() if name != "point")
            steps.setdefault(place, []).append(one.table["technique"] - one.table["control"])  # type: ignore[arg-type]
    rows = [{**dict(place), **_trend(doses)} for place, doses in steps.items() if len(doses) > 1]  # type: ignore[arg-type]
    return pd.DataFrame(rows)


def _trend(doses: Sequence[pd.Series[float]]) -> dict[str, Any]:
    table = pd.concat(doses, axis=1).dropna().to_numpy(float)
    means = table.mean(axis=0)
    found: dict[str, Any] = {"doses": len(doses), "n": len(table), "first": means[0], "last": means[-1]}
    try:
        trend = page(-table)
        return {**found, "strength": trend.strength, "p": trend.p, "note": ""}
    except DataError as error:
        return {**found, "strength": math.nan, "p": math.nan, "note": error.message}


def persistence(table: pd.DataFrame) -> pd.DataFrame:
    """Per technique, control and later point, what share of the effect right after is still there.

    Columns: design and arm; ``point``, ``estimate``, ``low``, ``high``, ``n``; ``share`` of the estimate right after,
    nan where that one's interval holds zero, so that a share of it says nothing.
    """
    table = table[table["role"] == "technique"]
    keys = [name for name in table.columns if name in _PLACES]
    after = table[table["point"] == "regulated"].set_index(keys)
    rows = table[table["point"].str.startswith("later-") | (table["point"] == "again")]
    told = after["low"] * after["high"] > 0.0
    base = after["estimate"].where(told)
    shares = rows["estimate"].to_numpy(float) / base.reindex(pd.MultiIndex.from_frame(rows[keys])).to_numpy(float)
    return rows[[*keys, "point", "estimate", "low", "high", "unit", "n"]].assign(
        share=np.where(np.isfinite(shares), shares, np.nan)
    )


_PLACES = (
    *("model", "frame", "technique", "grade", "delivery", "context", "order", "measure"),
    *("guidance", "regulation", "against", "state"),
)
