"""What every function of this package checks before it computes.

A number that means nothing is worse than none: what cannot be analysed is refused here, in one place, with
the count of what is wrong and what to do about it.
"""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from affectlab.errors import DataError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
Seed = int | np.random.Generator

#: Spread, relative to the largest absolute value, below which scores count as constant: rounding, not variance.
ROUNDING = 1e-12


def vector(values: ArrayLike, name: str, *, least: int = 2) -> FloatArray:
    """Finite one-dimensional scores, or a `DataError` that says how many are not."""
    array = _numbers(values, name, "give one number per unit; code categories as numbers first")
    if array.ndim != 1:
        msg = f"{name} has {array.ndim} dimensions, not one"
        raise DataError(msg, hint="give one score per unit, averaged over what is nested in it")
    wrong = int(np.count_nonzero(~np.isfinite(array)))
    if wrong:
        msg = f"{wrong} of {array.size} values in {name} are missing or infinite"
        raise DataError(msg, hint="decide what a missing value means, drop or bound it, and report how many")
    if array.size < least:
        raise too_few(name, array.size, least)
    return array


def _numbers(values: ArrayLike, name: str, hint: str) -> FloatArray:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise DataError(f"{name} is not numeric", hint=hint) from None


def too_few(name: str, n: int, least: int) -> DataError:
    """A sample that is too small for what is asked of it."""
    msg = f"{name} has {n} unit{'' if n == 1 else 's'}; at least {least} are needed"
    return DataError(msg, hint="more vignettes, models or runs; repeats of one prompt are not units")


def matrix(values: ArrayLike, name: str, *, rows: int = 2, columns: int = 2) -> FloatArray:
    """A finite units × conditions (or items, or raters) table, at least `rows` × `columns`."""
    array = table(values, name)
    wrong = int(np.count_nonzero(~np.isfinite(array)))
    if wrong:
        msg = f"{wrong} of {array.size} cells in {name} are missing or infinite"
        raise DataError(msg, hint="drop incomplete rows and report how many, or use a method for missing cells")
    if array.shape[0] < rows or array.shape[1] < columns:
        msg = f"{name} is {array.shape[0]} × {array.shape[1]}; at least {rows} × {columns} is needed"
        raise DataError(msg, hint="rows are the sampled units, columns the items, raters or conditions")
    return array


def table(values: ArrayLike, name: str) -> FloatArray:
    """A two-dimensional float array in which NaN marks a missing cell."""
    array = _numbers(values, name, "code categories as numbers first, missing cells as NaN")
    if array.ndim != 2:
        msg = f"{name} has {array.ndim} dimensions, not two"
        raise DataError(msg, hint="rows are the sampled units, columns the items, raters or conditions")
    return array


def pair(first: ArrayLike, second: ArrayLike, *, least: int = 2) -> tuple[FloatArray, FloatArray]:
    """Two scores of each unit, in the same order."""
    a, b = vector(first, "the first sample", least=least), vector(second, "the second sample", least=least)
    if a.size != b.size:
        msg = f"paired samples differ in length: {a.size} and {b.size}"
        raise DataError(msg, hint="align both by unit, or use the test for independent samples")
    return a, b


def codes(labels: ArrayLike, name: str, length: int) -> tuple[IntArray, int]:
    """Integer codes 0 … k−1 for the labels of `length` rows, and k."""
    array = np.asarray(labels)
    if array.shape != (length,):
        msg = f"{name} has shape {array.shape}; one label for each of the {length} rows is needed"
        raise DataError(msg, hint="labels and values must be of the same rows in the same order")
    missing = np.array([label is None or label != label for label in array.tolist()], dtype=bool)
    if np.any(missing):
        msg = f"{int(np.count_nonzero(missing))} of {length} labels in {name} are missing"
        raise DataError(msg, hint="a row whose unit is unknown cannot be analysed; drop it and report it")
    kinds, inverse = np.unique(array.astype(str) if array.dtype == object else array, return_inverse=True)
    return cast("IntArray", inverse.astype(np.intp, copy=False)), int(kinds.size)


def constant(array: FloatArray, *, scale: float = 0.0) -> bool:
    """Whether all values are the same up to rounding, at their own size or at that of the scores behind them."""
    return bool(np.ptp(array) <= ROUNDING * np.max(np.abs(array), initial=scale))


def varies(array: FloatArray, name: str, *, scale: float = 0.0) -> None:
    """Refuse constant scores: they have no spread to compare anything with."""
    if constant(array, scale=scale):
        msg = f"all {array.size} values in {name} are {float(array.flat[0]):g}"
        raise DataError(msg, hint="no spread, no inference: report the raw value and check the measure responds")


def probability(value: float, name: str) -> float:
    """A number strictly between 0 and 1."""
    if not 0.0 < value < 1.0:
        msg = f"{name} is {value:g}; it must lie between 0 and 1"
        raise DataError(msg, hint="95 % is 0.95")
    return float(value)


def generator(seed: Seed) -> np.random.Generator:
    """The caller's generator, or a new one from the caller's seed; never the global one."""
    return seed if isinstance(seed, np.random.Generator) else np.random.default_rng(seed)
