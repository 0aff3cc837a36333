"""Models of choice, fitted to probabilities that were read: the parameters that make them most likely.

Where an answer is a distribution and not a draw, the likelihood is the expected one: the cross-entropy between
what was read and what the model says. Its maximum is where that of infinitely many draws would be.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from affectlab.stats.detection import Detection, detection
from affectlab.stats.threads import one_thread

FloatArray = NDArray[np.float64]
Bound = tuple[float, float]
NEWTON = 20
"""The steps at most of Newton's method from where a minimiser stopped; two or three are taken."""


class Discount(NamedTuple):
    """How waiting devalues money."""

    log_k: float
    """The natural logarithm of the hyperbolic rate, per day."""
    present_bias: float
    """By how much having it now multiplies worth, against any wait: −ln β; 0 where now is nothing special."""
    slope: float
    """How sharply choice follows worth."""


LOG_K = (-10.0, 1.0)
"""Bounds of the rate: half of the worth is gone after 60 years, or after 9 hours."""
SLOPE = (0.05, 60.0)
RIDGE = 1e-6


@one_thread
def discounting(
    sooner: ArrayLike, later: ArrayLike, wait: ArrayLike, delay: ArrayLike, chosen: ArrayLike
) -> Discount | None:
    """The rate and the present bias by maximum likelihood; None where choice does not follow worth at all.

    Worth is ``x β / (1 + k d)`` after ``d`` days, with ``β = 1`` where there is no wait; the sooner amount is taken
    with probability ``logistic_regression(s (ln V_sooner − ln V_later))``.

    Parameters: amounts, and days until each, shape (items,); ``chosen``, the probability of the sooner one.

    Source: hyperbolic discounting, Mazur, J. E. (1987), in Quantitative Analyses of Behavior 5, 55–73; the present
    bias, Laibson, D. (1997), Quarterly Journal of Economics 112, 443–477.

    >>> amounts, days = [20.0, 20.0, 20.0, 20.0], [10.0, 40.0, 90.0, 180.0]
    >>> worth = [-math.log(35.0 / 20.0 / (1.0 + 0.02 * day)) for day in days]
    >>> likely = [1.0 / (1.0 + math.exp(-3.0 * one)) for one in worth]
    >>> found = discounting(amounts, [35.0] * 4, [0.0] * 4, days, likely)
    >>> found is not None
    True
    """
    small, large, soon, late, p = (np.asarray(one, float) for one in (sooner, later, wait, delay, chosen))
    ratio = np.log(small) - np.log(large)
    immediate = ((soon == 0.0) & (late > 0.0)).astype(float)

    def loss(parameters: FloatArray) -> tuple[float, FloatArray]:
        rate, bias, slope = np.exp(parameters[0]), parameters[1], np.exp(parameters[2])
        worth = slope * (ratio + bias * immediate + np.log1p(rate * late) - np.log1p(rate * soon))
        by_rate = slope * rate * (late / (1.0 + rate * late) - soon / (1.0 + rate * soon))
        gradient: FloatArray = np.stack([by_rate, slope * immediate, worth]) @ (scipy.special.expit(worth) - p)
        return _loss(worth, p), gradient

    biased = bool(immediate.any()) and not bool(immediate.all())
    bounds = [LOG_K, (-2.0, 3.0) if biased else (0.0, 0.0), (math.log(SLOPE[0]), math.log(SLOPE[1]))]
    starts = [(log_k, 0.0, log_slope) for log_k in (-7.0, -5.0, -3.0, -1.0) for log_slope in (0.0, 1.5)]
    fits = [
        scipy.optimize.minimize(loss, np.asarray(start), jac=True, method="L-BFGS-B", bounds=bounds) for start in starts
    ]
    best = _settled(lambda at: loss(at)[1], min(fits, key=lambda fit: float(fit.fun)).x, bounds)
    log_k, bias, slope = best[0], best[1], math.exp(best[2])
    if not (LOG_K[0] + 0.01 < log_k < LOG_K[1] - 0.01) or slope < SLOPE[0] * 1.01:
        return None
    return Discount(_told(log_k), _told(bias) if biased else math.nan, _told(slope))


