"""A table of a section: what is printed, and the numbers behind it in full precision."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from affectlab.json_values import records
from affectlab.report.numbers import decimals, number_shown, p_text
from affectlab.shown import cell

if TYPE_CHECKING:
    import pandas as pd

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
    shared: tuple[str, ...] = ()
    """What holds for every row, and stands beside the caption."""
    note: str = ""
    """How it is to be read."""
    quoted: bool = False
    """Whether it holds what participants said, in their words."""
    folded: bool = False
    """Whether it is long, and for those who look for it: where it cannot be folded away, it is left out."""
    data: pd.DataFrame | None = field(default=None, compare=False, repr=False)
    """What it was made from, in full precision; None where the rows are all there is."""

    @property
    def title(self) -> str:
        """The caption, with what holds for every row.

        >>> Table("Shifts", ("state",), (), shared=("moderate", "nats")).title
        'Shifts (moderate; nats)'
        """
        return f"{self.caption} ({'; '.join(self.shared)})" if self.shared else self.caption

    @classmethod
    def of(cls, data: pd.DataFrame, caption: str, *, quoted: bool = False, folded: bool = False) -> Table:
        """A table of a data frame, cut where it is too long to be read; ids of contrasts stand at the rows."""
        # tables of words alone are shown without it
        from pandas.api.types import is_numeric_dtype

        whole = data
        ids = [name for name in data if str(name) == "contrast" or str(name).endswith("_contrast")]
        contrasts = tuple(" ".join(filter(None, map(str, row))) for row in data[ids].head(LONGEST).to_numpy())
        data = data.drop(columns=ids)
        shown = data.head(LONGEST)
        numeric = [str(name) for name in data if is_numeric_dtype(data[name])]
        columns = [_printed(shown[name]) for name in shown]
        rows = tuple(zip(*columns, strict=True))
        names = tuple(str(name).replace("_", " ") for name in data)
        kinds = frozenset(name.replace("_", " ") for name in numeric)
        left_out = len(data) - len(shown)
        return cls(
            caption,
            names,
            rows,
            kinds,
            left_out=left_out,
            contrasts=contrasts if ids else (),
            quoted=quoted,
            folded=folded,
            data=whole,
        )

    @property
    def records(self) -> list[dict[str, Any]]:
        """The rows as plain records: in full precision where there are numbers behind them."""
        if self.data is not None:
            return records(self.data)
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def without_columns(table: Table, name: str) -> Table:
    """A table without one of its columns.

    >>> without_columns(Table("Shifts", ("state", "unit"), (("fear", "nats"),)), "unit").rows
    (('fear',),)
    """
    kept = [place for place, column in enumerate(table.columns) if column != name]
    rows = tuple(tuple(row[place] for place in kept) for row in table.rows)
    return replace(table, columns=tuple(table.columns[place] for place in kept), rows=rows)


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
    import pandas as pd

    texts = [name for name in data if not pd.api.types.is_numeric_dtype(data[name])]
    return data.assign(**{str(name): pd.Series(celled(data[name]), data.index, dtype=object) for name in texts})


def _printed(column: pd.Series[Any]) -> list[str]:
    from pandas.api.types import is_bool_dtype, is_float_dtype, is_integer_dtype

    if is_float_dtype(column) and (column.name == "p" or str(column.name).startswith("p_")):
        return [p_text(float(value)) or number_shown(float(value)) for value in column]
    if is_float_dtype(column):
        finite = column.dropna()
        places = max(3, decimals(float(finite.abs().max())) if len(finite) else 3)
        return [number_shown(float(value), places) for value in column]
    if is_bool_dtype(column):
        return ["yes" if value else "no" for value in column]
    if is_integer_dtype(column):
        return [number_shown(float(value), 0) for value in column]
    # what is missing is not equal to itself
    return ["" if value is None or value != value else str(value) for value in column]
