"""What is remembered of files between two commands, in the user's cache: checksums, re-encoded weights."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path


def cache_folder() -> Path:
    """Where re-encoded weights are kept: ``AFFECTLAB_CACHE``, or affectlab's folder in the user's cache."""
    named = os.environ.get("AFFECTLAB_CACHE")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "affectlab"


def file_checksum(path: Path) -> str:
    """SHA-256 of a file, in hex; remembered for as long as the file's size and time of change stay."""
    status = path.stat()
    stamp = f"{path.resolve()}\0{status.st_size}\0{status.st_mtime_ns}"
    record = cache_folder() / "checksums" / hashlib.sha256(stamp.encode()).hexdigest()
    try:
        return record.read_text().strip()
    except OSError:
        pass
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    record.parent.mkdir(parents=True, exist_ok=True)
    replaced(record, sha256.encode())
    return sha256


def replaced(path: Path, content: bytes) -> None:
    """Write a small file so that no reader ever sees half of it."""
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(name).replace(path)
