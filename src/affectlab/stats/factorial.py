"""Analysis of variance of several factors, between units and within them, with interactions and covariates."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from affectlab.errors import DataError
from affectlab.stats._sample import FloatArray, matrix
from affectlab.stats.anova import f_tail, noncentralities
from affectlab.stats.estimate import PointEstimate
from affectlab.stats.threads import one_thread
from affectlab.stats.ttest import TTest, t_critical, t_two_sided


@dataclass(frozen=True, slots=True)
class FactorialEffect:
    """The F test of a main effect, an interaction or a covariate."""

    factors: tuple[str, ...]
    f: float
    df1: float
    """Uncorrected."""
    df2: float
    p: float
    """Of factors within units with more than two levels after Greenhouse and Geisser; of the others uncorrected."""
    p_uncorrected: float
    p_huynh_feldt: float
    squares: float
    error: float
    """Sum of squares of its error term."""
    epsilon: float
    """Greenhouse and Geisser's; 1 where sphericity cannot be violated."""
    epsilon_huynh_feldt: float
    """Huynh and Feldt's, never above 1."""
    sphericity_p: float
    """Mauchly's test; NaN where sphericity cannot be violated, or there are too few units."""
    partial_eta_squared: float
    low: float
    high: float
    """Limits of partial eta squared."""
    generalized_eta_squared: float

    @property
    def name(self) -> str:
        """The factors, as interactions are written."""
        return " × ".join(self.factors)


@dataclass(frozen=True, slots=True)
class FactorialAnova:
    """The F tests of a design, and the linear model behind them."""

    effects: tuple[FactorialEffect, ...]
    n: int
    """Units."""
    level: float
    coefficients: FloatArray
    """Of the between-units model of each within-units cell, shape (p, k)."""
    unscaled: FloatArray
    """(X′X)⁻¹, shape (p, p)."""
    residual: FloatArray
    """Residual covariance of the within-units cells, shape (k, k)."""
    df: int
    """Residual degrees of freedom of the between-units model."""
    rows: Mapping[tuple[str, ...], FloatArray]
    """For each combination of the between factors its row of the model, covariates at their means."""

    def mean(self, cell: tuple[str, ...]) -> PointEstimate:
        """The adjusted mean of a combination of between factors, over all cells within units."""
        test = self._test(self.rows[cell], "model")
        return PointEstimate(test.difference, test.low, test.high, self.level, "adjusted mean", test.se, test.df)

    def compare(self, first: tuple[str, ...], second: tuple[str, ...]) -> TTest:
        """The difference of two adjusted means, over all cells within units, by the pooled residual."""
        return self._test(self.rows[first] - self.rows[second], "model")

    def _test(self, weights: FloatArray, name: str) -> TTest:
        share = np.full(self.residual.shape[0], 1 / self.residual.shape[0])
        value = float(weights @ self.coefficients @ share)
        se = math.sqrt(float(weights @ self.unscaled @ weights) * float(share @ self.residual @ share))
        half, df = t_critical(self.df, self.level) * se, float(self.df)
        p = t_two_sided(value / se, df)
        return TTest(name, value / se, df, p, value, se, value - half, value + half, self.level, (self.n,))

    def effect(self, *factors: str) -> FactorialEffect:
        """The test of these factors, in any order."""
        return next(one for one in self.effects if set(one.factors) == set(factors))


