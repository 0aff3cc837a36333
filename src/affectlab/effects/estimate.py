"""The one place where a contrast becomes a number with its interval."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from affectlab.effects.contrast import Contrast
from affectlab.effects.population import ITEM, Population, population
from affectlab.effects.scores import ItemTables
from affectlab.errors import DataError
from affectlab.stats.crossed import INCOMPLETE, crossed_incomplete, crossed_t, crossed_welch
from affectlab.stats.effects import EffectSize, d_limits, d_z, hedges_g
from affectlab.stats.moments import Moments
from affectlab.stats.ttest import TTest, one_sample_t, paired_t, student_t, t_critical, t_two_sided, welch_t

Values = np.ndarray[Any, np.dtype[np.floating[Any]]]
Sample = Values | Moments
"""One value for each unit, or what a published table says of them."""
LEVEL = 0.95
ROUNDING = 1e-9
"""Share of an interval by which it is no wider than another."""


@dataclass(frozen=True)
class Interval:
    """An interval of a difference, and the t test that it is of."""

    low: float
    high: float
    se: float
    df: float
    p: float
    """Two-sided, against zero."""
    method: str
    """``one-sample``, ``paired`` or ``Welch``, over units; ``crossed`` and ``crossed Welch`` over units and items;
    ``crossed, mixed model`` where answers are missing."""

    @classmethod
    def none(cls, method: str) -> Interval:
        """That of a test that could not be made."""
        return cls(*(math.nan,) * 5, method)

    @classmethod
    def of(cls, test: TTest) -> Interval:
        """That of a test."""
        return cls(test.low, test.high, test.se, test.df, test.p, test.test)

    def widened(self, difference: float, test: TTest) -> Interval:
        """That of a test about a difference, or this one where it is not narrower but for rounding.

        The test's own difference is apart from it by rounding, or by missing answers.
        """
        half = (test.high - test.low) / 2.0
        if half <= (self.high - self.low) / 2.0 * (1.0 + ROUNDING):
            return replace(self, method=test.test)
        p = t_two_sided(difference / test.se, test.df)
        return Interval(difference - half, difference + half, test.se, test.df, p, test.test)


@dataclass(frozen=True)
class Estimate:
    """What was found for a contrast. There is one for each contrast, wherever it stands."""

    contrast: Contrast
    difference: float
    """In the unit of the outcome; also where there is no interval."""
    low: float
    high: float
    level: float
    se: float
    df: float
    p: float
    """Two-sided, against zero."""
    n: Mapping[str, int]
    """Levels of each random factor under the first condition; the items that were answered under both."""
    n_second: Mapping[str, int]
    """The same under the second condition; that of the first where units are the same, empty where there is none."""
    method: str
    """The test that the interval is of, as ``Interval`` has it; of people's tables also ``Student``, ``mixed``,
    ``score`` (two proportions) and ``McNemar``."""
    gap: str = ""
    """Why there is no interval, where there is none."""
    further: Mapping[str, float] = field(default_factory=dict)
    """``d``, ``g``, ``d_low``, ``d_high``: standardised, from the same data; absent where they allow none."""
    note: str = ""
    """Why something that usually stands beside it does not."""
    population: Population = field(default_factory=Population)
    """For whom the interval speaks: over which factors other levels could have been drawn."""
    these_items: Interval | None = None
    """The interval for the very items that were asked, which is the same where the population is theirs; None where a
    contrast is not of a run."""

    @property
    def units(self) -> int:
        """Sampled units under the first condition."""
        return self.n[self.contrast.unit]

    @property
    def carried_by(self) -> int:
        """Sampled units that it rests on, under either condition."""
        if "units" in self.further:
            return int(self.further["units"])
        return self.units + (0 if self.contrast.paired else self.n_second.get(self.contrast.unit, 0))

    @property
    def t(self) -> float:
        """The statistic of a t test; NaN where the method is another."""
        return self.difference / self.se

    @property
    def excludes_zero(self) -> bool:
        """Whether the interval lies on one side of zero."""
        return self.low > 0.0 or self.high < 0.0

    def within(self, low: float, high: float) -> bool:
        """Whether the 90 % interval lies between two values: equivalence, by two one-sided tests at 5 %."""
        half = t_critical(self.df, 1.0 - 2.0 * (1.0 - self.level)) * self.se
        return low < self.difference - half and self.difference + half < high


def estimate(
    contrast: Contrast,
    first: Sample,
    second: Sample | None = None,
    scores: ItemTables | None = None,
    *,
    level: float = LEVEL,
    equal_variances: bool = False,
) -> Estimate:
    """Estimate a contrast: the difference of means over units, with an interval over everything that was sampled.

    Where the contrast has items as a sample, and there are several, the interval is over units and items
    (``stats.crossed``), and beside it stands the one for these items: a one-sample, paired or Welch's t over units.

    Args:
        contrast: what is asked.
        first: one value for each unit under the first condition, without gaps: replicates, items and what else is
            beneath averaged. Of independent units their moments are enough.
        second: the same under the second condition; in the same order where units are paired.
        scores: the same with the items apart, the units in the same order; None where they are not known.
        level: of the interval.
        equal_variances: Student's test of independent units, as published ones often are, in the place of Welch's.

    Where the data allow no interval there is the difference of means, and ``gap`` says why.
    """
    test, samples = _test(first, second, paired=contrast.paired, equal_variances=equal_variances)
    of = population(contrast, 0 if scores is None else scores.items)
    n = {contrast.unit: len(first), **({ITEM: of.items} if of.items > 1 else {})}
    n_second = {} if second is None else {contrast.unit: len(second)}

    def told(difference: float, found: Interval, these: Interval, gap: str = "") -> Estimate:
        further = {} if gap else _standardised(samples, contrast.paired, difference, found, level)
        numbers = (difference, found.low, found.high, level, found.se, found.df, found.p)
        return Estimate(contrast, *numbers, n, n_second, found.method, gap, further, "", of, these)

    try:
        over_units = test(*samples, level=level)
    except DataError as error:
        means = [mean_of(sample) for sample in samples]
        none = Interval.none(_NAMES[test])
        return told(means[0] - sum(means[1:]), none, none, error.message)
    difference, these = over_units.difference, Interval.of(over_units)
    if scores is None or of == of.these_items:
        return told(difference, these, these)
    try:
        return told(difference, these.widened(difference, _crossed(scores, level)), these)
    except DataError as error:
        return told(difference, Interval.none(INCOMPLETE), these, error.message)


def of_test(
    contrast: Contrast, test: TTest, n: Mapping[str, int], n_second: Mapping[str, int], further: Mapping[str, float]
) -> Estimate:
    """The estimate of a contrast that a test was made of, over all its random factors."""
    numbers = (test.difference, test.low, test.high, test.level, test.se, test.df, test.p)
    of = Population(tuple(one.name for one in contrast.random))
    return Estimate(contrast, *numbers, n, n_second, test.test, further=further, population=of)


def _crossed(scores: ItemTables, level: float) -> TTest:
    """The test over units and items, by the closed form where every unit answered every item."""
    if not scores.complete:
        return crossed_incomplete(scores.first, scores.second, level=level)
    if scores.second is None:
        return crossed_t(scores.first, level=level)
    return crossed_welch(scores.first, scores.second, level=level)


def p_of(first: Values, second: Values | None = None, *, paired: bool = False) -> float:
    """The p, for these items, of the test that ``estimate`` makes of a contrast of such a design.

    Raises:
        DataError: the scores allow no test.
    """
    test, samples = _test(first, second, paired=paired)
    return test(*samples).p


def mean_of(sample: Sample) -> float:
    """The mean of a sample; NaN of an empty one."""
    if isinstance(sample, Moments):
        return sample.mean
    return float(sample.mean()) if len(sample) else math.nan


def _test(
    first: Sample, second: Sample | None, *, paired: bool, equal_variances: bool = False
) -> tuple[Callable[..., TTest], tuple[Sample, ...]]:
    """The test that the design of a contrast asks for."""
    if second is None:
        return one_sample_t, (first,)
    return (paired_t if paired else student_t if equal_variances else welch_t), (first, second)


_NAMES: Mapping[Callable[..., TTest], str] = {
    one_sample_t: "one-sample",
    paired_t: "paired",
    welch_t: "Welch",
    student_t: "Student",
}


def _standardised(
    samples: tuple[Sample, ...], paired: bool, difference: float, found: Interval, level: float
) -> dict[str, float]:
    """Hedges' g between units, d_z within them, with the interval of the test of the difference: both exclude zero, or
    neither does."""
    size: Callable[..., EffectSize] = d_z if paired or len(samples) == 1 else hedges_g
    try:
        effect = size(*samples, level=level)
    except DataError:
        return {}
    low, high = d_limits(difference / found.se, found.df, found.se / effect.sd, level)
    return {"d": effect.d, "g": effect.g, "d_low": low, "d_high": high}


@dataclass(frozen=True)
class Mean:
    """The mean of several contrasts, with its estimate."""

    contrast: Contrast
    estimate: Estimate


def mean_of_states(contrast: Contrast, samples: Sequence[Values], neutral: Values | None = None) -> Estimate:
    """The mean of the states' means, less that of neutral texts, against zero.

    The states are those of the study and no sample of states, so only the texts within each contribute to the error:
    ``se² = Σ s²ᵢ / nᵢ / k² + s₀² / n₀`` with the degrees of freedom of Satterthwaite (1946, Biometrics Bulletin 2,
    110–114).

    Args:
        contrast: what is asked.
        samples: one value per text, for each of the k states.
        neutral: one value per neutral text, the mean of the k scales: the texts are the same for every state.

    >>> from affectlab.effects.contrast import ContrastOutcome
    >>> asked = Contrast("induction", ContrastOutcome("words", "all", "nats"), {"state": "all"}, None, {}, None, False)
    >>> found = mean_of_states(asked, [np.array([1.0, 2.0, 3.0]), np.array([3.0, 4.0, 5.0])])
    >>> round(found.difference, 2), round(found.low, 2), round(found.high, 2), found.units, round(found.p, 4)
    (3.0, 1.87, 4.13, 6, 0.0018)
    """
    parts = [(sample, 1.0 / len(samples)) for sample in samples] + ([] if neutral is None else [(neutral, -1.0)])
    difference = float(np.mean([sample.mean() for sample in samples])) - (0.0 if neutral is None else neutral.mean())
    n = {contrast.unit: sum(len(sample) for sample in samples)}
    n_second = {} if neutral is None else {contrast.unit: len(neutral)}

    def found(low: float, high: float, se: float, df: float, p: float, gap: str) -> Estimate:
        one = Interval(low, high, se, df, p, "mean of states")
        of = Population((contrast.unit,))
        numbers = (difference, low, high, LEVEL, se, df, p)
        return Estimate(contrast, *numbers, n, n_second, one.method, gap, population=of, these_items=one)

    if min(len(sample) for sample, _ in parts) < 2:
        return found(*(math.nan,) * 5, gap="a state has fewer than two texts")
    variances = np.array([weight**2 * sample.var(ddof=1) / len(sample) for sample, weight in parts])
    total = float(variances.sum())
    if total == 0.0:
        return found(*(math.nan,) * 5, gap="the texts of no state differ")
    df = total**2 / float(np.sum(variances**2 / np.array([len(sample) - 1 for sample, _ in parts])))
    se = math.sqrt(total)
    half = t_critical(df, LEVEL) * se
    return found(difference - half, difference + half, se, df, t_two_sided(difference / se, df), gap="")