def loss_aversion(gain: ArrayLike, loss: ArrayLike, taken: ArrayLike) -> float:
    """How many times more a loss counts than a gain: −b_loss / b_gain of a logistic regression; nan where gains draw
    nobody.

    Parameters: what is won or lost at even odds, both positive, shape (items,); ``taken``, the probability of
    taking the gamble.

    Source: Tom, S. M., Fox, C. R., Trepel, C., & Poldrack, R. A. (2007). Science 315, 515–518, p. 515.
    """
    won, lost, p = (np.asarray(one, float) for one in (gain, loss, taken))
    scale = max(float(won.max()), float(lost.max()))
    design = np.column_stack([np.ones_like(won), won / scale, lost / scale])
    _, for_gain, for_loss = logistic_regression(design, p)
    return _told(-for_loss / for_gain) if for_gain > 1e-3 else math.nan


def sensitivity(hits: float, misses: float, false_alarms: float, correct_rejections: float) -> Detection:
    """Detection from summed probabilities: exact where the rates are neither 0 nor 1, else log-linear.

    The correction is for counts, of which few are at hand; a probability that was read is not one of few.
    """
    rates = (hits / (hits + misses), false_alarms / (false_alarms + correct_rejections))
    inside = all(1e-6 < rate < 1.0 - 1e-6 for rate in rates)
    return detection(hits, misses, false_alarms, correct_rejections, correction="none" if inside else "log-linear")


@one_thread
def logistic_regression(design: ArrayLike, p: ArrayLike) -> FloatArray:
    """The coefficients of a logistic regression on probabilities, by maximum expected likelihood.

    Equals R's ``glm(p ~ ., family = quasibinomial)``. A ridge of 1e-6 keeps them finite where choice is certain.
    Newton's method, steps halved until the likelihood rises.
    """
    x, target = np.asarray(design, float), np.asarray(p, float)
    beta: FloatArray = np.zeros(x.shape[1])
    loss = _ridged(x, target, beta)
    for _ in range(100):
        fitted = scipy.special.expit(x @ beta)
        gradient = x.T @ (fitted - target) + 2.0 * RIDGE * beta
        curvature = (x.T * (fitted * (1.0 - fitted))) @ x + 2.0 * RIDGE * np.eye(len(beta))
        step, size = np.linalg.solve(curvature, gradient), 1.0
        while (lower := _ridged(x, target, beta - size * step)) > loss and size > 1e-6:
            size /= 2.0
        gained = loss - lower
        if gained >= 0.0:
            beta, loss = beta - size * step, lower
        if gained <= 1e-13 * (1.0 + loss):
            break
    return np.asarray([_told(one) for one in beta])


def _ridged(x: FloatArray, p: FloatArray, beta: FloatArray) -> float:
    return _loss(x @ beta, p) + RIDGE * float(beta @ beta)


class Learning(NamedTuple):
    """How choice follows from what was paid."""

    rate: float
    """The share of a surprise that is learned, between 0 and 1."""
    temperature: float
    """Points of difference that change the log odds by one; the lower, the more choice follows what was learned."""


class PlayedRound(NamedTuple):
    """One round of a game with two options: what was read, chosen and paid."""

    probabilities: Sequence[float]
    """Of the first option, at every step."""
    choices: Sequence[int]
    rewards: Sequence[float]
    """What was paid after each choice."""


