"""What kind of file a table is in, by its first bytes; for one that is not read, how to make it one that is."""

from __future__ import annotations

import gzip
import io
import json
import re
import zlib
from collections.abc import Sequence
from pathlib import Path

from affectlab.errors import InputError
from affectlab.untrusted_file import regular

LARGEST = 256 * 2**20
"""The size in bytes of the largest file that is read, unpacked."""
_SMALLER = "leave out columns and rows that are not needed, or take means first"

TABLES = (
    ".csv",
    ".tsv",
    ".txt",
    ".tab",
    ".xlsx",
    ".xlsm",
    ".xls",
    ".ods",
    ".sav",
    ".zsav",
    ".dta",
    ".sas7bdat",
    ".json",
)
"""How names of files end that can hold a table; each may be packed, and end in .gz."""
_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"

_LOCK = re.compile(r"~\$(.+)|\.~lock\.(.+)#")
"""The names of the files that say that a table is open."""

_JSON = (
    "make a CSV of the list of its rows, in Python: "
    "pandas.json_normalize(LIST).to_csv('data.csv', index=False), where LIST is "
    "json.loads(pathlib.Path(FILE).read_text('utf-8-sig'))"
)
_OPENED = "json.loads(pathlib.Path(FILE).read_text('utf-8-sig'))"
_OTHERS = {
    b"PAR1": ("Parquet", "in Python: pandas.read_parquet(FILE).to_csv('data.csv', index=False)"),
    b"ARROW1": ("Feather", "in Python: pandas.read_feather(FILE).to_csv('data.csv', index=False)"),
    b"SQLite format 3": ("a database", "of a run: affectlab export RUN --to DIRECTORY, then name a CSV of that"),
    b"RDX": ("R data", "in R: load(FILE), then write.csv of the data frame"),
    b"X\n\x00": ("R data", "in R: write.csv(readRDS(FILE), 'data.csv')"),
    b"%PDF": ("a PDF", "save the table as CSV and name that file"),
    b"<": ("a web page", "open it in a spreadsheet, save the table as CSV and name that file"),
    _ZIP: ("a packed folder", "unpack it and name the table; in JASP and jamovi export the data as CSV"),
}


def read_bytes(path: Path) -> bytes:
    """What is in a file, unpacked if it is packed with gzip, whatever its name.

    Raises:
        InputError: no such file, or one that cannot be read or unpacked.
    """
    lock = _LOCK.fullmatch(path.name)
    if lock is not None:
        hint = f"close the table there, and name `{lock[1] or lock[2]}`"
        raise InputError(
            "the file is the mark that Excel or LibreOffice leaves beside an open one", hint=hint, file=path
        )
    raw = regular(path, LARGEST, hint="name a CSV file", smaller=_SMALLER)
    if not raw.startswith(_GZIP):
        return raw
    try:
        with gzip.open(io.BytesIO(raw)) as packed:
            unpacked = packed.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error):
        raise InputError("cannot be unpacked", hint="the file is damaged; pack it anew", file=path) from None
    if len(unpacked) > LARGEST:
        raise InputError(f"holds more than {LARGEST // 2**20} MiB", hint=_SMALLER, file=path)
    return unpacked


def is_workbook(raw: bytes) -> bool:
    """Whether these are the bytes of a spreadsheet: Excel's, old or new, or an OpenDocument."""
    return raw.startswith(_OLD_EXCEL) or (raw.startswith(_ZIP) and (b"xl/" in raw or _OPEN_DOCUMENT in raw[:200]))


def refuse_others(raw: bytes, path: Path) -> None:
    """Refuse what is neither text nor a spreadsheet.

    Raises:
        InputError: names the kind of file, and how its table is saved as CSV.
    """
    begin = raw[:100].removeprefix(b"\xef\xbb\xbf").lstrip()
    for mark, (kind, hint) in _OTHERS.items():
        if begin.startswith(mark):
            raise InputError(f"the file is {kind}", hint=hint, file=path)
    if begin[:1] in (b"{", b"["):
        remedy = _rows_of_json(raw.removeprefix(b"\xef\xbb\xbf"))
        if remedy is not None:
            raise InputError("the file is JSON", hint=remedy, file=path)


def _rows_of_json(raw: bytes) -> str | None:
    """How the rows in JSON become a table; None where it is no JSON."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return _of_lines(raw)
    place = _place_of_rows(found)
    if place is None:
        return _JSON
    rows = "".join(f"[{name!r}]" for name in place)
    return f"in Python: {_table_of(f'{_OPENED}{rows}', found, place)}.to_csv('data.csv', index=False)"


def _of_lines(raw: bytes) -> str | None:
    """The same where each line is JSON, or the file only looks like it: an object that is not closed is no table."""
    lines = [line for line in raw.splitlines() if line.strip()]
    try:
        first = json.loads(lines[0])
    except (ValueError, RecursionError):
        return _JSON if re.match(rb"[{\[]\s*[{\"]", raw) and raw.lstrip()[:1] == b"{" else None
    if not isinstance(first, dict | list):
        return None
    rows = "[json.loads(line) for line in pathlib.Path(FILE).read_text('utf-8-sig').split('\\n') if line.strip()]"
    return f"in Python: {_table_of(rows, [first], ())}.to_csv('data.csv', index=False)"


def _table_of(rows: str, found: object, place: Sequence[str]) -> str:
    """The call that makes a table of a list of objects, or of lists of which the first has the names."""
    for name in place:
        found = found[name]  # type: ignore[index]
    if isinstance(found, list) and isinstance(found[0], list):
        return f"pandas.DataFrame(({rows})[1:], columns=({rows})[0])"
    return f"pandas.json_normalize({rows})" if isinstance(found, list) else f"pandas.DataFrame({rows})"


def _place_of_rows(found: object) -> tuple[str, ...] | None:
    """Where in an object the rows are: a list of objects or of lists, or an object of lists of one length."""
    if _are_rows(found):
        return ()
    if not isinstance(found, dict):
        return None
    for name, value in found.items():
        place = _place_of_rows(value)
        if place is not None:
            return (name, *place)
    return None


def _are_rows(value: object) -> bool:
    if isinstance(value, list):
        return bool(value) and (all(isinstance(one, dict) for one in value) or _are_lists(value))
    return isinstance(value, dict) and bool(value) and _are_lists(list(value.values()))


def _are_lists(values: list[object]) -> bool:
    lists = [one for one in values if isinstance(one, list)]
    simple = all(not isinstance(cell, dict | list) for one in lists for cell in one)
    return len(lists) == len(values) and simple and len({len(one) for one in lists}) == 1 and len(lists[0]) > 0
