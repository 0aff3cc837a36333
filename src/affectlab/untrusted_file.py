"""Reads a file that somebody else wrote: only an ordinary file, and only up to a limit of size."""

from __future__ import annotations

import stat
from pathlib import Path

from affectlab.errors import InputError


def require_file(path: Path, *, hint: str) -> int:
    """The size in bytes of a file, if it is one: a pipe may wait for ever, and a device never end.

    Args:
        path: of the file.
        hint: what to name instead, where it is no file that can be read.

    Raises:
        InputError: there is no such file, or it is none.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        raise InputError("no such file", hint=hint, file=path) from None
    except (OSError, ValueError) as error:
        raise _unreadable(path, error, hint) from None
    if not stat.S_ISREG(found.st_mode):
        kind = "a directory" if stat.S_ISDIR(found.st_mode) else "a pipe or a device, and no file"
        raise InputError(f"is {kind}", hint=hint, file=path)
    return found.st_size


def regular(path: Path, most: int, *, hint: str, smaller: str) -> bytes:
    """What is in a file, if it is one.

    Args:
        path: of the file.
        most: the bytes that it may hold.
        hint: what to name instead, where it is no file that can be read.
        smaller: what to do where it holds more.

    Raises:
        InputError: there is no such file, it is none, it cannot be read, or it holds more.
    """
    size, raw = require_file(path, hint=hint), b""
    try:
        if size <= most:
            with path.open("rb") as file:
                raw = file.read(most + 1)
    except OSError as error:
        raise _unreadable(path, error, hint) from None
    if size > most or len(raw) > most:
        raise InputError(f"holds more than {most // 2**20} MiB", hint=smaller, file=path)
    return raw


def _unreadable(path: Path, error: OSError | ValueError, hint: str) -> InputError:
    why = error.strerror if isinstance(error, OSError) else error
    return InputError(f"cannot be read ({why})", hint=hint, file=path)
