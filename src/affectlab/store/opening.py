"""Opening the file of a store: whose version it is, and whether it can be written at all."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from affectlab.atomic import reason
from affectlab.errors import StoreError
from affectlab.store.checksums import checksum
from affectlab.store.file_system import shared_file_system
from affectlab.store.schema import INDEX, SCHEMA, VERSION, Layout, laid_out, layout

UNREADABLE = (sqlite3.DatabaseError, MemoryError, UnicodeDecodeError)
"""What comes of reading a damaged file: a page may say that it holds more than there is memory for, and what SQLite
says of one may quote bytes of it that are no text."""
_REMEDY = "name another --out, or move that file away"


def connect(path: Path | None, *, create: bool) -> sqlite3.Connection:
    """An open store of this version, made where it is missing and may be.

    Raises:
        StoreError: there is none, it is none, or it is damaged or of another version.
    """
    if path is None:
        return _made(_connection(":memory:"))
    if not create and not path.exists():
        raise StoreError(f"no store at {path}", hint="name the directory of a run, or an archive of one")
    try:
        db = _connection(path)
        if not db.execute("SELECT 1 FROM sqlite_master").fetchone():
            if not create:
                raise StoreError(f"{path} is empty", hint="name the directory of a run, or an archive of one")
            _made(db)
        if create:
            keep_journal(db, path)
        found, lacking, short = _version(db), _lacking(laid_out(db)), _short(db, path)
    except UNREADABLE as error:
        if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_NOTADB and not is_store(path):
            raise StoreError(f"{path} is not a store of affectlab ({error})", hint=_REMEDY) from None
        raise trouble(path, error, writing=create) from None
    if found != VERSION:
        raise _of_another_version(path, found)
    if lacking:
        raise damaged(path, f"it has no `{lacking}`")
    if short:
        raise damaged(path, "its end is missing")
    return db


def keep_journal(db: sqlite3.Connection, path: Path) -> None:
    """Have changes go into a log first, which costs less than to write each where it belongs.

    The log is read through memory that all who have the file open share, which machines of a network cannot. On a
    shared file system, and on one that refuses, changes are written where they belong, and what was there is kept
    beside the file until they are complete.
    """
    wanted = "delete" if shared_file_system(path) else "wal"
    try:
        (found,) = db.execute("PRAGMA journal_mode").fetchone()
        if found == "truncate":  # one that was killed while it deleted for good
            (found,) = db.execute("PRAGMA journal_mode=DELETE").fetchone()
        if found != wanted:
            (found,) = db.execute(f"PRAGMA journal_mode={wanted}").fetchone()
    except sqlite3.OperationalError:
        if wanted == "delete":
            raise
        found = ""
    if found not in ("wal", "delete"):
        db.execute("PRAGMA journal_mode=DELETE")


def _lacking(there: Layout) -> str:
    """A table or a column that is not there, or not of its type; empty where all are."""
    for table, columns in layout().items():
        if table not in there:
            return table
        for column in columns:
            if column not in there[table]:
                return f"{table}.{column[0]}"
    return ""


def damaged(path: Path | None, what: object) -> StoreError:
    """What is said of a store that can be opened and not read."""
    message = f"{path} is damaged ({what})"
    return StoreError(message, hint="take a copy of it, or run the study again into another --out")


def trouble(path: Path | None, error: Exception, *, writing: bool = False) -> StoreError:
    """What keeps a store from being read or written, by its name: the disk and the system are not the file.

    Args:
        writing: whether something was being written; what was stored before is kept.
    """
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    hint = _KEPT if writing else "try again"
    if isinstance(error, OSError):
        return StoreError(f"{path} cannot be {'written' if writing else 'read'}: {reason(error)}", hint=hint)
    if code == sqlite3.SQLITE_FULL:
        return StoreError(f"{path} cannot be written: the disk is full", hint=f"make room; {hint}")
    if code == sqlite3.SQLITE_IOERR:
        what = f"{path} cannot be {'written' if writing else 'read'}: the system refuses ({error})"
        return StoreError(what, hint=f"look at the disk, its room and the limit on the size of files; {hint}")
    if code == sqlite3.SQLITE_READONLY and path is not None and _may_be_written(path):
        what = f"{path} cannot be written: the system refuses the log that is written beside it"
        return StoreError(what, hint=f"look at the disk, its room and the limit on the size of files; {hint}")
    if code == sqlite3.SQLITE_READONLY:
        return StoreError(f"{path} can only be read", hint="copy the run to where it can be written")
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH):
        return StoreError(f"{path} cannot be opened ({error})", hint="look at its permissions and its directory's")
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreError(f"{path} is being written by somebody else", hint="wait until that is done")
    if isinstance(error, UnicodeError):
        return damaged(path, "it holds bytes that are no text")
    return damaged(path, str(error) or "to read it takes more memory than there is")


def _may_be_written(path: Path) -> bool:
    """Whether permissions allow to write a file and beside it."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


