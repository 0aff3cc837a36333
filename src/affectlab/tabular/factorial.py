"""The scores of units in a design of several factors: which of them vary within units, and one score for each cell."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from affectlab.errors import DataError
from affectlab.tabular.cells import mean_limits
from affectlab.tabular.columns import refuse_beyond, score_column
from affectlab.tabular.design import ROW, Design, is_open, made_by_wide, of_same_units, taken_as_different
from affectlab.tabular.levels import level_labels, told_apart, words_for_gaps
from affectlab.tabular.missing import Missing

MOST_LEVELS, MOST_CELLS = 30, 200
Ends = tuple[float | None, float | None]
"""Of a scale, where they are known."""


@dataclass(frozen=True)
class FactorialDesign:
    """What the columns of a table with several factors are."""

    outcome: str
    conditions: tuple[str, ...]
    """What was varied."""
    unit: str | None = None
    within: tuple[str, ...] = ()
    """Factors that were repeated within units; the unit itself says that all that vary within it were."""
    reader: str | None = None
    covariates: tuple[str, ...] = ()
    """Numbers that belong to the unit."""
    average: bool = False
    independent: bool = False

    @property
    def factors(self) -> tuple[str, ...]:
        """All factors, those between units first as they were named."""
        return tuple(dict.fromkeys((*self.conditions, *(one for one in self.within if one != self.unit))))

    def columns(self) -> tuple[str, ...]:
        """The columns that have a role."""
        others = [one for one in (self.unit, self.reader) if one is not None]
        return (self.outcome, *self.factors, *self.covariates, *others)

    def check(self, table: pd.DataFrame) -> None:
        """Refuse what no analysis can be made of, before any number is read.

        Raises:
            DataError: a column is not there or has two roles; rows repeat what was sampled, and no unit is named.
        """
        columns = self.columns()
        for name in columns:
            if name not in table and name != ROW:
                shown = f"columns are {', '.join(map(str, table.columns[:30]))}"
                said = made_by_wide(table, name)
                hint = f"{shown}; {said}" if said else shown
                raise DataError(f"there is no column `{name}`, which has a role", hint=hint)
            if columns.count(name) > 1:
                raise DataError(f"`{name}` has two roles", hint="name another column for one of them")
        if self.unit is None and (self.within or self.reader or self.average):
            msg = "what was repeated is named, and no unit"
            raise DataError(msg, hint="name with --unit what was sampled")
        Design(self.outcome, self.factors[0], self.unit, reader=self.reader).check(table)


@dataclass(frozen=True)
class CellSummary:
    """A cell of the design: how many units, and their mean."""

    levels: tuple[str, ...]
    n: int
    missing: int
    """Rows of the cell that have no score."""
    mean: float
    sd: float
    low: float
    high: float


class FactorialCells:
    """One score for each unit and cell within units, and what was done to have them."""

    def __init__(
        self, table: pd.DataFrame, design: FactorialDesign, missing: Missing, ends: Ends = (None, None)
    ) -> None:
        design.check(table)
        self.design, self.notes = design, list[str]()
        rows = self._read(table, missing)
        refuse_beyond(rows["score"], design.outcome, *ends)
        self.levels = {
            name: [str(level) for level in rows[name].cat.categories if (rows[name] == level).any()]
            for name in design.factors
        }
        self._sensible()
        rows = self._without_gaps(rows)
        self.within, rows = self._within(rows)
        self.between = tuple(name for name in design.factors if name not in self.within)
        rows = self._one_each(rows)
        self._arrange(rows)

    def _read(self, table: pd.DataFrame, missing: Missing) -> pd.DataFrame:
        design = self.design
        read = score_column(table[design.outcome], design.outcome, missing.codes(design.outcome, scores=True))
        if read.binary:
            msg = f"`{design.outcome}` is yes or no, and an analysis of variance is of scores"
            raise DataError(msg, hint="compare one factor at a time: --condition COLUMN --where OTHER=LEVEL")
        self.notes += [read.remark] if read.remark else []
        rows = pd.DataFrame({"score": read.values}, index=table.index)
        labelled = [*design.factors, *(name for name in (design.unit, design.reader) if name is not None)]
        for name in labelled:
            rows[name] = self._labelled(table, name, missing) if name in table else pd.RangeIndex(len(rows))
        if design.unit is None:
            rows[ROW] = pd.RangeIndex(len(rows))
            self.notes.append("no unit was named: every row counts as one of its own")
        for name in design.covariates:
            number = score_column(table[name], name, missing.codes(name))
            rows[f"covariate {name}"] = number.values
            self.notes += [number.remark] if number.remark else []
        return rows

    def _labelled(self, table: pd.DataFrame, name: str, missing: Missing) -> Any:
        conditions, kept = name in self.design.factors, missing.words(name)
        remark = words_for_gaps(table[name], name, kept, conditions=conditions)
        found = level_labels(table[name], missing.codes(name), conditions=conditions, kept=kept)
        told = told_apart(found, name, table.index, conditions=conditions)
        self.notes += [*([remark] if remark else []), *told]
        return found

    @property
    def unit(self) -> str:
        """The column of units."""
        return self.design.unit or ROW

    def _sensible(self) -> None:
        for name, levels in self.levels.items():
            if not 2 <= len(levels) <= MOST_LEVELS:
                msg = f"`{name}` has {len(levels)} level{'s' * (len(levels) != 1)}; a factor has 2 to {MOST_LEVELS}"
                raise DataError(msg, hint="name the columns of what was varied; a number is a --covariate")
        if math.prod(map(len, self.levels.values())) > MOST_CELLS:
            msg = f"the factors have {math.prod(map(len, self.levels.values()))} combinations"
            raise DataError(msg, hint=f"{MOST_CELLS} at most; compare fewer factors at a time")

    def _without_gaps(self, rows: pd.DataFrame) -> pd.DataFrame:
        place = [*self.design.factors, self.unit, *([self.design.reader] if self.design.reader else [])]
        no_place, no_score = rows[place].isna().any(axis=1), rows["score"].isna()
        gone = rows.loc[no_score & ~no_place, list(self.design.factors)].astype(str)
        self.missing = dict(gone.value_counts().items()) if len(gone) else {}
        for count, what in (
            (int(no_place.sum()), "level of a factor, unit or reader"),
            (int((no_score & ~no_place).sum()), "score"),
        ):
            if count:
                self.notes.append(f"{count} of {len(rows)} rows have no {what} and are left out")
        kept = rows[~(no_place | no_score)].reset_index(drop=True)
        if kept["score"].nunique() < 2:
            found = f"all scores are {kept['score'].iloc[0]:g}" if len(kept) else "no row has a score in every column"
            raise DataError(f"{found} in `{self.design.outcome}`", hint="look at what is missing, and at the measure")
        return kept

    def _within(self, rows: pd.DataFrame) -> tuple[tuple[str, ...], pd.DataFrame]:
        """The factors that vary within units; units whose labels begin anew in each condition are told apart."""
        design, unit = self.design, self.unit
        grouped = rows.groupby(unit, observed=True, sort=False)
        varying = {name: grouped[name].nunique() > 1 for name in design.factors}
        declared = set(design.factors) if unit in design.within else set(design.within)
        for name in declared & set(design.within):
            if not varying[name].any():
                msg = f"`{name}` is to be repeated within `{unit}`, and no unit has two of its levels"
                raise DataError(msg, hint="name it with --condition")
        within = tuple(name for name in design.factors if name in declared and varying[name].any())
        open_ = [name for name in design.factors if name not in within and varying[name].any()]
        if not open_:
            return within, rows
        crossing = pd.concat([varying[name] for name in open_], axis=1).any(axis=1)
        both, of = int(crossing.sum()), len(crossing)
        same = False if design.independent else of_same_units(unit, both / of)
        if same is None:
            raise is_open(unit, both, of)
        if same:
            msg = f"{both} of {of} `{unit}` stand under several levels of {' and '.join(f'`{one}`' for one in open_)}"
            hint = f"say --within {unit} if they were measured more than once, or --independent if labels begin anew"
            raise DataError(f"{msg}: they are no independent units", hint=hint)
        self.notes.append(taken_as_different(unit, both, of))
        keys = [rows[name].astype(str) for name in (unit, *(n for n in design.factors if n not in within))]
        joined = pd.Series(list(zip(*keys, strict=True)), index=rows.index)
        return within, rows.assign(**{unit: pd.Categorical(pd.factorize(joined)[0])})

    def _one_each(self, rows: pd.DataFrame) -> pd.DataFrame:
        """One score for each unit and cell; covariates as they belong to the unit."""
        design, keys = self.design, [self.unit, *self.design.factors]
        with_reader = [*keys, *([design.reader] if design.reader else [])]
        counts = rows.groupby(with_reader, observed=True, sort=False).size()
        if counts.max() > 1 and not design.average:
            worst: Any = counts.idxmax()
            msg = f"`{self.unit}` {worst[0]} has {int(counts.max())} rows under {', '.join(map(str, worst[1:]))}"
            hint = "say what they are: another factor, --reader COLUMN, or --average (repeated reads)"
            raise DataError(f"{msg}: rows within a unit are not independent", hint=hint)
        if counts.max() > 1:
            self.notes.append(f"up to {int(counts.max())} rows of a unit are averaged: repeated reads, and no units")
        if design.reader:
            self.notes.append(f"readings are averaged over `{design.reader}` within each unit")
        if len(counts) < len(rows) or design.reader:
            each = rows.groupby(with_reader, observed=True, sort=False)
            rows = each.mean(numeric_only=True).reset_index()
        columns = ["score", *(f"covariate {name}" for name in design.covariates)]
        return rows.groupby(keys, observed=True, sort=False)[columns].mean().reset_index()

    def _arrange(self, rows: pd.DataFrame) -> None:
        """The table of units and cells, units that lack one left out, and what belongs to each unit."""
        unit = self.unit
        self.cells = list(itertools.product(*(self.levels[name] for name in self.within)))
        if self.within:
            wide = rows.pivot_table(
                index=unit, columns=list(self.within), values="score", observed=True, sort=False, aggfunc="mean"
            )
            named: list[tuple[str, ...]] = [
                tuple(map(str, one)) if isinstance(one, tuple) else (str(one),) for one in wide.columns
            ]
            wide.columns = pd.Index(named, tupleize_cols=False)
            absent = [cell for cell in self.cells if cell not in named]
            if absent:
                msg = f"no unit has a score under {', '.join(absent[0])}"
                raise DataError(msg, hint="an analysis of all factors together needs every combination")
            wide = wide.loc[:, pd.Index(self.cells, tupleize_cols=False)]
        else:
            wide = rows.set_index(unit)[["score"]]
        of_unit = rows.groupby(unit, observed=True, sort=False)
        apart = [f"covariate {name}" for name in self.design.covariates]
        for name in apart:
            if (of_unit[name].nunique() > 1).any():
                msg = f"`{name.removeprefix('covariate ')}` varies within units, and a covariate belongs to the unit"
                raise DataError(msg, hint="take its mean for each unit first")
        self.groups = of_unit[[*self.between, *apart]].first()
        complete = wide.notna().all(axis=1) & self.groups.loc[wide.index].notna().all(axis=1)
        self.left_out = int((~complete).sum())
        if self.left_out:
            what = "a combination of what is repeated" + (" or a covariate" if apart else "")
            self.notes.append(f"{self.left_out} of {len(wide)} units lack {what} and are left out")
        self.scores = wide[complete]
        self.groups = self.groups.loc[self.scores.index]
        for name in self.between:
            self._keep_levels(name, set(self.groups[name].astype(str)))
        if len(self.scores) < 2:
            raise DataError(f"{len(self.scores)} units have all that is asked", hint="look at what is missing")

    def _keep_levels(self, name: str, there: set[str]) -> None:
        """Tell of levels of which no unit is left."""
        gone = [level for level in self.levels[name] if level not in there]
        if not gone:
            return
        self.levels[name] = [level for level in self.levels[name] if level in there]
        shown = ", ".join(f"`{level}`" for level in gone)
        if len(self.levels[name]) < 2:
            raise DataError(f"no unit under {shown} has all that is asked", hint="look at what is missing")
        self.notes.append(f"no unit under {shown} of `{name}` has all that is asked, and it is left out")

    def of_between(self) -> dict[str, list[str]]:
        """The level of each unit on the factors between units."""
        return {name: self.groups[name].astype(str).tolist() for name in self.between}

    def of_within(self) -> dict[str, list[str]]:
        """The levels of the factors within units, in the order of the columns of ``scores``."""
        return {name: self.levels[name] for name in self.within}

    def of_covariates(self) -> dict[str, np.ndarray[Any, np.dtype[np.float64]]]:
        """The covariates of each unit."""
        return {name: self.groups[f"covariate {name}"].to_numpy(np.float64) for name in self.design.covariates}

    def sample(self, levels: dict[str, str]) -> pd.Series[float]:
        """The scores of the units of some levels: of each unit the mean over the cells that these leave open."""
        inside = [n for n, cell in enumerate(self.cells) if self._is_in(cell, levels)]
        rows = np.ones(len(self.scores), dtype=bool)
        for name in self.between:
            if name in levels:
                rows &= self.groups[name].astype(str).eq(levels[name]).to_numpy()
        return self.scores.iloc[rows, inside].mean(axis=1)

    def _is_in(self, cell: Sequence[str], levels: dict[str, str]) -> bool:
        return all(levels.get(name, level) == level for name, level in zip(self.within, cell, strict=True))

    def summaries(self, level: float) -> Iterator[CellSummary]:
        """Each combination of all factors, in the order in which factors were named."""
        names = self.design.factors
        for levels in itertools.product(*(self.levels[name] for name in names)):
            x = self.sample(dict(zip(names, levels, strict=True))).to_numpy(float)
            low, high = mean_limits(x, level)
            gone = self.missing.get(levels, 0)
            sd = float(np.std(x, ddof=1)) if x.size > 1 else math.nan
            yield CellSummary(levels, x.size, int(gone), float(x.mean()) if x.size else math.nan, sd, low, high)
