"""The lock of a store: one process writes it at a time. It is the system's, so that it ends with its holder.

It lies in a file of its own beside the store: SQLite has locks on the store itself, and closing the file anywhere in
this process would take them away.
"""

from __future__ import annotations

import json
import os
import platform
from pathlib import Path
from typing import IO, NamedTuple

from affectlab.errors import StoreError

try:
    import fcntl
except ImportError:  # Windows has no such lock; there SQLite's own makes the second wait
    fcntl = None  # type: ignore[assignment]


class Holder(NamedTuple):
    """Who writes a store."""

    process: int
    machine: str

    @property
    def here(self) -> bool:
        """Whether that is a process of this machine."""
        return self.machine == platform.node()


def holder(store: Path) -> Holder | None:
    """Who writes a store now; None where nobody does."""
    try:
        with lock_file(store).open("r", encoding="utf-8") as file:
            # taken and given back at once: what nobody holds is left over from a process that was killed
            return None if _locked(file, shared=True) else _signed(file)
    except OSError:
        return None


def lock_file(store: Path) -> Path:
    """The file of a store's lock."""
    return store.with_name(f"{store.name}.lock")


class Lock:
    """The right to write a store, taken as often as it is wanted and given back as often."""

    def __init__(self, path: Path) -> None:
        self._store = path
        self._file = lock_file(path)
        self._held: IO[str] | None = None
        self._times = 0

    @property
    def held(self) -> bool:
        """Whether this is the one that may write."""
        return self._held is not None

    def take(self) -> None:
        """Take it.

        Raises:
            StoreError: another process holds it; it says which.
            OSError: the directory cannot be written.
        """
        while self._held is None:
            file = self._file.open("a+", encoding="utf-8")
            try:
                if not _locked(file):
                    raise self._taken(file)
                # who held it before has removed the file, and the next has made another
                if self._is_there(file):
                    self._sign(file)
                    self._held = file
            finally:
                if self._held is not file:
                    file.close()
        self._times += 1

    def give_back(self) -> None:
        """Give it back, where it was not taken before as well."""
        self._times -= 1
        if self._times == 0 and self._held is not None:
            file, self._held = self._held, None
            try:
                self._file.unlink(missing_ok=True)
            except OSError:  # an open file cannot be removed everywhere
                pass
            finally:
                file.close()

    def _is_there(self, file: IO[str]) -> bool:
        try:
            return os.path.samestat(os.fstat(file.fileno()), self._file.stat())
        except FileNotFoundError:
            return False

    def _sign(self, file: IO[str]) -> None:
        file.truncate(0)
        file.write(json.dumps({"process": os.getpid(), "machine": platform.node()}))
        file.flush()

    def _taken(self, file: IO[str]) -> StoreError:
        signed = _signed(file)
        who = "another process" if signed is None else f"process {signed.process} on {signed.machine}"
        hint = "wait until it has ended, or end it; it can be read meanwhile"
        return StoreError(f"{self._store} is being written by {who}", hint=hint)


def _signed(file: IO[str]) -> Holder | None:
    file.seek(0)
    try:
        said = json.loads(file.read(1000))
        return Holder(int(said["process"]), str(said["machine"])[:60])
    except (ValueError, KeyError, TypeError, OSError):
        return None


def _locked(file: IO[str], *, shared: bool = False) -> bool:
    """Whether the lock could be taken."""
    if fcntl is None:
        return not shared
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
