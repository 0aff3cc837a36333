"""The scores of units under conditions: a table's rows without gaps, its readers and repeated reads averaged."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from affectlab.errors import DataError
from affectlab.json_values import record
from affectlab.stats.estimate import FEWEST
from affectlab.stats.icc import icc
from affectlab.stats.intervals import mean_interval
from affectlab.stats.moments import Moments
from affectlab.tabular.columns import ScoreColumn, refuse_beyond, score_column
from affectlab.tabular.design import SEVERAL, Design, Gaps, is_open, of_same_units, taken_as_different
from affectlab.tabular.levels import level_labels, told_apart, words_for_gaps
from affectlab.tabular.missing import Missing

MOST_CONDITIONS = 30
"""More levels than this are no conditions that anybody compares pair by pair."""


def mean_limits(sample: np.ndarray[Any, Any] | Moments, level: float) -> tuple[float, float]:
    """The interval of a condition's mean; NaN where its units are too few for one, or do not vary."""
    if len(sample) < FEWEST:
        return math.nan, math.nan
    try:
        interval = mean_interval(sample, level=level)
    except DataError:
        return math.nan, math.nan
    return interval.low, interval.high


@dataclass(frozen=True)
class ConditionSummary:
    """A condition: how many units, and their mean."""

    condition: str
    n: int
    rows: int
    missing: int
    mean: float
    sd: float
    low: float
    high: float

    def row(self) -> dict[str, Any]:
        """As a plain record; what is not finite becomes None."""
        return record({name: getattr(self, name) for name in self.__dataclass_fields__})


