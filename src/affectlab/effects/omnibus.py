"""Whether several conditions differ at all: one test of them together, beside the contrasts of each with each."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from affectlab.effects.groups import Terms, Values
from affectlab.errors import DataError
from affectlab.plain import record
from affectlab.stats.anova import Omnibus as Test
from affectlab.stats.anova import anova, f_tail, repeated_anova, welch_anova
from affectlab.stats.binary import cochran_q, proportions_test

nan = math.nan

EXPECTED = 5.0
"""Where fewer yes or no than this are expected in a condition, the χ² distribution is a poor approximation."""


@dataclass(frozen=True)
class Omnibus:
    """The test of all conditions together. Numbers that the data do not give are NaN, and ``gap`` says why."""

    at: str = ""
    """The level of the repeated measurement at which it is made; empty where it is over all."""
    test: str = ""
    f: float = nan
    chi2: float = nan
    """Instead of F, where proportions are compared."""
    df1: float = nan
    df2: float = nan
    p: float = nan
    effect: str = ""
    """Which effect size `value` is."""
    value: float = nan
    low: float = nan
    high: float = nan
    n: int = 0
    """Units that carry it."""
    epsilon: float = nan
    """Greenhouse and Geisser's, within units."""
    generalized_eta_squared: float = nan
    uncorrected_f: float = nan
    uncorrected_df1: float = nan
    uncorrected_df2: float = nan
    uncorrected_p: float = nan
    """The classical test beside it, which assumes equal variances (between units) or sphericity (within)."""
    remark: str = ""
    gap: str = ""

    def row(self) -> dict[str, Any]:
        """As a plain record; what is not finite becomes None."""
        return record(asdict(self))


def of_test(test: Test, at: str = "", n: int | None = None, **more: Any) -> Omnibus:
    """A test of ``stats`` as a row; `n` where units are not those that it counts."""
    chi2 = math.isnan(test.df2)
    return Omnibus(
        at=at,
        test=test.test,
        f=nan if chi2 else test.statistic,
        chi2=test.statistic if chi2 else nan,
        df1=test.df1,
        df2=test.df2,
        p=test.p,
        effect=test.effect,
        value=test.value,
        low=test.low,
        high=test.high,
        n=sum(test.n) if n is None else n,
        epsilon=test.epsilon,
        generalized_eta_squared=test.generalized,
        **more,
    )


def between(samples: Mapping[str, Values], at: str, terms: Terms) -> Omnibus:
    """Different units under each condition: Welch's test, the classical one where Student's was asked for.

    Also of samples of equal size: with two of them Student's t holds its level under unequal variances, with several
    the classical F does not.
    """
    scores = list(samples.values())
    try:
        classical = anova(scores, level=terms.level)
        if terms.test == "student":
            return of_test(classical, at)
        welch = welch_anova(scores, level=terms.level)
    except DataError as error:
        hint = "; Welch's test needs spread in each, see --test student" if "all " in error.message else ""
        return Omnibus(at, n=sum(map(len, scores)), gap=_named(error.message, list(samples)) + hint)
    beside = {name: getattr(classical, name) for name in ("df1", "df2", "p")} | {"f": classical.statistic}
    return of_test(welch, at, **{f"uncorrected_{name}": value for name, value in beside.items()})


def between_binary(samples: Mapping[str, Values], at: str, terms: Terms) -> Omnibus:
    """Proportions in different units: Pearson's χ²."""
    yes, units = [float(x.sum()) for x in samples.values()], [float(x.size) for x in samples.values()]
    try:
        test = proportions_test(yes, units, level=terms.level)
    except DataError as error:
        return Omnibus(at, n=int(sum(units)), gap=error.message)
    share = sum(yes) / sum(units)
    least = min(units) * min(share, 1 - share)
    few = f"{least:.1f} of an answer are expected in a condition: χ² is approximate" if least < EXPECTED else ""
    return of_test(test, at, remark=few)


def within(wide: pd.DataFrame, at: str, terms: Terms, *, binary: bool = False) -> Omnibus:
    """The same units under all conditions, which are the columns; units that lack one are left out."""
    complete = wide.dropna()
    lost = len(wide) - len(complete)
    remark = f"{lost} units lack a condition and are left out of it" if lost else ""
    table = complete.to_numpy(float)
    try:
        test = cochran_q(table, level=terms.level) if binary else repeated_anova(table, level=terms.level)
    except DataError as error:
        gap = error.message if len(complete) > 1 else f"{len(complete)} units have a score under all conditions"
        return Omnibus(at, n=len(complete), gap=gap, remark=remark)
    if binary:
        return of_test(test, at, remark=remark)
    df1, df2 = test.df1 / test.epsilon, test.df2 / test.epsilon
    return of_test(
        test,
        at,
        remark=remark,
        uncorrected_f=test.statistic,
        uncorrected_df1=df1,
        uncorrected_df2=df2,
        uncorrected_p=f_tail(test.statistic, df1, df2),
    )


def _named(message: str, conditions: list[str]) -> str:
    """A message of ``stats`` with the conditions' names for its samples."""
    for j in reversed(range(len(conditions))):
        message = message.replace(f"sample {j + 1}", f"`{conditions[j]}`")
    return message


def scores_by(part: pd.DataFrame, levels: list[str]) -> dict[str, Values]:
    """The scores of each condition, in the order of the levels."""
    of = {str(name): one.to_numpy(float) for name, one in part.groupby("condition", observed=True)["score"]}
    return {level: of.get(level, np.zeros(0)) for level in levels}
