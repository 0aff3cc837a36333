"""Tables of SPSS, Stata and SAS: values as text, and what the file says of them: labels, missing codes, wordings."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from affectlab.errors import InputError
from affectlab.tabular.alike import visible
from affectlab.tabular.columns import LINE

_SAS = bytes(12) + bytes.fromhex("c2ea8160b31411cfbd92080009c7318c181f1011")
_FORMS: Mapping[bytes, tuple[str, str, str]] = {
    b"$FL2": ("SPSS data", "read_sav", "in SPSS save it as CSV, or in R: write.csv(haven::read_sav(FILE), 'data.csv')"),
    b"$FL3": ("SPSS data", "read_sav", "in SPSS save it as CSV, or in R: write.csv(haven::read_sav(FILE), 'data.csv')"),
    b"<stata_dta>": ("Stata data", "read_dta", "in Stata: export delimited using data.csv"),
    _SAS: ("SAS data", "read_sas7bdat", "in SAS: proc export … dbms=csv, or in R: write.csv(haven::read_sas(FILE), …)"),
    b"HEADER RECORD*******LIB": ("SAS data", "read_xport", "in R: write.csv(haven::read_xpt(FILE), 'data.csv')"),
}
_OLD_STATA = frozenset({0x6C, 0x6E, 0x6F, 0x71, 0x72, 0x73})
"""The first byte of a Stata file before version 13: the number of its form."""


class KnownColumn(NamedTuple):
    """What a file of a statistics package says of a column."""

    labels: Mapping[str, str] = {}
    """Names of values, by code."""
    wording: str = ""
    codes: tuple[str, ...] = ()
    """Values that stood in it and mean that there is none."""


class StatTable(NamedTuple):
    """A table of a statistics package."""

    rows: pd.DataFrame
    remarks: tuple[str, ...]
    columns: Mapping[str, KnownColumn]


def stat_form(raw: bytes, path: Path) -> tuple[str, str, str] | None:
    """What wrote these bytes, by what they are read, and how they become CSV; None where it is none of these."""
    for mark, form in _FORMS.items():
        if raw.startswith(mark):
            return form
    if raw[:1] and raw[0] in _OLD_STATA and raw[1:2] in (b"\x01", b"\x02") and path.suffix.casefold() == ".dta":
        return _FORMS[b"<stata_dta>"]
    return None


def stat_table(path: Path, form: tuple[str, str, str]) -> StatTable:
    """Read a file of SPSS, Stata or SAS.

    Values keep their codes; what the file calls them is told beside. Codes that it declares as missing become gaps,
    with a remark on how many.

    Raises:
        InputError: the reader is not installed, the file is damaged, or it holds no table.
    """
    kind, reader, remedy = form
    try:
        import pyreadstat
    except ImportError:
        message = f"{kind} are read by pyreadstat, which is not installed"
        hint = f"pip install 'affectlab[spss]'; or {remedy}"
        raise InputError(message, hint=hint, file=path) from None
    beside = {"user_missing": True} if reader == "read_sav" else {}
    try:
        found, meta = getattr(pyreadstat, reader)(str(path), **beside)
        found.columns = pd.Index([visible(str(name)) for name in found.columns])
        if found.columns.duplicated().any():
            raise InputError(
                f"a column of the {kind} stands twice", hint="give every column a name of its own", file=path
            )
        if not isinstance(found, pd.DataFrame) or found.empty or not len(found.columns):
            raise InputError(f"the {kind} hold no rows", hint="a table has a row for each answer", file=path)
        return _made(found, meta)
    except InputError:
        raise
    except Exception as error:  # whatever its C library finds wrong
        said = " ".join(str(error).split())[:100]
        raise InputError(f"cannot be read ({said}), though it is {kind}", hint=remedy, file=path) from None


def _made(found: pd.DataFrame, meta: Any) -> StatTable:
    said: dict[str, KnownColumn] = {}
    table, remarks = {}, []
    ranges = getattr(meta, "missing_ranges", None) or {}
    labels = getattr(meta, "variable_value_labels", None) or {}
    wordings = getattr(meta, "column_names_to_labels", None) or {}
    for name in map(str, found.columns):
        texts = [_text(value) for value in found[name].tolist()]
        own = {_text(code): str(label).strip() for code, label in (labels.get(name) or {}).items()}
        gone = _codes(found[name], ranges.get(name) or [])
        if gone.any():
            codes = tuple(dict.fromkeys(text for text, none in zip(texts, gone, strict=True) if none))
            shown = ", ".join(f"{code} ({own[code]})" if code in own else code for code in codes)
            remarks.append(f"{int(gone.sum())} values {shown} of `{name}` are missing, as the file says")
            texts = ["" if none else text for text, none in zip(texts, gone, strict=True)]
        else:
            codes = ()
        kept = {code: label for code, label in own.items() if code not in codes}
        table[name] = texts
        said[name] = KnownColumn(kept, str(wordings.get(name) or "").strip(), codes)
    index = pd.RangeIndex(1, len(found) + 1, name=LINE)
    return StatTable(pd.DataFrame(table, index=index, dtype=str), tuple(remarks), said)


def _codes(column: pd.Series[Any], ranges: list[Mapping[str, Any]]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """The rows whose value lies in a range that the file declares as missing."""
    gone = np.zeros(len(column), dtype=bool)
    for one in ranges:
        low, high = one.get("lo"), one.get("hi")
        if isinstance(low, str) or isinstance(high, str):
            gone |= column.astype(str).str.strip().eq(str(low).strip()).to_numpy()
        else:
            numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float)
            gone |= (numbers >= low) & (numbers <= high)
    return gone


def in_labels(table: pd.DataFrame, columns: Mapping[str, KnownColumn], scores: frozenset[str]) -> pd.DataFrame:
    """The table with names in place of codes, in columns that are no scores and whose every value has one."""
    made = dict(_named_columns(table, columns, scores))
    return table.assign(**made) if made else table


def _named_columns(
    table: pd.DataFrame, columns: Mapping[str, KnownColumn], scores: frozenset[str]
) -> Iterator[tuple[str, pd.Series[str]]]:
    for name, known in columns.items():
        if name in scores or name not in table or not known.labels:
            continue
        there = set(table[name]) - {""}
        if there <= set(known.labels) and len(set(known.labels.values())) == len(known.labels):
            yield name, table[name].map(lambda code, of=known.labels: of.get(code, code))


def _text(value: object) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)) or value is pd.NaT:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**63 else f"{value:.15g}"
    return str(value).strip()
