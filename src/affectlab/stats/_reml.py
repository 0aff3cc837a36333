"""Restricted maximum likelihood for fixed effects and independent, crossed or nested, random ones.

Only cross-products of the design matrices are used, so after one pass over the rows nothing grows with their
number. The factor with the most levels (the *host*), and whatever is nested in it, makes a block of its own
for each of its levels; these are eliminated first, so that ten thousand participants cost ten thousand small
matrices and not one large one; levels whose blocks are alike, as all are in a complete design, are computed
once. lme4 does the first with a sparse factorisation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import numpy as np
from scipy import linalg, optimize

from affectlab.errors import DataError
from affectlab.stats._sample import FloatArray, IntArray
from affectlab.stats.threads import one_thread

#: More levels outside of the host than this, or more numbers in its blocks, need too much memory and time.
LEVELS, NUMBERS = 4000, 15_000_000
#: A standard deviation below this share of the residual one is none.
NOTHING = 1e-5
#: A standard deviation above this multiple of the residual one cannot be estimated to the digits that are promised:
#: of cross-products the residual is what is left when numbers larger by the square of that are subtracted.
LARGEST = 200.0
#: The step, in logarithms of variances, of the numerical second derivatives.
STEP = 1e-3
#: Newton's steps at the end of a search.
STEPS = 2


@dataclass(frozen=True, slots=True)
class Grouping:
    """Rows that share a random effect: a code per row, and the number of levels."""

    name: str
    code: IntArray
    size: int
    host: IntArray | None = None
    """For each row the level of the host in which this grouping's level lies, or None if it lies in none."""


@dataclass(frozen=True, slots=True)
class Fit:
    """What was fitted, and what the degrees of freedom of a contrast need."""

    beta: FloatArray
    covariance: FloatArray
    """Of the fixed effects."""
    variance: FloatArray
    """Of each grouping, and of the residual at the end."""
    criterion: float
    """−2 × the restricted log-likelihood."""
    slopes: FloatArray
    """Derivatives of `covariance` to the logarithms of the variances that are above zero, residual last."""
    uncertainty: FloatArray
    """Covariance of those logarithms."""

    def df(self, contrast: FloatArray) -> float:
        """Satterthwaite's degrees of freedom, ``2 v² / var(v)``, of a contrast of the fixed effects."""
        v = float(contrast @ self.covariance @ contrast)
        slope = np.einsum("i,kij,j->k", contrast, self.slopes, contrast)
        return 2 * v**2 / float(slope @ self.uncertainty @ slope)


@one_thread
def reml(y: FloatArray, x: FloatArray, groupings: list[Grouping]) -> Fit:
    """Fit ``y = Xβ + Σ Z_k b_k + e`` with independent normal b_k and e; the columns of X span the constant.

    ``V = I + Σ γ_k Z_k Z_k′``, with γ_k ≥ 0 the variance of grouping k over that of the residual, minimises
    ``ln|V| + ln|X′V⁻¹X| + (n − p) ln(y′Py)``, over the square roots of the γ_k, with its slope.

    Raises `DataError` for fixed effects that determine each other, no rows beyond them, or too many levels.
    """
    n, p = x.shape
    if n <= p or np.linalg.matrix_rank(x.T @ x) < p:
        msg = f"{p} fixed effects cannot be told apart in {n} rows"
        raise DataError(msg, hint="a condition without rows of its own; leave it out")
    shift = float(y.mean())
    scale = float(np.std(y)) or 1.0
    products = _Products((y - shift) / scale, x, groupings)
    root = _optimum(products)
    if np.any(root > 0.999 * LARGEST):
        msg = f"the residual is less than one {LARGEST:g}th of what varies over {_widest(groupings, root)}"
        raise DataError(msg, hint="scores that never vary within what was named carry no error to compare with")
    at = _State(products, root)
    s = max(at.sum_of_squares, 1e-300) / (n - p)
    covariance = np.linalg.inv(at.inner[:p, :p])
    criterion = at.log_det + (n - p) * (1 + np.log(2 * np.pi * s)) + 2 * (n - p) * np.log(scale)
    slopes, uncertainty = _uncertainty(products, root, covariance * s, s)
    back = np.linalg.lstsq(x.T @ x, x.T @ np.full(n, shift), rcond=None)[0]
    return Fit(
        beta=at.beta * scale + back,
        covariance=covariance * s * scale**2,
        variance=np.append(root**2, 1.0) * s * scale**2,
        criterion=float(criterion),
        slopes=slopes * scale**2,
        uncertainty=uncertainty,
    )


