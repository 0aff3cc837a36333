"""Contrasts between conditions from any tidy table, a model's or people's, over the unit that was declared."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from affectlab.analysis.columns import Scores, labels, scores
from affectlab.analysis.contrast import (
    Contrast,
    Terms,
    adjusted,
    independent,
    independent_binary,
    mixed,
    paired,
    paired_binary,
)
from affectlab.analysis.design import Design, Gaps, lasting
from affectlab.analysis.omnibus import Omnibus, between, between_binary, of_test, scores_by, within
from affectlab.analysis.record import record
from affectlab.errors import DataError
from affectlab.stats.icc import icc
from affectlab.stats.intervals import mean_interval
from affectlab.stats.mixed import MixedModel, mixed_model

MOST_CONDITIONS = 30
"""More levels than this are no conditions that anybody compares pair by pair."""

CONTROLS = (
    "neutral",
    "control",
    "placebo",
    "baseline",
    "none",
    "untreated",
    "sham",
    "ctrl",
    "ctl",
    "before",
    "pre",
    "0",
)
"""Of two conditions, the one of such a name is subtracted; where neither has one, the second to appear is."""


@dataclass(frozen=True)
class Summary:
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


@dataclass(frozen=True)
class Analysis:
    """What a table says of its conditions."""

    design: Design
    unit: str
    """What the intervals are over, in words."""
    conditions: tuple[Summary, ...]
    contrasts: tuple[Contrast, ...]
    omnibus: tuple[Omnibus, ...]
    """Of three conditions and more, all together: over everything, then at each level of what is repeated."""
    gaps: Gaps
    notes: tuple[str, ...]
    """What was assumed or left out."""
    readers: Mapping[str, float | None]
    """Agreement of readers over units: ICC(A,1) of one, ICC(A,k) of their mean."""
    model: MixedModel | None
    level: float

    def row(self) -> dict[str, Any]:
        """As a plain record. A single contrast's numbers stand at the top as well."""
        single = self.contrasts[0].row() if len(self.contrasts) == 1 else {}
        found = self.gaps
        return {
            **single,
            **self.design.columns(),
            "analysed_over": self.unit,
            "level": self.level,
            "conditions": [one.row() for one in self.conditions],
            "contrasts": [one.row() for one in self.contrasts],
            "omnibus": self.omnibus[0].row() if self.omnibus else None,
            "omnibus_at": [one.row() for one in self.omnibus[1:]],
            "missing": {
                "outcome": dict(found.outcome),
                "condition": found.condition,
                "unit": found.unit,
                "incomplete_units": found.incomplete,
            },
            "readers": dict(self.readers) or None,
            "variance": dict(self.model.variance) if self.model else None,
            "method": self.model.method if self.model else None,
            "notes": list(self.notes),
        }

    def table(self) -> pd.DataFrame:
        """The contrasts, a row for each."""
        return pd.DataFrame([one.row() for one in self.contrasts])


