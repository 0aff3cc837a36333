"""Mean differences over units and items that are both samples: the two-way crossed design in closed form.

Every unit answers every item once under a condition (repeated reads averaged). Three intervals are made of the mean
squares: over units alone, over items alone, and over both; the widest is given. So no result is narrower than the one
for the very items, nor than the one for the very units, and it holds where one of the two does not vary at all. Where
answers are missing, the variances are those of a mixed model.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from affectlab.errors import DataError
from affectlab.stats._reml import Grouping, reml
from affectlab.stats._sample import FloatArray, IntArray, constant, matrix, probability, table, varies
from affectlab.stats.ttest import TTest, one_sample_t, t_critical, t_two_sided, welch_t

ONE, TWO, INCOMPLETE = "crossed", "crossed Welch", "crossed, mixed model"
"""What the tests are called: of one sample of units (or of pairs), of two, and of either with missing answers."""

TIE = 1e-9
"""A mean square that exceeds the residual by a smaller share of it does so by rounding alone. Where all units but one
agree, and that one differs on a single item, both are equal, and rounding decided which interval was given."""

Part = tuple[float, float]
"""A mean square as it enters the variance of the mean, and its degrees of freedom."""


def crossed_t(scores: ArrayLike, *, level: float = 0.95) -> TTest:
    """Test whether a mean over sampled units and sampled items differs from zero.

    With ``y = μ + unit + item + residual`` and the mean squares of the n × m table, the variance of the mean is
    estimated by ``(MS_unit + MS_item − MS_residual) / nm``, where both mean squares exceed that of the residual, with
    Satterthwaite's degrees of freedom, not below the smaller of n − 1 and m − 1. The interval is the widest of that
    one, of ``MS_unit / nm`` with n − 1 and of ``MS_item / nm`` with m − 1 degrees of freedom: the t intervals over
    means of units and over means of items.

    Parameters: `scores`, one per unit (row) and item (column), shape (n, m): changes, or differences of two conditions
    with the same units and items. The difference is in the units of the scores.

    Assumes units and items sampled independently, and normal effects. By simulation 95 % covers 94 % and more from
    three units and two items on, and is conservative where one of both does not vary (docs/reference/statistics.md).

    Raises `DataError` for NaN, fewer than two units or items, or means of units that do not vary.

    Source: Satterthwaite, F. E. (1946). Biometrics Bulletin 2, 110–114; Clark, H. H. (1973). Journal of Verbal Learning
    and Verbal Behavior 12, 335–359 (the three tests). The middle one equals R's ``lmerTest::lmer(y ~ 1 + (1|unit) +
    (1|item))`` where both variances are above zero.

    >>> answers = [[2, 3, 1, 4], [4, 4, 2, 6], [1, 3, 2, 3], [5, 5, 3, 6], [3, 4, 1, 5]]
    >>> found = crossed_t(answers)
    >>> round(found.difference, 2), round(found.low, 2), round(found.high, 2), round(found.df, 1)
    (3.35, 1.33, 5.37, 3.0)
    """
    full = matrix(scores, "the scores")
    varies(full.mean(axis=1), "the means of units")
    unit, item, rest = _squares(full)
    return _widest(ONE, float(full.mean()), ([unit], item, [rest]), full.shape, level)


def crossed_welch(first: ArrayLike, second: ArrayLike, *, level: float = 0.95) -> TTest:
    """Test the difference of two independent samples of units that answered the same sampled items.

    The mean squares are taken in each condition, so that variances may differ. With those of units and of the residual
    in each, and with the variance s² over items of the item's difference between the conditions (which holds the item ×
    condition variance), the variance of the difference is ``Σ MS_unit / nm + s² / m − Σ MS_residual / nm``, with
    Satterthwaite's degrees of freedom. The interval is the widest of that one, of Welch's over means of units and of
    the paired t over means of items.

    Parameters: `first`, `second`, one score per unit (row) and item (column), shapes (n₁, m) and (n₂, m), the items in
    the same order. The difference is in the units of the scores.

    Assumptions and errors as in `crossed_t`.

    Source: as there; Welch, B. L. (1947). Biometrika 34, 28–35.

    >>> fear = [[2, 3, 1, 4], [4, 4, 2, 6], [1, 3, 2, 3], [5, 5, 3, 6]]
    >>> neutral = [[1, 1, 1, 1], [2, 0, 2, 1], [0, 2, 1, 2]]
    >>> found = crossed_welch(fear, neutral)
    >>> round(found.difference, 2), round(found.low, 2), round(found.high, 2), round(found.df, 1)
    (2.21, 0.12, 4.3, 4.5)
    """
    tables = matrix(first, "the first sample"), matrix(second, "the second sample")
    _alike(*tables)
    means = [each.mean(axis=1) for each in tables]
    if constant(means[0]):
        varies(means[1], "the means of units")
    parts = [_squares(each) for each in tables]
    apart = tables[0].mean(axis=0) - tables[1].mean(axis=0)
    item = (float(apart.var(ddof=1)) / apart.size, float(apart.size - 1))
    squares = [unit for unit, _, _ in parts], item, [rest for _, _, rest in parts]
    n = (tables[0].shape[0], tables[1].shape[0], apart.size)
    return _widest(TWO, float(means[0].mean() - means[1].mean()), squares, n, level)


def with_shared(test: TTest, shared: ArrayLike) -> TTest:
    """A test of a mean of differences, which all hold the same sampled units as their second condition.

    Of k differences, each the mean of a condition of its own minus that of n units that are the same for all (k states
    against the same neutral texts, each on the scale of the state), what a unit adds to all k alike does not show in
    how the differences vary. Its variance ``(MS_unit − MS_residual) / nk``, of the n × k table, is added where it is
    above zero, with Satterthwaite's degrees of freedom, not below the smaller of both. The interval is the widest of
    that one, of the one over differences (`test`) and of the one over the shared units.

    Parameters: `test`, of the k differences; `shared`, one score per unit (row) and difference (column), without gaps.

    Raises `DataError` for NaN, or fewer than two units or differences.

    Source: as in `crossed_t`; the common component is that of the two-way table of expected mean squares.

    >>> alone = one_sample_t([1.2, 0.8, 1.9, 1.1])
    >>> found = with_shared(alone, [[0.1, 0.2, 0.0, 0.1], [0.9, 1.1, 1.0, 0.8], [0.4, 0.5, 0.3, 0.6]])
    >>> round(alone.se, 3), round(found.se, 3), round(found.df, 1), found.difference == alone.difference
    (0.233, 0.247, 2.0, True)
    """
    unit, _, rest = _squares(matrix(shared, "the shared units"))
    common = unit[0] - rest[0]
    if common <= TIE * rest[0]:
        return test
    own = test.se**2, test.df
    both = _variance([own, unit, (-rest[0], rest[1])], min(test.df, unit[1]))
    widest = max((own, unit, both), key=lambda one: _half(one, test.level))
    return _of_variance(test.test, test.difference, widest, test.n, test.level)


def _alike(first: FloatArray, second: FloatArray) -> None:
    if first.shape[1] != second.shape[1]:
        msg = f"the samples differ in items: {first.shape[1]} and {second.shape[1]}"
        raise DataError(msg, hint="give a column for each item, in the same order; a missing answer is NaN")


def _squares(full: FloatArray) -> tuple[Part, Part, Part]:
    """The mean squares of units, items and residual over the number of scores, each with its degrees of freedom."""
    n, m = full.shape
    units, items = full.mean(axis=1), full.mean(axis=0)
    rest = full - units[:, None] - items + full.mean()
    df = float((n - 1) * (m - 1))
    return (
        (float(units.var(ddof=1)) / n, float(n - 1)),
        (float(items.var(ddof=1)) / m, float(m - 1)),
        (float(np.sum(rest**2)) / df / (n * m), df),
    )


def _widest(
    test: str, difference: float, squares: tuple[Sequence[Part], Part, Sequence[Part]], n: tuple[int, ...], level: float
) -> TTest:
    """The widest of the intervals over units, over items and over both."""
    probability(level, "level")
    unit, item, rest = squares
    least = min(df for _, df in (*unit, item))
    found = [_variance(unit, 0.0), item]
    below = sum(value for value, _ in rest)
    if min(found[0][0], item[0]) > below * (1 + TIE):
        found.append(_variance([*unit, item, *((-value, df) for value, df in rest)], least))
    return _of_variance(test, difference, max(found, key=lambda one: _half(one, level)), n, level)


def _half(one: Part, level: float) -> float:
    return t_critical(one[1], level) * math.sqrt(one[0])


def _of_variance(test: str, difference: float, of: Part, n: tuple[int, ...], level: float) -> TTest:
    """The test of a difference whose variance is known with some degrees of freedom."""
    se, df = math.sqrt(of[0]), of[1]
    half, t = _half(of, level), difference / se
    return TTest(test, t, df, t_two_sided(t, df), difference, se, difference - half, difference + half, level, n)


def _variance(parts: Sequence[Part], least: float) -> Part:
    """The sum of mean squares, some of them subtracted, and Satterthwaite's degrees of freedom, which are not below
    those of the factor with the fewest levels."""
    total = sum(value for value, _ in parts)
    if total <= 0.0:
        return 0.0, 1.0
    return total, max(total**2 / sum(value**2 / df for value, df in parts), least)


def crossed_incomplete(first: ArrayLike, second: ArrayLike | None = None, *, level: float = 0.95) -> TTest:
    """The tests of `crossed_t` and `crossed_welch` where answers are missing.

    The difference stays that of the means of units, each over the items that it answered. Its variance follows from the
    variances of units (within conditions), items, items × conditions and the residual, which are estimated by
    restricted maximum likelihood, assumed the same in both conditions: ``Σ_k σ²_k Σ (sum of weights in a level)²``,
    with Satterthwaite's degrees of freedom. The interval is the widest of that one, of the t interval over means of
    units (one-sample or Welch's), and of the one over means of items.

    Parameters: as there, NaN for a missing answer. Units without any answer are left out.

    Raises `DataError` as they do, and where the design cannot tell items from what is left.

    Source: Baayen, R. H., Davidson, D. J., & Bates, D. M. (2008). Journal of Memory and Language 59, 390–412;
    Satterthwaite (1946), as in `crossed_t`. The variances equal those of R's ``lme4::lmer(y ~ condition + (1|unit) +
    (1|item) + (1|item:condition))``.

    >>> nan = math.nan
    >>> answers = [[2, 3, 1, 4], [4, nan, 2, 6], [1, 3, 2, 3], [5, 5, 3, 6], [3, 4, 1, 5]]
    >>> found = crossed_incomplete(answers)
    >>> round(found.difference, 2), round(found.low, 2), round(found.high, 2), round(found.df, 1)
    (3.35, 1.34, 5.36, 3.0)
    """
    samples = [table(first, "the first sample")]
    if second is not None:
        samples.append(table(second, "the second sample"))
        _alike(*samples)
    samples = [one[~np.isnan(one).all(axis=1)] for one in samples]
    means = [np.nanmean(one, axis=1) for one in samples]
    over_units = welch_t(*means, level=level) if second is not None else one_sample_t(means[0], level=level)
    rows = _Rows(samples)
    fit = reml(rows.values, rows.conditions, rows.groupings)
    parts = fit.variance * rows.weights
    total = float(parts.sum())
    # the parameters are the ratios of the variances to the residual, and the residual, which scales all
    slope = np.append(parts[:-1][fit.variance[:-1] > 0], total)
    df = 2 * total**2 / float(slope @ fit.uncertainty @ slope)
    over_items = _over_items(samples)
    widest = max((total, df), over_items, (over_units.se**2, over_units.df), key=lambda one: _half(one, level))
    n = (*(len(one) for one in samples), samples[0].shape[1])
    return _of_variance(INCOMPLETE, over_units.difference, widest, n, level)


def _over_items(samples: Sequence[FloatArray]) -> Part:
    """The variance of the mean over items, of their means over units or of the differences of these."""
    answered = np.all([~np.isnan(one).all(axis=0) for one in samples], axis=0)
    means = [np.nanmean(one[:, answered], axis=0) for one in samples]
    apart = means[0] - means[1] if len(means) > 1 else means[0]
    if apart.size < 2:
        return 0.0, 1.0
    return float(apart.var(ddof=1)) / apart.size, float(apart.size - 1)


class _Rows:
    """The answers that there are, one after another, with what each belongs to."""

    def __init__(self, samples: Sequence[FloatArray]) -> None:
        there = [np.argwhere(~np.isnan(one)) for one in samples]
        arm = np.repeat(np.arange(len(samples)), [len(one) for one in there])
        starts = np.cumsum([0, *(len(one) for one in samples)])
        unit = np.concatenate([one[:, 0] + start for one, start in zip(there, starts, strict=False)])
        item = np.unique(np.concatenate([one[:, 1] for one in there]), return_inverse=True)[1].astype(np.intp)
        self.values = np.concatenate([one[~np.isnan(one)] for one in samples])
        self.conditions = np.equal.outer(arm, np.arange(len(samples))).astype(np.float64)
        codes = [("unit", unit), ("item", item)]
        if len(samples) > 1:
            codes.append(("item × condition", item * 2 + arm))
        self.groupings: list[Grouping] = []
        answered = np.bincount(unit)
        sizes = np.array([len(one) for one in samples])
        weight = np.where(arm == 0, 1.0, -1.0) / answered[unit] / sizes[arm]
        weights = []
        for name, code in codes:
            levels, code = np.unique(code, return_inverse=True)
            if 1 < levels.size < code.size and not any(_same(code, other.code) for other in self.groupings):
                self.groupings.append(Grouping(name, code.astype(np.intp), levels.size))
                weights.append(float(np.sum(np.bincount(code, weights=weight) ** 2)))
        self.weights = np.array([*weights, float(np.sum(weight**2))])


def _same(one: IntArray, other: IntArray) -> bool:
    """Whether two groupings put the same rows together."""
    joint = np.unique(np.stack([one, other]), axis=1).shape[1]
    return bool(joint == np.unique(one).size == np.unique(other).size)
