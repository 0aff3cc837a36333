"""Outcomes that are counts: ratios of means, by negative binomial models, or Poisson's where counts vary no more."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

from affectlab.errors import DataError
from affectlab.stats._sample import FloatArray, probability
from affectlab.stats.anova import Omnibus
from affectlab.stats.ordinal import LogRatio, likelihood_ratio

_BOUNDS = (-12.0, 18.0)
"""Of the logarithm of the dispersion."""


@dataclass(frozen=True, slots=True)
class CountModel:
    """A fitted model: the mean count of each condition, and how much counts vary beyond Poisson's."""

    conditions: tuple[str, ...]
    means: FloatArray
    units: tuple[int, ...]
    dispersion: float
    """θ: the variance of a count is its mean + mean²/θ; infinite where it is the mean."""
    log_likelihood: float
    null: float
    """The log-likelihood of conditions that do not differ, with a dispersion of its own."""
    level: float

    @property
    def method(self) -> str:
        """What was fitted."""
        return "Poisson" if math.isinf(self.dispersion) else "negative binomial"

    def contrast(self, first: str, second: str) -> LogRatio:
        """The log of the mean under one condition over that under another.

        Raises:
            DataError: one of them has no count above zero, so that the ratio is zero or infinite.
        """
        at = [self.conditions.index(name) for name in (first, second)]
        for one in at:
            if self.means[one] == 0:
                msg = f"all counts under `{self.conditions[one]}` are zero: the ratio has no bounds"
                raise DataError(msg, hint="tell how many units have any")
        means, n = self.means[at], np.array([self.units[one] for one in at], dtype=np.float64)
        variance = float(np.sum((1 / means + 1 / self.dispersion) / n))
        return LogRatio.of(float(np.log(means[0] / means[1])), variance, self.level)

    def omnibus(self) -> Omnibus:
        """Whether conditions differ at all: the likelihood ratio against a model without them."""
        df = len(self.conditions) - 1
        return likelihood_ratio(self.method, self.log_likelihood, self.null, df, self.units, self.level)


def count_model(samples: Mapping[str, Sequence[float] | FloatArray], *, level: float = 0.95) -> CountModel:
    """Compare the means of counts by their ratio.

    ``y ~ negative binomial, log mean = condition, variance = mean + mean²/θ``, by maximum likelihood; contrasts by
    Wald's z with the expected information. Where counts vary no more than Poisson's they are modelled as those (θ is
    infinite).

    Parameters: `samples`, for each condition the count of each unit. Assumes independent units with as long to count
    in, and one θ for all conditions.

    Raises `DataError` for values that are no counts, one condition, or counts that are all zero.

    Source: Lawless, J. F. (1987). Canadian Journal of Statistics 15, 209–225. Equals R's ``MASS::glm.nb(y ~
    condition)``; without dispersion ``glm(y ~ condition, family = poisson)``.

    >>> model = count_model({"calm": [0, 2, 1, 0, 3, 1], "sad": [4, 9, 1, 12, 3, 7]})
    >>> found = model.contrast("sad", "calm")
    >>> model.method, round(math.exp(found.value), 3), round(found.p, 4)
    ('negative binomial', 5.143, 0.0011)
    """
    probability(level, "level")
    names = tuple(samples)
    values = [np.asarray(samples[name], dtype=np.float64) for name in names]
    together = np.concatenate(values) if values else np.zeros(0)
    if len(names) < 2 or min(map(len, values)) < 1:
        raise DataError("counts of two conditions or more are compared", hint="name the column of what was varied")
    if together.min() < 0 or np.any(together != np.round(together)):
        raise DataError("the outcome has values that are no counts", hint="counts are whole numbers from 0 on")
    if not together.any():
        raise DataError("all counts are zero", hint="nothing can be compared")
    means = np.array([one.mean() for one in values])
    theta, likelihood = _dispersion(values, means)
    null = _dispersion([together], np.array([together.mean()]))[1]
    return CountModel(names, means, tuple(map(len, values)), theta, likelihood, null, level)


def _dispersion(values: Sequence[FloatArray], means: FloatArray) -> tuple[float, float]:
    """θ and the log-likelihood, at the means, which do not depend on it; infinite where counts vary no more."""
    y = np.concatenate(list(values))
    mu = np.concatenate([np.full(len(one), mean) for one, mean in zip(values, means, strict=True)])
    poisson = float(np.sum(special.xlogy(y, mu) - mu - special.gammaln(y + 1)))
    if float(np.sum((y - mu) ** 2 - y)) <= 0:  # the likelihood rises towards no dispersion beyond Poisson's
        return math.inf, poisson

    def minus(log_theta: float) -> float:
        return -_likelihood(y, mu, math.exp(log_theta))

    found = optimize.minimize_scalar(minus, bounds=_BOUNDS, method="bounded", options={"xatol": 1e-10})
    theta = math.exp(float(found.x))
    likelihood = -float(found.fun)
    return (theta, likelihood) if likelihood > poisson else (math.inf, poisson)


def _likelihood(y: FloatArray, mu: FloatArray, theta: float) -> float:
    own = special.gammaln(y + theta) - special.gammaln(theta) - special.gammaln(y + 1)
    return float(np.sum(own + theta * np.log(theta / (theta + mu)) + special.xlogy(y, mu / (theta + mu))))
