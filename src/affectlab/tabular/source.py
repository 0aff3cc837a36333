"""A researcher's file as a table: what it holds, as text, and what had to be assumed to read it."""

from __future__ import annotations

import itertools
import re
import string
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from affectlab.errors import InputError
from affectlab.tabular.alike import visible
from affectlab.tabular.columns import LINE
from affectlab.tabular.delimited import SPACES, delimited
from affectlab.tabular.design import NEARLY
from affectlab.tabular.encoding import decoded
from affectlab.tabular.fileformat import is_workbook, read_bytes, refuse_others
from affectlab.tabular.header import Row, names_of_two_lines, no_names
from affectlab.tabular.missing import GAPS
from affectlab.tabular.statfile import KnownColumn, stat_form, stat_table
from affectlab.tabular.trials import answers_apart, rows_of_jspsych
from affectlab.tabular.workbook import workbook

_AT_ONCE = 5_000
"""So many rows are lists at a time; the others are columns already."""
_LONG = (
    "quote values that hold the separator, as a decimal comma may be; give row names a name too; "
    "if the names stand below a title, delete it"
)
_SHORT = (
    "write an empty value too, as in `1,,3`; quote values that hold the separator or a line break; "
    "delete notes below the table; or, if rows may end early, say --ragged"
)
_NO_NAMES = (
    "write a line with the names of the columns above, else this row of data would be lost; or, if these are the "
    "names, say --header with the number of this line"
)
_OF_ROWS = "column 1 has no name and is left out: give it one in the file to use it"
_DESCRIBE, _MOST_DESCRIBE, _FEW = 1_000, 3, 3
"""So many rows are looked at, of which so many may describe the columns above at least so many others."""
_MOST_BELOW = 20
"""So many rows below a table may be notes."""
_CODED = re.compile(r"(?P<code>[\w\[\]#]+)\. (?P<said>.*)", re.DOTALL)
"""A name as LimeSurvey writes it where codes and questions are asked for."""
_QUALTRICS = re.compile(r'\s*\{\s*"ImportId"\s*:')
"""How the last of the lines begins that Qualtrics writes between the names and the answers."""


class Source(NamedTuple):
    """A table as it was saved."""

    rows: pd.DataFrame
    """Text, a column for each name; the index is called ``line`` and says where in the file a row begins."""
    remarks: tuple[str, ...] = ()
    """What was assumed, or left out."""


class KnownSource(NamedTuple):
    """A table as it was saved, with what its file says of the columns."""

    rows: pd.DataFrame
    remarks: tuple[str, ...] = ()
    columns: Mapping[str, KnownColumn] = {}
    """By name, where a statistics package wrote the file."""


def read_source(
    path: Path | str,
    sheet: str | None = None,
    header: int | None = None,
    *,
    ragged: bool = False,
    wanted: Collection[str] = (),
) -> Source:
    """The table in a file; nothing is interpreted yet.

    Text in any usual encoding, packed with gzip or not, a workbook, a file of SPSS, Stata or SAS, or jsPsych's JSON. A
    first column without a name is of row names, and left out.

    Args:
        path: of the file.
        sheet: of a workbook, its sheet.
        header: the line of the names, where more than a title stands above them.
        ragged: whether a row may end early; what it lacks is a gap then.
        wanted: names of columns that are asked for: a line that holds them all is that of the names.

    Raises:
        InputError: no such file, one that holds no table, or one that cannot be read without guessing: a name stands
            twice, a row is too long or too short, a quote is not closed.
    """
    return Source(*read_known(path, sheet, header, ragged=ragged, wanted=wanted)[:2])