class Cells:
    """The scores of units under conditions, one each, and what was done to have them."""

    def __init__(self, table: pd.DataFrame, design: Design, missing: Missing, names: Mapping[str, str] | None) -> None:
        self.design = design
        read: ScoreColumn = score_column(
            table[design.outcome], design.outcome, missing.codes(design.outcome, scores=True)
        )
        self.binary = read.binary
        self.notes: list[str] = [read.remark] if read.remark else []
        rows = pd.DataFrame(
            {"score": read.values, "condition": self._labelled(table, design.condition, missing, names)},
            index=table.index,
        )
        self._scores = rows["score"]
        self.own_rows = design.rows_are_units(table)
        columns = {role: name for role, name in design.columns().items() if role not in ("outcome", "condition")}
        for role, name in columns.items():
            if name in table:
                rows[role] = self._labelled(table, name, missing)
        if design.paired:
            rows = rows.drop(columns="within")
        elif design.unit is None and design.within is not None:
            rows = rows.rename(columns={"within": "unit"})
        if self.own_rows:
            rows["unit"] = pd.RangeIndex(len(rows))
        self.levels = [str(level) for level in rows["condition"].cat.categories if (rows["condition"] == level).any()]
        self._sensible(rows)
        rows, self.gaps = self._without_gaps(rows)
        if rows["score"].nunique() == 1:
            msg = f"all {len(rows)} scores in `{design.outcome}` are {rows['score'].iloc[0]:g}"
            raise DataError(msg, hint="constant scores say nothing of conditions: check that the measure responds")
        self.answers = rows
        self.rows_per_condition = rows["condition"].value_counts()
        self._open: DataError | None = None
        self._roles(rows)
        if self.item:
            self._same_items(rows)
        self.readers: Mapping[str, float | None] = {}
        self.cells = self._averaged(rows)
        if self._open is not None:
            raise self._open

    def _labelled(
        self, table: pd.DataFrame, name: str, missing: Missing, names: Mapping[str, str] | None = None
    ) -> Any:
        conditions, kept = name == self.design.condition, missing.words(name)
        remark = words_for_gaps(table[name], name, kept, conditions=conditions)
        if remark and remark not in self.notes:
            self.notes.append(remark)
        found = level_labels(table[name], missing.codes(name), names, conditions=conditions, kept=kept)
        told = told_apart(found, name, table.index, conditions=conditions)
        self.notes += [note for note in told if note not in self.notes]
        return found

    def _sensible(self, rows: pd.DataFrame) -> None:
        condition = self.design.condition
        if len(self.levels) < 2:
            only = f" (`{self.levels[0]}`)" if self.levels else ""
            msg = f"`{condition}` has {len(self.levels)} level{only}; a contrast needs two"
            raise DataError(msg, hint="name the column of what was varied")
        if len(self.levels) > MOST_CONDITIONS:
            msg = f"`{condition}` has {len(self.levels)} levels; these are no conditions"
            raise DataError(msg, hint="name the column of what was varied, or group its levels first")

    def _without_gaps(self, rows: pd.DataFrame) -> tuple[pd.DataFrame, Gaps]:
        no_condition = rows["condition"].isna()
        named = [role for role in ("unit", "item", "reader", "within") if role in rows]
        no_unit = rows[named].isna().any(axis=1) & ~no_condition if named else no_condition & False
        no_score = rows["score"].isna() & ~no_condition & ~no_unit
        counts = rows.loc[no_score, "condition"].value_counts()
        outcome = {level: int(counts.get(level, 0)) for level in self.levels}
        gaps = Gaps(outcome, int(no_condition.sum()), int(no_unit.sum()))
        if no_score.any():
            self.notes.append(f"{int(no_score.sum())} of {len(rows)} rows have no score and are left out")
        for count, what in ((gaps.condition, "condition"), (gaps.unit, "unit, item or reader")):
            if count:
                self.notes.append(f"{count} of {len(rows)} rows have no {what} and are left out")
        kept = rows[~(no_condition | no_unit | no_score)].reset_index(drop=True)
        if kept.empty:
            msg = f"no row has both a `{self.design.outcome}` and a `{self.design.condition}`"
            raise DataError(msg, hint="look at what is missing")
        return kept, gaps

    def _roles(self, rows: pd.DataFrame) -> None:
        """Whether conditions are compared within units, within blocks of units, or between units."""
        design = self.design
        self.item = "item" in rows
        self.repeated = "within" in rows and bool(
            rows.groupby("unit", observed=True, sort=False)["within"].nunique().gt(1).any()
        )
        self.blocks = "within" in rows and not self.repeated
        if self.repeated and self.item and rows["within"].nunique() < SEVERAL:
            levels = [str(level) for level in rows["within"].cat.categories]
            msg = (
                f"`{design.within}` ({', '.join(levels)}) is a repeated measurement, and with items it would be random"
            )
            hint = (
                f"leave out --item {design.item} and say --average, for the change in means of items; or choose with "
                f"--where {design.within}={levels[-1]}"
            )
            raise DataError(msg, hint=hint)
        self.paired = design.paired or self.blocks or (design.unit is None and design.within is not None)
        self.over = str(design.unit or design.within or "row")
        if self.blocks:
            self.over = str(design.within)
        if self.own_rows:
            self.notes.append("no unit was named: every row counts as one of its own")
            return
        if self.paired:
            return
        both = rows.groupby("unit", observed=True, sort=False)["condition"].nunique().gt(1)
        same = False if design.independent else of_same_units(str(design.unit), float(both.mean()))
        if same is None and len(both) > 1:
            self._open = is_open(str(design.unit), int(both.sum()), len(both))
        if same:
            msg = f"{int(both.sum())} of {len(both)} `{design.unit}` stand under several conditions"
            hint = (
                f"say --within {design.unit} to compare within them; or, if labels begin anew in each condition, "
                f"--independent"
            )
            raise DataError(msg + ": measured more than once, they are no independent units", hint=hint)
        if both.any():
            self.notes.append(taken_as_different(str(design.unit), int(both.sum()), len(both)))

    def _same_items(self, rows: pd.DataFrame) -> None:
        if rows["item"].nunique() < 2:
            msg = f"`{self.design.item}` has one level only"
            raise DataError(msg, hint="one item says nothing about others; leave it out")

    def within_ends(self, least: float | None, most: float | None) -> None:
        """Refuse scores beyond the ends of their scale."""
        refuse_beyond(self._scores, self.design.outcome, least, most)

    def _averaged(self, rows: pd.DataFrame) -> pd.DataFrame:
        """One score for each unit and condition (and item, and level of what is repeated)."""
        keys = ["condition", "unit"] + [role for role in ("item", "within") if role in rows]
        if "reader" in rows:
            rows = self._read(rows, keys)
        elif not self.own_rows:
            self._no_repeats(rows, keys)
        if self.own_rows:
            return rows[["condition", "unit", "score"]]
        cells = rows.groupby(keys, observed=True, sort=False)["score"].mean().reset_index()
        if self.binary and len(cells) < len(rows):
            self.binary = False
            self.notes.append("shares of yes within units are compared, as scores")
        if self.blocks:
            cells = self._in_blocks(cells)
        return cells

    def _no_repeats(self, rows: pd.DataFrame, keys: list[str]) -> None:
        counts = rows.groupby(keys, observed=True, sort=False).size()
        if counts.max() <= 1:
            return
        design = self.design
        worst: Any = counts.idxmax()
        if design.average:
            self.notes.append(f"up to {int(counts.max())} rows of a unit are averaged: repeated reads, and no units")
            return
        msg = f"`{design.unit or design.within}` {worst[1]} has {int(counts.max())} rows under {worst[0]}"
        hint = (
            "say what they are: --reader COLUMN (raters of the same thing), --item COLUMN (sampled questions), "
            "--within COLUMN (a repeated measurement), --where COLUMN=LEVEL (a second factor, one level of it at a "
            "time), or --average (repeated reads); or name another unit"
        )
        raise DataError(msg + ": rows within a unit are not independent", hint=hint)

    def _read(self, rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
        """The mean of each cell's readings; refused where a reader saw one condition only."""
        design = self.design
        seen = rows.groupby("reader", observed=True, sort=False)["condition"].nunique()
        if (seen < 2).all():
            msg = f"every level of `{design.reader}` reads one condition only"
            raise DataError(msg, hint="conditions cannot be told from readers; let each read both")
        if (seen < 2).any():
            self.notes.append(f"{int((seen < 2).sum())} of {len(seen)} readers read one condition only")
        self._no_repeats(rows, [*keys, "reader"])
        each = rows.groupby([*keys, "reader"], observed=True, sort=False)["score"].mean()
        wide = each.unstack("reader")
        gaps = int(wide.isna().sum().sum())
        if gaps:
            self.notes.append(f"{gaps} of {wide.size} readings are missing: some means are of fewer readers")
        self.notes.append(f"readings are averaged over `{design.reader}` ({len(seen)} readers) within each unit")
        complete = wide.dropna()
        try:
            values = complete.to_numpy(float)
            self.readers = {
                "readers": float(len(seen)),
                "icc_1": icc(values, "A,1").value,
                "icc_k": icc(values, "A,k").value,
            }
        except DataError:
            self.readers = {"readers": float(len(seen)), "icc_1": None, "icc_k": None}
        self.binary = False
        return each.reset_index()

    def _in_blocks(self, cells: pd.DataFrame) -> pd.DataFrame:
        design = self.design
        self.notes.append(f"units of `{design.unit}` are averaged and conditions compared within `{design.within}`")
        self.binary = False
        keys = [role for role in ("condition", "within", "item") if role in cells]
        means = cells.groupby(keys, observed=True, sort=False)["score"].mean().reset_index()
        return means.rename(columns={"within": "unit"})

    def summaries(self, level: float) -> Iterator[ConditionSummary]:
        """Each condition over its units."""
        means = self.cells.groupby(["condition", "unit"], observed=True, sort=False)["score"].mean().reset_index()
        for condition in self.levels:
            x = means.loc[means["condition"] == condition, "score"].to_numpy(float)
            low, high = mean_limits(x, level)
            yield ConditionSummary(
                condition=condition,
                n=x.size,
                rows=int(self.rows_per_condition.get(condition, 0)),
                missing=self.gaps.outcome.get(condition, 0),
                mean=float(x.mean()) if x.size else math.nan,
                sd=float(np.std(x, ddof=1)) if x.size > 1 else math.nan,
                low=low,
                high=high,
            )
