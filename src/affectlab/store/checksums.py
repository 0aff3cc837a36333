"""Checksums of what a store holds: kept in step with what is written, and compared with what is read.

Every table has the sum of the checksums of its rows. A row that is written is added and one that is deleted is taken
off, so that the sum costs the same however many rows there are, and does not depend on their order. Of the two tables
that have by far the most rows, what has been added is read again before it is committed, which costs less than to be
told of each row; where one of their rows was changed or deleted, which is rare, the sum is made anew. Every response
has its own checksum beside it as well: a response is stored by itself, and the sums only with what is made of it.

The checksum is CRC-32 (ISO/IEC 8802-3), which finds every single flipped bit of a row. It is there for damage; it
does not hinder anybody who means to deceive.
"""

from __future__ import annotations

import math
import sqlite3
import struct
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from typing import Any, NamedTuple
from zlib import crc32

from affectlab.store.schema import layout

Row = Sequence[Any]

SUMS = "checksums"
_OWN = "responses"
"""The table whose rows have checksums of their own."""
_AT_ONCE = 500
_IN_A_FUNCTION = "user-defined function raised exception"
"""What SQLite says of whatever is raised in a function of ours."""
_integers = struct.Struct("<5q").pack
_number = struct.Struct("<4qd").pack


class CheckedTable(NamedTuple):
    """A table, and how it is read for its checksum."""

    table: str
    columns: tuple[str, ...]
    """As SQL reads them: a real number always as one, whether or not it is whole."""
    of: Callable[[Row], int]
    """The checksum of a row."""

    def of_row(self, row: str) -> str:
        """The columns of ``OLD`` or ``NEW``, as arguments."""
        return ", ".join(f"{row}.{name}" for name in self.columns)


def checksum(row: Row) -> int:
    """The checksum of a row, of whatever its columns hold.

    >>> checksum((1, "a", None, 0.5, b"\\x00"))
    3561581781
    """
    return crc32(ascii(tuple(row)).encode())


def _of_observation(row: Row) -> int:
    try:
        return crc32(_integers(*row))
    except struct.error:  # it is about no other observation
        return crc32(_integers(*row[:4], -1 if row[4] is None else row[4]))


def _of_score(row: Row) -> int:
    try:
        return crc32(_number(*row))
    except struct.error:  # the number is missing
        return crc32(_number(*row[:4], math.nan if row[4] is None else row[4]))


def _itself(row: Row) -> int:
    return row[0] or 0


_NUMBERS = {"observations": _of_observation, "scores": _of_score}
"""The tables of numbers alone, of which there are millions of rows; they are added to, and hardly ever changed."""


@cache
def checked_tables() -> dict[str, CheckedTable]:
    """Every table that has a checksum."""
    found = {}
    for table, columns in layout().items():
        names = tuple(f"{name} + 0.0" if kind == "REAL" else name for name, kind in columns if name != "checksum")
        if table != SUMS:
            found[table] = CheckedTable(table, names, {**_NUMBERS, _OWN: _itself}.get(table, checksum))
    return found


