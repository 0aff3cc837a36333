"""A file that somebody else wrote, read: it is a regular one, and no larger than it can need to be."""

from __future__ import annotations

import stat
from pathlib import Path

from affectlab.errors import InputError


def regular(path: Path, most: int, *, hint: str, smaller: str) -> bytes:
    """What is in a file, if it is one: a pipe may wait for ever, and a device never end.

    Args:
        path: of the file.
        most: the bytes that it may hold.
        hint: what to name instead, where it is no file that can be read.
        smaller: what to do where it holds more.

    Raises:
        InputError: there is no such file, it is none, it cannot be read, or it holds more.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            kind = "a directory" if stat.S_ISDIR(found.st_mode) else "a pipe or a device, and no file"
            raise InputError(f"is {kind}", hint=hint, file=path)
        raw = b""
        if found.st_size <= most:
            with path.open("rb") as file:
                raw = file.read(most + 1)
    except FileNotFoundError:
        raise InputError("no such file", hint=hint, file=path) from None
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise InputError(f"cannot be read ({why})", hint=hint, file=path) from None
    if found.st_size > most or len(raw) > most:
        raise InputError(f"holds more than {most // 2**20} MiB", hint=smaller, file=path)
    return raw
