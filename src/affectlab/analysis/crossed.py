"""The difference of two conditions over vignettes and items, both of them samples."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from affectlab.errors import DataError
from affectlab.stats.effects import correction, noncentrality
from affectlab.stats.intervals import crossed_mean, mean_interval
from affectlab.stats.mixed import mixed_model
from affectlab.stats.ttest import TTest, t_critical, welch_t


@dataclass(frozen=True)
class Difference:
    """A difference in raw units, and in standard deviations between vignettes."""

    estimate: float
    low: float
    high: float
    """The 95 % interval; nan where the data allow none."""
    inner_low: float
    inner_high: float
    """The 90 % interval, by which equivalence is judged."""
    g: float
    """The estimate in pooled standard deviations of vignettes, which stand where a study of people has persons."""
    g_low: float
    g_high: float
    vignettes: int
    """In the smaller condition."""
    items: int
    note: str = ""
    """Why there is no interval, where there is none."""

    @property
    def excludes_zero(self) -> bool:
        """Whether the 95 % interval lies on one side of zero."""
        return self.low > 0.0 or self.high < 0.0

    def within(self, low: float, high: float) -> bool:
        """Whether the 90 % interval lies between two values: equivalence, by two one-sided tests at 5 %."""
        return low < self.inner_low and self.inner_high < high


def difference(first: pd.DataFrame, second: pd.DataFrame) -> Difference:
    """The mean of one condition minus that of another, of other vignettes, over vignettes and items.

    A mixed model with random vignettes, items, and what the items have in common with the condition; Welch's t test
    over vignettes where the outcome is one number per vignette.

    Args:
        first, second: columns vignette, item, value; repeated reads of one cell are averaged, and values that are
            missing left out.

    Source: ``stats.mixed``; the standardised difference is Hedges' g over vignettes, its interval that of the
    noncentral t distribution with the model's standard error and degrees of freedom.
    """
    cells = [_cells(one) for one in (first, second)]
    items = sorted(set(cells[0]["item"]) & set(cells[1]["item"]))
    cells = [one[one["item"].isin(items)] for one in cells]
    means = [one.groupby("vignette")["value"].mean() for one in cells]
    count = min(len(one) for one in means)
    estimate = float(means[0].mean() - means[1].mean()) if count else math.nan
    if count < 2:
        return _bare(estimate, count, len(items), "fewer than two vignettes" if count else "nothing was answered")
    try:
        test = _modelled(cells) if len(items) > 1 else welch_t(*(one.to_numpy(float) for one in means))
    except DataError as error:
        return _bare(estimate, count, len(items), error.message)
    if test.df < 1.0:
        return _bare(estimate, count, len(items), "so little varies that there is less than one degree of freedom")
    half = t_critical(test.df, 0.9) * test.se
    inner = (test.difference - half, test.difference + half)
    return Difference(test.difference, test.low, test.high, *inner, *_standardised(test, means), count, len(items))


def paired(first: pd.DataFrame, second: pd.DataFrame) -> Difference:
    """The mean of one condition minus that of another of the same vignettes, vignette by vignette, item by item."""
    both = _cells(first).merge(_cells(second), on=["vignette", "item"])
    return level(both.assign(value=both["value_x"] - both["value_y"]))


def from_fixed(first: pd.DataFrame, second: pd.DataFrame) -> Difference:
    """The mean of one text, which is no sample but the very text that is meant, minus that of sampled vignettes.

    Args:
        first: rows of one text, under whatever vignettes it stands; columns as in ``difference``.
    """
    text = _cells(first).groupby("item", sort=False)["value"].mean().rename("text")
    both = _cells(second).merge(text, on="item")
    return level(both.assign(value=both["text"] - both["value"]))


def level(rows: pd.DataFrame) -> Difference:
    """The mean of one condition against zero, over vignettes and items crossed; not standardised.

    Args:
        rows: columns vignette, item, value; items that were not answered after every vignette are left out.
    """
    table = _cells(rows).pivot(index="vignette", columns="item", values="value").dropna(axis=1)
    estimate = float(table.to_numpy().mean()) if table.size else math.nan
    if len(table) < 2:
        return _bare(estimate, *table.shape, "fewer than two vignettes")
    try:
        found = crossed_mean(table) if table.shape[1] > 1 else mean_interval(table.to_numpy(float).ravel())
    except DataError as error:
        return _bare(estimate, *table.shape, error.message)
    half = t_critical(max(found.df, 1.0), 0.9) * found.se
    standard = (math.nan,) * 3
    return Difference(
        found.value, found.low, found.high, found.value - half, found.value + half, *standard, *table.shape
    )


def _cells(rows: pd.DataFrame) -> pd.DataFrame:
    read = rows.dropna(subset=["value"])
    return read.groupby(["vignette", "item"], observed=True, sort=False)["value"].mean().reset_index()


def _modelled(cells: list[pd.DataFrame]) -> TTest:
    both = pd.concat([cells[0].assign(condition="first"), cells[1].assign(condition="second")])
    facets = {
        "vignette": (both["condition"] + "/" + both["vignette"]).to_numpy(str),
        "item": both["item"].to_numpy(str),
    }
    model = mixed_model(both["value"].to_numpy(float), both["condition"].to_numpy(str), facets)
    return model.contrast("first", "second")


def _standardised(test: TTest, means: list[pd.Series[float]]) -> tuple[float, float, float]:
    df = sum(len(one) for one in means) - 2
    squares = sum(float(np.sum((one - one.mean()) ** 2)) for one in means)
    pooled = math.sqrt(squares / df) if df > 1 else 0.0
    if not pooled > 1e-9 * max(1.0, abs(test.difference)):
        return math.nan, math.nan, math.nan
    low, high = noncentrality(test.t, test.df, 0.95)
    unit = test.se / pooled
    return test.difference / pooled * correction(df), low * unit, high * unit


def _bare(estimate: float, vignettes: int, items: int, note: str) -> Difference:
    nothing = math.nan
    return Difference(estimate, nothing, nothing, nothing, nothing, nothing, nothing, nothing, vignettes, items, note)
