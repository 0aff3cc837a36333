"""How the columns of a table go together over units: means, standard deviations and correlations of every pair."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from affectlab.errors import DataError
from affectlab.stats.correlation import FEWEST_CORRELATED, Correlation, pearson, spearman
from affectlab.stats.multiplicity import holm
from affectlab.tabular.columns import score_column
from affectlab.tabular.levels import level_labels
from affectlab.tabular.missing import Missing

MOST_CORRELATED = 30


@dataclass(frozen=True)
class Described:
    """A column of a table of correlations."""

    name: str
    n: int
    missing: int
    mean: float
    sd: float


@dataclass(frozen=True)
class CorrelationTable:
    """The correlations of some columns."""

    columns: tuple[Described, ...]
    pairs: dict[tuple[str, str], Correlation]
    """By first and second column; over the units that have both."""
    p_holm: dict[tuple[str, str], float]
    """Adjusted over all pairs."""
    gaps: dict[tuple[str, str], str]
    """Why a pair has no correlation."""
    notes: tuple[str, ...]
    level: float


def correlation_table(
    table: pd.DataFrame,
    columns: Sequence[str],
    unit: str | None = None,
    *,
    missing: Collection[str] = (),
    keep: Collection[str] = (),
    ranks: bool = False,
    level: float = 0.95,
) -> CorrelationTable:
    """Correlate every pair of columns over units: Pearson's r, or Spearman's of ranks.

    Args:
        table: a row for each unit.
        columns: of numbers.
        unit: the column of units; without one every row is one.
        missing: codes of missing values, ``99`` of all columns or ``column=99``.
        keep: words that are labels of units here.
        ranks: Spearman's.
        level: of the intervals.

    Raises:
        DataError: fewer than two columns, one that is not there or holds no numbers; units that stand in several rows.

    >>> found = correlation_table(pd.DataFrame({"a": [1, 2, 3, 4], "b": [2, 1, 4, 3]}), ["a", "b"])
    >>> round(found.pairs["a", "b"].value, 3)
    0.6
    """
    names = list(dict.fromkeys(columns))
    if not 2 <= len(names) <= MOST_CORRELATED:
        raise DataError(f"{len(names)} columns to correlate", hint=f"name 2 to {MOST_CORRELATED}, each by --correlate")
    absent = next((name for name in (*names, *([unit] if unit else [])) if name not in table), None)
    if absent is not None:
        hint = f"columns are {', '.join(map(str, table.columns[:30]))}"
        raise DataError(f"there is no column `{absent}`, which is to be correlated", hint=hint)
    codes = Missing.read(missing, list(map(str, table.columns)), keep)
    notes = []
    if unit is not None:
        labels = pd.Series(level_labels(table[unit], codes.codes(unit), kept=codes.words(unit)), index=table.index)
        if labels.dropna().duplicated().any():
            twice = labels.dropna()[labels.dropna().duplicated()].iloc[0]
            hint = "choose one row of each, as --where time=pre, or say --wide for columns of one measure"
            raise DataError(f"`{unit}` {twice} stands in several rows: rows of a unit are not independent", hint=hint)
        if labels.isna().any():
            notes.append(f"{int(labels.isna().sum())} of {len(table)} rows have no unit and are left out")
        table = table[labels.notna().to_numpy()]
    scores = {}
    for name in names:
        read = score_column(table[name], name, codes.codes(name, scores=True))
        scores[name] = read.values
        notes += [read.remark] if read.remark else []
    pairs, gaps = {}, {}
    for first, second in itertools.combinations(names, 2):
        both = ~(np.isnan(scores[first]) | np.isnan(scores[second]))
        if (count := int(both.sum())) < FEWEST_CORRELATED:
            have = "unit has" if count == 1 else "units have"
            gaps[first, second] = f"{count} {have} both; at least {FEWEST_CORRELATED} are needed"
            continue
        try:
            how = spearman if ranks else pearson
            pairs[first, second] = how(scores[first][both], scores[second][both], level=level)
        except DataError as error:
            gaps[first, second] = error.message.replace("first score", first).replace("second score", second)
    adjusted = dict(zip(pairs, map(float, holm([one.p for one in pairs.values()])), strict=True)) if pairs else {}
    return CorrelationTable(
        tuple(_described(name, scores[name]) for name in names), pairs, adjusted, gaps, tuple(notes), level
    )


def _described(name: str, values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Described:
    there = values[~np.isnan(values)]
    mean = float(there.mean()) if there.size else math.nan
    sd = float(there.std(ddof=1)) if there.size > 1 else math.nan
    return Described(name, int(there.size), int(values.size - there.size), mean, sd)