def analyse(
    table: pd.DataFrame,
    design: Design,
    *,
    control: str | None = None,
    missing: Collection[str] = (),
    names: Mapping[str, str] | None = None,
    smallest: float | None = None,
    test: str = "auto",
    level: float = 0.95,
    ends: tuple[float | None, float | None] = (None, None),
) -> Analysis:
    """Compare conditions over units.

    Args:
        table: a row for each answer; columns may hold numbers or text.
        design: what the columns are.
        control: the condition that every other is compared with; without it all pairs are.
        missing: codes of missing values, beside the usual ones; ``nothing`` says that no number is such a code.
        names: of conditions, by code.
        smallest: the smallest effect of interest, in raw units, for tests of equivalence.
        test: for independent units: ``student``, ``welch``, or ``auto``.
        level: of the intervals.
        ends: of the scale, where they are known: scores beyond them are refused, and differences given in percent.

    Raises:
        DataError: the design does not fit the table, or no contrast can be made.

    >>> table = pd.DataFrame({"run": range(10), "mood": ["sad"] * 5 + ["neutral"] * 5,
    ...                       "negative": [15.7, 9.7, 15, 15, 20, 7.3, 7.3, 10.7, 8.7, 9.3]})
    >>> (contrast,) = analyse(table, Design("negative", "mood", unit="run")).contrasts
    >>> contrast.test, round(contrast.t, 2), contrast.df, round(contrast.d, 2)
    ('Student', 3.65, 8.0, 2.31)
    """
    design.check(table)
    cells = _Cells(table, design, missing, names)
    cells.within_ends(*ends)
    pairs = tuple(_pairs(cells.levels, control, design.condition))
    terms = Terms(level, smallest, test)
    if design.item is not None:
        contrasts, model = _crossed(cells, pairs, terms)
        together = [of_test(model.omnibus(), n=int(cells.cells["unit"].nunique()))]
    else:
        parts, model = _parts(cells), None
        contrasts = [one for at, part in parts.items() for one in _each(cells, part, pairs, terms, at)]
        together = [_together(cells, part, terms, at) for at, part in parts.items()]
    contrasts = adjusted([_of_range(one, *ends) for one in contrasts])
    if all(one.gap for one in contrasts):
        reasons = dict.fromkeys(one.gap for one in contrasts)
        hint = "nothing can be compared: see what varies, and how many units each condition has"
        raise DataError("; ".join(reasons), hint=hint)
    return Analysis(
        design=design,
        unit=cells.over,
        conditions=tuple(cells.summaries(level)),
        contrasts=tuple(contrasts),
        omnibus=tuple(together) if len(cells.levels) > 2 else (),
        gaps=cells.gaps,
        notes=tuple(cells.notes),
        readers=cells.readers,
        model=model,
        level=level,
    )


