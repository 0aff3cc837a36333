"""The file of a store with nobody else in it: what is deleted then is nowhere any more, in no page and in no log.

SQLite keeps an old page for as long as another connection reads it: in its log, or in the file, which the log does not
come into meanwhile. So what was deleted could still be read in the bytes beside the run.
"""

from __future__ import annotations

import gc
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from affectlab.errors import StoreError
from affectlab.store.opening import keep_journal

_PAUSE = 0.1
_PAUSES = 50
"""How often another process is waited for; most only look at a run for a moment."""


class InUse(StoreError):
    """Another process has the file open."""


@contextmanager
def exclusive(db: sqlite3.Connection, path: Path) -> Iterator[None]:
    """Inside, nobody else has the file open, and there is no log.

    Raises:
        InUse: another process has it open, and still has it after some seconds; nothing is changed.
    """
    db.execute("PRAGMA locking_mode=EXCLUSIVE")
    try:
        for pause in range(_PAUSES + 1):
            if _taken(db):
                break
            if pause == _PAUSES:
                hint = "close what has the run open (a report, a page, a notebook), and give the same command again"
                what = f"nothing is deleted: somebody reads {path}, and what is deleted would stay in its log"
                raise InUse(what, hint=hint)
            # a run that this process has opened and no longer uses is closed when it is collected
            gc.collect()
            time.sleep(_PAUSE)
        yield
    finally:
        db.execute("PRAGMA locking_mode=NORMAL")
        db.execute("SELECT 1 FROM sqlite_master").fetchone()
        keep_journal(db, path)


def _taken(db: sqlite3.Connection) -> bool:
    try:
        db.execute("PRAGMA journal_mode=TRUNCATE")
        db.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return False
        raise
    db.execute("COMMIT")
    return True
