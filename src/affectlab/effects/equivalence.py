"""Whether the difference of a contrast is smaller than the smallest one that would matter."""

from __future__ import annotations

import math

from affectlab.effects.estimate import Estimate
from affectlab.stats.equivalence import Equivalence, tost_of
from affectlab.stats.ttest import TTest


def equivalence(found: Estimate, smallest: float) -> Equivalence | None:
    """Two one-sided tests of an estimate against a smallest effect in raw units; None where it has no interval."""
    if math.isnan(found.low):
        return None
    n = (*found.n.values(), *found.n_second.values())
    numbers = (found.difference / found.se, found.df, found.p, found.difference, found.se, found.low, found.high)
    return tost_of(TTest(found.method, *numbers, found.level, n), lower=-smallest, upper=smallest)