def read_known(
    path: Path | str,
    sheet: str | None = None,
    header: int | None = None,
    *,
    ragged: bool = False,
    wanted: Collection[str] = (),
) -> KnownSource:
    """The same with what the file says of its columns: labels, missing codes and wordings of SPSS, Stata and SAS."""
    path = Path(path)
    raw, separator = read_bytes(path), ""
    form, screens = stat_form(raw, path), rows_of_jspsych(raw)
    if form is not None:
        if sheet is not None:
            raise InputError("the file is no workbook", hint="leave out --sheet", file=path)
        return KnownSource(*stat_table(path, form))
    if screens is not None:
        rows, remarks = iter(screens), tuple[str, ...]()
    elif is_workbook(raw):
        rows, remarks = workbook(path, sheet, header, wanted)
    elif sheet is not None:
        raise InputError("the file is no workbook", hint="leave out --sheet", file=path)
    else:
        refuse_others(raw, path)
        text, odd = decoded(raw, path)
        rows, separator, remarks = delimited(text, path, header, wanted)
        remarks = (*odd, *remarks)
    table, swallowed = _table(rows, separator, path, ragged=ragged, said=header is not None)
    table, questions = _answers(table)
    table, described = _described(table)
    table, below = _notes_below(table)
    table, nameless = _named(table)
    table, questions_of, coded = _codes_of_questions(table, wanted)
    table, apart = answers_apart(table)
    if table.empty:
        raise InputError("the file has names and no rows", hint="a table has a line for each row", file=path)
    said = (*remarks, *swallowed, *questions, *described, *below, *nameless, *coded, *apart)
    return KnownSource(table, said, questions_of)


def read_table(path: Path | str) -> pd.DataFrame:
    """The rows of ``read_source``."""
    return read_source(path).rows


def _table(
    rows: Iterator[Row], separator: str, path: Path, *, ragged: bool, said: bool = False
) -> tuple[pd.DataFrame, list[str]]:
    """The rows below the first, whose cells are their names; and a remark on a value that holds rows.

    Args:
        said: whether it was said that the names are in this line.
    """
    line, cells = next(rows)
    second = next(rows, None)
    if second is not None and (merged := names_of_two_lines(cells, second[1])):
        cells, second = merged, None
    rows = rows if second is None else itertools.chain([second], rows)
    names = [visible(name) for name in cells]
    if not said and no_names(names, None if second is None else second[1]):
        raise InputError("holds values where the names of columns should be", hint=_NO_NAMES, file=path, line=line)
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice is not None:
        hint = "give every column a name of its own"
        raise InputError(f"the column `{twice}` stands twice", hint=hint, file=path, line=line)
    parts, remarks = [pd.DataFrame(columns=names, dtype=str)], list[str]()
    while some := list(itertools.islice(rows, _AT_ONCE)):
        if len(parts) == 1 and separator in ("\t", SPACES) and len(some[0][1]) == len(names) + 1 and some[0][1][-1]:
            names = ["", *names]  # R writes row names, and none for their column
        if {len(cells) for _, cells in some} != {len(names)}:
            early = _fill(some, names, path, ragged=ragged)
            remarks += [f"{early} rows end early, and what they lack is missing"] if early else []
        remarks += _swallowed(some, names, separator)
        index = pd.Index([line for line, _ in some], name=LINE)
        parts.append(pd.DataFrame([cells for _, cells in some], columns=names, index=index, dtype=str))
    return pd.concat(parts[1:] or parts), remarks


def _fill(rows: Sequence[Row], names: Sequence[str], path: Path, *, ragged: bool) -> int:
    """Refuse rows that lack a value of a column that has a name, or have too many; fill what else is short.

    Where rows may end early none lacks too many; how many did is returned.
    """
    early, least = 0, max((at for at, name in enumerate(names, 1) if name), default=1)
    for line, cells in rows:
        early += ragged and len(cells) < least
        if len(cells) > len(names) or (len(cells) < least and not ragged):
            message = f"{len(cells)} value{'s' * (len(cells) > 1)} where {len(names)} columns have names"
            raise InputError(message, hint=_SHORT if len(cells) < least else _LONG, file=path, line=line)
        cells += [""] * (len(names) - len(cells))
    return early


def _swallowed(rows: Sequence[Row], names: Sequence[str], separator: str) -> Iterator[str]:
    """Remarks on values that hold whole rows, as one between two stray quotes does."""
    over = [row for row in rows if "\n" in "".join(row[1])] if separator and len(names) > 1 else []
    for (line, cells), at in itertools.product(over, range(len(names))):
        name, cell = names[at], cells[at]
        first, *inner, last = cell.split("\n") if "\n" in cell else [cell, ""]
        # a row is swallowed whole between two lines, or from one half and another
        halves = (first.count(separator), last.count(separator)) == (len(names) - 1 - at, at)
        if "\n" in cell and (halves or any(one.count(separator) >= len(names) - 1 for one in inner)):
            end = line + cell.count("\n")
            yield f"lines {line} to {end} are one row: a value of `{name}`, in quotes, goes over them"


