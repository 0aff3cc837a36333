"""Any table as a tidy one, a run's or people's.

A tidy table has a row for each score, and says of it under which ``condition`` and from which ``unit`` it is, and,
where there are several, to which ``measure``, ``scale`` and ``item`` it belongs. The unit is what was sampled: there
is no table without it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from affectlab.errors import DataError
from affectlab.tabular.columns import score_column
from affectlab.tabular.design import ANEW, MOST, NEARLY, ROW, Design, is_open, of_same_units, taken_as_different, words
from affectlab.tabular.levels import level_labels, told_apart, words_for_gaps
from affectlab.tabular.missing import Missing

KEYS = ("condition", "unit", "measure", "scale", "item")
ONLY = "all"
"""The level of a key that the table does not have."""


class Tidy(NamedTuple):
    """A tidy table."""

    rows: pd.DataFrame
    """``value`` and ``KEYS``."""
    remarks: tuple[str, ...] = ()
    """What was assumed, or left out."""


def tidy(
    table: pd.DataFrame,
    columns: Mapping[str, str],
    missing: Sequence[str] = (),
    keep: Sequence[str] = (),
    *,
    same_units: bool | None = None,
    average: bool = False,
) -> Tidy:
    """Any table as a tidy one; rows without a unit or condition are left out.

    Args:
        table: a row for each score.
        columns: the column of ``outcome``, ``condition``, ``unit`` and, where there are several, of the other keys.
        missing: codes of missing values: ``99`` of the scores, ``column=99`` of any column.
        keep: words that usually stand for a gap and are labels here.
        same_units: whether labels of the unit that stand under several conditions are of the same units; None: as the
            name of the column says, if it does.
        average: whether further rows of a unit, condition and item are repeated reads.

    Raises:
        DataError: no unit is named, a column is not there, or its values are no numbers; rows of a unit would be
            pooled; whether units are the same ones is open.
    """
    for role in ("outcome", "condition", "unit"):
        if role not in columns:
            raise DataError(f"no {role} is named", hint=f"say --{role} COLUMN")
    Design(columns["outcome"], columns["condition"], columns["unit"]).check(table)
    if columns["unit"] == ROW:
        raise DataError("rows are no units of these tables", hint="name with --unit what was sampled")
    for role, name in columns.items():
        if name not in table:
            raise DataError(f"there is no column `{name}`, which is to be the {role}", hint=_known(table))
    known, outcome = Missing.read(missing, list(map(str, table.columns)), keep), columns["outcome"]
    read = score_column(table[outcome], outcome, known.codes(outcome, scores=True))
    made, remarks = pd.DataFrame({"value": read.values}), [read.remark] if read.remark else []
    for key in KEYS:
        made[key] = _labelled(table, columns[key], known, key, remarks) if key in columns else ONLY
    known_place = made["unit"].notna() & made["condition"].notna()
    if not known_place.all():
        remarks.append(f"{int((~known_place).sum())} of {len(made)} rows have no unit or condition and are left out")
    made = made[known_place]
    if made["value"].notna().sum() == 0:
        raise DataError(f"no row has a `{columns['outcome']}`, a condition and a unit", hint="look at what is missing")
    if gaps := int(made["value"].isna().sum()):
        remarks.append(f"{gaps} of {len(made)} rows have no score and are left out")
    remarks += _repeats(made, table[known_place.to_numpy()], columns, average=average)
    rows, apart = _apart(made.reset_index(drop=True), columns["unit"], same_units)
    return Tidy(rows, (*dict.fromkeys(remarks), *apart))


def _repeats(made: pd.DataFrame, table: pd.DataFrame, columns: Mapping[str, str], *, average: bool) -> list[str]:
    """A remark on rows of one unit, condition and item that are averaged; what is no repeated read is refused."""
    keys = [made[key].to_numpy() for key in KEYS]
    cell = pd.DataFrame(dict(enumerate(keys))).groupby(list(range(len(keys))), observed=True, sort=False).ngroup()
    several = cell.duplicated(keep=False).to_numpy()
    if not several.any():
        return []
    averaged = [f"up to {int(cell.value_counts().max())} rows of a unit are averaged: repeated reads, and no units"]
    if average:
        return averaged
    anew = False
    for name in (str(one) for one in table.columns if str(one) not in columns.values()):
        level = table[name].astype(str).to_numpy()[several]
        levels = np.unique(level)
        rows = pd.DataFrame({"cell": cell.to_numpy()[several], "level": level})
        apart = levels.size > 1 and not rows.duplicated().any()
        if apart and words(name) & ANEW:
            anew = True
        elif apart and levels.size <= MOST:
            sets = rows.sort_values("level").groupby("cell")["level"].agg(" ".join)
            if sets.value_counts(normalize=True).iloc[0] >= NEARLY:
                msg = (
                    f"rows of a `{columns['unit']}` differ in `{name}` ({', '.join(levels[:4])}), which would be pooled"
                )
                hint = f"choose with --where '{name}={levels[-1]}', give `{name}` a role, or say --average"
                raise DataError(msg, hint=hint)
    if anew:
        return averaged
    worst = made[several].iloc[0]
    msg = f"`{columns['unit']}` {worst['unit']} has several rows under {worst['condition']}, which would be pooled"
    hint = "say --item COLUMN (sampled questions) or --average (repeated reads), or choose rows with --where"
    raise DataError(msg, hint=hint)


def _apart(made: pd.DataFrame, unit: str, same: bool | None) -> tuple[pd.DataFrame, list[str]]:
    """Units whose labels begin anew in each condition get labels of their own, with a remark where that was assumed."""
    both = made.groupby("unit", observed=True)["condition"].nunique().gt(1)
    said = same is not None
    if same and not both.any():
        msg = f"no `{unit}` stands under several conditions"
        raise DataError(msg, hint="units that differ are compared without --within")
    if same is None:
        same = of_same_units(unit, float(both.mean()))
    if same is None:
        raise is_open(unit, int(both.sum()), len(both))
    if same or not both.any():
        return made, []
    own = made["unit"].astype(str) + " (" + made["condition"].astype(str) + ")"
    remark = [] if said else [taken_as_different(unit, int(both.sum()), len(both))]
    return made.assign(unit=pd.Categorical(own, categories=own.unique())), remark


def _labelled(table: pd.DataFrame, name: str, missing: Missing, key: str, remarks: list[str]) -> Any:
    conditions, kept = key == "condition", missing.words(name)
    found = level_labels(table[name], missing.codes(name), conditions=conditions, kept=kept)
    remarks += filter(None, [words_for_gaps(table[name], name, kept, conditions=conditions)])
    remarks += told_apart(found, name, table.index, conditions=conditions)
    return found


def _known(table: pd.DataFrame) -> str:
    return f"columns are {', '.join(map(str, table.columns[:30]))}"
