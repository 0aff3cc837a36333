"""The one place where a contrast becomes a number with its interval."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from affectlab.design.testable import FEWEST_RANDOM
from affectlab.effects.contrast import Contrast
from affectlab.effects.population import ITEM, NOUNS, SINGULAR, Population, population
from affectlab.effects.scores import ItemTables
from affectlab.errors import DataError
from affectlab.stats.crossed import INCOMPLETE, crossed_incomplete, crossed_t, crossed_welch, with_shared
from affectlab.stats.effects import EffectSize, correction, d_limits, d_z, hedges_g
from affectlab.stats.estimate import FEWEST
from affectlab.stats.moments import Moments
from affectlab.stats.ttest import TTest, one_sample_t, paired_t, student_t, t_critical, t_two_sided, welch_t, with_df

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


class Standardiser(NamedTuple):
    """A standard deviation by which a difference is divided, where it is not that of the units themselves."""

    sd: float
    df: float
    """The degrees of freedom that it was estimated with."""


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
    shared: Values | None = None,
    spread: Standardiser | None = None,
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
        shared: of a contrast over states, what all of them have as their second condition: a row for each of its
            units, a column for each state (``stats.crossed.with_shared``).
        spread: by what the standardised difference is divided, where it is not the spread of the units.

    Where the data allow no interval there is the difference of means, and ``gap`` says why.
    """
    test, samples = _test(first, second, paired=contrast.paired, equal_variances=equal_variances)
    of = population(contrast, 0 if scores is None else scores.items)
    n = {contrast.unit: len(first), **({ITEM: of.items} if of.items > 1 else {})}
    n_second = {} if second is None else {contrast.unit: len(second)}

    def told(difference: float, found: Interval, these: Interval, gap: str = "") -> Estimate:
        further = {} if gap else _standardised(samples, contrast.paired, difference, found, level, spread)
        numbers = (difference, found.low, found.high, level, found.se, found.df, found.p)
        return Estimate(contrast, *numbers, n, n_second, found.method, gap, further, "", of, these)

    scarce = _scarce_units(contrast, samples)
    if scarce:
        means = [mean_of(sample) for sample in samples]
        none = Interval.none(_NAMES[test])
        return told(means[0] - sum(means[1:]), none, none, scarce)
    try:
        over_units = _beside(_cautious(contrast, test(*samples, level=level)), shared)
    except DataError as error:
        means = [mean_of(sample) for sample in samples]
        none = Interval.none(_NAMES[test])
        return told(means[0] - sum(means[1:]), none, none, error.message)
    difference, these = over_units.difference, Interval.of(over_units)
    if scores is None or not of.crossed:
        return told(difference, these, these)
    try:
        return told(difference, these.widened(difference, _beside(_crossed(scores, level), shared)), these)
    except DataError as error:
        return told(difference, Interval.none(INCOMPLETE), these, error.message)


def _scarce_units(contrast: Contrast, samples: Sequence[Sample]) -> str:
    """Why so few units give no interval; empty where they are enough for one."""
    units = min(len(one) for one in samples)
    if contrast.unit in _GENERAL and units < FEWEST_RANDOM:
        nouns = NOUNS[contrast.unit]
        return f"{units} {nouns} are no sample of {nouns} in general; {FEWEST_RANDOM} are needed"
    if contrast.unit in NOUNS:
        return few_units(units, NOUNS[contrast.unit])
    names = ("the first sample", "the second sample") if len(samples) > 1 else ("the sample",)
    few = next((name for name, one in zip(names, samples, strict=True) if len(one) == units), "")
    return few_units(units, "units", few)


def _cautious(contrast: Contrast, test: TTest) -> TTest:
    """A run's test of three units against more, as where texts were lost, with the degrees of freedom of the three.

    Welch's are too many there: its 95 % interval holds the difference in as few as 93 %.
    """
    few = len(test.n) > 1 and not contrast.paired and min(test.n) == FEWEST < max(test.n)
    return with_df(test, FEWEST - 1.0) if few and contrast.unit in NOUNS else test


def few_units(units: int, nouns: str = "units", of: str = "", *, least: int = FEWEST) -> str:
    """Why so few units give no interval and no p; empty where they are enough. A correlation needs four.

    >>> few_units(2, "texts"), few_units(1, of="`sad`"), few_units(3)
    ('two texts give no interval; three are needed', '`sad` has 1 unit; at least 3 are needed', '')
    >>> few_units(3, "texts", least=4)
    'three texts give no interval; four are needed'
    """
    if units >= least:
        return ""
    named = SINGULAR.get(nouns, nouns) if units == 1 else nouns
    if of:
        return f"{of} has {units} {named}; at least {least} are needed"
    return f"{_COUNTS[units]} {named} {'gives' if units == 1 else 'give'} no interval; {_COUNTS[least]} are needed"


def few_in(units: Mapping[str, int]) -> str:
    """Why a comparison of conditions gives no interval, naming the smallest; empty where all have units enough.

    >>> few_in({"sad": 4, "calm": 2}), few_in({"sad": 3, "calm": 4})
    ('`calm` has 2 units; at least 3 are needed', '')
    """
    least, name = min((count, name) for name, count in units.items())
    return few_units(least, of=f"`{name}`")


_COUNTS = ("no", "one", "two", "three", "four")
_GENERAL = ("state", "model")
"""Factors of which a study usually has all that its question is about: a few of them are no sample."""


def of_test(
    contrast: Contrast, test: TTest, n: Mapping[str, int], n_second: Mapping[str, int], further: Mapping[str, float]
) -> Estimate:
    """The estimate of a contrast that a test was made of, over all its random factors."""
    numbers = (test.difference, test.low, test.high, test.level, test.se, test.df, test.p)
    of = Population(tuple(one.name for one in contrast.random))
    return Estimate(contrast, *numbers, n, n_second, test.test, further=further, population=of)


def _beside(test: TTest, shared: Values | None) -> TTest:
    """A test with what its differences share, where they share anything."""
    return test if shared is None else with_shared(test, shared)


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
    samples: tuple[Sample, ...],
    paired: bool,
    difference: float,
    found: Interval,
    level: float,
    spread: Standardiser | None,
) -> dict[str, float]:
    """Hedges' g between units, d_z within them, with the interval of the test of the difference: both exclude zero, or
    neither does."""
    if spread is None:
        size: Callable[..., EffectSize] = d_z if paired or len(samples) == 1 else hedges_g
        try:
            effect = size(*samples, level=level)
        except DataError:
            return {}
        d, g, sd = effect.d, effect.g, effect.sd
    elif spread.sd > 0.0 and spread.df > 1.0:
        d, sd = difference / spread.sd, spread.sd
        g = d * correction(spread.df)
    else:
        return {}
    low, high = d_limits(difference / found.se, found.df, found.se / sd, level)
    return {"d": d, "g": g, "d_low": low, "d_high": high}
