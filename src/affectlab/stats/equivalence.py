"""Equivalence: whether a difference is smaller than the smallest one that would matter, in scale points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from numpy.typing import ArrayLike
from scipy import special

from affectlab.errors import DataError
from affectlab.stats._sample import probability
from affectlab.stats.ttest import TTest, one_sample_t, paired_t, welch_t

Decision = Literal["equivalent", "different", "different but negligible", "undetermined"]


@dataclass(frozen=True, slots=True)
class Equivalence:
    """Two one-sided tests against raw bounds, beside the usual test against zero."""

    decision: Decision
    """Equivalent: surely within the bounds, no difference shown. Different: a difference shown, not surely within.
    Different but negligible: both. Undetermined: neither; more units are needed."""
    lower_bound: float
    upper_bound: float
    p: float
    """Of equivalence: the larger of the two one-sided p values."""
    p_lower: float
    """One-sided, against a difference at or below the lower bound."""
    p_upper: float
    """One-sided, against a difference at or above the upper bound."""
    low: float
    """Lower limit of the 1 − 2α interval (90 % for α = .05); equivalence is this interval within the bounds."""
    high: float
    alpha: float
    difference: TTest
    """The two-sided test against zero, with its 1 − α interval."""


def tost(first: ArrayLike, second: ArrayLike, *, lower: float, upper: float, alpha: float = 0.05) -> Equivalence:
    """Whether two independent means are equivalent, by two one-sided Welch tests.

    ``t_L = (D − lower)/se``, ``t_U = (D − upper)/se``; equivalence is claimed if both one-sided p are below
    α.

    Parameters: `first`, `second`, one score per independent unit, shapes (n₁,) and (n₂,); `lower` < 0 <
    `upper`, the smallest differences of interest in the units of the scores, declared before the data are
    seen.

    Assumptions and errors as in `welch_t`; also raises `DataError` for bounds that do not enclose zero.

    Source: Schuirmann, D. J. (1987). Journal of Pharmacokinetics and Biopharmaceutics 15, 657–680; decisions
    of Lakens, D., Scheel, A. M., & Isager, P. M. (2018). Advances in Methods and Practices in Psychological
    Science 1, 259–269. Equals two calls of R's ``t.test(x, y, mu = bound, alternative = ...)``.

    >>> result = tost([50, 52, 49, 51, 53], [50, 51, 50, 52, 51], lower=-5, upper=5)
    >>> result.decision, round(result.p, 4)
    ('equivalent', 0.0005)
    """
    test = welch_t(first, second, level=1 - probability(alpha, "alpha"))
    return tost_of(test, lower=lower, upper=upper, alpha=alpha)


def tost_paired(first: ArrayLike, second: ArrayLike, *, lower: float, upper: float, alpha: float = 0.05) -> Equivalence:
    """Whether the mean change of units measured twice is equivalent to none, by two one-sided paired tests.

    Formula, bounds and source as in `tost`; samples, assumptions and errors as in `paired_t`.

    >>> tost_paired([50, 62, 41, 55], [44, 49, 35, 47], lower=-5, upper=5).decision
    'different'
    """
    test = paired_t(first, second, level=1 - probability(alpha, "alpha"))
    return tost_of(test, lower=lower, upper=upper, alpha=alpha)


def tost_one_sample(
    values: ArrayLike, reference: float = 0.0, *, lower: float, upper: float, alpha: float = 0.05
) -> Equivalence:
    """Whether a mean is equivalent to a reference value; bounds are on the difference from the reference.

    Formula, bounds and source as in `tost`; sample, assumptions and errors as in `one_sample_t`.

    >>> tost_one_sample([50.2, 50.4, 50.3, 50.5], 50, lower=-5, upper=5).decision
    'different but negligible'
    """
    test = one_sample_t(values, reference, level=1 - probability(alpha, "alpha"))
    return tost_of(test, lower=lower, upper=upper, alpha=alpha)


def tost_of(test: TTest, *, lower: float, upper: float, alpha: float = 0.05) -> Equivalence:
    """Whether the difference behind any t test (Student's, paired, of a mixed model) is equivalent to none.

    Formula, bounds, errors and source as in `tost`; `test` must be at the level 1 − α.

    >>> from affectlab.stats.ttest import student_t
    >>> tost_of(student_t([50, 52, 49, 51, 53], [50, 51, 50, 52, 51]), lower=-5, upper=5).decision
    'equivalent'
    """
    if not lower < 0 < upper:
        msg = f"equivalence bounds {lower:g} and {upper:g} do not enclose zero"
        raise DataError(msg, hint="give the smallest differences of interest as raw points, such as −5 and 5")
    if not alpha < 0.5:
        msg = f"alpha is {alpha:g}; it must be below 0.5"
        raise DataError(msg, hint="0.05 gives the usual 90 % interval")
    p_lower = float(special.stdtr(test.df, -(test.difference - lower) / test.se))
    p_upper = float(special.stdtr(test.df, (test.difference - upper) / test.se))
    half = float(special.stdtrit(test.df, 1 - alpha)) * test.se
    return Equivalence(
        decision=decided(within=max(p_lower, p_upper) < alpha, different=test.p < alpha),
        lower_bound=lower,
        upper_bound=upper,
        p=max(p_lower, p_upper),
        p_lower=p_lower,
        p_upper=p_upper,
        low=test.difference - half,
        high=test.difference + half,
        alpha=alpha,
        difference=test,
    )


def decided(*, within: bool, different: bool) -> Decision:
    """The decision, from whether a difference is surely within the bounds, and whether one is shown."""
    if within:
        return "different but negligible" if different else "equivalent"
    return "different" if different else "undetermined"
