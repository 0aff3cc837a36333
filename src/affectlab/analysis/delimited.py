"""Read a table from a text file as people save them: any separator, any usual encoding, quoted or not."""

from __future__ import annotations

import csv
import gzip
import io
import re
from pathlib import Path

import pandas as pd

from affectlab.errors import InputError

SEPARATORS = (",", ";", "\t", "|")
_NAMELESS = ("\t", r"\s+")
"""Where a first column may have no name at all, as R writes row names; elsewhere the header is a value short."""
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_GZIP = b"\x1f\x8b"
_ABOVE = re.compile(r"#|sep=.$")
_RAGGED = re.compile(r"Expected (\d+) fields in line (\d+), saw (\d+)")


def read_table(path: Path | str) -> pd.DataFrame:
    """The rows of a file as text, a column for each name in its first line; nothing is interpreted yet.

    Comma, semicolon, tab, bar or spaces apart; UTF-8 with or without a mark, UTF-16 with one, else Windows-1252; packed
    with gzip or not. Lines that begin with ``#`` above the header are skipped, and so is a spreadsheet's ``sep=;``; a
    column of row names without a name is left out.

    Raises:
        InputError: no such file, a file that is no text, no rows, a name that stands twice, a row that is too long.
    """
    path = Path(path)
    text, encoding = _text(path)
    lines = text.splitlines()
    rows = (number for number, line in enumerate(lines) if line.strip() and not _ABOVE.match(line))
    skipped = next(rows, None)
    if skipped is None:
        raise InputError("the file is empty", hint="a table has a line of names and a line for each row", file=path)
    separator = _separator(lines[skipped])
    names = _names(lines[skipped], separator)
    twice = [name for name in names if name and names.count(name) > 1]
    if twice:
        hint = "give every column a name of its own"
        raise InputError(f"the column `{twice[0]}` stands twice", hint=hint, file=path, line=skipped + 1)
    del lines, text
    try:
        table = pd.read_csv(
            path,
            sep=separator,
            encoding=encoding,
            compression={"method": "gzip"} if _packed(path) else None,
            dtype=str,
            keep_default_na=False,
            skiprows=skipped,
            skipinitialspace=True,
        )
    except pd.errors.ParserError as error:
        raise _unreadable(error, path) from None
    if not isinstance(table.index, pd.RangeIndex) and separator not in _NAMELESS:
        message = f"{len(names) + 1} values where {len(names)} columns have names"
        hint = "give row names a name too; numbers with a decimal comma need semicolons between the columns"
        raise InputError(message, hint=hint, file=path, line=skipped + 2)
    table.columns = pd.Index([str(name).strip() for name in table.columns])
    table = table[[name for name in table.columns if name and not name.startswith("Unnamed: ")]]
    if table.empty:
        raise InputError("the file has names and no rows", hint="a table has a line for each row", file=path)
    return table.reset_index(drop=True)


def _packed(path: Path) -> bool:
    """Whether a file is packed with gzip, whatever its name."""
    with path.open("rb") as file:
        return file.read(2) == _GZIP


def _text(path: Path) -> tuple[str, str]:
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise InputError("no such file", hint="name a CSV file", file=path) from None
    except (IsADirectoryError, PermissionError) as error:
        raise InputError(f"cannot be read ({error.strerror})", hint="name a CSV file", file=path) from None
    if raw.startswith(_GZIP):
        try:
            raw = gzip.decompress(raw)
        except (OSError, EOFError):
            raise InputError("cannot be unpacked", hint="the file is damaged; pack it anew", file=path) from None
    encoding = next((name for mark, name in _MARKS.items() if raw.startswith(mark)), "utf-8")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        encoding = "cp1252"
        text = raw.decode(encoding, errors="replace")
    if "\0" in text or raw.startswith(b"PK"):
        raise InputError("the file is not text", hint="save the table as CSV and name that file", file=path)
    return text, encoding


def _separator(header: str) -> str:
    bare = re.sub(r'"[^"]*"', "", header)
    most = max(SEPARATORS, key=bare.count)
    if bare.count(most):
        return most
    return r"\s+" if re.search(r"\S\s+\S", bare) or re.search(r'"\s+"', header) else ","


def _names(header: str, separator: str) -> list[str]:
    if len(separator) > 1:
        return re.findall(r'"[^"]*"|\S+', header)
    return [name.strip() for name in next(csv.reader(io.StringIO(header), delimiter=separator))]


def _unreadable(error: pd.errors.ParserError, path: Path) -> InputError:
    ragged = _RAGGED.search(str(error))
    if ragged is None:
        return InputError(f"cannot be read as a table ({error})".replace("\n", " "), hint="save it as CSV", file=path)
    expected, line, seen = ragged.groups()
    message = f"{seen} values where {expected} columns have names"
    return InputError(message, hint="quote values that hold the separator", file=path, line=int(line))