@one_thread
def factorial_anova(
    scores: ArrayLike,
    between: Mapping[str, Sequence[str]],
    within: Mapping[str, Sequence[str]],
    covariates: Mapping[str, ArrayLike] | None = None,
    *,
    level: float = 0.95,
) -> FactorialAnova:
    """Analyse the variance of scores by crossed factors, with sums of squares of type III.

    With X of the factors between units (each level against the mean of all levels, so that the sums of squares are
    of type III) and of centred covariates, and M an orthonormal basis of the contrasts of an effect within units, the
    multivariate model ``Y M = X B + E`` gives ``SS_H = tr (LB)′ (L (X′X)⁻¹ L′)⁻¹ LB`` and ``SS_E = tr E′E`` with
    ``rank(L) q`` and ``(n − p) q`` degrees of freedom for the q columns of M. Both degrees of freedom of an effect
    with ``q > 1`` are multiplied by Greenhouse and Geisser's ``ε = (tr S)² / (q tr S²)``, ``S = E′E``; Huynh and
    Feldt's, with Lecoutre's correction, is ``((n − p + 1) q ε − 2) / (q (n − p − q ε))``, at most 1. `low` and `high`
    are ``λ / (λ + N)`` at the limits λ of the noncentrality of F with the corrected degrees of freedom, N the units,
    times ``ε q`` for effects within units. Generalised eta squared takes all factors as manipulated.

    Parameters: `scores`, a row for each unit and a column for each combination of the within factors, the last of them
    varying fastest, shape (n, k), k = 1 where there are none; `between`, for each factor the level of each unit;
    `within`, for each factor its levels, in order; `covariates`, for each one number per unit.

    Assumes independent units, normal scores, equal covariance matrices in all groups, and equal slopes of a covariate.

    Raises `DataError` for missing cells, a combination of between factors without units, a factor or covariate with one
    level, no more units than coefficients, or an effect without any error.

    Source: Winer, B. J., Brown, D. R., & Michels, K. M. (1991). Statistical Principles in Experimental Design, 3rd ed.;
    Greenhouse, S. W., & Geisser, S. (1959). Psychometrika 24, 95–112; Lecoutre, B. (1991). Journal of Educational
    Statistics 16, 371–372; Olejnik, S., & Algina, J. (2003). Psychological Methods 8, 434–447. Equals R's
    ``drop1(lm(…), ~ ., test = "F")`` with ``contr.sum``, and ``anova(mlm, …, test = "Spherical")``.

    >>> test = factorial_anova([[3], [5], [4], [6], [9], [8]], {"g": ["a", "a", "b", "b", "c", "c"]}, {})
    >>> [round(x, 3) for x in (test.effects[0].f, test.effects[0].df1, test.effects[0].df2, test.effects[0].p)]
    [7.444, 2.0, 3.0, 0.069]
    """
    y = matrix(scores, "the table", rows=2, columns=1)
    design = _Between(y.shape[0], between, covariates or {})
    sizes = {name: len(levels) for name, levels in within.items()}
    if math.prod(sizes.values()) != y.shape[1]:
        msg = f"{y.shape[1]} columns for {math.prod(sizes.values())} combinations of factors within units"
        raise DataError(msg, hint="give a column for each combination, the last factor varying fastest")
    inverse: FloatArray = np.asarray(np.linalg.inv(design.x.T @ design.x), np.float64)
    coefficients: FloatArray = np.asarray(inverse @ design.x.T @ y)
    errors = y - design.x @ coefficients
    product = errors.T @ errors
    bases = {chosen: _basis(sizes, chosen) for chosen in _subsets(list(sizes))}
    total = sum(float(np.trace(basis.T @ product @ basis)) for basis in bases.values())
    scale = float(np.max(np.abs(y))) ** 2 * 1e-24
    effects = []
    for inside, basis in bases.items():
        for name, columns in design.columns.items():
            factors = (*name, *inside)
            if not factors:
                continue
            b = coefficients[columns] @ basis
            hypothesis = float(np.trace(b.T @ np.linalg.solve(inverse[np.ix_(columns, columns)], b)))
            error = basis.T @ product @ basis
            if not np.trace(error) > scale * y.size:
                msg = f"nothing varies by chance in {' × '.join(factors)}"
                raise DataError(msg, hint="no spread, no inference: report the means and check the measure responds")
            made = _Test(factors, hypothesis, len(columns), error, design.df, y.shape[0], total)
            effects.append(made.effect(level))
    effects.sort(key=lambda one: len(one.factors))
    residual = np.asarray(product / design.df, dtype=np.float64)
    return FactorialAnova(
        tuple(effects),
        int(y.shape[0]),
        level,
        coefficients,
        np.asarray(inverse, np.float64),
        residual,
        design.df,
        dict(design.rows),
    )


class _Between:
    """The model matrix of the factors between units and of covariates, and the columns of each of its effects."""

    def __init__(self, n: int, factors: Mapping[str, Sequence[str]], covariates: Mapping[str, ArrayLike]) -> None:
        coded = {name: _sum_contrasts(name, levels, n) for name, levels in factors.items()}
        cells = {tuple(levels[at] for levels in factors.values()) for at in range(n)}
        if len(cells) < math.prod(len(set(levels)) for levels in factors.values()):
            msg = f"not every combination of {' and '.join(factors)} has units"
            raise DataError(msg, hint="an interaction needs all of them; compare one factor at a time")
        parts, self.columns, at = [], dict[tuple[str, ...], list[int]](), 0
        for chosen in _subsets(list(coded)):
            block = np.ones((n, 1))
            for name in chosen:
                block = np.einsum("ni,nj->nij", block, coded[name]).reshape(n, -1)
            parts.append(block)
            self.columns[chosen] = list(range(at, at := at + block.shape[1]))
        for name, given in covariates.items():
            values = np.asarray(given, dtype=np.float64)
            if values.shape != (n,) or not np.isfinite(values).all():
                raise DataError(f"the covariate {name} is not one number for each unit", hint="leave out units without")
            parts.append((values - values.mean())[:, None])
            self.columns[name,] = [at]
            at += 1
        self.x: FloatArray = np.hstack(parts)
        of = [tuple(levels[row] for levels in factors.values()) for row in range(n)]
        own = self.x.copy()
        own[:, at - len(covariates) :] = 0.0
        self.rows = {cell: own[of.index(cell)] for cell in dict.fromkeys(of)}
        self.df = n - at
        if self.df < 1 or np.linalg.matrix_rank(self.x) < at:
            msg = f"{at} coefficients cannot be told apart in {n} units"
            raise DataError(msg, hint="leave out a factor or covariate: one may follow from the others")


