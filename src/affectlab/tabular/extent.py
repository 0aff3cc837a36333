"""How large the sheets of a workbook claim to be: a cell far from all others would make its reader end the process."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

from affectlab.errors import InputError
from affectlab.tabular.fileformat import LARGEST

MOST_CELLS = 20_000_000
"""Of a sheet, from its first cell to its last; far more than a table of people has."""

_PLACE = re.compile(rb"""<(?:\w+:)?(row|c)\s[^<>]*?\br\s*=\s*["']([A-Za-z]*)([0-9]+)["']""")
_AT_ONCE = 2**20
_OVERLAP = 400
"""So many bytes of a piece are looked at again with the next, so that no cell is cut in two."""
_HINT = "delete what stands far from the table, or save the table alone as CSV"


def refuse_far_cells(path: Path) -> None:
    """Refuse a workbook whose sheets are too large to be held, by what its cells say of their places.

    Raises:
        InputError: it unpacks to too much, or a sheet goes too far; a file that is no archive is left to its reader.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
            if sum(part.file_size for part in parts) > LARGEST:
                message = f"the workbook unpacks to more than {LARGEST // 2**20} MiB"
                raise InputError(message, hint=_HINT, file=path)
            for part in parts:
                if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
                    _refuse_far(packed, part, path)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        return


def _refuse_far(packed: zipfile.ZipFile, part: zipfile.ZipInfo, path: Path) -> None:
    rows = columns = read = 0
    rest = b""
    with packed.open(part) as file:
        while piece := file.read(_AT_ONCE):
            read += len(piece)
            if read > LARGEST:  # more than the archive said
                raise InputError(f"the workbook unpacks to more than {LARGEST // 2**20} MiB", hint=_HINT, file=path)
            for _, letters, digits in _PLACE.findall(rest + piece):
                rows = max(rows, int(digits[:12]))
                columns = max(columns, _column(letters[:6]))
            rest = piece[-_OVERLAP:]
            if rows * max(columns, 1) > MOST_CELLS:
                message = f"a sheet of the workbook goes to line {rows}" + (f" and column {columns}" if columns else "")
                raise InputError(message, hint=_HINT, file=path)


def _column(letters: bytes) -> int:
    """The number of a column, from 1.

    >>> _column(b"A"), _column(b"XFD")
    (1, 16384)
    """
    at = 0
    for letter in letters.upper():
        at = at * 26 + letter - 64
    return at
