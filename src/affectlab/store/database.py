"""The file of a store: what belongs together is written together, and what is read is what was written."""

from __future__ import annotations

import atexit
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakSet

from affectlab.store.checksums import Checksums, checked_tables, damage
from affectlab.store.exclusive import exclusive
from affectlab.store.lock import Lock
from affectlab.store.opening import UNREADABLE, attach, connect, damaged, trouble
from affectlab.store.schema import INDEX

_BEHIND = {"trials": ("scores", "places"), "asides": ("scores", "places")}
"""The tables behind the views."""
_NAMED = re.compile(rf"\b({'|'.join((*checked_tables(), *_BEHIND))})\b")


_open: WeakSet[Database] = WeakSet()


@atexit.register
def _close() -> None:
    """Leave no log beside a store that is only read, however the program ends."""
    for one in list(_open):
        one.close()


class Database:
    """An open file, or one in memory.

    Where a run is only read, everything is read as it was at one moment, whoever writes meanwhile.
    """

    def __init__(self, path: Path | None, *, create: bool, verified: bool = True) -> None:
        """Open it.

        Args:
            verified: whether tables are looked through for damage before they are first read. What is only shown,
                and a few rows of it, may do without; what is computed never does.
        """
        self.path = path
        self._verified = verified
        self.db = connect(path, create=create)
        self._checksums = Checksums(self.db)
        self._checked: set[str] = set()
        self._lock = None if path is None else Lock(path)
        self._reading = not create
        self._indexed = False
        _open.add(self)
        if self._reading:
            self.db.execute("BEGIN")

    def check(self, *tables: str) -> None:
        """Make sure that tables hold what was written, or all of them; each is looked through once.

        Raises:
            StoreError: one does not.
        """
        for table in (tables or checked_tables()) if self._verified else ():
            if table in self._checked:
                continue
            try:
                found = damage(self.db, table)
            except UNREADABLE as error:
                raise trouble(self.path, error) from None
            if found:
                raise damaged(self.path, found)
            self._checked.add(table)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Inside, no other process writes.

        Raises:
            StoreError: another one does, or nobody can.
        """
        if self._lock is None:
            yield
            return
        try:
            self._lock.take()
        except OSError as error:
            raise trouble(self.path, error, writing=True) from None
        try:
            yield
        finally:
            self._lock.give_back()
            if not self._lock.held:
                self._checksums.forget()

    @contextmanager
    def writing(self, undone: Callable[[], None], *, whole: bool = True) -> Iterator[None]:
        """All that is written inside, or nothing of it; inside of another, it is part of that.

        Args:
            undone: called where it was nothing, so that nothing is remembered of it.
            whole: whether responses are complete with what was made of them, so that their sum is stored too.

        Raises:
            StoreError: it cannot be written: another process writes it, the disk is full, or has gone.
        """
        if self.db.in_transaction and not self._reading:
            yield
            return
        with self.held():
            try:
                self._let_go()
                self._index()
                self._checksums.watch()
                self.db.execute("BEGIN IMMEDIATE")
                self._checksums.begin()
                yield
                self._checksums.save(whole=whole)
                self.db.execute("COMMIT")
            except BaseException as error:
                self._take_back(undone, error)
                if isinstance(error, sqlite3.DatabaseError) and error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
                    raise trouble(self.path, error, writing=True) from None
                raise

    def _take_back(self, undone: Callable[[], None], error: BaseException) -> None:
        """Have nothing been written.

        Raises:
            BaseException: what was raised while a checksum was made, which SQLite tells as an error of its own.
        """
        if self.db.in_transaction:
            self.db.execute("ROLLBACK")
        self._checksums.forget()
        undone()
        if (raised := self._checksums.raised(error)) is not None:
            raise raised from None

    def query(self, sql: str, values: Sequence[Any] = ()) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Column names and rows of a reading query.

        Raises:
            StoreError: the file is damaged there.
        """
        self.check(*_tables(sql))
        try:
            cursor = self.db.execute(sql, values)
            return [column[0] for column in cursor.description], cursor.fetchall()
        except UNREADABLE as error:
            raise self._told(error) from None

    def chunks(self, sql: str, size: int) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of a reading query, some at a time.

        Raises:
            StoreError: the file is damaged there.
        """
        self.check(*_tables(sql))
        try:
            cursor = self.db.execute(sql)
            while rows := cursor.fetchmany(size):
                yield rows
        except UNREADABLE as error:
            raise self._told(error) from None

    @contextmanager
    def beside(self, other: Path) -> Iterator[None]:
        """Inside, the tables of another file are there as ``old``.

        Raises:
            StoreError: it cannot be read.
        """
        self._let_go()
        attach(self.db, other)
        try:
            yield
        except UNREADABLE as error:
            raise trouble(other, error) from None
        finally:
            self.db.execute("DETACH old")

    @contextmanager
    def wiping(self) -> Iterator[None]:
        """What is deleted inside is nowhere in the file afterwards, nor beside it.

        Raises:
            InUse: another process reads it, and would keep it.
            StoreError: it cannot be written.
        """
        with self.held():
            self._let_go()
            if self.path is None:
                yield
                return
            try:
                with exclusive(self.db, self.path):
                    self.db.execute("PRAGMA secure_delete = ON")
                    yield
                    self.db.execute("VACUUM")
            except sqlite3.DatabaseError as error:
                raise trouble(self.path, error, writing=True) from None

    def copy_to(self, file: Path) -> None:
        """Write everything into a new file.

        Raises:
            StoreError: it cannot be written.
        """
        self.check()
        self._let_go()
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            self.db.execute("VACUUM INTO ?", (str(file),))
        except (OSError, *UNREADABLE) as error:
            raise trouble(file, error, writing=True) from None

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    def _index(self) -> None:
        """Have the index that a store of an earlier version lacks."""
        if not self._indexed:
            self.db.execute(INDEX)
            self._indexed = True

    def _let_go(self) -> None:
        """Read no more as it was at one moment."""
        if self._reading:
            self._reading = False
            self.db.execute("COMMIT")

    def _told(self, error: Exception) -> Exception:
        """An error of the file, and no error of the query."""
        wrong_query = (sqlite3.ProgrammingError, sqlite3.NotSupportedError)
        return error if isinstance(error, wrong_query) else trouble(self.path, error)


def _tables(sql: str) -> tuple[str, ...]:
    """The tables that a query reads."""
    return tuple(table for name in _NAMED.findall(sql) for table in _BEHIND.get(name, (name,)))