class Checksums:
    """The sums of a store that is written: changed with every row, and stored with what they are the sums of."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._sums: dict[str, int] = {}
        self._stored: dict[str, int] = {}
        self._upto: dict[str, int] = {}
        """Of the tables of numbers, the last row that the sum has; none where a row was changed or deleted."""
        self._watching = False
        self._raised: list[BaseException] = []

    def watch(self) -> None:
        """Have every change of a row change its sum from now on; to be said outside of what may be taken back."""
        if self._watching:
            return
        self._db.execute("PRAGMA recursive_triggers = ON")  # else what REPLACE deletes would not be told
        self._db.create_function("checksum_of", -1, self._of_row(), deterministic=True)
        for part in checked_tables().values():
            if part.table in _NUMBERS:
                self._db.create_function(f"changed_{part.table}", 0, partial(self._upto.pop, part.table, None))
                continue
            self._db.create_function(f"added_{part.table}", -1, self._changing(part, 1))
            self._db.create_function(f"deleted_{part.table}", -1, self._changing(part, -1))
        for statement in _triggers():
            self._db.execute(statement)
        self._watching = True

    def begin(self) -> None:
        """Know the sums before anything is changed."""
        if self._sums:
            return
        self._sums.update(dict.fromkeys(checked_tables(), 0))
        last = 0
        for part, total, upto in self._db.execute(f"SELECT part, total, upto FROM {SUMS}"):
            self._sums[part] = total
            last = upto or last
        self._stored = dict(self._sums)
        self._upto.update((table, self._last(table)) for table in _NUMBERS)
        for (own,) in self._db.execute(f"SELECT checksum FROM {_OWN} WHERE id > ?", (last,)):
            self._sums[_OWN] += own

    def save(self, *, whole: bool) -> None:
        """Store the sums that have changed.

        Args:
            whole: that of the responses too; it may wait, as each has its own checksum.
        """
        if whole:
            self._read_again()
        for part, total in self._sums.items():
            if total == self._stored[part] or (part == _OWN and not whole):
                continue
            upto = None
            if part == _OWN:
                (upto,) = self._db.execute(f"SELECT ifnull(max(id), 0) FROM {_OWN}").fetchone()
            self._db.execute(f"INSERT OR REPLACE INTO {SUMS} VALUES (?, ?, ?)", (part, total, upto))
            self._stored[part] = total

    def _read_again(self) -> None:
        """Bring the sums of the tables of numbers up to date."""
        for table in _NUMBERS:
            last, known = self._last(table), self._upto.get(table)
            if known != last:
                added = _total(self._db, checked_tables()[table], after=known or 0)
                self._sums[table] = added if known is None else self._sums[table] + added
                self._upto[table] = last

    def _last(self, table: str) -> int:
        (last,) = self._db.execute(f"SELECT ifnull(max(rowid), 0) FROM {table}").fetchone()
        return int(last)

    def forget(self) -> None:
        """Read the sums again before the next change: another process may write, or what was written was taken back."""
        self._sums.clear()

    def raised(self, error: BaseException) -> BaseException | None:
        """What was raised while a checksum was made, if that is behind an error of SQLite.

        Where it was raised at the very beginning or end of that, it is not known, and can only be an interruption.
        """
        if not self._raised and str(error) == _IN_A_FUNCTION:
            return KeyboardInterrupt()
        raised = self._raised[-1] if self._raised else None
        self._raised.clear()
        return raised

    # A connection keeps its functions alive. One that held this object, which holds the connection, would keep all
    # three, and the file open, as long as the process lives.

    def _of_row(self) -> Callable[..., int]:
        """What is called for the checksum of a row."""
        raised = self._raised

        def of_row(*row: Any) -> int:
            try:
                return checksum(row)
            except BaseException as error:
                raised.append(error)
                raise

        return of_row

    def _changing(self, part: CheckedTable, sign: int) -> Callable[..., None]:
        """What is called with each row of a table that is written, or deleted."""
        table, of, sums, raised = part.table, part.of, self._sums, self._raised

        def change(*row: Any) -> None:
            try:
                sums[table] += sign * of(row)
            except BaseException as error:
                raised.append(error)
                raise

        return change


@cache
def _triggers() -> tuple[str, ...]:
    return tuple(one for part in checked_tables().values() for one in (_own() if part.table == _OWN else _of(part)))


def _of(part: CheckedTable) -> Iterator[str]:
    table = part.table
    if table in _NUMBERS:
        for change in ("UPDATE", "DELETE"):
            name = f"{change.lower()}_{table}"
            yield f"CREATE TEMP TRIGGER {name} AFTER {change} ON main.{table} BEGIN SELECT changed_{table}(); END"
        return
    away, there = f"SELECT deleted_{table}({part.of_row('OLD')});", f"SELECT added_{table}({part.of_row('NEW')});"
    yield f"CREATE TEMP TRIGGER insert_{table} AFTER INSERT ON main.{table} BEGIN {there} END"
    yield f"CREATE TEMP TRIGGER update_{table} AFTER UPDATE ON main.{table} BEGIN {away} {there} END"
    yield f"CREATE TEMP TRIGGER delete_{table} AFTER DELETE ON main.{table} BEGIN {away} END"


def _own() -> Iterator[str]:
    """Of the table whose rows have their own checksums: these are brought up to date, and the sum is that of them."""
    part = checked_tables()[_OWN]
    again = f"UPDATE {_OWN} SET checksum = checksum_of({part.of_row('NEW')}) WHERE id = NEW.id;"
    content = ", ".join(name.removesuffix(" + 0.0") for name in part.columns)
    away, there = f"SELECT deleted_{_OWN}(OLD.checksum);", f"SELECT added_{_OWN}(NEW.checksum);"
    yield f"CREATE TEMP TRIGGER insert_{_OWN} AFTER INSERT ON main.{_OWN} BEGIN {there} END"
    yield (
        f"CREATE TEMP TRIGGER unsummed_{_OWN} AFTER INSERT ON main.{_OWN} WHEN NEW.checksum IS NULL BEGIN {again} END"
    )
    yield f"CREATE TEMP TRIGGER content_{_OWN} AFTER UPDATE OF {content} ON main.{_OWN} BEGIN {again} END"
    yield f"CREATE TEMP TRIGGER update_{_OWN} AFTER UPDATE OF checksum ON main.{_OWN} BEGIN {away} {there} END"
    yield f"CREATE TEMP TRIGGER delete_{_OWN} AFTER DELETE ON main.{_OWN} BEGIN {away} END"


def damage(db: sqlite3.Connection, table: str) -> str:
    """What is wrong with a table; empty where it is what was written.

    Raises:
        sqlite3.DatabaseError: it cannot be read.
    """
    for (found,) in db.execute(f"PRAGMA integrity_check({table})"):
        if found != "ok":
            return f"table {table}: {str(found).splitlines()[-1]}"
    stored = db.execute(f"SELECT total, upto FROM {SUMS} WHERE part = ?", (table,)).fetchone() or (0, 0)
    try:
        total, spoiled = _responses(db, stored[1] or 0) if table == _OWN else (_total(db, checked_tables()[table]), "")
    except (struct.error, TypeError, OverflowError):
        return f"table {table}: it holds what was never written"
    return spoiled or ("" if total == stored[0] else f"table {table}: its checksum is not that of what was written")


def _total(db: sqlite3.Connection, part: CheckedTable, after: int = 0) -> int:
    """The sum of the checksums of a table's rows; of a table of numbers also of those after a row."""
    total, of = 0, part.of
    which = f" WHERE rowid > {after:d}" if after else ""
    cursor = db.execute(f"SELECT {', '.join(part.columns)} FROM {part.table}{which}")
    while rows := cursor.fetchmany(_AT_ONCE):
        total += sum([of(row) for row in rows])
    return total


def _responses(db: sqlite3.Connection, upto: int) -> tuple[int, str]:
    """The sum of the checksums up to a response, and which response is not what its own checksum says."""
    total = 0
    cursor = db.execute(f"SELECT {', '.join(checked_tables()[_OWN].columns)}, checksum FROM {_OWN}")
    while rows := cursor.fetchmany(_AT_ONCE):
        for row in rows:
            own = crc32(ascii(row[:-1]).encode())
            if own != row[-1]:
                return 0, told(row)
            total += own if row[0] <= upto else 0
    return total, ""


def told(row: Row) -> str:
    """What is said of a response that is not what was stored."""
    return f"answer {str(row[1])[:12]} is not what was stored"
