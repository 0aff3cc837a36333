"""Means of conditions, and their contrasts, over crossed random samples: units, items, readers."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from affectlab.errors import DataError
from affectlab.stats._reml import NUMBERS, Fit, reml
from affectlab.stats._sample import FloatArray, IntArray, codes, probability, varies, vector
from affectlab.stats.anova import Omnibus, f_tail
from affectlab.stats.estimate import PointEstimate
from affectlab.stats.threads import one_thread
from affectlab.stats.ttest import TTest, t_critical, t_two_sided
from affectlab.stats.variance import CROSS, RESIDUAL, groupings

CONDITION = "condition"


@dataclass(frozen=True, slots=True)
class MixedModel:
    """A fitted model: the mean of each condition, and how much varies with what."""

    conditions: tuple[str, ...]
    variance: dict[str, float]
    """By source ("unit", "unit × condition", …, "residual"), in squared units of the scores."""
    levels: dict[str, int]
    """How many of each facet were sampled."""
    criterion: float
    """−2 × the restricted log-likelihood."""
    rows: int
    """Cells that entered, after averaging what differs in nothing that was named."""
    level: float
    method: str
    fit: Fit

    def mean(self, condition: str) -> PointEstimate:
        """The mean of a condition, in the units of the scores."""
        test = self._test(self._weights(condition), "mean")
        return PointEstimate(test.difference, test.low, test.high, self.level, self.method, test.se, test.df)

    def contrast(self, first: str, second: str) -> TTest:
        """The mean of one condition minus that of another, tested by Satterthwaite's degrees of freedom."""
        return self._test(self._weights(first) - self._weights(second), "mixed")

    def omnibus(self) -> Omnibus:
        """Whether the means of conditions differ at all: F of all contrasts, Satterthwaite's degrees of freedom.

        The contrasts are turned into k − 1 independent ones, ``F = Σ t² / (k−1)``; from their degrees of freedom ν
        follow those of F by ``E = Σ ν/(ν−2)``, ``df₂ = 2E / (E − (k−1))``, and 2 where a ν is not above 2. `value` is
        the variance of the means of conditions as a share of it and all variance components together; no interval.

        Source: Fai, A. H.-T., & Cornelius, P. L. (1996). Journal of Statistical Computation and Simulation 54, 363–378.
        Equals R's ``anova(lmerTest::lmer(…))``.
        """
        k = len(self.conditions)
        contrasts = np.eye(k)[1:] - np.eye(k)[0]
        variances, directions = np.linalg.eigh(contrasts @ self.fit.covariance @ contrasts.T)
        rotated = directions.T @ contrasts
        f = float(np.mean((rotated @ self.fit.beta) ** 2 / variances))
        nu = np.array([self.fit.df(row) for row in rotated])
        df2 = _joint_df(nu)
        between = float(np.var(self.fit.beta))
        return Omnibus(
            test="mixed",
            statistic=f,
            df1=float(k - 1),
            df2=df2,
            p=f_tail(f, float(k - 1), df2),
            effect="share of variance",
            value=between / (between + sum(self.variance.values())),
            low=math.nan,
            high=math.nan,
            level=self.level,
            n=tuple(self.levels.values()),
        )

    def _weights(self, condition: str) -> FloatArray:
        if condition not in self.conditions:
            msg = f"no condition {condition}"
            raise DataError(msg, hint=f"conditions are {', '.join(self.conditions)}")
        return np.array([float(name == condition) for name in self.conditions])

    def _test(self, weights: FloatArray, name: str) -> TTest:
        value = float(weights @ self.fit.beta)
        se, df = float(np.sqrt(weights @ self.fit.covariance @ weights)), self.fit.df(weights)
        half, n = t_critical(df, self.level) * se, tuple(self.levels.values())
        return TTest(
            name, value / se, df, t_two_sided(value / se, df), value, se, value - half, value + half, self.level, n
        )


def _joint_df(nu: FloatArray) -> float:
    """The degrees of freedom of the mean of squared independent t with those of each."""
    if np.ptp(nu) < 1e-8:
        return float(nu.mean())
    if np.any(nu <= 2):
        return 2.0
    expected = float(np.sum(nu / (nu - 2)))
    return 2 * expected / (expected - nu.size)


