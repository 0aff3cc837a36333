"""Outcomes that are an order of steps: proportional odds, which use the order of the steps and not their distance."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from affectlab.errors import DataError
from affectlab.stats._sample import FloatArray, probability
from affectlab.stats.anova import Omnibus

MOST_STEPS = 20
"""More steps than this are no order of answers that anybody models so."""
_ROUNDS, _CLOSE, _FAR = 200, 1e-9, 20.0
"""Newton's steps at most; a gradient that is none; log-odds beyond which they are infinite."""


@dataclass(frozen=True, slots=True)
class LogRatio:
    """The logarithm of a ratio of odds or of means, tested by Wald's z."""

    value: float
    se: float
    low: float
    high: float
    z: float
    p: float

    @classmethod
    def of(cls, value: float, variance: float, level: float) -> LogRatio:
        """That of an estimate on the scale of logarithms."""
        se = math.sqrt(variance)
        half = float(special.ndtri((1 + level) / 2)) * se
        return cls(value, se, value - half, value + half, value / se, 2 * float(special.ndtr(-abs(value / se))))


@dataclass(frozen=True, slots=True)
class ProportionalOdds:
    """A fitted model: where steps part, and how far each condition is shifted along them."""

    conditions: tuple[str, ...]
    steps: tuple[float, ...]
    counts: FloatArray
    """Units of each condition (rows) on each step."""
    thresholds: FloatArray
    shifts: FloatArray
    """Log-odds of a higher step, of each condition against the first."""
    covariance: FloatArray
    """Of thresholds and then the shifts from the second condition on."""
    log_likelihood: float
    null: float
    """The log-likelihood of conditions that do not differ."""
    level: float

    def contrast(self, first: str, second: str) -> LogRatio:
        """The log of the odds of a higher step under one condition over those under another."""
        at = [self.conditions.index(name) for name in (first, second)]
        weights = np.zeros(len(self.covariance) + 1)
        base = len(self.thresholds)
        weights[base + at[0]] += 1
        weights[base + at[1]] -= 1
        weights = np.delete(weights, base)  # the first condition is shifted by nothing
        value = float(self.shifts[at[0]] - self.shifts[at[1]])
        return LogRatio.of(value, float(weights @ self.covariance @ weights), self.level)

    def omnibus(self) -> Omnibus:
        """Whether conditions differ at all: the likelihood ratio against a model without them."""
        return likelihood_ratio(
            "proportional odds",
            self.log_likelihood,
            self.null,
            len(self.conditions) - 1,
            tuple(map(int, self.counts.sum(axis=1))),
            self.level,
        )

    def proportionality(self) -> tuple[float, int, float]:
        """χ², df and p of the assumption that a condition shifts all thresholds alike, against a model without it.

        Without it every condition has shares of its own on every step. With two steps nothing is assumed: df is 0.
        """
        df = (len(self.steps) - 2) * (len(self.conditions) - 1)
        filled = self.counts > 0
        shares = self.counts / self.counts.sum(axis=1, keepdims=True)
        free = float(np.sum(self.counts[filled] * np.log(shares[filled])))
        chi2 = max(0.0, 2 * (free - self.log_likelihood))
        return chi2, df, float(stats.chi2.sf(chi2, df)) if df else math.nan


def likelihood_ratio(test: str, full: float, null: float, df: int, n: tuple[int, ...], level: float) -> Omnibus:
    """The test of two log-likelihoods, with McFadden's share of the deviance."""
    chi2 = max(0.0, 2 * (full - null))
    share = 1 - full / null if null else math.nan
    p = float(stats.chi2.sf(chi2, df))
    return Omnibus(
        f"{test}, likelihood ratio", chi2, float(df), math.nan, p, "McFadden's R²", share, math.nan, math.nan, level, n
    )


