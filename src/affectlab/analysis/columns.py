"""From a column as it was saved to scores and labels; what cannot be read is named, what is missing stays a gap."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from affectlab.analysis.marks import doubtful_point, plain
from affectlab.errors import DataError

GAPS = frozenset({"", "na", "n/a", "nan", "#n/a", "null", "none", ".", "-", "?", "missing", "<na>"})
"""What is read as a missing value, in any case of letters."""

NO_TREATMENT = "none"
"""A gap everywhere but among conditions, where it is the name of one."""

YES = frozenset({"yes", "y", "true", "t", "correct", "pass", "passed", "success", "hit", "ja", "oui", "sí", "si"})
NO = frozenset({"no", "n", "false", "f", "incorrect", "wrong", "fail", "failed", "failure", "miss", "nein", "non"})

SENTINELS = (9.0, 99.0, 999.0, 9999.0, 88.0, 888.0, 77.0, 777.0)
"""Numbers by which a missing value is often coded, with a minus where no other score has one."""

LINE = "line"
"""The name of the index of a table that says where in its file a row begins."""

Numbers = np.ndarray[Any, np.dtype[np.float64]]


class Scores(NamedTuple):
    """Numbers, NaN where one is missing."""

    values: Numbers
    binary: bool
    """Whether they are a yes or no, as 1 and 0."""
    remark: str = ""


def missing(text: str, codes: Collection[str]) -> bool:
    """Whether a value stands for none."""
    bare = text.strip()
    return bare.casefold() in GAPS or bare in codes


def labels(
    column: pd.Series[Any],
    codes: Collection[str] = (),
    names: Mapping[str, str] | None = None,
    *,
    conditions: bool = False,
) -> Any:
    """A column of names: a categorical in order of appearance, or ascending where all names are numbers.

    ``1``, ``1.0`` and ``01`` are one level where every level is a number. Names are replaced by ``names``.
    """
    position, kinds = pd.factorize(column)
    texts = [str(kind).strip() for kind in kinds]
    gap = [
        missing(text, codes) and not (conditions and text.casefold() == NO_TREATMENT and text not in codes)
        for text in texts
    ]
    numbers = [number(text) for text in texts]
    numeric = all(number is not None for number, none in zip(numbers, gap, strict=True) if not none)
    plain = [
        f"{number:.15g}" if numeric and number is not None else text
        for text, number in zip(texts, numbers, strict=True)
    ]
    named = [(names or {}).get(text, (names or {}).get(raw, text)) for text, raw in zip(plain, texts, strict=True)]
    order = {name: number for name, number, none in zip(named, numbers, gap, strict=True) if not none}
    levels = sorted(order, key=lambda name: order[name] or 0.0) if numeric and not names else list(order)
    place = {name: at for at, name in enumerate(levels)}
    code = np.array([-1 if none else place[name] for name, none in zip(named, gap, strict=True)] + [-1], dtype=np.intp)
    return pd.Categorical.from_codes(code[position], categories=pd.Index(levels, dtype=object))


def scores(column: pd.Series[Any], name: str, codes: Collection[str] = ()) -> Scores:
    """A column of scores, as numbers.

    A decimal comma is read as such where no other reading makes a number; two words for yes and no become 1 and 0.

    Raises:
        DataError: values that are neither numbers nor missing, infinite ones, or a number that looks like a code
            for a missing value.
    """
    if pd.api.types.is_bool_dtype(column):
        return Scores(column.to_numpy(dtype=np.float64), True)
    if pd.api.types.is_numeric_dtype(column):
        values, remark = column.to_numpy(dtype=np.float64, na_value=np.nan), ""
    else:
        position, kinds = pd.factorize(column)
        read, remark, binary = _read([str(kind).strip() for kind in kinds], name, codes, column)
        values = np.append(read, np.nan)[position]
        if binary:
            return Scores(values, True)
    for code in (code for code in map(number, codes) if code is not None):
        values = np.where(values == code, np.nan, values)
    if np.isinf(values).any():
        msg = f"{int(np.isinf(values).sum())} values of `{name}` are infinite"
        line = first_line(column.index, np.isinf(values))
        raise DataError(msg, hint="mark them as missing, and report how many", line=line)
    sentinel = _sentinel(values) if "nothing" not in codes else None
    if sentinel is not None:
        times, line = int((values == sentinel).sum()), first_line(column.index, values == sentinel)
        msg = f"{sentinel:g} stands {times} times in `{name}`, far from all others, as a code of missing values would"
        hint = f"say --missing {sentinel:g}; or, if it is a score, --missing nothing"
        raise DataError(msg, hint=hint, line=line)
    found = set(np.unique(values[~np.isnan(values)][:1000]))
    return Scores(values, found <= {0.0, 1.0} and bool(np.isin(values[~np.isnan(values)], (0, 1)).all()), remark)


def _read(kinds: list[str], name: str, codes: Collection[str], column: pd.Series[Any]) -> tuple[Numbers, str, bool]:
    gap = np.array([missing(text, codes) for text in kinds])
    texts = [text.replace("−", "-") for text in kinds]
    percent = all(text.endswith("%") for text, none in zip(texts, gap, strict=True) if not none) and not gap.all()
    if percent:
        texts = [text.removesuffix("%").rstrip() for text in texts]
    read, remark = pd.to_numeric(pd.Series(texts, dtype=object), errors="coerce").to_numpy(np.float64), ""
    wrong = np.isnan(read) & ~gap
    words = {text.casefold() for text, none in zip(texts, gap, strict=True) if not none}
    if wrong.any() and words <= YES | NO:
        return (
            np.array([np.nan if none else float(t.casefold() in YES) for t, none in zip(texts, gap, strict=True)]),
            "",
            True,
        )
    doubtful = "" if wrong.any() else doubtful_point(texts)
    if doubtful:
        remark = f"`{name}` is read with a decimal point, `{doubtful}` as {float(doubtful):g}"
    if wrong.any():
        made = plain(texts)
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
            hint += f', or the numbers of words with --codebook, as `{name}: {{labels: {{NUMBER: "{bad[0][:30]}"}}}}`'
        if rows[0] and rows.sum() == 1:
            hint += "; or, if this line is a second one of names, delete it"
        raise DataError(msg, hint=hint, line=first_line(column.index, rows))
    if percent:
        remark = f"{remark}; `{name}` is in percent" if remark else f"`{name}` is in percent"
    return np.where(gap, np.nan, read), remark, False


def first_line(index: pd.Index[Any], rows: np.ndarray[Any, Any]) -> int | None:
    """Where in its file the first of some rows of a table begins, if that is known."""
    return int(index[int(rows.argmax())]) if index.name == LINE else None


def _sentinel(values: Numbers) -> float | None:
    """A number that looks like a code of missing values."""
    known = values[~np.isnan(values)]
    for code in SENTINELS if known.size > 2 else ():
        negative = known == -code
        if 0 < negative.sum() < known.size and known[~negative].min() >= 0:
            return -code
        positive = known == code
        if code >= 99 and 0 < positive.sum() < known.size / 2 and known[~positive].max() * 4 < code:
            return code
    return None


def number(text: str) -> float | None:
    """A finite number, or None."""
    try:
        read = float(text)
    except ValueError:
        return None
    return read if np.isfinite(read) else None
