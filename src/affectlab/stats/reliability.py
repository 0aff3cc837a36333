"""How much of the spread of a sum score is common to its items: α and ω."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special

from affectlab.errors import DataError
from affectlab.stats._sample import FloatArray, matrix, probability, varies
from affectlab.stats.estimate import PointEstimate
from affectlab.stats.threads import one_thread


def _items(values: ArrayLike, *, columns: int) -> FloatArray:
    x = matrix(values, "the items", rows=3, columns=columns)
    for j in range(x.shape[1]):
        varies(x[:, j], f"item {j + 1}")
    return x


def cronbach_alpha(values: ArrayLike, *, level: float = 0.95) -> PointEstimate:
    """Cronbach's α of a sum score, with Feldt's interval.

    ``α = k/(k−1) · (1 − Σ s_j² / s_total²)``; limits ``1 − (1 − α) F`` at the quantiles of F with n − 1 and
    (n − 1)(k − 1) degrees of freedom.

    Parameters: `values`, units × items, reverse-keyed items already reversed, shape (n, k). No unit; below 0
    where items run against each other.

    Assumes independent units; that α is the reliability, equal loadings of all items and uncorrelated errors;
    the interval, normal scores.

    Raises `DataError` for missing cells, fewer than three units or two items, a constant item, or a constant
    sum.

    Source: Cronbach, L. J. (1951). Psychometrika 16, 297–334; Feldt, L. S. (1965). Psychometrika 30, 357–370.
    Equals R's ``psych::alpha`` (raw_alpha and feldt).

    >>> print(cronbach_alpha([[2, 3, 3], [4, 4, 5], [1, 2, 1], [5, 4, 5], [3, 3, 2]]))
    0.9286 [0.6391, 0.992]
    """
    x = _items(values, columns=2)
    n, k = x.shape
    total = x.sum(axis=1)
    varies(total, "the sum of the items", scale=float(np.max(np.abs(x))))
    alpha = k / (k - 1) * (1 - float(np.var(x, axis=0, ddof=1).sum()) / float(np.var(total, ddof=1)))
    tail = (1 - probability(level, "level")) / 2
    low, high = (1 - (1 - alpha) * float(special.fdtri(n - 1, (n - 1) * (k - 1), p)) for p in (1 - tail, tail))
    return PointEstimate(alpha, low, high, level, "Cronbach's alpha, Feldt interval")


@one_thread
def omega_total(values: ArrayLike, *, level: float = 0.95) -> PointEstimate:
    """McDonald's ω of a sum score: one common factor, fitted by maximum likelihood to the covariances.

    ``ω = (Σ λ_j)² / ((Σ λ_j)² + Σ ψ_j)`` from ``Σ = λλ′ + Ψ``; limits ``1 − (1 − ω) exp(± z·se/(1 − ω))``, se
    by the delta method from the expected information.

    Parameters: `values`, units × items, reverse-keyed items already reversed, shape (n, k ≥ 3). No unit.

    Assumes independent units, one common factor, uncorrelated errors; the interval, normal scores and some
    fifty units or more. Where a residual variance is estimated as zero (a Heywood case) the limits are NaN,
    and `method` says so. There are several ω; this is not that of ``psych::omega(nfactors = 1)``, which fits
    by minimum residuals.

    Raises `DataError` for missing cells, no more units than items, fewer than three items, a constant item,
    items that determine each other, or a fit that does not converge.

    Source: McDonald, R. P. (1999). Test Theory: A Unified Treatment, chapter 6; Jöreskog, K. G. (1967).
    Psychometrika 32, 443–482. Value and se equal
    R's ``lavaan::cfa`` with ω defined by ``:=``; the limits are better than lavaan's below a hundred units.

    >>> rng = np.random.default_rng(7)
    >>> factor = rng.standard_normal((200, 1))
    >>> print(omega_total(factor * [0.8, 0.7, 0.6, 0.5] + 0.6 * rng.standard_normal((200, 4))))
    0.7935 [0.7411, 0.8353]
    """
    x = _items(values, columns=3)
    n, k = x.shape
    if n <= k:
        msg = f"{n} units are too few for a factor of {k} items"
        raise DataError(msg, hint="more units than items are needed, better some fifty or more")
    covariance = np.cov(x, rowvar=False, ddof=0)
    scale = np.sqrt(np.diag(covariance))
    if np.linalg.eigvalsh(covariance / np.outer(scale, scale))[0] < 1e-10:
        msg = "the items determine each other exactly"
        raise DataError(msg, hint="one item is a sum or copy of others; leave it out")
    loadings, unique = _one_factor(covariance / np.outer(scale, scale))
    heywood = bool(np.any(unique < 1e-6))
    loadings, unique = loadings * scale, unique * scale**2
    common, error = float(loadings.sum()) ** 2, float(unique.sum())
    omega = common / (common + error)
    method = "omega total, one factor by maximum likelihood, delta-method interval of ln(1 − omega)"
    if heywood:
        return PointEstimate(
            omega, math.nan, math.nan, level, f"{method}: none, a residual variance is zero (Heywood case)"
        )
    gradient = (
        np.concatenate(
            [
                np.full(k, 2 * math.sqrt(common) * math.copysign(1.0, float(loadings.sum())) * error),
                np.full(k, -common),
            ]
        )
        / (common + error) ** 2
    )
    se = math.sqrt(float(gradient @ np.linalg.solve(_information(loadings, unique, n), gradient)))
    ratio = math.exp(float(special.ndtri((1 + probability(level, "level")) / 2)) * se / (1 - omega))
    return PointEstimate(omega, 1 - (1 - omega) * ratio, 1 - (1 - omega) / ratio, level, method, se)


def _one_factor(correlation: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Loadings and residual variances that maximise the normal likelihood of a correlation matrix."""
    k = correlation.shape[0]

    def discrepancy(theta: FloatArray) -> tuple[float, FloatArray]:
        loadings, unique = theta[:k], theta[k:]
        implied = np.outer(loadings, loadings) + np.diag(unique)
        inverse = np.linalg.inv(implied)
        value = float(np.linalg.slogdet(implied)[1] + np.sum(inverse * correlation))
        slope = inverse - inverse @ correlation @ inverse
        return value, np.concatenate([2 * slope @ loadings, np.diag(slope)])

    values, vectors = np.linalg.eigh(correlation)
    first = vectors[:, -1] * math.sqrt(max(float(values[-1]), 0.1)) * 0.9
    start = np.concatenate([first, np.clip(1 - first**2, 0.05, 1)])
    bounds = [(None, None)] * k + [(1e-8, None)] * k
    fit = optimize.minimize(
        discrepancy,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"maxiter": 2000, "ftol": 1e-15, "gtol": 1e-9},
    )
    if np.max(np.abs(np.where(fit.x[k:] > 2e-8, fit.jac[k:], 0.0))) > 1e-4 or not np.all(np.isfinite(fit.x)):
        msg = "the one-factor model did not converge"
        raise DataError(msg, hint="the items may not share one factor; look at their correlations")
    sign = 1.0 if fit.x[:k].sum() >= 0 else -1.0
    return sign * fit.x[:k], fit.x[k:]


def _information(loadings: FloatArray, unique: FloatArray, n: int) -> FloatArray:
    """Expected information of loadings and residual variances: n/2 · tr(Σ⁻¹ ∂_i Σ Σ⁻¹ ∂_j Σ)."""
    k = loadings.size
    inverse = np.linalg.inv(np.outer(loadings, loadings) + np.diag(unique))
    slopes = []
    for j in range(k):
        unit = np.zeros(k)
        unit[j] = 1.0
        slopes.append(np.outer(unit, loadings) + np.outer(loadings, unit))
    slopes += [np.diag(np.eye(k)[j]) for j in range(k)]
    parts = [inverse @ slope for slope in slopes]
    return n / 2 * np.array([[float(np.sum(a * b.T)) for b in parts] for a in parts])
