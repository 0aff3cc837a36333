"""From a column as it was saved to labels. A label is a label: only what is the same whole number is merged."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd

from affectlab.errors import DataError
from affectlab.tabular.alike import lookalikes
from affectlab.tabular.columns import first_line
from affectlab.tabular.missing import missing
from affectlab.tabular.number import finite_number

NO_TREATMENT = "none"
"""A gap everywhere but among conditions, where it is the name of one."""

_WHOLE = re.compile(r"([+-]?)0*([0-9]+)(?:\.0*)?")


def short_form(text: str) -> str:
    """A whole number in its shortest form, whatever its length; any other label as it is.

    >>> short_form("01"), short_form("2.0"), short_form("1_1"), short_form("1.10"), short_form("12345678901234567890")
    ('1', '2', '1_1', '1.10', '12345678901234567890')
    """
    found = _WHOLE.fullmatch(text)
    if found is None:
        return text
    sign, digits = found.groups()
    return f"-{digits}" if sign == "-" and digits != "0" else digits


def level_labels(
    column: pd.Series[Any],
    codes: Collection[str] = (),
    names: Mapping[str, str] | None = None,
    *,
    conditions: bool = False,
    kept: Collection[str] = (),
) -> Any:
    """A column of names: a categorical in order of appearance, or ascending where all names are numbers.

    ``1``, ``1.0`` and ``01`` are one level where every level is a number; ``1.1`` and ``1.10``, which may be names of
    anything, are two. Names are replaced by ``names``; gaps are ``codes`` and the usual words but those of ``kept``.
    """
    position, kinds = pd.factorize(column)
    texts = [_text(kind) for kind in kinds]
    gap = [
        missing(text, codes, kept) and not (conditions and text.casefold() == NO_TREATMENT and text not in codes)
        for text in texts
    ]
    numbers = [finite_number(text) for text in texts]
    numeric = all(number is not None for number, none in zip(numbers, gap, strict=True) if not none)
    plain = [short_form(text) if numeric else text for text in texts]
    called = {**{short_form(code): name for code, name in (names or {}).items()}, **(names or {})}
    named = [called.get(text, called.get(raw, text)) for text, raw in zip(plain, texts, strict=True)]
    order = {name: number for name, number, none in zip(named, numbers, gap, strict=True) if not none}
    levels = sorted(order, key=lambda name: order[name] or 0.0) if numeric and not names else list(order)
    place = {name: at for at, name in enumerate(levels)}
    code = np.array([-1 if none else place[name] for name, none in zip(named, gap, strict=True)] + [-1], dtype=np.intp)
    return pd.Categorical.from_codes(code[position], categories=pd.Index(levels, dtype=object))


def told_apart(column: Any, name: str, index: pd.Index[Any], *, conditions: bool = False) -> list[str]:
    """Refuse labels that a reader takes for one; with remarks on those that may be two.

    Args:
        column: the labels, as ``level_labels`` gives them.
        name: of the column.
        index: of the rows; named ``line`` where it says where in the file they begin.
        conditions: whether they are conditions, of which none differ in capitals only. Codes of persons may.

    Raises:
        DataError: two differ only by an invisible character or the form of a letter; or, of conditions, in capitals.
    """
    notes = []
    for pair in lookalikes(map(str, column.categories)):
        said = f"{pair} in `{name}` differ in {pair.by} only"
        if pair.by == "capitals" and not conditions:
            notes.append(f"{said} and are two; if they are one, write them alike")
            continue
        hint = "write them alike" + (", or name both alike in a codebook's `labels`" if conditions else "")
        raise DataError(said, hint=hint, line=first_line(index, np.asarray(column == pair.second)))
    return notes


def words_for_gaps(column: pd.Series[Any], name: str, kept: Collection[str], *, conditions: bool = False) -> str:
    """A remark on words that are read as gaps in a column of labels; empty if there are none."""
    found: dict[str, int] = {}
    for text, times in column.dropna().astype(str).str.strip().value_counts().items():
        word = str(text)
        if not any(map(str.isalpha, word)) or (conditions and word.casefold() == NO_TREATMENT):
            continue
        if missing(word, (), kept):
            found[word] = int(times)
    if not found:
        return ""
    shown = ", ".join(f"`{word}` ({times} rows)" for word, times in found.items())
    return f"{shown} in `{name}` is read as missing; if it is a label, say --keep '{name}={next(iter(found))}'"


def _text(kind: object) -> str:
    if isinstance(kind, float | np.floating):
        real = float(kind)
        return str(int(real)) if real.is_integer() else f"{real:.15g}"
    return str(kind).strip()
