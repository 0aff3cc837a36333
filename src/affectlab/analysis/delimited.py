"""Read a table from text as people save it: any separator, quoted or not."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from affectlab.analysis.encoding import Decoded
from affectlab.analysis.header import ABOVE, Header, header, titles
from affectlab.errors import InputError

SEPARATORS = (",", ";", "\t", "|")
SPACES = r"\s+"
LINE = "line"
"""The name of a table's index: where each row stands in its file."""

_NAMELESS = ("\t", SPACES)
"""Where a first column may have no name at all, as R writes row names; elsewhere the header is a value short."""
_FIRST = 1 << 18
"""Characters at the beginning of a file among which its header is."""
_RAGGED = re.compile(r"Expected (\d+) fields in line (\d+), saw (\d+)")
_LONG = "quote values that hold the separator; and if the lines above are a title, delete them"
_SHORT = "write an empty value too, as in `1,,3`; quote values that hold the separator or a line break"


class Layout(NamedTuple):
    """How a text is a table."""

    separator: str
    header: Header
    last: int
    """The line in which the header ends: a name in quotes may go over several."""


class _Strict(csv.Dialect):
    """No text beside a quote; a quote within a value is written twice."""

    delimiter = ","
    quotechar = '"'
    doublequote = True
    quoting = csv.QUOTE_MINIMAL
    lineterminator = "\n"
    skipinitialspace = True
    strict = True


def delimited(path: Path, decoded: Decoded, *, packed: bool) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The rows of a text as text, a column for each name in its header, the index their lines; and what was assumed.

    Comma, semicolon, tab, bar or spaces apart. Lines that begin with ``#`` above the header are skipped, and so are a
    spreadsheet's ``sep=;`` and a title. A column of row names without a name is left out.

    Raises:
        InputError: no rows, a name that stands twice, a row that is too long or too short, a quote that is not closed.
    """
    text, encoding, _ = decoded
    layout = _layout(text[:_FIRST].split("\n"), path)
    quoted = _quoted(text, layout, path) if '"' in text else None
    count = text.rstrip().count("\n") + 1 - layout.last
    apart = None if quoted is not None else _apart(text, layout)
    del text, decoded
    try:
        table = pd.read_csv(
            path,
            sep=layout.separator,
            encoding=encoding,
            compression={"method": "gzip"} if packed else None,
            dtype=str,
            keep_default_na=False,
            skiprows=layout.header.line - 1,
            skipinitialspace=True,
        )
    except pd.errors.ParserError as error:
        raise _unreadable(error, path) from None
    if table.empty:
        raise InputError("the file has names and no rows", hint="a table has a line for each row", file=path)
    nameless = not isinstance(table.index, pd.RangeIndex)
    lines: Sequence[int] = range(layout.last + 1, layout.last + 1 + count)
    if quoted is not None:
        lines = quoted.lines
    elif len(table) != count:
        lines = [at for at, _ in _filled(path, encoding, layout, packed=packed)]
    if len(lines) != len(table):
        message = f"{len(table)} rows are read where {len(lines)} are written"
        raise InputError(message, hint="save it as CSV anew, values with line breaks in quotes", file=path)
    table.index = pd.Index(lines, name=LINE)
    if nameless:
        _row_names(table, layout, path)
    wanted = len(layout.header.names) + nameless
    if apart is not None and apart < len(table) * (wanted - 1):
        raise _short(path, encoding, layout, wanted, packed=packed)
    return table, (*layout.header.remarks, *(quoted.remarks if quoted else ()))


def _layout(lines: list[str], path: Path) -> Layout:
    """The separator is that of the header, which is the first line, or the first below a title."""
    filled = [at for at, line in enumerate(lines) if line.strip() and not ABOVE.match(line)]
    if not filled:
        raise InputError("the file is empty", hint="a table has a line of names and a line for each row", file=path)
    title, separator = 0, _separator(lines[filled[1]]) if len(filled) > 1 else SPACES
    if separator != SPACES and lines[filled[0]].count('"') % 2 == 0:
        title = titles([(at, _cells(lines[at], separator)) for at in filled[:20]])
    at = filled[title]
    separator = _separator(lines[at])
    rows = [(one + 1, _cells(lines[one], separator)) for one in filled[: title + 3]]
    last = at + 1
    if separator != SPACES:
        reader = csv.reader((f"{line}\n" for line in lines[at:]), _Strict, delimiter=separator)
        try:
            rows[title] = at + 1, [" ".join(cell.split()) for cell in next(reader)]
        except csv.Error as error:
            raise _unclosed(error, path, at + 1) from None
        last = at + reader.line_num
    return Layout(separator, header(rows, path), last)


def _separator(line: str) -> str:
    bare = re.sub(r'"[^"]*"', "", line)
    most = max(SEPARATORS, key=bare.count)
    if bare.count(most):
        return most
    return SPACES if re.search(r"\S\s+\S", bare) or re.search(r'"\s+"', line) else ","


def _cells(line: str, separator: str) -> list[str]:
    if separator == SPACES:
        return [cell.strip('"') for cell in re.findall(r'"[^"]*"|\S+', line)]
    return [cell.strip(' "') for cell in line.split(separator)]


class _Quoted(NamedTuple):
    """What a strict look through a text with quotes found: a parser that forgives would swallow rows."""

    lines: list[int]
    """In which each row begins."""
    remarks: list[str]


def _quoted(text: str, layout: Layout, path: Path) -> _Quoted:
    found = _Quoted([], [])
    names = len(layout.header.names)
    most = names + (layout.separator in _NAMELESS)
    for line, row in _records(text, layout, path):
        if not names <= len(row) <= most:
            hint = _SHORT if len(row) < names else _LONG
            raise InputError(_count(len(row), names), hint=hint, file=path, line=line)
        found.lines.append(line)
        if not found.remarks:
            found.remarks.extend(_swallowed(line, row, layout))
    return found


def _records(text: str, layout: Layout, path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of a text with quotes, each with the line in which it begins."""
    stream = io.StringIO(text)
    for _ in range(layout.last):
        next(stream)
    spaces = layout.separator == SPACES
    lines: Iterator[str] = (f"{line.rstrip().expandtabs(1)}\n" for line in stream) if spaces else stream
    reader = csv.reader(lines, _Strict, delimiter=" " if spaces else layout.separator)
    while True:
        line = layout.last + reader.line_num + 1
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise _unclosed(error, path, line) from None
        if row is None:
            return
        if len(row) > 1 or (row and row[0].strip()):
            yield line, row


