"""Whether an answer hangs on how it is asked for: order and labels of the options, wording, own answers before it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from affectlab.errors import DataError
from affectlab.materials.checks import Check
from affectlab.materials.instrument import Instrument
from affectlab.materials.schema import NEUTRAL
from affectlab.stats.correlation import pearson
from affectlab.stats.estimate import FEWEST
from affectlab.stats.intervals import cluster_mean
from affectlab.validity.check_context import CheckContext, Reading, count_of, number_text, share
from affectlab.validity.responses import scale_span
from affectlab.validity.verdict import CheckValue, Unmeasured

_CHANGES = {
    "order": "Naming the scale from its upper end",
    "labels": "Calling the steps of the scale by letters",
    "sequence": "Asking the items one after another, with own answers in sight,",
}


def item_change(basis: CheckContext, check: Check) -> CheckValue | Unmeasured:
    """Mean absolute change of an item's score as a share of the scale, with a t interval over items."""
    asked = basis.varied(check).drop_duplicates("key")
    found = {one.id: _coverage(asked, one) for one in basis.ratings if (asked["measure"] == one.id).any()}
    if not found:
        return Unmeasured("no usable rating was asked both ways at one point")
    legible = [one for one in basis.ratings if found.get(one.id, 0.0) >= one.minimum_coverage]
    rows = asked[asked["measure"].isin([one.id for one in legible])].dropna(subset=["value", "original"])
    if rows.empty:
        most = share(max(found.values()))
        return Unmeasured(f"asked so, at most {most} of an answer falls on the scale")
    spans = rows["measure"].map({one.id: scale_span(one) for one in legible}).to_numpy(float)
    moved = (rows["value"] - rows["original"]).to_numpy(float) / spans
    items = (rows["measure"] + " " + rows["item"]).to_numpy(str)
    low, high = _interval(np.abs(moved), items)
    value = float(pd.Series(np.abs(moved)).groupby(items).mean().mean())
    up = "up" if moved.mean() > 0.0 else "down"
    manner = _CHANGES[check.varies or "wording"]
    says = f"{manner} moved an item's score by {share(value)} of the scale, {share(abs(moved.mean()))} {up} on balance."
    return CheckValue(value, says, low, high, len(set(items)), "item")


def shift_correlation(basis: CheckContext, check: Check) -> CheckValue | Unmeasured:
    """Correlation, over states and scales, of shifts in the original and in other words, in units of each measure.

    It has no interval: the few sampled sessions are the units, and the scales of one are not independent.
    """
    usable = [one.id for one in basis.usable]
    rows = basis.varied(check)
    rows = rows[rows["measure"].isin(usable)]
    changed, original = (_shifts(rows, basis.after, column) for column in ("value", "original"))
    both = pd.DataFrame({"changed": changed, "original": original}).dropna()
    if both.empty:
        return Unmeasured("no usable measure was asked both ways before and after the induction")
    spread = both["original"].groupby("measure").transform("std")
    both = both.div(spread, axis=0)[spread > 0.0]
    sessions = both.index.get_level_values("session").nunique()
    try:
        value = pearson(both["changed"], both["original"]).value
    except DataError as error:
        return Unmeasured(error.message)
    says = (
        f"In other words, the shifts of {count_of(len(both), 'scale')} in {count_of(sessions, 'session')} correlated "
        f"{number_text(value)} with those in the words of the study."
    )
    return CheckValue(value, says, n=len(both), unit="shift")


def _shifts(rows: pd.DataFrame, after: str, column: str) -> pd.Series[float]:
    """The mean shift of each scale in each session in which a state was induced."""
    keys = ["session", "state", "measure", "scale", "item"]
    told = rows[rows["state"] != NEUTRAL]
    points = told.pivot_table(index=keys, columns="point", values=column, aggfunc="mean", observed=True)
    if "baseline" not in points or after not in points:
        return pd.Series(dtype=float)
    shifts: pd.Series[float] = (points[after] - points["baseline"]).dropna()
    return shifts.groupby(["session", "measure", "scale"]).mean()


def _coverage(rows: pd.DataFrame, instrument: Instrument) -> float:
    """The median coverage of a rating, asked in the changed way."""
    return float(rows.loc[rows["measure"] == instrument.id, "coverage"].median())


def _interval(values: np.ndarray[Any, Any], units: np.ndarray[Any, Any]) -> tuple[float, float]:
    if len(np.unique(units)) < FEWEST:
        return math.nan, math.nan
    try:
        estimate = cluster_mean(values, units)
    except DataError:
        return math.nan, math.nan
    return estimate.low, estimate.high


READ: dict[str, Reading] = {"item-change": item_change, "shift-correlation": shift_correlation}
