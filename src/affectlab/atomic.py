"""Files and folders that are there whole or not at all: written beside their place, and then moved to it."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from affectlab.errors import StoreError

_WHY = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the file system can only be read",
    errno.EFBIG: "it would be larger than the limit on files allows",
    errno.EACCES: "permission is denied",
}


def reason(error: OSError) -> str:
    """Why the system refused."""
    return _WHY.get(error.errno or 0, error.strerror or str(error))


def unwritable(path: Path, error: OSError, option: str = "--out") -> StoreError:
    """What is said where a file or folder cannot be written.

    Args:
        option: with which another place can be named.
    """
    return StoreError(f"{path} cannot be written: {reason(error)}", hint=f"name another {option}")


@contextmanager
def file_replaced(path: Path, option: str = "--out") -> Iterator[Path]:
    """Inside, a file to write, which then takes the place of another; a pipe or a device is written itself.

    Raises:
        StoreError: it cannot be written.
    """
    part = path.with_name(f".{path.name[:100]}.part")
    try:
        if path.exists() and not path.is_file():
            yield path
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
        os.replace(part, path)
    except OSError as error:
        raise unwritable(path, error, option) from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


@contextmanager
def folder_filled(folder: Path, option: str = "--to") -> Iterator[Path]:
    """Inside, an empty folder to fill, of which the files then take their places in another.

    Where there is no such folder yet, it is there whole or not at all. One that is there keeps what else lies in it.

    Raises:
        StoreError: it cannot be written.
    """
    there = folder.is_dir()
    part = folder / ".part" if there else folder.with_name(f".{folder.name[:100]}.part")
    try:
        shutil.rmtree(part, ignore_errors=True)  # of one that was killed
        part.mkdir(parents=True)
        yield part
        if there:
            _move(part, folder)
        else:
            os.rename(part, folder)
    except OSError as error:
        raise unwritable(folder, error, option) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _move(part: Path, folder: Path) -> None:
    for file in sorted(one for one in part.rglob("*") if one.is_file()):
        target = folder / file.relative_to(part)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(file, target)
