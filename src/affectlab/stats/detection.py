"""Signal detection: how well two kinds of trial are told apart, and how willing the answer is to say yes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from scipy import special

from affectlab.errors import DataError


@dataclass(frozen=True, slots=True)
class Detection:
    """Indices of one participant and condition, without interval: take that over units with `cluster_mean`."""

    d_prime: float
    """Sensitivity: distance of the two distributions in standard deviations."""
    criterion: float
    """c: below zero, yes is said too readily."""
    log_beta: float
    """Natural logarithm of the likelihood ratio at the criterion, d′ · c."""
    a_prime: float
    """A′, a sensitivity between 0 and 1 (chance 0.5), from the uncorrected rates."""
    hit_rate: float
    """As it entered d′, after correction."""
    false_alarm_rate: float
    """As it entered d′, after correction."""


def detection(
    hits: float,
    misses: float,
    false_alarms: float,
    correct_rejections: float,
    *,
    correction: Literal["log-linear", "none"] = "log-linear",
) -> Detection:
    """d′, criterion, ln β and A′ from the four counts.

    ``d′ = z(H) − z(F)``, ``c = −(z(H) + z(F))/2``, ``ln β = (z(F)² − z(H)²)/2``; log-linear correction ``H =
    (hits + ½)/(signals + 1)``, ``F`` likewise. ``A′ = ½ + sign(H−F) ((H−F)² + |H−F|) / (4 max(H,F) − 4HF)``.

    Parameters: counts, or sums of probabilities that were read (they need not be whole). d′ and c are in
    standard deviations of the assumed normal distributions, which have equal variance; A′ assumes none.

    Raises `DataError` for negative or NaN counts, no trials of a kind, or, without correction, a rate of 0 or
    1.

    Source: Stanislaw, H., & Todorov, N. (1999). Behavior Research Methods, Instruments, & Computers 31,
    137–149, pp. 142–143; correction: Hautus, M. J. (1995). Behavior Research Methods, Instruments, &
    Computers 27, 46–51.

    >>> result = detection(20, 5, 6, 19)
    >>> [round(x, 3) for x in (result.d_prime, result.criterion, result.log_beta, result.a_prime)]
    [1.476, -0.063, -0.093, 0.859]
    """
    counts = (hits, misses, false_alarms, correct_rejections)
    if not all(math.isfinite(x) and x >= 0 for x in counts):
        msg = f"counts {counts} are not all finite and at least 0"
        raise DataError(msg, hint="give hits, misses, false alarms and correct rejections")
    signals, noises = hits + misses, false_alarms + correct_rejections
    if signals == 0 or noises == 0:
        msg = f"no {'signal' if signals == 0 else 'noise'} trials"
        raise DataError(msg, hint="both kinds of trial are needed to tell them apart")
    half, one = (0.5, 1.0) if correction == "log-linear" else (0.0, 0.0)
    hit_rate, alarm_rate = (hits + half) / (signals + one), (false_alarms + half) / (noises + one)
    if not (0 < hit_rate < 1 and 0 < alarm_rate < 1):
        msg = f"d′ is infinite at a hit rate of {hit_rate:g} and a false-alarm rate of {alarm_rate:g}"
        raise DataError(msg, hint="use the log-linear correction")
    z_hit, z_alarm = float(special.ndtri(hit_rate)), float(special.ndtri(alarm_rate))
    return Detection(
        d_prime=z_hit - z_alarm,
        criterion=-(z_hit + z_alarm) / 2,
        log_beta=(z_alarm**2 - z_hit**2) / 2,
        a_prime=_a_prime(hits / signals, false_alarms / noises),
        hit_rate=hit_rate,
        false_alarm_rate=alarm_rate,
    )


def _a_prime(hit_rate: float, alarm_rate: float) -> float:
    gap = hit_rate - alarm_rate
    if gap == 0:
        return 0.5
    area = (gap**2 + abs(gap)) / (4 * max(hit_rate, alarm_rate) - 4 * hit_rate * alarm_rate)
    return 0.5 + math.copysign(area, gap)
