"""What kind of file a table is in, by its first bytes; for one that is not read, how to make it one that is."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from pathlib import Path

from affectlab.errors import InputError
from affectlab.regular_file import regular

LARGEST = 256 * 2**20
"""The size in bytes of the largest file that is read, unpacked."""
_SMALLER = "leave out columns and rows that are not needed, or take means first"

_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"

_SPSS = ("SPSS data", "in SPSS save it as CSV, or in R: write.csv(haven::read_sav(FILE), 'data.csv')")
_JSON = ("JSON", "in Python: pandas.read_json(FILE).to_csv('data.csv', index=False); lines=True if each line is a row")
_TO_CSV = (
    "in Python: pandas.json_normalize(json.load(open(FILE, encoding='utf-8'))[{!r}]).to_csv('data.csv', index=False)"
)
_OTHERS = {
    b"$FL2": _SPSS,
    b"$FL3": _SPSS,
    b"<stata_dta>": ("Stata data", "in Stata: export delimited using data.csv"),
    b"PAR1": ("Parquet", "in Python: pandas.read_parquet(FILE).to_csv('data.csv', index=False)"),
    b"ARROW1": ("Feather", "in Python: pandas.read_feather(FILE).to_csv('data.csv', index=False)"),
    b"SQLite format 3": ("a database", "of a run: affectlab export RUN --to DIRECTORY, then name a CSV of that"),
    b"RDX": ("R data", "in R: load(FILE), then write.csv of the data frame"),
    b"X\n\x00": ("R data", "in R: write.csv(readRDS(FILE), 'data.csv')"),
    b"%PDF": ("a PDF", "save the table as CSV and name that file"),
    b"{": _JSON,
    b"[{": _JSON,
    b"<": ("a web page", "open it in a spreadsheet, save the table as CSV and name that file"),
    _ZIP: ("a packed folder", "unpack it and name the table; in JASP and jamovi export the data as CSV"),
}


def read_bytes(path: Path) -> bytes:
    """What is in a file, unpacked if it is packed with gzip, whatever its name.

    Raises:
        InputError: no such file, or one that cannot be read or unpacked.
    """
    if path.name.startswith("~$"):
        hint = f"close the workbook and name `{path.name.removeprefix('~$')}`"
        raise InputError("the file is the mark that Excel leaves beside an open workbook", hint=hint, file=path)
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
            raise InputError(f"the file is {kind}", hint=_of_object(raw) or hint, file=path)


def _of_object(raw: bytes) -> str:
    """How the rows within a JSON object become a table; empty where there is no list of rows in it."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return ""
    rows = [key for key, value in found.items() if _are_rows(value)] if isinstance(found, dict) else []
    return _TO_CSV.format(rows[0]) if rows else ""


def _are_rows(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)
