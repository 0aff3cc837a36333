"""A table of what was published: a row for each condition, with its number of units, their mean and SD."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from affectlab.errors import DataError
from affectlab.stats.moments import Moments, moments_of_sd
from affectlab.tabular.columns import LINE, score_column
from affectlab.tabular.levels import level_labels, told_apart
from affectlab.tabular.missing import NOTHING

NAMES: Mapping[str, frozenset[str]] = {
    "condition": frozenset({"condition", "group", "arm", "level", "treatment", "bedingung", "gruppe"}),
    "n": frozenset({"n", "count", "size", "units", "nobs"}),
    "mean": frozenset({"mean", "m", "average", "mittelwert", "mw"}),
    "sd": frozenset(
        {"sd", "std", "s", "stdev", "stddev", "std dev", "std deviation", "standard deviation", "standardabweichung"}
    ),
}
"""What the columns are called, in any case of letters and without points."""
_ERRORS = frozenset({"se", "sem", "std error", "std error mean", "standard error"})


@dataclass(frozen=True)
class Summaries:
    """The samples of conditions."""

    condition: str
    """The column of the conditions."""
    mean: str
    """The column of the means."""
    samples: Mapping[str, Moments]
    """By condition, in order of appearance."""
    remarks: tuple[str, ...] = ()
    """What was assumed."""


def summaries(table: pd.DataFrame, condition: str | None = None) -> Summaries:
    """The conditions of a table of means, standard deviations and numbers of units.

    Args:
        table: text, as it was saved; the index says in which line a row begins.
        condition: the column of the conditions, where it has another name.

    Raises:
        DataError: a column is not there or stands for two things, a condition has two rows, a number is none or
            none that can be.
    """
    columns = {role: _column(table, role, condition if role == "condition" else None) for role in NAMES}
    names = level_labels(table[columns["condition"]], conditions=True)
    told = told_apart(names, columns["condition"], table.index, conditions=True)
    if len(names.categories) < 2:
        msg = f"`{columns['condition']}` has {len(names.categories)} level; a contrast needs two"
        raise DataError(msg, hint="give a row for each condition")
    read = {role: score_column(table[columns[role]], columns[role], {NOTHING}) for role in ("n", "mean", "sd")}
    samples: dict[str, Moments] = {}
    for at, (name, label) in enumerate(zip(names, table[columns["condition"]], strict=True)):
        line = int(table.index[at]) if table.index.name == LINE else None
        if not isinstance(name, str):
            raise DataError(f"a row has no `{columns['condition']}`", hint="name each condition", line=line)
        if name in samples:
            hint = "give a row for each condition; choose among several outcomes with --where"
            raise DataError(f"`{str(label).strip()}` has two rows", hint=hint, line=line)
        n, mean, sd = (float(column.values[at]) for column in read.values())
        samples[name] = _sample(n, mean, sd, name, line)
    remarks = tuple(column.remark for column in read.values() if column.remark)
    return Summaries(columns["condition"], columns["mean"], samples, (*remarks, *told))


def _sample(n: float, mean: float, sd: float, name: str, line: int | None) -> Moments:
    if not n >= 1 or n % 1:
        shown = "missing" if math.isnan(n) else f"{n:g}"
        raise DataError(f"the n of `{name}` is {shown}", hint="give the number of units, a whole one", line=line)
    try:
        return moments_of_sd(mean, sd, int(n))
    except DataError as error:
        message = error.message.replace(" nan", " missing")
        raise DataError(f"`{name}`: {message}", hint=error.hint, line=line) from None


def _column(table: pd.DataFrame, role: str, named: str | None) -> str:
    known = f"columns are {', '.join(map(str, table.columns[:30]))}"
    if named is not None:
        if named not in table:
            raise DataError(f"there is no column `{named}`, which is to be the {role}", hint=known)
        return named
    bare = {str(name): _bare(str(name)) for name in table.columns}
    found = [name for name, of in bare.items() if of in NAMES[role]]
    if len(found) == 1:
        return found[0]
    if found:
        msg = f"`{found[0]}` and `{found[1]}` may both be the {role}"
        raise DataError(msg, hint=f"keep one of them, or call it {role}")
    hint = f"{known}; call those of a summary condition, n, mean and sd"
    if role == "sd" and (errors := [name for name, of in bare.items() if of in _ERRORS]):
        hint = f"a standard error is not one: sd is `{errors[0]}` times the square root of n"
    raise DataError(f"there is no column of the {role}", hint=hint)


def _bare(name: str) -> str:
    return " ".join(name.casefold().replace(".", " ").replace("_", " ").split())
