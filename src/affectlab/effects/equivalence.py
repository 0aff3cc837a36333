"""Whether the difference of a contrast is smaller than the smallest one that would matter."""

from __future__ import annotations

import math
from dataclasses import replace

from affectlab.effects.estimate import Estimate
from affectlab.stats.equivalence import Equivalence, decided, tost_of
from affectlab.stats.ttest import TTest


def equivalence(found: Estimate, smallest: float) -> Equivalence | None:
    """Two one-sided tests of an estimate against a smallest effect in raw units; None where it has no interval."""
    if math.isnan(found.low):
        return None
    n = (*found.n.values(), *found.n_second.values())
    numbers = (found.t, found.df, found.p, found.difference, found.se, found.low, found.high)
    test = TTest(found.method, *numbers, found.level, n)
    return tost_of(test, lower=-smallest, upper=smallest, alpha=1 - found.level)


def equivalent(found: Estimate, smallest: float | None) -> Estimate:
    """An estimate with its equivalence beside it, where a smallest effect is declared."""
    made = None if smallest is None else equivalence(found, smallest)
    if made is None or smallest is None:
        return found
    beside = {"smallest": smallest, "equivalence_p": made.p, "equivalence_low": made.low, "equivalence_high": made.high}
    return replace(found, further={**found.further, **beside})


def of_interval(found: Estimate, low: float, high: float, smallest: float) -> Estimate:
    """The same of proportions, by the interval at twice α; it has no p of its own."""
    beside = {"smallest": smallest, "equivalence_low": low, "equivalence_high": high}
    return replace(found, further={**found.further, **beside})


def decision(found: Estimate) -> str:
    """What the equivalence beside an estimate says; empty where none is."""
    of, alpha = found.further, 1 - found.level
    if "smallest" not in of:
        return ""
    if "equivalence_p" in of:
        within = of["equivalence_p"] < alpha
    else:
        within = -of["smallest"] < of["equivalence_low"] and of["equivalence_high"] < of["smallest"]
    return decided(within=within, different=found.p < alpha)