def _answers(table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The table without the lines below its header that hold Qualtrics' questions and identifiers."""
    begins = table.iloc[:3].apply(lambda column: column.str.match(_QUALTRICS)).any(axis=1).to_numpy(dtype=bool)
    if not begins.any():
        return table, []
    at = int(begins.argmax()) + 1
    return table.iloc[at:], [f"lines {table.index[0]} to {table.index[at - 1]} are Qualtrics' own, and no answers"]


def _described(table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The table without lines below its header that name or describe the columns once more."""
    begin = table.iloc[:_DESCRIBE]
    at = 0
    while at < _MOST_DESCRIBE and len(begin) - at > _FEW and _describes(begin.iloc[at], begin.iloc[at + 1 :]):
        at += 1
    if not at:
        return table, []
    lines = " and ".join(map(str, table.index[:at]))
    return table.iloc[at:], [f"line {lines} is no row but says what the columns are, and is left out"]


def _describes(line: pd.Series[str], below: pd.DataFrame) -> bool:
    """Whether a line holds words where numbers follow, and nothing that labels below it hold."""
    if line.str.strip().tolist() == list(below.columns):
        return True
    words = labels = 0
    for at in range(len(line)):
        cell, column = line.iloc[at].strip(), below.iloc[:, at].str.strip()
        column = column[~column.str.casefold().isin(GAPS)]
        if not len(column) or not cell:
            continue
        if column.map(_digits).mean() >= NEARLY:
            if any(map(str.isdigit, cell)):
                return False
            words += cell.casefold() not in GAPS
        elif column.nunique() < len(column):
            if column.eq(cell).any():
                return False
            labels += 1
    return words > 0 and labels > 0


def _digits(text: str) -> bool:
    return text[:1] in "+-−.," + string.digits and any(map(str.isdigit, text))


def _notes_below(table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The table without what stands below it in the first column alone: a note, or a sum's name."""
    if table.shape[1] < _FEW or len(table) < _FEW:
        return table, []
    filled = table.iloc[-_MOST_BELOW:].apply(lambda column: column.str.strip().ne("")).to_numpy(bool)
    alone = filled[:, 0] & ~filled[:, 1:].any(axis=1)
    notes = int(np.argmin(alone[::-1])) if not alone.all() else 0
    if not notes:
        return table, []
    lines = " and ".join(map(str, table.index[-notes:]))
    return table.iloc[:-notes], [f"line {lines} has a value in its first column alone, and is left out"]


def _codes_of_questions(
    table: pd.DataFrame, wanted: Collection[str]
) -> tuple[pd.DataFrame, dict[str, KnownColumn], list[str]]:
    """The columns by their codes, where LimeSurvey wrote the questions behind these; with the questions."""
    parted = [_CODED.fullmatch(str(name)) for name in table.columns]
    codes = [found["code"] if found else str(name) for found, name in zip(parted, table.columns, strict=True)]
    own = {"submitdate", "lastpage", "startlanguage"} <= set(codes)
    if not own or not any(parted) or len(set(codes)) < len(codes) or set(wanted) & set(table.columns) - set(codes):
        return table, {}, []
    wordings = {code: KnownColumn(wording=found["said"]) for code, found in zip(codes, parted, strict=True) if found}
    return table.set_axis(codes, axis=1), wordings, ["columns are called by their codes, without the questions"]


def _counts(column: pd.Series[str]) -> bool:
    """Whether a column is of nothing but the numbers of its rows, or empty."""
    texts = column.str.strip().tolist()
    return any(texts == [str(at) for at in range(begin, begin + len(texts))] for begin in (0, 1)) or not any(texts)


def _named(table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The columns that have a name. A first one without is of row names; another, if it holds anything, is told of."""
    bare = [not name for name in table.columns]
    lost = [at for at, none in enumerate(bare) if none and at and table.iloc[:, at].str.strip().ne("").any()]
    remarks = [_OF_ROWS] if bare and bare[0] and not _counts(table.iloc[:, 0]) else []
    remarks += [f"column {at + 1} has no name and is left out" for at in lost]
    return table.loc[:, [not none for none in bare]], remarks
