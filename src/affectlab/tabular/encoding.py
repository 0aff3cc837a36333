"""From bytes to text, in the encodings in which people's programs save tables."""

from __future__ import annotations

from pathlib import Path

from affectlab.errors import InputError

_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_HINT = "save the table as CSV (UTF-8) and name that file"


def decoded(raw: bytes, path: Path) -> tuple[str, tuple[str, ...]]:
    """The text of a file, its lines ended by ``\\n``; and a remark if its encoding was guessed.

    UTF-8 or UTF-16, with or without a mark; else Windows-1252, with a remark.

    Raises:
        InputError: the file is no text, or in none of these encodings.
    """
    encoding = next((name for mark, name in _MARKS.items() if raw.startswith(mark)), None) or _wide(raw) or "utf-8"
    remarks: tuple[str, ...] = ()
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8" or b"\0" in raw:
            raise InputError("the file is not text", hint=_HINT, file=path) from None
        text = _latin(raw, path)
        read = f"line {_line(raw, error.start)} is no UTF-8: the file is read as Windows-1252"
        remarks = (f"{read}; if names look wrong, save it as UTF-8",)
    if "\0" in text:
        raise InputError("the file is not text", hint=_HINT, file=path)
    return text.replace("\r\n", "\n").replace("\r", "\n"), remarks


def _wide(raw: bytes) -> str | None:
    """UTF-16 without a mark, by the zeros that stand beside letters."""
    begin = raw[:2000]
    for name, high in (("utf-16-le", begin[1::2]), ("utf-16-be", begin[::2])):
        if len(begin) > 3 and high.count(0) > 0.7 * len(high):
            return name
    return None


def _latin(raw: bytes, path: Path) -> str:
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError as error:
        message, line = "neither UTF-8 nor Windows-1252", _line(raw, error.start)
        raise InputError(message, hint=_HINT, file=path, line=line) from None


def _line(raw: bytes, at: int) -> int:
    return raw.count(b"\n", 0, at) + 1
