"""Where an estimate lies beside a margin: one-sided p values from the interval that is reported."""

from __future__ import annotations

import math
from typing import NamedTuple

from scipy import stats as distributions

from affectlab.stats.ttest import t_critical


class Sides(NamedTuple):
    """One-sided p values: that the true value is above the margin, and that it is below."""

    above: float
    below: float


def sides(value: float, low: float, high: float, df: float, margin: float, *, level: float = 0.95) -> Sides:
    """One-sided p at a margin, from an interval ``value ± t(df) · se``.

    The standard error is taken back from the interval, so that ``above`` is below ``(1 - level) / 2`` exactly where the
    whole interval lies above the margin, and ``below`` where it lies below.

    Parameters: an estimate with its interval and degrees of freedom (infinite for a normal one), and the margin, all in
    one unit. An interval of no width decides by the value alone.

    >>> [round(p, 3) for p in sides(1.0, 0.0, 2.0, 10.0, 0.0)]
    [0.025, 0.975]
    """
    half = (high - low) / 2.0
    if not half > 0.0:
        return Sides(0.0, 1.0) if value > margin else Sides(1.0, 0.0) if value < margin else Sides(0.5, 0.5)
    if math.isinf(df):
        z = (value - margin) / half * float(distributions.norm.ppf((1.0 + level) / 2.0))
        return Sides(float(distributions.norm.sf(z)), float(distributions.norm.cdf(z)))
    t = (value - margin) / half * t_critical(df, level)
    return Sides(float(distributions.t.sf(t, df)), float(distributions.t.cdf(t, df)))


def fisher(r: float) -> float:
    """A correlation as Fisher's z, in which its interval is symmetric; kept finite at -1 and 1."""
    return math.atanh(min(max(r, -_NEARLY), _NEARLY))


_NEARLY = 1.0 - 1e-12