_KEPT = "what was stored before is kept, and the same command goes on"


def _short(db: sqlite3.Connection, path: Path) -> bool:
    """Whether the file is shorter than it says; not where its latest pages are in a log."""
    if path.with_name(f"{path.name}-wal").exists():
        return False
    ((pages,), (size,)) = (db.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size"))
    return path.stat().st_size < int(pages) * int(size)


def is_store(path: Path) -> bool:
    """Whether a file is a database at all: an archive of a run, and no table of somebody's."""
    try:
        with path.open("rb") as file:
            return file.read(16) == b"SQLite format 3\0"
    except OSError:
        return False


def store_version(path: Path) -> str | None:
    """The version of a store's form; None where there is no store, or nothing that tells it."""
    if not path.exists():
        return None
    try:
        db = _connection(path)
        try:
            return _version(db)
        finally:
            db.close()
    except UNREADABLE:
        return None


def _version(db: sqlite3.Connection) -> str | None:
    row = db.execute("SELECT value FROM meta WHERE key = 'version'").fetchone()
    try:
        return str(json.loads(row[0])) if row else None
    except (TypeError, ValueError):
        raise sqlite3.DatabaseError("its version cannot be read") from None


def _of_another_version(path: Path, found: str | None) -> StoreError:
    message = f"{path} is a store of version {found}, and this affectlab reads version {VERSION}"
    if found is not None and found.isdecimal() and int(found) < int(VERSION):
        return StoreError(message, hint="name the directory in which it lies, and it is brought to this version")
    return StoreError(message, hint="use a later affectlab, or name another --out")


def _connection(path: Path | str) -> sqlite3.Connection:
    """A connection; to a file in a directory that cannot be written, one that only reads."""
    # several threads may hold it, but never at the same time: see session/locked.py
    db = sqlite3.connect(_uri(path), uri=True, isolation_level=None, check_same_thread=False)
    try:
        db.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        if not isinstance(path, Path) or not path.is_file():
            raise
        db.close()
        db = sqlite3.connect(_uri(_with_its_log(path), fixed=True), uri=True, isolation_level=None)
        db.execute("SELECT 1 FROM sqlite_master").fetchone()
        return db
    db.execute("PRAGMA synchronous=NORMAL")
    return db


def attach(db: sqlite3.Connection, path: Path) -> None:
    """Have the tables of another file beside one's own, as ``old``.

    Raises:
        StoreError: it cannot be read.
    """
    try:
        try:
            db.execute("ATTACH ? AS old", (_uri(path),))
            db.execute("SELECT 1 FROM old.sqlite_master").fetchone()
        except sqlite3.OperationalError:
            db.execute("DETACH old")
            db.execute("ATTACH ? AS old", (_uri(_with_its_log(path), fixed=True),))
    except UNREADABLE as error:
        raise trouble(path, error) from None


def _uri(path: Path | str, *, fixed: bool = False) -> str:
    """A file as SQLite is to open it; a fixed one is only read, and nothing is written beside it."""
    if isinstance(path, str):
        return path
    return f"{path.resolve().as_uri()}{'?mode=ro&immutable=1' if fixed else ''}"


def _with_its_log(path: Path) -> Path:
    """The file; where a log of latest changes lies beside it, a copy of both, in which they are made."""
    log = path.with_name(f"{path.name}-wal")
    if not log.exists() or not log.stat().st_size:
        return path
    folder = tempfile.mkdtemp(prefix="affectlab-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    copy = Path(folder) / path.name
    shutil.copyfile(path, copy)
    shutil.copyfile(log, copy.with_name(log.name))
    with closing(sqlite3.connect(copy)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return copy


def _made(db: sqlite3.Connection) -> sqlite3.Connection:
    db.executescript(f"BEGIN;{SCHEMA}{INDEX};")
    db.execute("INSERT INTO meta VALUES (?, ?)", (told := ("version", json.dumps(VERSION))))
    db.execute("INSERT INTO checksums VALUES ('meta', ?, NULL)", (checksum(told),))
    db.execute("COMMIT")
    return db