def proportional_odds(samples: Mapping[str, Sequence[float] | FloatArray], *, level: float = 0.95) -> ProportionalOdds:
    """Compare conditions on steps of which only the order is used.

    ``logit P(y ≤ step) = threshold of the step − shift of the condition``, by maximum likelihood; contrasts by Wald's z
    with the observed information. The exponential of a contrast is the ratio of the odds of a higher step, wherever the
    steps are cut.

    Parameters: `samples`, for each condition the step of each unit, any ascending numbers. Assumes independent units,
    and that a condition shifts all thresholds alike (`ProportionalOdds.proportionality` tests it).

    Raises `DataError` for one condition, one step or more than twenty, or a condition that the order of steps parts
    from the others without overlap: its odds are infinite then.

    Source: McCullagh, P. (1980). Journal of the Royal Statistical Society B 42, 109–142. Equals R's
    ``MASS::polr(factor(y) ~ condition)``.

    >>> model = proportional_odds({"calm": [1, 1, 2, 2, 3, 2], "sad": [2, 3, 3, 3, 2, 3]})
    >>> found = model.contrast("sad", "calm")
    >>> round(found.value, 3), round(found.p, 3)
    (2.581, 0.061)
    """
    probability(level, "level")
    names = tuple(samples)
    values = [np.asarray(samples[name], dtype=np.float64) for name in names]
    if len(names) < 2 or min(map(len, values)) < 1:
        raise DataError("proportional odds compare two conditions or more", hint="name the column of what was varied")
    steps = np.unique(np.concatenate(values))
    if not 2 <= steps.size <= MOST_STEPS:
        hint = f"an order of 2 to {MOST_STEPS} steps is modelled so; compare means of more"
        raise DataError(f"the outcome has {steps.size} steps", hint=hint)
    counts = np.array([[np.sum(one == step) for step in steps] for one in values], dtype=np.float64)
    whole = counts.sum(axis=0, keepdims=True)
    null = float(np.sum(whole * np.log(whole / whole.sum())))
    thresholds, shifts, covariance, likelihood = _fitted(counts)
    return ProportionalOdds(
        names, tuple(map(float, steps)), counts, thresholds, shifts, covariance, likelihood, null, level
    )


def _fitted(counts: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, float]:
    """Thresholds, shifts, their covariance, and the log-likelihood, by Newton's method with halved steps."""
    groups, k = counts.shape
    below = np.cumsum(counts.sum(axis=0))[:-1] / counts.sum()
    point = np.concatenate([np.log(below / (1 - below)), np.zeros(groups - 1)])
    value, gradient, hessian = _likelihood(point, counts)
    for _ in range(_ROUNDS):
        if float(np.abs(gradient).max()) < _CLOSE * counts.sum():
            break
        step = np.linalg.solve(hessian, gradient)
        size = 1.0
        while True:
            tried = point - size * step
            found = _likelihood(tried, counts) if np.all(np.diff(tried[: k - 1]) > 0) else None
            if found is not None and found[0] >= value - 1e-12:
                break
            size /= 2
            if size < 1e-12:
                raise _apart()
        point, (value, gradient, hessian) = tried, found
        if np.abs(point[k - 1 :]).max(initial=0.0) > _FAR:
            raise _apart()
    shifts = np.concatenate([[0.0], point[k - 1 :]])
    return point[: k - 1], shifts, np.asarray(np.linalg.inv(-hessian), dtype=np.float64), value


def _apart() -> DataError:
    msg = "conditions lie apart on the steps, without overlap: the odds are infinite"
    return DataError(msg, hint="tell how many units stand on each step")


def _likelihood(point: FloatArray, counts: FloatArray) -> tuple[float, FloatArray, FloatArray]:
    """The log-likelihood with its first and second derivatives."""
    value, gradient, hessian = 0.0, np.zeros(point.size), np.zeros((point.size, point.size))
    for n, upper, lower in _cells(point, counts):
        p = upper.share - lower.share
        if p <= 0:
            return -math.inf, gradient, hessian
        slope = upper.density * upper.of - lower.density * lower.of
        bend = upper.bend * np.outer(upper.of, upper.of) - lower.bend * np.outer(lower.of, lower.of)
        value += n * math.log(p)
        gradient += n * slope / p
        hessian += n * (bend / p - np.outer(slope, slope) / p**2)
    return value, gradient, hessian


@dataclass(frozen=True, slots=True)
class _End:
    """An end of a step under a condition: the share below it, the density there, its derivative."""

    share: float
    density: float
    bend: float
    of: FloatArray
    """The derivative of its place to thresholds and shifts."""


def _cells(point: FloatArray, counts: FloatArray) -> Iterator[tuple[float, _End, _End]]:
    groups, k = counts.shape
    for group in range(groups):
        ends = [_end(point, group, at, k) for at in range(k + 1)]
        for at in range(k):
            if counts[group, at]:
                yield float(counts[group, at]), ends[at + 1], ends[at]


def _end(point: FloatArray, group: int, at: int, k: int) -> _End:
    of = np.zeros(point.size)
    if at in (0, k):
        return _End(float(at == k), 0.0, 0.0, of)
    of[at - 1] = 1.0
    place = float(point[at - 1])
    if group:
        of[k - 2 + group] = -1.0
        place -= float(point[k - 2 + group])
    share = float(special.expit(place))
    density = share * (1 - share)
    return _End(share, density, density * (1 - 2 * share), of)