def _swallowed(line: int, row: list[str], layout: Layout) -> Iterator[str]:
    """A remark on a value that holds whole rows, as one between two stray quotes does."""
    apart = len(layout.header.names) - 1
    for name, cell in zip(layout.header.names, row, strict=False):
        inner = cell.split("\n")[1:-1] if "\n" in cell and layout.separator != SPACES else []
        if any(one.count(layout.separator) >= apart for one in inner):
            last = line + cell.count("\n")
            yield f"lines {line} to {last} are one row: a value of `{name}`, in quotes, goes over them"


def _apart(text: str, layout: Layout) -> int:
    """How many separators stand below the header; a parser that forgives fills rows that are short of some."""
    if layout.separator == SPACES:
        return sum(len(line.split()) - 1 for line in text.split("\n")[layout.last :] if line.strip())
    above = sum(line.count(layout.separator) for line in text.split("\n", layout.last)[: layout.last])
    return text.count(layout.separator) - above


def _row_names(table: pd.DataFrame, layout: Layout, path: Path) -> None:
    """Refuse rows that are longer than the header by a value that is no name of the row."""
    if layout.separator in _NAMELESS and not table.iloc[:, -1].isin(["", None]).all():
        return
    names = len(layout.header.names)
    hint = "give row names a name too, end no line with a separator, put semicolons between columns of numbers "
    hint += f"with a decimal comma; and if line {layout.header.line} is a title, delete it"
    raise InputError(_count(names + 1, names), hint=hint, file=path, line=int(table.index[0]))


def _short(path: Path, encoding: str, layout: Layout, wanted: int, *, packed: bool) -> InputError:
    """The first row with fewer values than are wanted."""
    separator = None if layout.separator == SPACES else layout.separator
    for at, line in _filled(path, encoding, layout, packed=packed):
        seen = len(line.split(separator))
        if seen < wanted:
            return InputError(_count(seen, wanted), hint=_SHORT, file=path, line=at)
    return InputError(f"rows are short of the {wanted} columns that have names", hint=_SHORT, file=path)


def _filled(path: Path, encoding: str, layout: Layout, *, packed: bool) -> list[tuple[int, str]]:
    """The rows of a text without quotes as they are written, each with its line."""
    blank = " \n" if layout.separator == "\t" else " \t\n"
    with (gzip.open if packed else open)(path, "rt", encoding=encoding) as file:
        lines = enumerate(file, 1)
        return [(at, line) for at, line in lines if at > layout.last and line.strip(blank)]


def _count(seen: int, names: int) -> str:
    return f"{seen} values where {names} columns have names"


def _unclosed(error: csv.Error, path: Path, line: int) -> InputError:
    beside = ", or text follows where it closes" if "expected after" in str(error) else ""
    hint = 'close it, or write a quote within a value twice: "He said ""no"""'
    return InputError(f"a quote that opens here is not closed{beside}", hint=hint, file=path, line=line)


def _unreadable(error: pd.errors.ParserError, path: Path) -> InputError:
    ragged = _RAGGED.search(str(error))
    if ragged is None:
        return InputError(f"cannot be read as a table ({error})".replace("\n", " "), hint="save it as CSV", file=path)
    expected, line, seen = map(int, ragged.groups())
    return InputError(_count(seen, expected), hint=_LONG, file=path, line=line)