def _sum_contrasts(name: str, levels: Sequence[str], n: int) -> FloatArray:
    known = list(dict.fromkeys(levels))
    if len(levels) != n or len(known) < 2:
        raise DataError(f"the factor {name} has {len(known)} level in {n} units", hint="a factor needs two levels")
    codes = np.vstack([np.eye(len(known) - 1), -np.ones(len(known) - 1)])
    return np.asarray(codes[[known.index(level) for level in levels]])


def _subsets(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for count in range(len(names) + 1):
        yield from itertools.combinations(names, count)


def _basis(sizes: Mapping[str, int], chosen: Sequence[str]) -> FloatArray:
    """An orthonormal basis of the contrasts of some factors within units, the mean taken over the others."""
    basis = np.ones((1, 1))
    for name, k in sizes.items():
        part = np.full((k, 1), 1 / math.sqrt(k))
        if name in chosen:
            steps = np.arange(1, k)
            part = np.triu(np.ones((k, k - 1)))
            part[steps, steps - 1] = -steps
            part /= np.sqrt(steps * (steps + 1))
        basis = np.kron(basis, part)
    return basis


@dataclass(frozen=True)
class _Test:
    factors: tuple[str, ...]
    squares: float
    rank: int
    error: FloatArray
    df: int
    n: int
    total: float

    def effect(self, level: float) -> FactorialEffect:
        q, sse = self.error.shape[0], float(np.trace(self.error))
        df1, df2 = float(self.rank * q), float(self.df * q)
        f = (self.squares / df1) / (sse / df2)
        gg = min(sse**2 / (q * float(np.sum(self.error**2))), 1.0)
        most = self.df - q * gg
        hf = min(((self.df + 1) * q * gg - 2) / (q * most), 1.0) if most > 0 and q > 1 else 1.0
        units = self.n * gg * q
        low, high = (limit / (limit + units) for limit in noncentralities(f, df1 * gg, df2 * gg, level))
        return FactorialEffect(
            factors=self.factors,
            f=f,
            df1=df1,
            df2=df2,
            p=f_tail(f, df1 * gg, df2 * gg),
            p_uncorrected=f_tail(f, df1, df2),
            p_huynh_feldt=f_tail(f, df1 * max(hf, gg), df2 * max(hf, gg)),
            squares=self.squares,
            error=sse,
            epsilon=gg,
            epsilon_huynh_feldt=hf,
            sphericity_p=_mauchly(self.error, self.df),
            partial_eta_squared=self.squares / (self.squares + sse),
            low=low,
            high=high,
            generalized_eta_squared=self.squares / (self.squares + self.total),
        )


def nested_f(y: FloatArray, small: FloatArray, large: FloatArray) -> tuple[float, int, int, float] | None:
    """F, its degrees of freedom and p of what a larger linear model explains beyond a smaller one within it.

    Parameters: `y`, shape (n,); `small` and `large`, model matrices, shapes (n, p) and (n, q). None where there is
    nothing more to be explained, or no residual.

    >>> x = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0], [1.0, 3.0]])
    >>> f, df1, df2, p = nested_f(np.array([1.0, 2.0, 2.0, 4.0]), x[:, :1], x)
    >>> round(f, 3), df1, df2, round(p, 4)
    (11.571, 1, 2, 0.0766)
    """

    def squares(x: FloatArray) -> tuple[float, int]:
        beta, _, rank, _ = np.linalg.lstsq(x, y, rcond=None)
        return float(np.sum((y - x @ beta) ** 2)), int(rank)

    (rest_small, rank_small), (rest, rank) = squares(small), squares(large)
    df1, df2 = rank - rank_small, y.size - rank
    if df1 < 1 or df2 < 1 or not rest > 0:
        return None
    f = (rest_small - rest) / df1 / (rest / df2)
    return f, df1, df2, f_tail(f, float(df1), float(df2))


def _mauchly(error: FloatArray, n: int) -> float:
    """The p of Mauchly's test that an error matrix is spherical, as R's ``mauchly.test``."""
    q = error.shape[0]
    if q < 2 or n < q:
        return math.nan
    sign, log_det = np.linalg.slogdet(error)
    if sign <= 0:
        return math.nan
    log_w = float(log_det) - q * math.log(float(np.trace(error)) / q)
    rho = 1 - (2 * q * q + q + 2) / (6 * q * n)
    w2 = (q + 2) * (q - 1) * (q - 2) * (2 * q**3 + 6 * q * q + 3 * q + 2) / (288 * (n * q * rho) ** 2)
    z, df = -n * rho * log_w, q * (q + 1) / 2 - 1
    first, second = float(special.chdtrc(df, z)), float(special.chdtrc(df + 4, z))
    return float(min(max(first + w2 * (second - first), 0.0), 1.0))