class _Cells:
    """The scores of units under conditions, one each, and what was done to have them."""

    def __init__(
        self, table: pd.DataFrame, design: Design, missing: Collection[str], names: Mapping[str, str] | None
    ) -> None:
        self.design = design
        read: Scores = scores(table[design.outcome], design.outcome, missing)
        self.binary = read.binary
        self.notes: list[str] = [read.remark] if read.remark else []
        rows = pd.DataFrame(
            {"score": read.values, "condition": labels(table[design.condition], missing, names, conditions=True)}
        )
        self.own_rows = design.rows_are_units(table)
        columns = {role: name for role, name in design.columns().items() if role not in ("outcome", "condition")}
        for role, name in columns.items():
            if name in table:
                rows[role] = labels(table[name], missing)
        if design.paired:
            rows = rows.drop(columns="within")
        elif design.unit is None and design.within is not None:
            rows = rows.rename(columns={"within": "unit"})
        if self.own_rows:
            rows["unit"] = pd.RangeIndex(len(rows))
        self.levels = [str(level) for level in rows["condition"].cat.categories if (rows["condition"] == level).any()]
        self._sensible()
        rows, self.gaps = self._without_gaps(rows)
        if rows["score"].nunique() == 1:
            msg = f"all {len(rows)} scores in `{design.outcome}` are {rows['score'].iloc[0]:g}"
            raise DataError(msg, hint="constant scores say nothing of conditions: check that the measure responds")
        self.rows_per_condition = rows["condition"].value_counts()
        self._roles(rows)
        if self.item:
            self._same_items(rows)
        self.readers: Mapping[str, float | None] = {}
        self.cells = self._averaged(rows)

    def _sensible(self) -> None:
        condition = self.design.condition
        if len(self.levels) < 2:
            only = f" (`{self.levels[0]}`)" if self.levels else ""
            msg = f"`{condition}` has {len(self.levels)} level{only}; a contrast needs two"
            raise DataError(msg, hint="name the column of what was varied")
        alike = {level.casefold(): level for level in self.levels}
        for level in self.levels:
            if alike[level.casefold()] != level:
                msg = f"`{level}` and `{alike[level.casefold()]}` in `{condition}` differ in capitals only"
                raise DataError(msg, hint="write them alike, or name both alike in a codebook's `labels`")
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
        if both.mean() > 0.5 and lasting(str(design.unit)):
            msg = f"{int(both.sum())} of {len(both)} `{design.unit}` stand under several conditions"
            hint = (
                f"say --within {design.unit} to compare within them; or, if labels begin anew in each condition, give "
                f"each its own, or say --unit row"
            )
            raise DataError(msg + ": measured more than once, they are no independent units", hint=hint)
        if both.any():
            shown = f"{int(both.sum())} of {len(both)} labels of `{design.unit}`"
            self.notes.append(
                f"{shown} stand under several conditions and are taken as different units; if they are the same "
                f"ones, measured more than once, say --within {design.unit}"
            )

    def _same_items(self, rows: pd.DataFrame) -> None:
        if rows["item"].nunique() < 2:
            msg = f"`{self.design.item}` has one level only"
            raise DataError(msg, hint="one item says nothing about others; leave it out")

    def within_ends(self, least: float | None, most: float | None) -> None:
        """Refuse scores beyond the ends of their scale."""
        x = self.cells["score"]
        beyond = (x < least if least is not None else x != x) | (x > most if most is not None else x != x)
        if beyond.any():
            msg = f"`{self.design.outcome}` goes from {x.min():g} to {x.max():g}, beyond the ends of its scale"
            raise DataError(msg, hint="correct the codebook, or give codes of missing values with --missing")

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
            "--within COLUMN (a repeated measurement), or --average (repeated reads); or name another unit"
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

    def summaries(self, level: float) -> Iterator[Summary]:
        """Each condition over its units."""
        means = self.cells.groupby(["condition", "unit"], observed=True, sort=False)["score"].mean().reset_index()
        for condition in self.levels:
            x = means.loc[means["condition"] == condition, "score"].to_numpy(float)
            try:
                interval = mean_interval(x, level=level)
                low, high = interval.low, interval.high
            except DataError:
                low, high = math.nan, math.nan
            yield Summary(
                condition=condition,
                n=x.size,
                rows=int(self.rows_per_condition.get(condition, 0)),
                missing=self.gaps.outcome.get(condition, 0),
                mean=float(x.mean()) if x.size else math.nan,
                sd=float(np.std(x, ddof=1)) if x.size > 1 else math.nan,
                low=low,
                high=high,
            )


def _pairs(levels: Sequence[str], control: str | None, condition: str) -> Iterator[tuple[str, str]]:
    """First and second of each contrast; the second is subtracted."""
    if control is not None:
        known = {level.casefold(): level for level in levels}
        against = control if control in levels else known.get(control.strip().casefold())
        if against is None:
            msg = f"`{condition}` has no level `{control}`, which is to be the control"
            raise DataError(msg, hint=f"levels are {', '.join(levels)}")
        yield from ((level, against) for level in levels if level != against)
        return
    likely = [level for level in levels if level.casefold() in CONTROLS]
    for first, second in itertools.combinations(levels, 2):
        yield (second, first) if first in likely and second not in likely else (first, second)


def _of_range(one: Contrast, least: float | None, most: float | None) -> Contrast:
    if least is None or most is None or not most > least:
        return one
    return replace(one, percent_of_range=100 * one.difference / (most - least))


def _parts(cells: _Cells) -> dict[str, pd.DataFrame]:
    """One score for each unit; of repeated measurements, the means over their levels, each level, and changes."""
    if not cells.repeated:
        return {"": cells.cells}
    wide = cells.cells.pivot_table(index=["condition", "unit"], columns="within", values="score", observed=True)
    points = [str(point) for point in wide.columns]
    wide.columns = pd.Index(points)
    complete = wide.dropna()
    if len(complete) < len(wide):
        cells.gaps = replace(cells.gaps, incomplete=len(wide) - len(complete))
        name = cells.design.within
        cells.notes.append(
            f"{len(wide) - len(complete)} units lack a level of `{name}` and are left out of means over it"
        )
    parts: dict[str, pd.Series[float]] = {"": complete.mean(axis=1)}
    parts |= {point: wide[point].dropna() for point in points}
    parts |= {f"{point} minus {points[0]}": complete[point] - complete[points[0]] for point in points[1:]}
    return {at: part.rename("score").reset_index() for at, part in parts.items()}


