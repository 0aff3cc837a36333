"""The rows of a text as people save it: any separator, quoted or not, read strictly, so that no row is swallowed."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from affectlab.errors import InputError
from affectlab.tabular.header import LOOKED_AT, Row, below_titles, named_in, skipped

SEPARATORS = (",", ";", "\t", "|")
SPACES = " "
_BLANK = " \n" + "".join(SEPARATORS)
_ABOVE = re.compile(r"#|sep=.$")
"""What is no part of a table where it stands above: a comment, and the separator as Excel is told it."""


class Delimited(NamedTuple):
    """The rows of a text, its header first."""

    rows: Iterator[Row]
    separator: str
    remarks: tuple[str, ...]


class _Strict(csv.Dialect):
    """No text beside a quote; a quote within a value is written twice."""

    delimiter = ","
    quotechar = '"'
    doublequote = True
    quoting = csv.QUOTE_MINIMAL
    lineterminator = "\n"
    skipinitialspace = True
    strict = True


def delimited(text: str, path: Path, header: int | None = None, wanted: Collection[str] = ()) -> Delimited:
    """The rows of a text that are not blank: comma, semicolon, tab, bar or spaces apart, as the header is.

    Lines that begin with ``#`` above the header are skipped, and so are a spreadsheet's ``sep=;`` and titles; or
    everything above ``header``, the line of the names. Those that are ``wanted`` tell that line where looks deceive.

    Raises:
        InputError: the text is empty; while rows are drawn, a quote that is not closed.
    """
    lines = enumerate(io.StringIO(text), 1)
    begin = list(
        itertools.islice(((at, one) for at, one in lines if one.strip(_BLANK) and not _ABOVE.match(one)), LOOKED_AT)
    )
    if not begin:
        raise InputError("the file is empty", hint="a table has a line of names and a line for each row", file=path)
    if header is not None:
        begin = _from_line(text, header, path)
    separator = _common(_separator(begin[:2][-1][1]), [one for _, one in begin])
    above = 0
    if header is None and separator != SPACES and begin[0][1].count('"') % 2 == 0:
        above = below_titles([(at, [cell.strip(' "\n') for cell in one.split(separator)]) for at, one in begin])
    own = [(at, _cells(one, _separator(one))) for at, one in begin]
    if header is None:
        above = named_in(own, wanted, above)
    first, names = begin[above]
    separator = _separator(names)
    return Delimited(_rows(text, first, separator, path), separator, skipped(own, above))


def _cells(line: str, separator: str) -> list[str]:
    """The cells of a line by itself."""
    if separator == SPACES:
        return [cell.strip('"') for cell in re.findall(r'"[^"]*"|\S+', line)]
    try:
        row = next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])
    except csv.Error:  # a value without end
        return []
    return [cell.strip() for cell in row]


def _separator(line: str) -> str:
    bare = re.sub(r'"[^"]*"', "", line)
    most = max(SEPARATORS, key=bare.strip("\n").count)
    if bare.count(most):
        return most
    return SPACES if re.search(r"\S\s+\S", bare) or re.search(r'"\s+"', line) else ","


def _common(separator: str, lines: Sequence[str]) -> str:
    """The separator of the second line; another, if most lines have that one and lack the first: titles stand above."""
    most = [one for one in SEPARATORS if 2 * sum(one in line for line in lines) > len(lines) > 3]
    here = sum(separator in line for line in lines)
    lacking = separator == SPACES or 2 * here < len(lines)
    return most[0] if lacking and most and not (separator == SPACES and most[0] in lines[1]) else separator


def _from_line(text: str, header: int, path: Path) -> list[tuple[int, str]]:
    lines = text.split("\n")
    if not 1 <= header <= len(lines) or not lines[header - 1].strip(_BLANK):
        hint = f"the file has {len(lines)} lines; name that of the columns' names"
        raise InputError(f"line {header} is blank or not there", hint=hint, file=path)
    return [(at, f"{one}\n") for at, one in enumerate(lines[header - 1 : header - 1 + LOOKED_AT], header) if one]


def _rows(text: str, first: int, separator: str, path: Path) -> Iterator[Row]:
    """The rows from a line on, each with the line in which it begins."""
    lines: Iterator[str] = itertools.islice(io.StringIO(text), first - 1, None)
    if separator == SPACES:
        lines = ("\t".join(re.findall(r'"[^"]*"|\S+', line)) + "\n" for line in lines)
    reader = csv.reader(lines, _Strict, delimiter="\t" if separator == SPACES else separator)
    while True:
        line = first + reader.line_num
        try:
            cells = next(reader, None)
        except csv.Error as error:
            beside = ", or text follows where it closes" if "expected after" in str(error) else ""
            hint = 'close it, or write a quote within a value twice: "He said ""no"""'
            raise InputError(
                f"a quote that opens here is not closed{beside}", hint=hint, file=path, line=line
            ) from None
        if cells is None:
            return
        if "".join(cells).strip():
            yield line, cells