def _widest(groupings: list[Grouping], root: FloatArray) -> str:
    return groupings[int(root.argmax())].name


def _optimum(products: _Products) -> FloatArray:
    """Standard deviations over that of the residual that fit best; those that vanish are exactly zero."""

    def deviance(root: FloatArray) -> tuple[float, FloatArray]:
        at = _State(products, root)
        return at.deviance, at.slope * 2 * root

    def search(start: FloatArray) -> tuple[float, FloatArray]:
        bounds = [(0.0, LARGEST)] * start.size
        fit: Any = optimize.minimize(
            cast(Any, deviance),
            start,
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options={"maxiter": 500, "ftol": 1e-15, "gtol": 1e-6},
        )
        return float(fit.fun), np.where(fit.x < NOTHING, 0.0, fit.x)

    count = len(products.groupings)
    if not count:
        return np.zeros(0)
    value, root = search(np.full(count, 0.5))
    for k in np.flatnonzero(root == 0):
        # The slope to a standard deviation is zero at zero, so a search may have stopped there: step off and look.
        off = root.copy()
        off[k] = 0.02
        if _State(products, off).deviance < value:
            value, root = min((value, root), search(off), key=lambda found: found[0])
    return _sharpened(products, root)


def _sharpened(products: _Products, root: FloatArray) -> FloatArray:
    """The optimum among the standard deviations that are above zero, sought in their logarithms.

    Where one is a thousand times another, a search over the deviations themselves stops short of it: in logarithms the
    criterion is about as curved in all directions. Newton's steps end the search where its own tolerance leaves it.
    """
    active = np.flatnonzero(root > 0)
    if not active.size:
        return root

    def at(log: FloatArray) -> FloatArray:
        full = root.copy()
        full[active] = np.exp(log)
        return full

    def deviance(log: FloatArray) -> tuple[float, FloatArray]:
        full = at(log)
        state = _State(products, full)
        return state.deviance, (state.slope * 2 * full**2)[active]

    low, high = np.log(NOTHING), np.log(LARGEST)
    fit: Any = optimize.minimize(
        cast(Any, deviance),
        np.log(root[active]),
        jac=True,
        method="L-BFGS-B",
        bounds=[(low, high)] * active.size,
        options={"maxiter": 500, "ftol": 1e-15, "gtol": 1e-8},
    )
    best = fit.x if fit.fun <= _State(products, root).deviance else np.log(root[active])
    for _ in range(STEPS):
        best = np.clip(best - _newton(deviance, best), low, high)
    found = at(best)
    return np.where(found < 1.001 * NOTHING, 0.0, found)


def _newton(deviance: Callable[[FloatArray], tuple[float, FloatArray]], log: FloatArray) -> FloatArray:
    """Newton's step from near an optimum, the curvature from differences of slopes; none where it is no minimum."""
    slope = deviance(log)[1]
    shifts = np.eye(log.size) * STEP
    curvature = np.array([(deviance(log + one)[1] - deviance(log - one)[1]) / (2 * STEP) for one in shifts])
    values, vectors = np.linalg.eigh((curvature + curvature.T) / 2)
    if values.min() <= 1e-7 * values.max():
        return np.zeros_like(log)
    step = np.asarray(vectors @ ((vectors.T @ slope) / values))
    return step if np.abs(step).max() < 0.1 else np.zeros_like(log)