@one_thread
def mixed_model(
    values: ArrayLike,
    conditions: ArrayLike,
    facets: Mapping[str, ArrayLike],
    *,
    level: float = 0.95,
) -> MixedModel:
    """Compare conditions while all that was sampled is random: each facet, and how conditions differ over it.

    ``y = mean of the condition + Σ over facets f of (f + f × condition) + Σ over pairs (f × g) + residual``,
    by restricted maximum likelihood, tests with Satterthwaite's degrees of freedom. A term is in the model
    where the design can tell it from the residual and from the terms before: f × condition, where levels of f
    occur under several conditions. Rows that share condition and all facets are repeated reads, and are
    averaged first. With one facet, every level under every condition, and one score for each, the contrast is
    the paired t test.

    Parameters: `values`, one score per row, shape (rows,); `conditions`, its label per row, shape (rows,);
    `facets`, for each random factor (unit, item, reader, wording) its label per row, shape (rows,). Means and
    contrasts are in the units of the scores.

    Assumes levels of every facet sampled from populations of which the result is to speak, and independent
    normal effects whose size does not differ between conditions (compound symmetry). A variance estimated as
    zero is left out of the degrees of freedom. A pair of facets with too many combinations for memory is
    left in the residual, which errs on the safe side, and `method` says so.

    Raises `DataError` for NaN, one condition only, a facet with one level, constant scores, or scores that
    the model explains without rest.

    Source: Baayen, R. H., Davidson, D. J., & Bates, D. M. (2008). Journal of Memory and Language 59,
    390–412 (crossed random effects); Barr, D. J., et al. (2013). Journal of Memory and Language 68, 255–278
    (condition varies over units and items); Satterthwaite, F. E. (1946). Biometrics Bulletin 2, 110–114.
    Equals R's ``lmerTest::lmer(y ~ 0 + condition + (1|f) + (1|f:condition) + …)``.

    >>> rng = np.random.default_rng(3)
    >>> unit, item = np.repeat(np.arange(10), 8), np.tile(np.arange(8), 10)
    >>> scores = rng.normal(0, 3, 10)[unit] + rng.normal(0, 2, 8)[item]
    >>> both = np.concatenate([scores + 5, scores]) + rng.normal(0, 1, 160)
    >>> model = mixed_model(both, ["fear"] * 80 + ["neutral"] * 80,
    ...                     {"unit": np.tile(unit, 2), "item": np.tile(item, 2)})
    >>> model.contrast("fear", "neutral").estimate.covers(5)
    True
    """
    y = vector(values, "the sample", least=4)
    varies(y, "the sample")
    probability(level, "level")
    if not facets or CONDITION in facets:
        msg = "no random factor was named" if not facets else f"a facet is called {CONDITION}"
        raise DataError(msg, hint="name what was sampled, such as unit and item, with a label for each row")
    arm, names = _labels(conditions, y.size)
    labels: dict[str, IntArray] = {CONDITION: arm}
    for name, column in facets.items():
        labels[name], size = codes(column, name, y.size)
        if size < 2:
            msg = f"{name} has one level only"
            raise DataError(msg, hint="one unit says nothing about others; leave it out, or sample more")
    y, labels = _cells(y, labels)
    levels = {name: int(code.max()) + 1 for name, code in labels.items()}
    for name in facets:
        _not_the_condition(labels[CONDITION], labels[name], name)
    terms, left = _terms(labels, levels, list(facets), y.size)
    x = np.equal.outer(labels[CONDITION], np.arange(len(names))).astype(np.float64)
    fit = reml(y, x, groupings(terms, labels, levels) if terms else [])
    if not fit.variance[-1] > 1e-12 * float(np.var(y)):
        msg = "the model explains every score without rest"
        raise DataError(msg, hint="scores that never vary within what was named carry no error to compare with")
    sources = [CROSS.join(term) for term in terms]
    method = f"mixed model, random {', '.join(sources)}, restricted maximum likelihood, Satterthwaite df"
    return MixedModel(
        conditions=tuple(names),
        variance=dict(zip([*sources, RESIDUAL], map(float, fit.variance), strict=True)),
        levels={name: levels[name] for name in facets},
        criterion=fit.criterion,
        rows=y.size,
        level=level,
        method=method + (f"; {', '.join(left)} in the residual" if left else ""),
        fit=fit,
    )


def _labels(conditions: ArrayLike, rows: int) -> tuple[IntArray, list[str]]:
    arm, size = codes(conditions, "the conditions", rows)
    if size < 2:
        msg = "there is one condition only"
        raise DataError(msg, hint="a contrast needs two")
    first = np.unique(arm, return_index=True)[1]
    return arm, [str(name) for name in np.asarray(conditions)[first]]


def _not_the_condition(arm: IntArray, facet: IntArray, name: str) -> None:
    """Refuse a facet of one level in each condition: it cannot be told from the condition itself."""
    joint = np.unique(np.stack([arm, facet]), axis=1).shape[1]
    if joint == np.unique(arm).size == np.unique(facet).size:
        msg = f"{name} has one level in each condition, and another in each"
        raise DataError(msg, hint=f"{name} and condition cannot be told apart: sample more, or the same in each")


def _cells(y: FloatArray, labels: Mapping[str, IntArray]) -> tuple[FloatArray, dict[str, IntArray]]:
    """The mean of every combination of condition and facets that occurs, and its labels."""
    cell = np.zeros(y.size, dtype=np.int64)
    for code in labels.values():
        cell = np.unique(cell * (int(code.max()) + 1) + code, return_inverse=True)[1]
    counts = np.bincount(cell)
    first = np.empty(counts.size, dtype=np.intp)
    first[cell[::-1]] = np.arange(y.size)[::-1]
    return np.bincount(cell, weights=y) / counts, {name: code[first] for name, code in labels.items()}


def _terms(
    labels: Mapping[str, IntArray], levels: Mapping[str, int], facets: Sequence[str], rows: int
) -> tuple[list[tuple[str, ...]], list[str]]:
    """The random terms that the design can tell apart, and those that were too large."""
    terms: list[tuple[str, ...]] = []
    left: list[str] = []
    counts: dict[tuple[str, ...], int] = {}

    def count(term: tuple[str, ...]) -> int:
        joint = np.zeros(rows, dtype=np.int64)
        for name in term:
            joint = joint * levels[name] + labels[name]
        return int(np.unique(joint).size)

    for term in [(f,) for f in facets] + [(f, CONDITION) for f in facets] + list(itertools.combinations(facets, 2)):
        counts[term] = count(term)
        if counts[term] == rows or any(counts[term] == counts[part] for part in terms if set(part) < set(term)):
            continue
        host = max(facets, key=lambda facet: levels[facet])
        width = counts[term] / levels[host]
        if len(term) == 2 and CONDITION not in term and levels[host] * width * width * 4 > NUMBERS / 4:
            left.append(CROSS.join(term))
            continue
        terms.append(term)
    return terms, left
