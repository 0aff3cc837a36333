"""Bayes factors for t tests with the prior of Jeffreys, Zellner and Siow."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import integrate, optimize

from affectlab.errors import DataError
from affectlab.stats.ttest import TTest


@dataclass(frozen=True, slots=True)
class BayesFactor:
    """How much more probable the data are under a difference than under none."""

    log_bf10: float
    """Natural logarithm; finite where `bf10` overflows."""
    scale: float
    """Scale r of the Cauchy prior on the standardised difference."""

    @property
    def bf10(self) -> float:
        """For a difference; infinite above about 10³⁰⁸."""
        return math.exp(self.log_bf10) if self.log_bf10 < 709 else math.inf

    @property
    def bf01(self) -> float:
        """For no difference."""
        return math.exp(-self.log_bf10) if self.log_bf10 > -709 else math.inf


def jzs(test: TTest, *, scale: float = math.sqrt(2) / 2) -> BayesFactor:
    """The JZS Bayes factor of a t test from `paired_t`, `one_sample_t` or `student_t`.

    Formula, assumptions and source as in `jzs_from_t`. For a Welch test there is none: its model has two
    variances.

    Raises `DataError` for a Welch test.

    >>> from affectlab.stats import paired_t
    >>> round(jzs(paired_t([60, 75, 80, 55], [20, 30, 25, 25])).bf10, 2)
    13.28
    """
    if test.test == "Welch":
        msg = "the JZS Bayes factor assumes equal variances, a Welch test does not"
        raise DataError(msg, hint="use student_t for it and say so")
    return jzs_from_t(test.t, *test.n, scale=scale)


def jzs_from_t(t: float, n_1: int, n_2: int | None = None, *, scale: float = math.sqrt(2) / 2) -> BayesFactor:
    """The JZS Bayes factor from a published t value.

    ``BF₁₀ = ∫₀^∞ (1 + N g r²)^(−1/2) (1 + t²/((1 + N g r²) ν))^(−(ν+1)/2) π(g) dg / (1 + t²/ν)^(−(ν+1)/2)``
    with ``π(g) = (2π)^(−1/2) g^(−3/2) e^(−1/2g)``, N = n and ν = n − 1 for one sample or pairs, N =
    n₁n₂/(n₁+n₂) and ν = n₁ + n₂ − 2 for two samples. Integrated over ln g around the peak of the integrand,
    in logarithms.

    Parameters: `t`; `n_1` (and `n_2` for two independent samples), the numbers of units; `scale`, the r of
    the Cauchy prior on the standardised difference, by default √2/2 ("medium" in R's BayesFactor).

    Assumes independent units and normal scores with equal variances; two-sided.

    Raises `DataError` for a t that is not finite, fewer than two units in all samples, or a scale that is not
    positive.

    Source: Rouder, J. N., et al. (2009). Psychonomic Bulletin & Review 16, 225–237, p. 231, equations 1 and
    2. Equals R's ``BayesFactor::ttest.tstat``.

    >>> round(jzs_from_t(2.24, 80).bf01, 2), round(jzs_from_t(2.24, 80, scale=1.0).bf01, 2)
    (0.77, 1.02)
    """
    n = float(n_1) if n_2 is None else n_1 * n_2 / (n_1 + n_2)
    df = n_1 - 1 if n_2 is None else n_1 + n_2 - 2
    if not math.isfinite(t) or df < 1 or n <= 0 or not scale > 0:
        msg = f"no Bayes factor from t = {t:g} with n = {n_1}{'' if n_2 is None else f' and {n_2}'}, r = {scale:g}"
        raise DataError(msg, hint="a finite t, at least two units and a positive scale are needed")

    def log_integrand(u: float) -> float:
        shrink = 1 + n * math.exp(u) * scale**2
        likelihood = -0.5 * math.log(shrink) - (df + 1) / 2 * math.log1p(t**2 / (shrink * df))
        return likelihood - 0.5 * math.log(2 * math.pi) - u / 2 - math.exp(-u) / 2

    peak = float(optimize.minimize_scalar(lambda u: -log_integrand(u), bounds=(-20, 60), method="bounded").x)
    top = log_integrand(peak)
    area = sum(
        integrate.quad(lambda u: np.exp(log_integrand(u) - top), *limits, epsabs=0, epsrel=1e-11, limit=200)[0]
        for limits in ((peak - 12, peak), (peak, peak + 80))
    )
    return BayesFactor(top + math.log(area) + (df + 1) / 2 * math.log1p(t**2 / df), scale)