def _uncertainty(
    products: _Products, root: FloatArray, covariance: FloatArray, s: float
) -> tuple[FloatArray, FloatArray]:
    """Slopes of the fixed effects' covariance to the log variances above zero, and the covariance of these."""
    p, active = products.p, np.flatnonzero(root > 0)
    at = _State(products, root)

    def slope(state: _State, gamma: FloatArray) -> FloatArray:
        return gamma[active] * (state.log_slope + state.squares_slope / s)[active]

    hessian = np.empty((active.size + 1, active.size + 1))
    for row, k in enumerate(active):
        moved = []
        for sign in (1, -1):
            near = root.copy()
            near[k] *= np.exp(sign * STEP / 2)
            moved.append(slope(_State(products, near), near**2))
        hessian[row, :-1] = (moved[0] - moved[1]) / (2 * STEP)
        hessian[row, -1] = hessian[-1, row] = -(root[k] ** 2) * at.squares_slope[k] / s
    hessian[-1, -1] = products.n - p
    hessian[:-1, :-1] = (hessian[:-1, :-1] + hessian[:-1, :-1].T) / 2
    values, vectors = np.linalg.eigh(hessian)
    inverse = np.where(values > 1e-9 * values.max(), 1 / np.where(values > 0, values, 1.0), 0.0)
    slopes = [root[k] ** 2 / s * covariance @ at.between[k] @ covariance for k in active]
    return np.array([*slopes, covariance]), 2 * (vectors * inverse) @ vectors.T


