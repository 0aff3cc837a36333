"""Means of conditions where every unit has its own: a mixed model with random intercepts and slopes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize

from affectlab.errors import DataError
from affectlab.stats._sample import FloatArray, codes, probability, varies, vector
from affectlab.stats.estimate import PointEstimate
from affectlab.stats.threads import one_thread
from affectlab.stats.ttest import TTest, t_critical, t_two_sided

STEP = 1e-3
"""Of numerical derivatives, in units of the residual standard deviation."""
MOST = 8
"""More conditions have too many covariances to be told apart."""


@dataclass(frozen=True, slots=True)
class SlopesModel:
    """A fitted model: the mean of each condition, and how units vary around it under each."""

    conditions: tuple[str, ...]
    means: FloatArray
    covariance: FloatArray
    """Of the means."""
    spread: FloatArray
    """Covariance of the units' own means of the conditions, in squared units of the scores."""
    residual: float
    """Variance of the rows of a unit under a condition."""
    criterion: float
    """−2 × the restricted log-likelihood."""
    units: int
    level: float
    slopes: FloatArray
    """Derivatives of `covariance` to the parameters of the variances."""
    uncertainty: FloatArray
    """Covariance of those parameters."""
    method: str = "mixed model, random intercepts and slopes, restricted maximum likelihood, Satterthwaite df"

    @property
    def variance(self) -> dict[str, float]:
        """Variances over units under each condition, and of the residual."""
        own = {f"units under {name}": float(self.spread[k, k]) for k, name in enumerate(self.conditions)}
        return {**own, "residual": self.residual}

    def mean(self, condition: str) -> PointEstimate:
        """The mean of a condition over units."""
        test = self._test(self._weights(condition))
        return PointEstimate(test.difference, test.low, test.high, self.level, self.method, test.se, test.df)

    def contrast(self, first: str, second: str) -> TTest:
        """The mean of one condition minus that of another."""
        return self._test(self._weights(first) - self._weights(second))

    def _weights(self, condition: str) -> FloatArray:
        if condition not in self.conditions:
            raise DataError(f"no condition {condition}", hint=f"conditions are {', '.join(self.conditions)}")
        return np.array([float(name == condition) for name in self.conditions])

    def _test(self, weights: FloatArray) -> TTest:
        value, v = float(weights @ self.means), float(weights @ self.covariance @ weights)
        slope = np.einsum("i,kij,j->k", weights, self.slopes, weights)
        df = 2 * v**2 / float(slope @ self.uncertainty @ slope)
        se = math.sqrt(v)
        half = t_critical(df, self.level) * se
        p = t_two_sided(value / se, df)
        return TTest("mixed", value / se, df, p, value, se, value - half, value + half, self.level, (self.units,))


@one_thread
def random_slopes(values: ArrayLike, conditions: ArrayLike, units: ArrayLike, *, level: float = 0.95) -> SlopesModel:
    """Compare conditions over units that were measured several times under each.

    ``y = (mean of the condition + how the unit departs from it) + residual``, the departures of a unit jointly normal
    with any covariance: a random intercept, and a random slope of every condition. Restricted maximum likelihood, tests
    with Satterthwaite's degrees of freedom. Units may lack a condition, and have different numbers of rows.

    Parameters: `values`, one score per row, shape (rows,); `conditions` and `units`, labels per row, shape (rows,).

    Assumes units sampled independently, normal departures, and residuals of equal variance that are independent: rows
    that follow each other in time are no more alike than others.

    Raises `DataError` for NaN, one condition only or more than eight, fewer than three units, units without repeated
    rows, or scores that never vary within a unit and condition.

    Source: Laird, N. M., & Ware, J. H. (1982). Biometrics 38, 963–974; Bates, D., Mächler, M., Bolker, B., & Walker, S.
    (2015). Journal of Statistical Software 67(1). Equals R's ``lmerTest::lmer(y ~ 0 + condition + (0 + condition |
    unit))``, the same model as ``y ~ condition + (1 + condition | unit)``.

    >>> rng = np.random.default_rng(3)
    >>> unit, first = np.repeat(np.arange(20), 10), np.tile([1, 0], 100)
    >>> y = rng.normal(0, 1, 20)[unit] + (2 + rng.normal(0, 1, 20)[unit]) * first + rng.normal(0, 1, 200)
    >>> model = random_slopes(y, np.where(first, "fear", "calm"), unit)
    >>> model.contrast("fear", "calm").estimate.covers(2)
    True
    """
    y = vector(values, "the sample", least=4)
    varies(y, "the sample")
    probability(level, "level")
    arm, k = codes(conditions, "the conditions", y.size)
    unit, n = codes(units, "the units", y.size)
    names = tuple(str(np.asarray(conditions)[arm == at][0]) for at in range(k))
    if not 2 <= k <= MOST:
        raise DataError(f"{k} condition{'s' * (k > 1)}", hint=f"a model with slopes compares 2 to {MOST}")
    counts = np.bincount(unit * k + arm, minlength=n * k).reshape(n, k).astype(float)
    if n < 3 or counts.max() < 2:
        msg = f"{n} units" if n < 3 else "no unit has two rows under a condition"
        raise DataError(msg, hint="slopes are told apart from the residual by repeated rows; compare means instead")
    scale, shift = float(np.std(y)), float(y.mean())
    data = _Sums(counts, (y - shift) / scale, unit, arm)
    if not data.within > 1e-12 * y.size:
        msg = "scores never vary within a unit and condition"
        raise DataError(msg, hint="there is no residual to compare with: average the rows of a unit")
    theta = _optimum(data)
    means, inner, rss, deviance = data.at(theta)
    s = rss / (y.size - k)
    root = _triangle(theta, k)
    covariance: FloatArray = np.asarray(np.linalg.inv(inner) * s, dtype=np.float64)
    slopes, uncertainty = _uncertainty(data, theta, s)
    return SlopesModel(
        conditions=names,
        means=means * scale + shift,
        covariance=covariance * scale**2,
        spread=root @ root.T * s * scale**2,
        residual=s * scale**2,
        criterion=deviance + (y.size - k) * (math.log(2 * math.pi * s) + 1) + 2 * (y.size - k) * math.log(scale),
        units=n,
        level=level,
        slopes=slopes * scale**2,
        uncertainty=uncertainty,
    )