def learning(rounds: Sequence[PlayedRound], start: float) -> Learning | None:
    """The learning rate and temperature of a delta-rule learner by maximum likelihood; None where nothing is learned.

    ``Q ← Q + α (r − Q)`` for the chosen option, ``P(first) = logistic((Q₁ − Q₂) / τ + b)`` with a bias ``b`` of
    each round; both values begin at ``start``.

    Source: Rescorla, R. A., & Wagner, A. R. (1972); softmax as in Daw, N. D. (2011), in Decision Making, Affect, and
    Learning, 3–38.
    """
    p = np.concatenate([one.probabilities for one in rounds])
    sides = np.concatenate([np.full(len(one.probabilities), place) for place, one in enumerate(rounds)])
    shown = np.eye(len(rounds))[sides]
    grid = np.linspace(0.025, 0.975, 39)
    best: tuple[float, float, float] | None = None
    for rate in grid:
        difference = np.concatenate([value_differences(one, float(rate), start) for one in rounds])
        if not difference.any():
            return None
        spread = float(np.abs(difference).max())
        weights = logistic_regression(np.column_stack([difference / spread, shown]), p)
        loss = _loss(weights[0] * difference / spread + shown @ weights[1:], p)
        if weights[0] > 1e-3 and (best is None or loss < best[0]):
            best = (loss, float(rate), float(spread / weights[0]))
    return Learning(best[1], _told(best[2])) if best is not None else None


def value_differences(played: PlayedRound, rate: float, start: float) -> FloatArray:
    """The learned value of the first option minus the second, before every step."""
    values = [start, start]
    found = []
    for place in range(len(played.probabilities)):
        found.append(values[0] - values[1])
        if place < len(played.rewards):
            choice = played.choices[place]
            values[choice] += rate * (played.rewards[place] - values[choice])
    return np.asarray(found)


def uncertainties(played: PlayedRound) -> FloatArray:
    """How much less is known of the first option than of the second: the difference of 1/√(draws + 1)."""
    counts = [0, 0]
    found = []
    for place in range(len(played.probabilities)):
        found.append(1.0 / math.sqrt(counts[0] + 1) - 1.0 / math.sqrt(counts[1] + 1))
        if place < len(played.choices):
            counts[played.choices[place]] += 1
    return np.asarray(found)


def directed(rounds: Sequence[PlayedRound], rate: float, start: float) -> float:
    """How much an option draws because less is known of it: the weight of uncertainty beside that of value.

    Source: directed exploration, Gershman, S. J. (2018). Cognition 173, 34–42, with the standard error of the mean,
    up to the reward's spread, in the place of the posterior's standard deviation.
    """
    p = np.concatenate([one.probabilities for one in rounds])
    value = np.concatenate([value_differences(one, rate, start) for one in rounds])
    unknown = np.concatenate([uncertainties(one) for one in rounds])
    if not unknown.any():
        return math.nan
    sides = np.concatenate([np.full(len(one.probabilities), place) for place, one in enumerate(rounds)])
    spread = float(np.abs(value).max()) or 1.0
    return float(logistic_regression(np.column_stack([unknown, value / spread, np.eye(len(rounds))[sides]]), p)[0])


def _settled(gradient: Callable[[FloatArray], FloatArray], start: FloatArray, bounds: Sequence[Bound]) -> list[float]:
    """The place near ``start`` at which the gradient is zero, by Newton's method; what lies at a bound stays there.

    A minimiser stops somewhere within its tolerance, and where depends on the processor; this place does not.
    """
    at = np.asarray(start, float).copy()
    free = [place for place, (low, high) in enumerate(bounds) if low + 1e-6 < at[place] < high - 1e-6]
    for _ in range(NEWTON):
        columns = []
        for place in free:
            shift = np.zeros_like(at)
            shift[place] = 1e-6
            columns.append((gradient(at + shift)[free] - gradient(at - shift)[free]) / 2e-6)
        step = np.linalg.lstsq(np.column_stack(columns), gradient(at)[free], rcond=None)[0] if free else np.zeros(0)
        if not np.all(np.abs(step) < 0.1):
            break
        at[free] -= step
        if not np.any(np.abs(step) > 1e-12):
            break
    return [float(min(max(one, low), high)) for one, (low, high) in zip(at, bounds, strict=True)]


def _told(value: float) -> float:
    """A fitted value to ten digits: those further back depend on the processor."""
    return float(f"{value:.10g}")


def _loss(logits: FloatArray, p: FloatArray) -> float:
    """The cross-entropy between what was read and what the model says, in nats."""
    return float(-(p * scipy.special.log_expit(logits) + (1.0 - p) * scipy.special.log_expit(-logits)).sum())
