"""Adjusting p values for the number of tests."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from affectlab.errors import DataError
from affectlab.stats._sample import FloatArray, vector


def _p_values(p: ArrayLike) -> FloatArray:
    array = vector(p, "the p values", least=1)
    if np.any((array < 0) | (array > 1)):
        msg = "a p value lies outside 0 to 1"
        raise DataError(msg, hint="give p values, not test statistics")
    return array


def holm(p: ArrayLike) -> FloatArray:
    """Adjusted p values that control the chance of any false claim in the family.

    ``p̃₍ᵢ₎ = max over j ≤ i of min(1, (m − j + 1) p₍ⱼ₎)`` on the ordered p values.

    Parameters: `p`, the p values of one declared family, shape (m,). Returns shape (m,), in the order given;
    claim where below α. No assumption about dependence between tests.

    Raises `DataError` for NaN, none, or values outside 0 to 1. A test that could not be computed still
    counts: decide whether it belongs to the family instead of passing NaN.

    Source: Holm, S. (1979). Scandinavian Journal of Statistics 6, 65–70. Equals R's ``p.adjust(p, "holm")``.

    >>> [round(float(x), 3) for x in holm([0.01, 0.04, 0.03, 0.005])]
    [0.03, 0.06, 0.06, 0.02]
    """
    array = _p_values(p)
    order, m = np.argsort(array), array.size
    stepped = np.minimum(np.maximum.accumulate(array[order] * np.arange(m, 0, -1)), 1.0)
    adjusted = np.empty(m)
    adjusted[order] = stepped
    return adjusted


def benjamini_hochberg(p: ArrayLike) -> FloatArray:
    """Adjusted p values that control the expected share of false claims among the claims.

    ``p̃₍ᵢ₎ = min over j ≥ i of min(1, m p₍ⱼ₎ / j)`` on the ordered p values.

    Parameters, shapes and errors as in `holm`. Assumes independent tests or positive dependence.

    Source: Benjamini, Y., & Hochberg, Y. (1995). Journal of the Royal Statistical Society B 57, 289–300, p.
    293. Equals R's ``p.adjust(p, "BH")``.

    >>> [round(float(x), 3) for x in benjamini_hochberg([0.01, 0.04, 0.03, 0.005])]
    [0.02, 0.04, 0.04, 0.02]
    """
    array = _p_values(p)
    order, m = np.argsort(array)[::-1], array.size
    stepped = np.minimum(np.minimum.accumulate(array[order] * m / np.arange(m, 0, -1)), 1.0)
    adjusted = np.empty(m)
    adjusted[order] = stepped
    return adjusted
