"""A researcher's file as a table: what it holds, as text, and what had to be assumed to read it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pandas as pd

from affectlab.analysis.delimited import delimited
from affectlab.analysis.encoding import decoded
from affectlab.analysis.fileformat import is_workbook, read_bytes, refuse_others
from affectlab.analysis.workbook import workbook
from affectlab.errors import InputError

_QUALTRICS = '{"ImportId"'
"""How the last of the lines begins that Qualtrics writes between the names and the answers."""


class Source(NamedTuple):
    """A table as it was saved."""

    rows: pd.DataFrame
    """Text, a column for each name; the index is called ``line`` and says where in the file a row stands."""
    remarks: tuple[str, ...] = ()
    """What was assumed, or left out."""


def read_source(path: Path | str, sheet: str | None = None) -> Source:
    """The table in a file; nothing is interpreted yet.

    Text in any usual encoding, packed with gzip or not, or a workbook.

    Args:
        path: of the file.
        sheet: of a workbook, its sheet.

    Raises:
        InputError: no such file, one that holds no table, or one that cannot be read without guessing.
    """
    path = Path(path)
    raw, packed = read_bytes(path)
    if is_workbook(raw):
        table, remarks = workbook(path, sheet)
    elif sheet is not None:
        raise InputError("the file is no workbook", hint="leave out --sheet", file=path)
    else:
        refuse_others(raw, path)
        text = decoded(raw, path)
        del raw
        table, remarks = delimited(path, text, packed=packed)
        remarks = (text.remark, *remarks) if text.remark else remarks
    table, questions = _answers(table)
    table, nameless = _named(table)
    return Source(table, (*remarks, *questions, *nameless))


def read_table(path: Path | str) -> pd.DataFrame:
    """The rows of ``read_source``."""
    return read_source(path).rows


def _answers(table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The table without the lines below its header that hold Qualtrics' questions and identifiers."""
    begins = table.iloc[:3, 0].str.startswith(_QUALTRICS).to_numpy()
    if not begins.any():
        return table, []
    at = int(begins.argmax()) + 1
    return table.iloc[at:], [f"lines {table.index[0]} to {table.index[at - 1]} are Qualtrics' own, and no answers"]


def _named(table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The columns that have a name. A first one without is of row names; another, if it holds anything, is told of."""
    table.columns = pd.Index([" ".join(str(name).split()) for name in table.columns])
    bare = [not name or name.startswith("Unnamed: ") for name in table.columns]
    lost = [at for at, none in enumerate(bare) if none and at and table.iloc[:, at].str.strip().ne("").any()]
    remarks = [f"column {at + 1} has no name and is left out" for at in lost]
    return table.loc[:, [not none for none in bare]], remarks
