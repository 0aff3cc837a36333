"""Intraclass correlations: how far raters, repeats or wordings give the same unit the same score."""

from __future__ import annotations

import math
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from affectlab.errors import DataError
from affectlab.stats._sample import matrix, probability, varies
from affectlab.stats.estimate import PointEstimate

Form = Literal["1", "A,1", "C,1", "1,k", "A,k", "C,k"]


def icc(ratings: ArrayLike, form: Form, *, level: float = 0.95) -> PointEstimate:
    """An intraclass correlation with its interval.

    With mean squares R (units), W (within units), C (raters) and E (residual) of an n × k table:

    ======= ============================================ =========================================================
    form    formula                                      is
    ======= ============================================ =========================================================
    "1"     (R − W) / (R + (k−1) W)                      one rating, each unit rated by other raters
    "A,1"   (R − E) / (R + (k−1) E + k (C − E)/n)        one rating, absolute agreement of the same raters
    "C,1"   (R − E) / (R + (k−1) E)                      one rating, consistency: raters may differ in mean
    "1,k"   (R − W) / R                                  the mean of k ratings by other raters
    "A,k"   (R − E) / (R + (C − E)/n)                    the mean of k ratings, absolute agreement
    "C,k"   (R − E) / R                                  the mean of k ratings, consistency (equals Cronbach's α)
    ======= ============================================ =========================================================

    Intervals: exact from F for the forms 1 and C, by Satterthwaite's degrees of freedom for A.

    Parameters: `ratings`, units × raters (or repeats, or wordings), shape (n, k). No unit; negative where
    units differ less than chance would have it.

    Assumes independent units, normal and additive effects of unit and rater, equal error variance.

    Raises `DataError` for missing cells, fewer than two units or raters, units that do not differ, perfect agreement
    of a form whose interval then does not exist, or an unknown form.

    Source: McGraw, K. O., & Wong, S. P. (1996). Psychological Methods 1, 30–46, tables 4 and 7, with the
    correction on p. 390; golden values: Shrout, P. E., & Fleiss, J. L. (1979). Psychological Bulletin 86,
    420–428, table 4. Equals R's ``psych::ICC(x, lmer = FALSE)``.

    >>> table = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    >>> print(icc(table, "A,1"))
    0.2898 [0.01879, 0.7611]
    """
    x = matrix(ratings, "the ratings")
    if form not in get_args(Form):
        msg = f'no intraclass correlation of the form "{form}"'
        raise DataError(msg, hint=f"one of {', '.join(get_args(Form))}")
    varies(x, "the ratings")
    tail = (1 - probability(level, "level")) / 2
    n, k = x.shape
    units, raters, mean = x.mean(axis=1), x.mean(axis=0), float(x.mean())
    ms_r = k * float(np.sum((units - mean) ** 2)) / (n - 1)
    ms_c = n * float(np.sum((raters - mean) ** 2)) / (k - 1)
    ms_w = float(np.sum((x - units[:, None]) ** 2)) / (n * (k - 1))
    ms_e = float(np.sum((x - units[:, None] - raters[None, :] + mean) ** 2)) / ((n - 1) * (k - 1))
    varies(units, "the means of the units", scale=float(np.max(np.abs(x))))
    noise = {"1": ms_w, "A": max(ms_e, ms_c), "C": ms_e}[form[0]]
    if noise <= 1e-12 * max(ms_r, ms_c):
        msg = "raters agree perfectly" if ms_c <= 1e-12 * ms_r else "raters differ only by constants"
        raise DataError(msg, hint="no interval exists without disagreement; check that ratings are independent")
    if form.startswith("A"):
        value, low, high = _agreement(ms_r, ms_c, ms_e, n, k, tail)
    else:
        df = n * (k - 1) if form.startswith("1") else (n - 1) * (k - 1)
        ratio = ms_r / noise
        f_low = ratio / float(special.fdtri(n - 1, df, 1 - tail))
        f_high = ratio * float(special.fdtri(df, n - 1, 1 - tail))
        value, low, high = ((f - 1) / (f + k - 1) for f in (ratio, f_low, f_high))
    if form.endswith("k"):
        value, low, high = (_stepped_up(rho, k) for rho in (value, low, high))
    kind = "agreement" if form.startswith("A") else "consistency" if form.startswith("C") else "one-way"
    return PointEstimate(value, low, high, level, f"ICC({form}), {kind}, McGraw–Wong interval")


def _stepped_up(rho: float, k: int) -> float:
    """The correlation of means of k ratings, by Spearman and Brown; it has no bound below."""
    return k * rho / (1 + (k - 1) * rho) if 1 + (k - 1) * rho > 0 else -math.inf


def _agreement(r: float, c: float, e: float, n: int, k: int, tail: float) -> tuple[float, float, float]:
    """ICC(A,1) with limits by Satterthwaite's degrees of freedom for the raters' and residual mean squares."""
    value = (r - e) / (r + (k - 1) * e + k * (c - e) / n)
    a, b = k * value / (n * (1 - value)), 1 + k * value * (n - 1) / (n * (1 - value))
    df = (a * c + b * e) ** 2 / ((a * c) ** 2 / (k - 1) + (b * e) ** 2 / ((n - 1) * (k - 1)))
    f_low = float(special.fdtri(n - 1, df, 1 - tail))
    f_high = float(special.fdtri(df, n - 1, 1 - tail))
    common = k * c + (k * n - k - n) * e
    low = n * (r - f_low * e) / (f_low * common + n * r)
    high = n * (f_high * r - e) / (common + n * f_high * r)
    return value, low, high