class _Products:
    """Cross-products of the random design Z = [Z₁ of the host | Z₂], the fixed X, and y.

    Blocks of the host come by pattern: `times` levels have the same `own` = Z₁′Z₁ and `beside` = Z₁′[Z₂ | X]; of
    their Z₁′y only the sum and the sum of squares and products over the levels are needed.
    """

    def __init__(self, y: FloatArray, x: FloatArray, groupings: list[Grouping]) -> None:
        self.n, self.p = x.shape
        self.groupings = groupings
        self.inside = [k for k, grouping in enumerate(groupings) if grouping.host is not None]
        outside = [k for k, grouping in enumerate(groupings) if grouping.host is None]
        sizes = [groupings[k].size for k in outside]
        self.q = sum(sizes)
        self.part = {k: slice(end - size, end) for k, size, end in zip(outside, sizes, np.cumsum(sizes), strict=True)}
        self.column_of = np.repeat(outside, sizes).astype(np.intp)
        other = [groupings[k].code + self.part[k].start for k in outside]
        slot, widths = _slots([groupings[k] for k in self.inside])
        self.slot_of = np.repeat(self.inside, widths).astype(np.intp)
        host = groupings[self.inside[0]].host if self.inside else None
        blocks = int(host.max()) + 1 if host is not None else 0
        if self.q > LEVELS or blocks * self.slot_of.size * max(self.q + self.p, self.slot_of.size) > NUMBERS:
            levels = " and ".join(f"{grouping.size} of {grouping.name}" for grouping in groupings)
            msg = f"{levels} are too many levels for one model"
            raise DataError(msg, hint="leave out a term, or average over the items of each unit")
        self.crossed = self._crossed(other, [*x.T, y])
        self.patterns = 0
        if host is not None:
            self._blocks(host, blocks, slot, other, x, y)

    def _crossed(self, other: list[IntArray], columns: list[FloatArray]) -> FloatArray:
        """[Z₂ | X | y]′[Z₂ | X | y]."""
        width = self.q + len(columns)
        crossed = np.zeros((width, width))
        for first in other:
            for second in other:
                counted = np.bincount(first * self.q + second, minlength=self.q**2)
                crossed[: self.q, : self.q] += counted.reshape(self.q, self.q)
            for j, column in enumerate(columns, start=self.q):
                crossed[: self.q, j] += np.bincount(first, weights=column, minlength=self.q)
        crossed[self.q :, : self.q] = crossed[: self.q, self.q :].T
        stacked = np.stack(columns, axis=1)
        crossed[self.q :, self.q :] = stacked.T @ stacked
        return crossed

    def _blocks(
        self, host: IntArray, blocks: int, slot: list[IntArray], other: list[IntArray], x: FloatArray, y: FloatArray
    ) -> None:
        slots, width = self.slot_of.size, self.q + self.p
        own = np.zeros(blocks * slots * slots)
        beside = np.zeros((blocks * slots, width))
        of_y = np.zeros(blocks * slots)
        for one in slot:
            row = host * slots + one
            for two in slot:
                own += np.bincount(row * slots + two, minlength=own.size)
            for code in other:
                joint, times = np.unique(row * self.q + code, return_counts=True)
                beside[joint // self.q, joint % self.q] += times
            for j, column in enumerate(x.T, start=self.q):
                beside[:, j] += np.bincount(row, weights=column, minlength=len(beside))
            of_y += np.bincount(row, weights=y, minlength=of_y.size)
        alike: dict[bytes, int] = {}
        shape = np.hstack([own.reshape(blocks, -1), beside.reshape(blocks, -1)])
        pattern = np.array([alike.setdefault(block.tobytes(), len(alike)) for block in shape], dtype=np.intp)
        first = np.unique(pattern, return_index=True)[1]
        self.patterns = len(alike)
        self.times = np.bincount(pattern).astype(np.float64)
        self.own = own.reshape(blocks, slots, slots)[first]
        self.beside = beside.reshape(blocks, slots, width)[first]
        each = of_y.reshape(blocks, slots)
        self.sums, self.squares = np.zeros((self.patterns, slots)), np.zeros((self.patterns, slots, slots))
        np.add.at(self.sums, pattern, each)
        np.add.at(self.squares, pattern, each[:, :, None] * each[:, None, :])


def _slots(groupings: list[Grouping]) -> tuple[list[IntArray], list[int]]:
    """Where in its host's block the level of each row stands, and how many places each grouping takes."""
    slots, widths, offset = [], [], 0
    for grouping in groupings:
        host = np.zeros(grouping.size, dtype=np.intp)
        host[grouping.code] = 0 if grouping.host is None else grouping.host
        order = np.argsort(host, kind="stable")
        rank = np.empty(grouping.size, dtype=np.intp)
        rank[order] = np.arange(grouping.size) - np.searchsorted(host[order], host[order])
        slots.append(rank[grouping.code] + offset)
        widths.append(int(rank.max()) + 1)
        offset += widths[-1]
    return slots, widths


class _State:
    """The likelihood at given standard deviations, and its slope to the variances."""

    def __init__(self, products: _Products, root: FloatArray) -> None:
        self.products, self.root = products, root
        p, q = products.p, products.q
        crossed, log_det = products.crossed, 0.0
        if products.patterns:
            # B = LL′ = I + D Z₁′Z₁ D; `back` is L⁻¹, `reduced` L⁻¹ D Z₁′[Z₂ | X]
            weight = root[products.slot_of]
            lower = np.linalg.cholesky(weight[:, None] * products.own * weight + np.eye(weight.size))
            self.back = np.linalg.inv(lower)
            self.half_y = self.back * weight
            self.reduced = self.half_y @ products.beside
            scaled = (np.sqrt(products.times)[:, None, None] * self.reduced).reshape(-1, q + p)
            crossed = crossed.copy()
            crossed[:-1, :-1] -= scaled.T @ scaled
            with_y = np.einsum("gkj,gkl,gl->j", self.reduced, self.half_y, products.sums, optimize=True)
            crossed[:-1, -1] -= with_y
            crossed[-1, :-1] -= with_y
            crossed[-1, -1] -= float(np.sum((self.half_y @ products.squares) * self.half_y))
            diagonal = np.diagonal(lower, axis1=1, axis2=2)
            log_det += 2 * float(products.times @ np.sum(np.log(diagonal), axis=1))
        self.weight = root[products.column_of]
        outer = self.weight[:, None] * crossed[:q, :q] * self.weight + np.eye(q)
        self.factor = linalg.cholesky(outer, lower=True, check_finite=False)
        self.half = linalg.solve_triangular(self.factor, self.weight[:, None] * crossed[:q, q:], lower=True)
        self.inner = crossed[q:, q:] - self.half.T @ self.half
        log_det += 2 * float(np.sum(np.log(np.diag(self.factor))))
        self.beta = np.linalg.solve(self.inner[:p, :p], self.inner[:p, p])
        self.sum_of_squares = float(self.inner[p, p] - self.inner[:p, p] @ self.beta)
        self.log_det = log_det + float(np.linalg.slogdet(self.inner[:p, :p])[1])

    @property
    def deviance(self) -> float:
        """The profiled criterion, without its constants."""
        freedom = self.products.n - self.products.p
        return float(self.log_det + freedom * np.log(max(self.sum_of_squares, 1e-300)))

    @property
    def slope(self) -> FloatArray:
        """Of `deviance`, to each γ."""
        freedom = self.products.n - self.products.p
        return np.asarray(self.log_slope + freedom * self.squares_slope / max(self.sum_of_squares, 1e-300))

    @cached_property
    def log_slope(self) -> FloatArray:
        """Of ln|V| + ln|X′V⁻¹X|, to each γ above zero: ``tr(Z_k′V⁻¹Z_k) − tr((X′V⁻¹X)⁻¹ X′V⁻¹Z_k Z_k′V⁻¹X)``."""
        products, p = self.products, self.products.p
        inverse = linalg.solve_triangular(self.factor, np.eye(products.q), lower=True, check_finite=False)
        kept = 1 - np.sum(inverse**2, axis=0)
        left = {k: float(np.sum(kept[part])) for k, part in products.part.items()}
        if products.patterns:
            # the host's part of A⁻¹ is B⁻¹ + B⁻¹E A₂⁻¹ E′B⁻¹, with E what lies beside the blocks
            across = np.swapaxes(self.back, 1, 2) @ self.reduced[..., : products.q] * self.weight
            places = 1 - np.sum(self.back**2, axis=1) - np.sum((across @ inverse.T) ** 2, axis=2)
            for k in products.inside:
                left[k] = float(products.times @ np.sum(places[:, products.slot_of == k], axis=1))
        bread = np.linalg.inv(self.inner[:p, :p])
        slopes = np.zeros(self.root.size)
        for k in np.flatnonzero(self.root).tolist():
            slopes[k] = left[k] / self.root[k] ** 2 - float(np.sum(bread * self.between[k]))
        return slopes

    @cached_property
    def squares_slope(self) -> FloatArray:
        """Of y′Py, to each γ above zero: ``−|Z_k′Py|²``."""
        products, residual = self.products, np.append(-self.beta, 1.0)
        found = {k: float(np.sum((self.second[part] @ residual) ** 2)) for k, part in products.part.items()}
        if products.patterns:
            # Σ over the levels of a pattern of (m′Z₁′y − f)², from sums and squares
            m = np.swapaxes(self.back, 1, 2) @ self.half_y
            f = self.first @ self.beta + self.beside_y
            places = np.sum((m @ products.squares) * m, axis=2) + products.times[:, None] * f**2
            places -= 2 * f * (m @ products.sums[:, :, None])[..., 0]
            for k in products.inside:
                found[k] = float(np.sum(places[:, products.slot_of == k]))
        return np.array([-found[k] / root**2 if root > 0 else 0.0 for k, root in enumerate(self.root)])

    @cached_property
    def between(self) -> list[FloatArray]:
        """``X′V⁻¹Z_k Z_k′V⁻¹X`` of each grouping; zeros where its variance is zero."""
        products, p = self.products, self.products.p
        found = {k: self.second[part, :p].T @ self.second[part, :p] for k, part in products.part.items()}
        for k in products.inside:
            own = self.first[:, products.slot_of == k]
            found[k] = np.einsum("gki,g,gkj->ij", own, products.times, own, optimize=True)
        return [found[k] / root**2 if root > 0 else np.zeros((p, p)) for k, root in enumerate(self.root)]

    @cached_property
    def second(self) -> FloatArray:
        """``D Z₂′V⁻¹[X | y]``."""
        return linalg.solve_triangular(self.factor, self.half, lower=True, trans="T", check_finite=False)

    @cached_property
    def first(self) -> FloatArray:
        """``D Z₁′V⁻¹X``, by pattern."""
        q, p = self.products.q, self.products.p
        right = self.reduced[..., q:] - (self.reduced[..., :q] * self.weight) @ self.second[:, :p]
        return np.swapaxes(self.back, 1, 2) @ right

    @cached_property
    def beside_y(self) -> FloatArray:
        """What the other random effects take from ``D Z₁′V⁻¹y``, by pattern."""
        q = self.products.q
        right = (self.reduced[..., :q] * self.weight) @ self.second[:, -1]
        return (np.swapaxes(self.back, 1, 2) @ right[..., None])[..., 0]