def _together(cells: _Cells, part: pd.DataFrame, terms: Terms, at: str) -> Omnibus:
    binary = cells.binary and not at
    if cells.paired:
        wide = part.pivot_table(index="unit", columns="condition", values="score", observed=True)
        return within(wide.reindex(columns=cells.levels), at, terms, binary=binary)
    samples = scores_by(part, cells.levels)
    return between_binary(samples, at, terms) if binary else between(samples, at, terms)


def _each(cells: _Cells, part: pd.DataFrame, pairs: Sequence[tuple[str, str]], terms: Terms, at: str) -> list[Contrast]:
    binary = cells.binary and not at
    if cells.paired:
        wide = part.pivot_table(index="unit", columns="condition", values="score", observed=True, sort=False)
        compared = partial(_within, cells, wide, paired_binary if binary else paired)
    else:
        samples = scores_by(part, cells.levels)
        compared = partial(_between, samples, independent_binary if binary else independent)
    return [compared(Contrast(first, second, at), terms) for first, second in pairs]


def _within(cells: _Cells, wide: pd.DataFrame, how: Any, place: Contrast, terms: Terms) -> Contrast:
    columns = [name for name in (place.first, place.second) if name in wide]
    both = wide[columns].dropna()
    if len(columns) < 2 or not len(both):
        msg = f"no `{cells.over}` has a score under both {place.first} and {place.second}"
        return replace(place, gap=f"{msg}; units that differ are compared without --within")
    lost = len(wide[columns].dropna(how="all")) - len(both)
    if lost:
        cells.gaps = replace(cells.gaps, incomplete=max(cells.gaps.incomplete, lost))
        cells.notes.append(f"{lost} of `{cells.over}` lack {place.first} or {place.second} and are left out of it")
    made: Contrast = how(both[place.first].to_numpy(float), both[place.second].to_numpy(float), place, terms)
    return made


def _between(samples: Mapping[str, Any], how: Any, place: Contrast, terms: Terms) -> Contrast:
    made: Contrast = how(samples[place.first], samples[place.second], place, terms)
    return made


def _crossed(cells: _Cells, pairs: Sequence[tuple[str, str]], terms: Terms) -> tuple[list[Contrast], MixedModel]:
    """Contrasts of a mixed model in which units and items are both random."""
    rows = cells.cells
    unit = pd.factorize(rows["unit"])[0]
    if not cells.paired:
        unit = pd.factorize(pd.MultiIndex.from_arrays([rows["condition"], rows["unit"]]))[0]
    facets: dict[str, Any] = {cells.over: unit, str(cells.design.item): pd.factorize(rows["item"])[0]}
    if cells.repeated:
        facets[str(cells.design.within)] = pd.factorize(rows["within"])[0]
    model = mixed_model(
        rows["score"].to_numpy(float), rows["condition"].astype(str).to_numpy(), facets, level=terms.level
    )
    cells.notes.append(f"units and items are both random: {model.method}")
    if cells.binary:
        cells.notes.append("yes and no are compared as 1 and 0, on the scale of probabilities")
    of = pd.Series(unit).groupby(rows["condition"].astype(str).to_numpy()).nunique()
    made = []
    for first, second in pairs:
        either = rows["condition"].isin([first, second]).to_numpy()
        counts = int(np.unique(unit[either]).size), int(of[first]), int(of[second])
        if min(counts[1:]) < 2:
            few = first if counts[1] < 2 else second
            made.append(Contrast(first, second, gap=f"`{few}` has 1 unit; at least 2 are needed"))
            continue
        made.append(mixed(model, counts, Contrast(first, second), terms))
    return made, model
