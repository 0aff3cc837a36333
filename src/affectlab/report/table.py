"""A table as it is printed: on the page, as Markdown, as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from affectlab.report.numbers import decimals, number
from affectlab.shown import cell

LONGEST = 400
"""Rows of data shown on the page; the file beside it has all."""


@dataclass(frozen=True)
class Table:
    """Rows of text under headings; the first column says what a row is about."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[str] = frozenset()
    """The columns that hold numbers, set flush right."""
    faint: frozenset[int] = frozenset()
    """The rows that carry no result, shown in grey."""
    left_out: int = 0
    """Rows that are not shown."""
    contrasts: tuple[str, ...] = ()
    """Per row, the ids of the contrasts whose numbers it holds, where it holds any."""

    @classmethod
    def of(cls, data: pd.DataFrame, caption: str) -> Table:
        """A table of a data frame, cut where it is too long to be read; ids of contrasts stand at the rows."""
        ids = [name for name in data if str(name) == "contrast" or str(name).endswith("_contrast")]
        contrasts = tuple(" ".join(filter(None, map(str, row))) for row in data[ids].head(LONGEST).to_numpy())
        data = data.drop(columns=ids)
        shown = data.head(LONGEST)
        numeric = [str(name) for name in data if pd.api.types.is_numeric_dtype(data[name])]
        columns = [_printed(shown[name]) for name in shown]
        rows = tuple(zip(*columns, strict=True))
        names = tuple(str(name).replace("_", " ") for name in data)
        kinds = frozenset(name.replace("_", " ") for name in numeric)
        left_out = len(data) - len(shown)
        return cls(caption, names, rows, kinds, left_out=left_out, contrasts=contrasts if ids else ())

    def markdown(self) -> str:
        """The table as GitHub prints it.

        >>> print(Table("", ("state", "n"), (("fear", "4"),), frozenset({"n"})).markdown())
        | state | n |
        |---|--:|
        | fear | 4 |
        """
        marks = ["--:" if name in self.numeric else "---" for name in self.columns]
        lines = [_line(self.columns), f"|{'|'.join(marks)}|", *map(_line, self.rows)]
        return "\n".join(lines)

    def apa(self, place: int, note: str = "") -> str:
        """The table in the manner of the APA: its number, its title in italics, the rows, a note.

        >>> print(Table("Shifts", ("state", "n"), (("fear", "4"),), frozenset({"n"})).apa(1, "Made up."))
        **Table 1**
        <BLANKLINE>
        *Shifts*
        <BLANKLINE>
        | State | *n* |
        |---|--:|
        | fear | 4 |
        <BLANKLINE>
        *Note.* Made up.
        """
        heads = tuple(_head(name) for name in self.columns)
        numeric = frozenset(_head(name) for name in self.numeric)
        cut = [f"{self.left_out:,} further rows are not shown."] if self.left_out else []
        told = " ".join([*([note] if note else []), *cut])
        parts = [f"**Table {place}**", f"*{self.caption}*", replace(self, columns=heads, numeric=numeric).markdown()]
        return "\n\n".join([*parts, *([f"*Note.* {told}"] if told else [])])


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Rows as CSV, with a heading."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(celled(columns))
    writer.writerows(map(celled, rows))
    return text.getvalue()


def celled(row: Iterable[Any]) -> list[Any]:
    """A row as it goes into a sheet: its texts neither act nor are computed there."""
    return [cell(value) if isinstance(value, str) else value for value in row]


def spreadsheet(data: pd.DataFrame) -> pd.DataFrame:
    """A table as it goes into a sheet."""
    texts = [name for name in data if not pd.api.types.is_numeric_dtype(data[name])]
    return data.assign(**{str(name): pd.Series(celled(data[name]), data.index, dtype=object) for name in texts})


_SYMBOLS = {"d_z": "*d*_z", "d_av": "*d*_av"}


def _head(name: str) -> str:
    """A heading as the APA prints it: symbols of statistics in italics, words with a capital."""
    words = [_SYMBOLS.get(word, f"*{word}*" if word in _STATISTICS else word) for word in name.split(" ")]
    shown = " ".join(words)
    return shown[:1].upper() + shown[1:]


_STATISTICS = frozenset({"g", "d", "n", "N", "t", "F", "p", "r", "M", "SD", "SE", "df", "z"})


def _line(cells: Sequence[str]) -> str:
    escaped = [" ".join(cell.replace("|", "\\|").split("\n")) for cell in cells]
    return f"| {' | '.join(escaped)} |"


def _printed(column: pd.Series[Any]) -> list[str]:
    if pd.api.types.is_float_dtype(column):
        finite = column.dropna()
        places = max(3, decimals(float(finite.abs().max())) if len(finite) else 3)
        return [number(float(value), places) for value in column]
    if pd.api.types.is_bool_dtype(column):
        return ["yes" if value else "no" for value in column]
    if pd.api.types.is_integer_dtype(column):
        return [number(float(value), 0) for value in column]
    return ["" if pd.isna(value) else str(value) for value in column]
