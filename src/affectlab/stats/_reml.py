"""Restricted maximum likelihood for a mean and independent random effects."""

from __future__ import annotations

import numpy as np
from scipy import linalg, optimize

from affectlab.errors import DataError
from affectlab.stats._sample import FloatArray, IntArray

#: More levels than this need too much memory and time here.
LIMIT = 4000


def reml(y: FloatArray, groups: list[tuple[IntArray, int]], names: list[str]) -> tuple[float, list[float]]:
    """The mean, and the variance of each grouping and of the residual.

    ``V = I + Σ γ_k Z_k Z_k′``, with γ_k ≥ 0 the variance of grouping k over that of the residual, minimises
    ``ln|V| + ln(1′V⁻¹1) + (n − 1) ln(y′Py)``. Only cross-products of Z are used, so time does not grow with
    rows.
    """
    n, sizes = y.size, [count for _, count in groups]
    if sum(sizes) > LIMIT:
        msg = f"{sum(sizes)} levels of {', '.join(names)} are too many for an unbalanced design"
        raise DataError(msg, hint=f"at most {LIMIT}; drop interactions, or use a mixed model")
    centred = y - y.mean()
    scale = float(np.sqrt(centred @ centred / n))
    codes = [code + offset for (code, _), offset in zip(groups, np.cumsum([0, *sizes[:-1]]), strict=True)]
    q = sum(sizes)
    cross = np.zeros((q, q))
    sums, totals = np.zeros(q), np.zeros(q)
    for code in codes:
        sums += np.bincount(code, minlength=q)
        totals += np.bincount(code, weights=centred / scale, minlength=q)
        for other in codes:
            cross += np.bincount(code * q + other, minlength=q * q).reshape(q, q)
    problem = _Profile(cross, sums, totals, n, sizes)
    starts = ([1.0] * len(sizes), [0.1] * len(sizes))
    fits = [
        optimize.minimize(
            problem,
            np.array(start),
            jac=True,
            method="L-BFGS-B",
            bounds=[(0.0, 1e8)] * len(sizes),
            options={"maxiter": 500, "ftol": 1e-14, "gtol": 1e-8},
        )
        for start in starts
    ]
    best = min(fits, key=lambda fit: float(fit.fun))
    problem(best.x)
    residual = problem.residual * scale**2
    return float(y.mean()) + problem.mean * scale, [*(float(g) * residual for g in best.x), residual]


class _Profile:
    """The profiled deviance and its slope; after a call, `residual` and `mean` at that point."""

    def __init__(self, cross: FloatArray, sums: FloatArray, totals: FloatArray, n: int, sizes: list[int]) -> None:
        self.cross, self.sums, self.totals, self.n, self.sizes = cross, sums, totals, n, sizes
        self.parts = np.split(np.arange(sums.size), np.cumsum(sizes)[:-1])
        self.residual = self.mean = 0.0

    def __call__(self, gamma: FloatArray) -> tuple[float, FloatArray]:
        weight = np.sqrt(np.repeat(gamma, self.sizes))
        inner = weight[:, None] * self.cross * weight + np.eye(weight.size)
        factor = linalg.cho_factor(inner, lower=True)
        # V⁻¹ = I − Z D A⁻¹ D Z′ with D = diag(weight) and A = inner: nothing of the size of the rows is needed.
        solved_sums = linalg.cho_solve(factor, weight * self.sums)
        solved_totals = linalg.cho_solve(factor, weight * self.totals)
        one_one = self.n - float((weight * self.sums) @ solved_sums)
        one_y = -float((weight * self.sums) @ solved_totals)
        y_y = self.n - float((weight * self.totals) @ solved_totals)
        self.mean = one_y / one_one
        squares = y_y - one_y**2 / one_one
        self.residual = squares / (self.n - 1)
        log_det = 2 * float(np.sum(np.log(np.diag(factor[0]))))
        value = log_det + np.log(one_one) + (self.n - 1) * np.log(squares)
        weighted = self.cross * weight
        zvz = self.cross - weighted @ linalg.cho_solve(factor, weighted.T)
        zv_one = self.sums - weighted @ solved_sums
        zv_y = self.totals - weighted @ solved_totals
        zp_y = zv_y - zv_one * self.mean
        trace = np.diag(zvz) - zv_one**2 / one_one
        slope = [float(np.sum(trace[i]) - (self.n - 1) * np.sum(zp_y[i] ** 2) / squares) for i in self.parts]
        return float(value), np.array(slope)
