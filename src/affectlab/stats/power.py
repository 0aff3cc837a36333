"""How likely a study is to find an effect that is there, by formula and by simulation from variance components."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
from scipy import integrate, special

from affectlab.errors import DataError
from affectlab.stats._sample import FloatArray, Seed, generator, probability
from affectlab.stats.binary import proportion
from affectlab.stats.estimate import PointEstimate
from affectlab.stats.ttest import t_critical
from affectlab.stats.variance import CROSS, RESIDUAL


def power_paired(d_z: float, n: int, *, alpha: float = 0.05) -> float:
    """Power of a two-sided paired (or one-sample) t test.

    ``P(|T| > t(1 − α/2, n − 1))`` with T noncentral t, noncentrality ``d_z √n``.

    Parameters: `d_z`, the population effect in standard deviations of the difference; `n`, pairs. Returns a
    probability. Assumptions as in `paired_t`. Raises `DataError` for fewer than two units or an effect that
    is not finite.

    Source: Cohen, J. (1988). Statistical Power Analysis (2nd ed.), chapter 2. Equals R's
    ``power.t.test(n, d, type = "paired", strict = TRUE)``.

    >>> round(power_paired(0.5, 34), 3)
    0.808
    """
    return _power(d_z * math.sqrt(max(n, 0)), n - 1, alpha)


def power_independent(d: float, n_1: int, n_2: int, *, alpha: float = 0.05) -> float:
    """Power of a two-sided t test of two independent means with equal variances.

    As `power_paired`, with noncentrality ``d √(n₁n₂/(n₁+n₂))`` and n₁ + n₂ − 2 degrees of freedom.
    Parameters: `d`, the population effect in standard deviations; `n_1`, `n_2`, units. Equals R's
    ``power.t.test(n, d, strict = TRUE)``.

    >>> round(power_independent(0.5, 64, 64), 3)
    0.801
    """
    if min(n_1, n_2) < 1:
        msg = f"{n_1} and {n_2} units are no two samples"
        raise DataError(msg, hint="each sample needs a unit, better many")
    return _power(d * math.sqrt(n_1 * n_2 / (n_1 + n_2)), n_1 + n_2 - 2, alpha)


def _power(noncentrality: float, df: int, alpha: float) -> float:
    if df < 1 or not math.isfinite(noncentrality):
        msg = "no power without degrees of freedom and a finite effect"
        raise DataError(msg, hint="at least two pairs, or three units in two samples, and an effect size")
    critical, delta = t_critical(df, 1 - probability(alpha, "alpha")), abs(noncentrality)
    return _below(-critical, df, delta) + 1 - _below(critical, df, delta)


def _below(t: float, df: int, delta: float) -> float:
    """The noncentral t's distribution function; far out, where scipy's series has no value, by its definition:

    the mean over V, chi-square with df degrees of freedom, of ``Φ(t √(V/df) − δ)``.
    """
    known = float(special.nctdtr(df, delta, t))
    if math.isfinite(known):
        return known
    mean, _ = integrate.quad(lambda u: special.ndtr(t * math.sqrt(special.chdtri(df, u) / df) - delta), 0, 1)
    return float(mean)


def crossed_scores(
    mean: float, variance: Mapping[str, float], numbers: Mapping[str, int], rng: np.random.Generator
) -> FloatArray:
    """Draw one complete table of crossed scores with given variance components.

    ``y = mean + Σ over sources of a normal effect for each combination of its levels + residual``.

    Parameters: `mean`, in scale points (of a contrast: the effect); `variance`, by source as in
    `VarianceComponents`, in squared points; `numbers`, levels of each facet, which are the axes of the
    result; `rng`. Returns shape (numbers…). Raises `DataError` for a negative variance, a facet without a
    number, or a number below one.

    >>> scores = crossed_scores(12.0, {"vignette": 25.0, "residual": 4.0}, {"vignette": 6, "wording": 3},
    ...                         np.random.default_rng(1))
    >>> scores.shape
    (6, 3)
    """
    names = list(numbers)
    if min(numbers.values(), default=0) < 1 or min(variance.values(), default=0) < 0:
        msg = "a number of levels is below one, or a variance below zero"
        raise DataError(msg, hint="give at least one level of each facet and variances as `variance_components` does")
    shape = tuple(numbers.values())
    scores = np.full(shape, float(mean))
    for source, size in variance.items():
        facets = names if source == RESIDUAL else source.split(CROSS)
        if not set(facets) <= set(names):
            msg = f"the number of levels of {', '.join(sorted(set(facets) - set(names)))} is not given"
            raise DataError(msg, hint=f"facets with a number are {', '.join(names)}")
        axes = tuple(n if name in facets else 1 for name, n in numbers.items())
        scores += math.sqrt(size) * rng.standard_normal(axes)
    return scores


def simulated_power(
    p_value: Callable[[np.random.Generator], float],
    *,
    seed: Seed,
    draws: int = 1000,
    alpha: float = 0.05,
    level: float = 0.95,
) -> PointEstimate:
    """The share of simulated studies whose p is below α, with the interval of that share.

    Parameters: `p_value`, draws a study with the generator it is given, analyses it and returns its p; with
    an effect of zero the result is the type I error. `level` is that of the interval, which says how precise
    the simulation is.

    Raises `DataError` for no draws, or a p that is not between 0 and 1.

    Source: Wilson's interval, as in `proportion`.

    >>> from affectlab.stats import one_sample_t
    >>> power = simulated_power(lambda rng: one_sample_t(rng.normal(0.5, 1, 34)).p, seed=1)
    >>> power.covers(power_paired(0.5, 34))
    True
    """
    if draws < 1:
        msg = f"{draws} draws"
        raise DataError(msg, hint="1000 draws give ±3 points")
    rng = generator(seed)
    p = np.array([p_value(rng) for _ in range(draws)])
    wrong = int(np.count_nonzero(~((p >= 0) & (p <= 1))))
    if wrong:
        msg = f"{wrong} of {draws} simulated p values are not between 0 and 1"
        raise DataError(msg, hint="the simulated study must return a p value")
    share = proportion(int(np.count_nonzero(p < probability(alpha, "alpha"))), draws, level=level)
    return PointEstimate(
        share.value, share.low, share.high, level, f"share of {draws} simulated studies with p < {alpha:g}"
    )
