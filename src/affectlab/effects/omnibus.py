"""Whether several conditions differ at all: one test of them together, beside the contrasts of each with each."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import pandas as pd

from affectlab.effects.contrast import OmnibusContrast
from affectlab.effects.estimate import Sample, few_in, few_units
from affectlab.effects.groups import GroupTerms, Values
from affectlab.errors import DataError
from affectlab.stats.anova import Omnibus as StatsOmnibus
from affectlab.stats.anova import anova, f_tail, repeated_anova, welch_anova
from affectlab.stats.binary import cochran_q, proportions_test

JointTest: TypeAlias = StatsOmnibus
"""The numbers of a test: statistic, degrees of freedom, p, size."""


@dataclass(frozen=True)
class OmnibusEstimate:
    """What was found of all conditions together."""

    asked: OmnibusContrast
    test: JointTest | None
    """None where ``gap`` says why there is none."""
    n: int
    """Units that carry it."""
    classical: JointTest | None = None
    """The one beside it that assumes equal variances (between units) or sphericity (within)."""
    left_out: int = 0
    """Units that lack a condition."""
    expected: float = math.nan
    """Of proportions: so many of the rarer answer are expected in the smallest condition."""
    gap: str = ""


def between(asked: OmnibusContrast, samples: Mapping[str, Sample], terms: GroupTerms) -> OmnibusEstimate:
    """Different units under each condition: Welch's test, the classical one where Student's was asked for.

    Also of samples of equal size: with two of them Student's t holds its level under unequal variances, with several
    the classical F does not.
    """
    scores, n = list(samples.values()), sum(map(len, samples.values()))
    if few := _few(samples):
        return OmnibusEstimate(asked, None, n, gap=few)
    try:
        classical = anova(scores, level=terms.level)
        if terms.test == "student":
            return OmnibusEstimate(asked, classical, n)
        return OmnibusEstimate(asked, welch_anova(scores, level=terms.level), n, classical)
    except DataError as error:
        hint = "; Welch's test needs spread in each, see --test student" if "all " in error.message else ""
        return OmnibusEstimate(asked, None, n, gap=_named(error.message, list(samples)) + hint)


def between_binary(asked: OmnibusContrast, samples: Mapping[str, Values], terms: GroupTerms) -> OmnibusEstimate:
    """Proportions in different units: Pearson's χ²."""
    yes, units = [float(x.sum()) for x in samples.values()], [float(x.size) for x in samples.values()]
    if few := _few(samples):
        return OmnibusEstimate(asked, None, int(sum(units)), gap=few)
    try:
        test = proportions_test(yes, units, level=terms.level)
    except DataError as error:
        return OmnibusEstimate(asked, None, int(sum(units)), gap=error.message)
    share = sum(yes) / sum(units)
    return OmnibusEstimate(asked, test, sum(test.n), expected=min(units) * min(share, 1 - share))


def within(asked: OmnibusContrast, wide: pd.DataFrame, terms: GroupTerms, *, binary: bool = False) -> OmnibusEstimate:
    """The same units under all conditions, which are the columns; units that lack one are left out."""
    complete = wide.dropna()
    n, lost = len(complete), len(wide) - len(complete)
    table = complete.to_numpy(float)
    if few := few_units(n):
        return OmnibusEstimate(asked, None, n, left_out=lost, gap=few)
    try:
        test = cochran_q(table, level=terms.level) if binary else repeated_anova(table, level=terms.level)
    except DataError as error:
        return OmnibusEstimate(asked, None, n, left_out=lost, gap=error.message)
    return OmnibusEstimate(asked, test, n, None if binary else _spherical(test), left_out=lost)


def _few(samples: Mapping[str, Sample]) -> str:
    """Why there is no test of samples one of which has too few units; empty where all have enough."""
    return few_in({name: len(sample) for name, sample in samples.items()})


def _spherical(test: JointTest) -> JointTest:
    """A test of repeated measures without the correction of its degrees of freedom."""
    df1, df2 = test.df1 / test.epsilon, test.df2 / test.epsilon
    return replace(test, df1=df1, df2=df2, p=f_tail(test.statistic, df1, df2), epsilon=1.0)


def _named(message: str, conditions: list[str]) -> str:
    """A message of ``stats`` with the conditions' names for its samples."""
    for j in reversed(range(len(conditions))):
        message = message.replace(f"sample {j + 1}", f"`{conditions[j]}`")
    return message


def scores_by(part: pd.DataFrame, levels: list[str]) -> dict[str, Values]:
    """The scores of each condition, in the order of the levels."""
    of = {str(name): one.to_numpy(float) for name, one in part.groupby("condition", observed=True)["score"]}
    return {level: of.get(level, np.zeros(0)) for level in levels}