class _Sums:
    """Counts and sums of every unit under every condition: all that the likelihood needs."""

    def __init__(self, counts: FloatArray, y: FloatArray, unit: Any, arm: Any) -> None:
        n, k = counts.shape
        self.counts, self.k, self.rows = counts, k, y.size
        self.sums = np.bincount(unit * k + arm, weights=y, minlength=n * k).reshape(n, k)
        self.squares = float(y @ y)
        filled = counts > 0
        self.within = self.squares - float(np.sum(self.sums[filled] ** 2 / counts[filled]))

    def at(self, theta: FloatArray) -> tuple[FloatArray, FloatArray, float, float]:
        """Means, X′V⁻¹X, residual sum of squares, and log determinants, at relative root covariances."""
        root = _triangle(theta, self.k)
        d_root = self.counts[:, :, None] * root[None]
        middle = np.eye(self.k) + np.einsum("ji,njl->nil", root, d_root)
        solved = np.linalg.solve(middle, np.swapaxes(d_root, 1, 2))
        inner = np.diag(self.counts.sum(axis=0)) - np.einsum("nij,njl->il", d_root, solved)
        turned = self.sums @ root
        answer = np.linalg.solve(middle, turned[:, :, None])[:, :, 0]
        right = self.sums.sum(axis=0) - np.einsum("nij,nj->i", d_root, answer)
        means = np.linalg.solve(inner, right)
        rss = self.squares - float(np.sum(turned * answer)) - float(means @ right)
        log_det = float(np.linalg.slogdet(middle)[1].sum()) + float(np.linalg.slogdet(inner)[1])
        return means, inner, max(rss, 1e-300), log_det

    def deviance(self, theta: FloatArray) -> float:
        """The profiled criterion, less its constant."""
        _, _, rss, log_det = self.at(theta)
        return float(log_det + (self.rows - self.k) * math.log(rss))

    def full(self, parameters: FloatArray) -> float:
        """−2 × the restricted log-likelihood, less its constant, of root covariances and the logarithm of σ²."""
        _, _, rss, log_det = self.at(parameters[:-1])
        return float(log_det + (self.rows - self.k) * parameters[-1] + rss / math.exp(parameters[-1]))


def _triangle(theta: FloatArray, k: int) -> FloatArray:
    root = np.zeros((k, k))
    root[np.tril_indices(k)] = theta
    return root


def _optimum(data: _Sums) -> FloatArray:
    """The root covariances that fit best, from two starts."""
    lower = np.tril_indices(data.k)
    best: Any = None
    for start in (np.eye(data.k), np.full((data.k, data.k), 0.5)):
        found: Any = optimize.minimize(data.deviance, start[lower], method="BFGS", options={"gtol": 1e-7})
        if best is None or found.fun < best.fun:
            best = found
    best = optimize.minimize(data.deviance, best.x, method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-10})
    return np.asarray(best.x, dtype=np.float64)


def _uncertainty(data: _Sums, theta: FloatArray, s: float) -> tuple[FloatArray, FloatArray]:
    """Derivatives of the means' covariance to the parameters, and the covariance of the parameters."""
    point = np.append(theta, math.log(s))
    shifts = np.eye(point.size) * STEP

    def covariance(parameters: FloatArray) -> FloatArray:
        return np.asarray(np.linalg.inv(data.at(parameters[:-1])[1]) * math.exp(parameters[-1]))

    slopes = np.array([(covariance(point + one) - covariance(point - one)) / (2 * STEP) for one in shifts])
    hessian = np.empty((point.size, point.size))
    for i, one in enumerate(shifts):
        for j, other in enumerate(shifts[: i + 1]):
            corners = [data.full(point + a * one + b * other) for a, b in ((1, 1), (1, -1), (-1, 1), (-1, -1))]
            hessian[i, j] = hessian[j, i] = (corners[0] - corners[1] - corners[2] + corners[3]) / (4 * STEP**2)
    values, vectors = np.linalg.eigh(hessian)
    inverse = np.where(values > 1e-8 * values.max(), 1 / np.where(values > 0, values, 1.0), 0.0)
    return slopes, 2 * (vectors * inverse) @ vectors.T
