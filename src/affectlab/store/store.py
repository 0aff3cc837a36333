"""Every answer and reply, append-only, keyed by content: cache, resume, replay and archive in one SQLite file."""

from __future__ import annotations

import array
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, cast

from affectlab.conversation import Conversation
from affectlab.errors import StoreError
from affectlab.requests import Answer, Ask, Read, Reading, Reply, Request, Response
from affectlab.scoring.trial import Trial
from affectlab.scoring.trials import Beside

VERSION = "1"
NO_SESSION = -1
"""The session, and the block, of what is asked in none."""

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE turns (            -- every turn said, and intervention (its role), linked to the one before it
  id TEXT PRIMARY KEY, parent TEXT, role TEXT, text TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE texts (            -- strings that many rows share: option lists, parameters
  id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE responses (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,     -- participant and content of the request
  participant TEXT NOT NULL,
  conversation TEXT NOT NULL,   -- turns.id: what had been said
  opening TEXT NOT NULL,        -- how the participant's turn was begun
  kind TEXT NOT NULL,           -- answer | reply | reading
  options INTEGER,              -- texts.id: the options, or the names of what is read, as JSON
  logprobs BLOB,                -- float64 for each option, or each number that is read
  coverage REAL, entropy REAL, refused REAL, bounds BLOB,
  text TEXT, finish TEXT, tokens INTEGER, seed INTEGER,
  obtained TEXT NOT NULL,       -- exact | bounded | constrained | sampled | generated
  requested INTEGER NOT NULL, honoured INTEGER NOT NULL,  -- texts.id: parameters, as JSON
  block INTEGER NOT NULL,       -- the part of the plan with which it was asked
  attempt INTEGER NOT NULL);    -- which start of the run asked it: 1, or more after a resume
CREATE TABLE sessions (id INTEGER PRIMARY KEY, cell TEXT NOT NULL, conversation TEXT);
CREATE TABLE trials (
  session INTEGER NOT NULL, point TEXT NOT NULL, measure TEXT NOT NULL, item TEXT NOT NULL,
  scale TEXT NOT NULL, value REAL, response INTEGER NOT NULL);
CREATE TABLE asides (           -- what was asked for validity checks, and on which no finding rests
  model TEXT NOT NULL, session INTEGER NOT NULL, check_id TEXT NOT NULL, subject TEXT NOT NULL, variant TEXT NOT NULL,
  point TEXT NOT NULL, item TEXT NOT NULL, scale TEXT NOT NULL, value REAL, response INTEGER NOT NULL);
CREATE TABLE incidents (id INTEGER PRIMARY KEY, attempt INTEGER NOT NULL, kind TEXT NOT NULL, detail TEXT NOT NULL);
"""


class Stored(NamedTuple):
    """A response in the store, and the block with which it was asked."""

    id: int
    response: Response
    block: int


class Finished(NamedTuple):
    """What is kept of a complete session: its number, its cell, the conversation, each trial, and each
    number for a validity check, with its response's id."""

    session: int
    cell: Mapping[str, Any]
    conversation: Conversation
    trials: Iterable[tuple[Trial, int]]
    asides: Iterable[tuple[Beside, int]] = ()


@cache
def _expected() -> set[str]:
    """The columns of an empty store, to compare others with."""
    with closing(sqlite3.connect(":memory:")) as empty:
        empty.executescript(_SCHEMA)
        return _columns(empty)


def _columns(db: sqlite3.Connection) -> set[str]:
    """Every table and column, as ``table.column``."""
    query = "SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
    return {name for (name,) in db.execute(query)}


class Store:
    """An open store. ``Store(None)`` lives in memory."""

    def __init__(self, path: Path | None, *, create: bool = True) -> None:
        self.path = path
        self.attempt = 1
        self._interned: dict[str, int] = {}
        self._known_turns: set[str] = set()
        if path is not None and not create and not path.exists():
            raise StoreError(f"no store at {path}", hint="name the directory of a run")
        try:
            # several threads may hold it, but never at the same time: see session/shelf.py
            self._db = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            if not self._db.execute("SELECT 1 FROM sqlite_master").fetchone():
                self._db.executescript(f"BEGIN;{_SCHEMA}COMMIT;")
                self.describe("version", VERSION)
            version, lacking = self.described("version"), _expected() - _columns(self._db)
        except sqlite3.DatabaseError as error:
            message = f"{path} is not a store of affectlab ({error})"
            raise StoreError(message, hint="name another --out, or move that file away") from None
        if version != VERSION:
            message = f"{path} is a store of version {version}, and this is version {VERSION}"
            raise StoreError(message, hint="use the affectlab that wrote it, or name another --out")
        if lacking:
            message = f"{path} was written by an earlier affectlab: it has no `{min(lacking)}`"
            raise StoreError(message, hint="use the affectlab that wrote it, or run the study again into another --out")

    # What describes the run

    def describe(self, key: str, value: Any) -> None:
        """Keep a fact about the run."""
        with self._writing():
            self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, json.dumps(value)))

    def described(self, key: str) -> Any:
        """A fact about the run, or None."""
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return json.loads(row[0]) if row else None

    def incident(self, kind: str, detail: str) -> None:
        """Keep something that went wrong, or that a reader of the data must know."""
        values = (self.attempt, kind, detail)
        with self._writing():
            self._db.execute("INSERT INTO incidents (attempt, kind, detail) VALUES (?, ?, ?)", values)

    def incidents(self) -> list[tuple[int, str, str]]:
        """Attempt, kind and detail of everything that went wrong."""
        return self._db.execute("SELECT attempt, kind, detail FROM incidents ORDER BY id").fetchall()

    # Responses

    def find(self, keys: Sequence[str]) -> dict[str, Stored]:
        """What is known of these keys."""
        found: dict[str, Stored] = {}
        for start in range(0, len(keys), 500):
            part = keys[start : start + 500]
            marks = ",".join("?" * len(part))
            query = f"SELECT key, {_RESPONSE} FROM responses WHERE key IN ({marks})"
            for key, *row in self._db.execute(query, part).fetchall():
                found[key] = Stored(row[0], self._response(row), row[-1])
        return found

    def keep(self, key: str, participant: str, request: Request, response: Response, block: int) -> int:
        """Store a response; it is on disk when this returns. Returns its id."""
        with self._writing():
            self._keep_turns(request.conversation)
            requested = self._intern(json.dumps(dict(response.requested), sort_keys=True))
            honoured = self._intern(json.dumps(dict(response.honoured), sort_keys=True))
            opening = "" if isinstance(request, Read) else request.opening
            common = (key, participant, request.conversation.id, opening)
            if isinstance(request, Ask):
                answer = cast(Answer, response)
                options = self._intern(json.dumps(request.options, ensure_ascii=False))
                blob = array.array("d", answer.logprobs).tobytes()
                bounds = array.array("d", [edge for pair in answer.bounds for edge in pair]).tobytes() or None
                specific = ("answer", options, blob, answer.coverage, answer.entropy, answer.refused, bounds)
                rest: tuple[Any, ...] = (None, None, None, None, answer.obtained)
            elif isinstance(request, Read):
                names = self._intern(json.dumps(request.quantities, ensure_ascii=False))
                blob = array.array("d", cast(Reading, response).values).tobytes()
                specific = ("reading", names, blob, None, None, None, None)  # type: ignore[assignment]
                rest = (None, None, None, None, "read")
            else:
                reply = cast(Reply, response)
                specific = ("reply", None, None, None, None, None, None)  # type: ignore[assignment]
                rest = (reply.text, reply.finish, reply.tokens, request.seed, "generated")
            values = (*common, *specific, *rest, requested, honoured, block, self.attempt)
            cursor = self._db.execute(f"INSERT INTO responses VALUES (NULL{', ?' * len(values)})", values)
        return int(cursor.lastrowid or 0)

    def count(self) -> int:
        """How many responses there are."""
        return int(self._db.execute("SELECT count(*) FROM responses").fetchone()[0])

    def responses(self) -> Iterator[tuple[str, Response]]:
        """Every key and response of the plan, in the order in which they came; not the sentinels of single starts."""
        for key, *row in self._db.execute(f"SELECT key, {_RESPONSE} FROM responses WHERE block >= 0 ORDER BY id"):
            yield key, self._response(row)

    def turns(self, conversation: str) -> list[tuple[str, str]]:
        """Role and text of every turn of a conversation; of an intervention, ``intervention`` and its content."""
        said: list[tuple[str, str]] = []
        current: str | None = conversation
        while current is not None:
            row = self._db.execute("SELECT parent, role, text FROM turns WHERE id = ?", (current,)).fetchone()
            if row is None:
                break
            current, role, text = row
            said.append((role, text))
        return said[::-1]

    # Sessions and trials

    def done(self) -> set[int]:
        """The sessions that are complete."""
        return {row[0] for row in self._db.execute("SELECT id FROM sessions")}

    def finish(self, sessions: Iterable[Finished]) -> None:
        """Keep complete sessions with their trials, all of them or none."""
        with self._writing():
            for index, cell, conversation, trials, asides in sessions:
                self._keep_turns(conversation)
                self._forget(index)
                self._db.execute("INSERT INTO sessions VALUES (?, ?, ?)", (index, json.dumps(cell), conversation.id))
                self._db.executemany(
                    "INSERT INTO trials VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (
                        (index, trial.point, trial.measure, trial.item, trial.scale, trial.value, response)
                        for trial, response in trials
                    ),
                )
                self._aside(str(cell["model"]), index, asides)

    def watch(self, model: str, asides: Iterable[tuple[Beside, int]]) -> None:
        """Keep what was asked for validity checks in no session: the sentinels of a start of the run."""
        with self._writing():
            self._aside(model, NO_SESSION, asides)

    def query(self, sql: str, values: Sequence[Any] = ()) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Column names and rows of a reading query."""
        cursor = self._db.execute(sql, values)
        return [column[0] for column in cursor.description], cursor.fetchall()

    def chunks(self, sql: str, size: int) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of a reading query, some at a time."""
        cursor = self._db.execute(sql)
        while rows := cursor.fetchmany(size):
            yield rows

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    # Inside

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """All that is written inside, or nothing of it.

        Raises:
            StoreError: it cannot be written; the disk is full, or has gone.
        """
        try:
            self._db.execute("BEGIN")
            yield
            self._db.execute("COMMIT")
        except BaseException as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            self._known_turns.clear()
            self._interned.clear()
            if isinstance(error, sqlite3.OperationalError):
                hint = "make room; what was stored before is kept, and the same command goes on"
                raise StoreError(f"{self.path} cannot be written ({error})", hint=hint) from None
            raise

    def _forget(self, session: int) -> None:
        """Take out a session that is complete already. Where none is, no look through all trials is needed."""
        if self._db.execute("DELETE FROM sessions WHERE id = ?", (session,)).rowcount:
            self._db.execute("DELETE FROM trials WHERE session = ?", (session,))
            self._db.execute("DELETE FROM asides WHERE session = ?", (session,))

    def _aside(self, model: str, session: int, asides: Iterable[tuple[Beside, int]]) -> None:
        self._db.executemany(
            "INSERT INTO asides VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (model, session, check, subject, variant, trial.point, trial.item, trial.scale, trial.value, response)
                for (check, subject, variant, trial), response in asides
            ),
        )

    def _keep_turns(self, conversation: Conversation) -> None:
        for turn in reversed(conversation.links):
            if turn.id in self._known_turns:
                break
            parent = turn.parent.id if turn.parent is not None and turn.parent.parent is not None else None
            role, text = ("intervention", done.content) if (done := turn.intervention) else (turn.role, turn.text)
            self._db.execute("INSERT OR IGNORE INTO turns VALUES (?, ?, ?, ?)", (turn.id, parent, role, text))
            self._known_turns.add(turn.id)

    def _intern(self, text: str) -> int:
        if text not in self._interned:
            self._db.execute("INSERT OR IGNORE INTO texts (text) VALUES (?)", (text,))
            row = self._db.execute("SELECT id FROM texts WHERE text = ?", (text,)).fetchone()
            self._interned[text] = row[0]
        return self._interned[text]

    def _text(self, id: int) -> Any:
        row = self._db.execute("SELECT text FROM texts WHERE id = ?", (id,)).fetchone()
        return json.loads(row[0])

    def _response(self, row: Sequence[Any]) -> Response:
        _, kind, blob, obtained, refused, bounds, text, finish, tokens, requested, honoured, _ = row
        parameters = {"requested": self._text(requested), "honoured": self._text(honoured)}
        if kind == "reply":
            return Reply(text, finish, tokens, **parameters)
        if kind == "reading":
            return Reading(_floats(blob), **parameters)
        edges = _floats(bounds)
        pairs = tuple(zip(edges[::2], edges[1::2], strict=True))
        return Answer(_floats(blob), obtained, refused=refused, bounds=pairs, **parameters)


_RESPONSE = "id, kind, logprobs, obtained, refused, bounds, text, finish, tokens, requested, honoured, block"


def _floats(blob: bytes | None) -> tuple[float, ...]:
    if blob is None:
        return ()
    values = array.array("d")
    values.frombytes(blob)
    return tuple(values)
