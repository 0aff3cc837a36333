"""From a column as it was saved to scores; what cannot be read is named, what is missing stays a gap."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from affectlab.errors import DataError
from affectlab.tabular.affixes import without_affixes
from affectlab.tabular.marks import doubtful_point, numbers_of_marks
from affectlab.tabular.missing import NOTHING, missing, suspects
from affectlab.tabular.number import finite_number

YES = frozenset({"yes", "y", "true", "t", "correct", "pass", "passed", "success", "hit", "ja", "oui", "sí", "si"})
NO = frozenset({"no", "n", "false", "f", "incorrect", "wrong", "fail", "failed", "failure", "miss", "nein", "non"})

LINE = "line"
"""The name of the index of a table that says where in its file a row begins."""

Numbers = np.ndarray[Any, np.dtype[np.float64]]


class ScoreColumn(NamedTuple):
    """Numbers, NaN where one is missing."""

    values: Numbers
    binary: bool
    """Whether they are a yes or no, as 1 and 0."""
    remark: str = ""


def score_column(column: pd.Series[Any], name: str, codes: Collection[str] = ()) -> ScoreColumn:
    """A column of scores, as numbers.

    A decimal comma is read as such where no other reading makes a number; two words for yes and no become 1 and 0.

    Raises:
        DataError: values that are neither numbers nor missing, infinite ones, or a number that looks like a code
            for a missing value.
    """
    if pd.api.types.is_bool_dtype(column):
        return ScoreColumn(column.to_numpy(dtype=np.float64), True)
    if pd.api.types.is_numeric_dtype(column):
        values, remark = column.to_numpy(dtype=np.float64, na_value=np.nan), ""
    else:
        position, kinds = pd.factorize(column)
        read, remark, binary = _read([str(kind).strip() for kind in kinds], name, codes, column)
        values = np.append(read, np.nan)[position]
        if binary:
            return ScoreColumn(values, True)
    for code in (code for code in map(finite_number, codes) if code is not None):
        values = np.where(values == code, np.nan, values)
    if np.isinf(values).any():
        msg = f"{int(np.isinf(values).sum())} values of `{name}` are infinite"
        line = first_line(column.index, np.isinf(values))
        raise DataError(msg, hint="mark them as missing, and report how many", line=line)
    require_range(values, name, column.index)
    doubtful = suspects(values) if NOTHING not in codes else []
    if doubtful:
        times, line = int((values == doubtful[0]).sum()), first_line(column.index, values == doubtful[0])
        msg = (
            f"{doubtful[0]:g} stands {times} times in `{name}`, far from all others, as a code of missing values would"
        )
        if len(doubtful) > 1:
            msg += f", and so do {', '.join(f'{code:g}' for code in doubtful[1:])}"
        said = " ".join(f"--missing '{name}={code:g}'" for code in doubtful)
        raise DataError(msg, hint=f"say {said}; or, if it is a score, --missing '{name}={NOTHING}'", line=line)
    found = set(np.unique(values[~np.isnan(values)][:1000]))
    return ScoreColumn(values, found <= {0.0, 1.0} and bool(np.isin(values[~np.isnan(values)], (0, 1)).all()), remark)


_LARGEST, _SMALLEST = 1e70, 1e-60
"""Beyond these a sum of fourth powers is no number, or zero."""


def require_range(values: Numbers, name: str, index: pd.Index[Any]) -> None:
    """Refuse numbers so large, or all so small, that their squares are not numbers of a computer.

    Raises:
        DataError: says which, and where the first stands.
    """
    sizes = np.abs(values[~np.isnan(values)])
    hint = "give it in another unit, or mark what is no score as missing"
    if (sizes > _LARGEST).any():
        first = np.abs(np.nan_to_num(values)) > _LARGEST
        msg = f"`{name}` holds {values[first][0]:g}, which is too large to be computed with"
        raise DataError(msg, hint=hint, line=first_line(index, first))
    if sizes.any() and sizes.max() < _SMALLEST:
        msg = f"all values of `{name}` lie between {-_SMALLEST:g} and {_SMALLEST:g}, too small to be computed with"
        raise DataError(msg, hint=hint)


def _read(kinds: list[str], name: str, codes: Collection[str], column: pd.Series[Any]) -> tuple[Numbers, str, bool]:
    gap = np.array([missing(text, codes) for text in kinds])
    texts = [text.replace("−", "-") for text in kinds]
    read, remark = pd.to_numeric(pd.Series(texts, dtype=object), errors="coerce").to_numpy(np.float64), ""
    wrong = np.isnan(read) & ~gap
    words = {text.casefold() for text, none in zip(texts, gap, strict=True) if not none}
    if wrong.any() and words <= YES | NO:
        return (
            np.array([np.nan if none else float(t.casefold() in YES) for t, none in zip(texts, gap, strict=True)]),
            "",
            True,
        )
    beside = ""
    if wrong.any() and (bare := without_affixes([text for text, none in zip(texts, gap, strict=True) if not none])):
        numbers, beside = iter(bare.texts), f"of `{name}` {bare.remark}"
        texts = [text if none else next(numbers) for text, none in zip(texts, gap, strict=True)]
        read = pd.to_numeric(pd.Series(texts, dtype=object), errors="coerce").to_numpy(np.float64)
        wrong = np.isnan(read) & ~gap
    doubtful = "" if wrong.any() else doubtful_point(texts)
    if doubtful:
        remark = f"`{name}` is read with a decimal point, `{doubtful}` as {float(doubtful):g}"
    if wrong.any():
        made = numbers_of_marks(texts)
        read = pd.to_numeric(pd.Series(made.texts, dtype=object), errors="coerce").to_numpy(np.float64)
        remark = f"`{name}` is read with {made.remark}" if made.remark else ""
        if made.doubtful:
            here = column.astype(str).str.strip().eq(kinds[texts.index(made.doubtful)]).to_numpy()
            hint = "write thousands without a mark, and all decimals of a column with the same one"
            raise DataError(f"in `{name}` {made.why}", hint=hint, line=first_line(column.index, here))
        wrong = np.isnan(read) & ~gap
    if wrong.any():
        bad = [text for text, not_read in zip(kinds, wrong, strict=True) if not_read]
        rows = column.astype(str).str.strip().isin(bad).to_numpy()
        shown = ", ".join(f"`{text[:30]}`" for text in bad[:3])
        msg = f"{int(rows.sum())} of {len(column)} values of `{name}` are no numbers: {shown}"
        hint = "name another column, or give codes of missing values with --missing"
        if all(re.search(r"[^\W\d_]", text) for text in bad):
            hint += f", or the order of the words of a scale with --steps '{bad[0][:30]},…'"
            hint += f', or the numbers of words with --codebook, as `{name}: {{labels: {{NUMBER: "{bad[0][:30]}"}}}}`'
        if rows[0] and rows.sum() == 1:
            hint += "; or, if this line is a second one of names, delete it"
        raise DataError(msg, hint=hint, line=first_line(column.index, rows))
    return np.where(gap, np.nan, read), "; ".join(filter(None, (remark, beside))), False


def refuse_beyond(x: pd.Series[float], name: str, least: float | None, most: float | None) -> None:
    """Refuse scores beyond the ends of their scale, where these are known.

    Raises:
        DataError: there are such scores.
    """
    beyond = (x < (-math.inf if least is None else least)) | (x > (math.inf if most is None else most))
    if beyond.any():
        msg = f"`{name}` goes from {x.min():g} to {x.max():g}, beyond the ends of its scale"
        hint = "correct the codebook, or give codes of missing values with --missing"
        raise DataError(msg, hint=hint, line=first_line(x.index, beyond.to_numpy()))


def first_line(index: pd.Index[Any], rows: np.ndarray[Any, Any]) -> int | None:
    """Where in its file the first of some rows of a table begins, if that is known."""
    return int(index[int(rows.argmax())]) if index.name == LINE else None
