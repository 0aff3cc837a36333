"""Every answer and reply of a run, append-only, keyed by content: cache, resume and replay; and facts about the run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from affectlab.conversation import INTERVENTION, Conversation, Intervention
from affectlab.requests import Request, Response
from affectlab.store.checksums import checksum, told
from affectlab.store.database import Database
from affectlab.store.opening import damaged
from affectlab.store.responses import COLUMNS, REQUEST, RESPONSE, Conversations, Stored, Texts, request, response, row

_WIDTH = RESPONSE.count(",") + 1
_KEEP = f"INSERT INTO responses (id, {COLUMNS}, checksum) VALUES ({', '.join('?' * (COLUMNS.count(',') + 3))})"
_INCIDENTS = "SELECT attempt, kind, detail FROM incidents ORDER BY id"


class ResponseFile:
    """The open file of a run, as far as it holds what was asked and answered."""

    def __init__(self, path: Path | None, *, create: bool = True, verified: bool = True) -> None:
        """Open it; one that is only shown, and not computed with, may do without being ``verified`` (``Database``)."""
        self.path = path
        self.attempt = 1
        self._known_turns: set[str] = set()
        self._file = Database(path, create=create, verified=verified)
        self._db = self._file.db
        self._texts, self._lists = Texts(self._db), Texts(self._db, "lists")

    def held(self) -> AbstractContextManager[None]:
        """Inside, no other process writes the store.

        Raises:
            StoreError: another one does; it says which.
        """
        return self._file.held()

    def together(self) -> AbstractContextManager[None]:
        """All that is written inside, or nothing of it.

        Raises:
            StoreError: it cannot be written.
        """
        return self._writing()

    # What describes the run

    def describe(self, key: str, value: Any) -> None:
        """Keep a fact about the run."""
        self.describe_all({key: value})

    def describe_all(self, facts: Mapping[str, Any]) -> None:
        """Keep facts about the run, all of them or none."""
        with self._writing():
            rows = ((key, json.dumps(value)) for key, value in facts.items())
            self._db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", rows)

    def described(self, key: str) -> Any:
        """A fact about the run, or None."""
        _, rows = self.query("SELECT value FROM meta WHERE key = ?", (key,))
        return json.loads(rows[0][0]) if rows else None

    def incident(self, kind: str, detail: str) -> None:
        """Keep something that went wrong, or that a reader of the data must know."""
        values = (self.attempt, kind, detail)
        with self._writing():
            self._db.execute("INSERT INTO incidents (attempt, kind, detail) VALUES (?, ?, ?)", values)

    def incidents(self) -> list[tuple[int, str, str]]:
        """Attempt, kind and detail of everything that went wrong."""
        return [(at, kind, detail) for at, kind, detail in self.query(_INCIDENTS)[1]]

    # Responses

    def find(self, keys: Sequence[str]) -> dict[str, Stored]:
        """What is known of these keys."""
        self._file.check("texts")
        found: dict[str, Stored] = {}
        for start in range(0, len(keys), 500):
            part = keys[start : start + 500]
            marks = ",".join("?" * len(part))
            query = f"SELECT {RESPONSE}, checksum, id, {COLUMNS} FROM responses WHERE key IN ({marks})"
            for values in self._db.execute(query, part):
                own, *row = values[_WIDTH:]
                if own != checksum(row):
                    raise damaged(self.path, told(row))
                found[row[1]] = Stored(row[0], response(values[:_WIDTH], self._texts), values[_WIDTH - 1])
        return found

    def keep(self, key: str, participant: str, request: Request, response: Response, block: int) -> Stored:
        """Store a response; it is on disk when this returns. Returns what is stored under its key.

        That is another one where two blocks asked the same at the same time: the first that came stays.
        """
        with self._writing(whole=False):
            if self._db.execute("SELECT 1 FROM responses WHERE key = ?", (key,)).fetchone():
                return self.find([key])[key]
            self._keep_turns(request.conversation)
            (id,) = self._db.execute("SELECT ifnull(max(id), 0) + 1 FROM responses").fetchone()
            asked = row(key, participant, request, response, self._texts, self._lists)
            values = (id, *asked, block, self.attempt)
            self._db.execute(_KEEP, (*values, checksum(values)))
        return Stored(int(id), response, block)

    def count(self) -> int:
        """How many responses there are."""
        return int(self.query("SELECT count(*) FROM responses")[1][0][0])

    def content_hash(self) -> str:
        """A hash of all that is stored, from the checksums kept with it: the same wherever the file lies."""
        _, sums = self.query("SELECT part, total, upto FROM checksums ORDER BY part")
        upto = next((last for _, _, last in sums if last is not None), 0)
        _, fresh = self.query("SELECT count(*), sum(checksum) FROM responses WHERE id > ?", (upto,))
        return hashlib.sha256(json.dumps([sums, fresh]).encode()).hexdigest()

    def responses(self) -> Iterator[tuple[str, Response]]:
        """Every key and response of the plan, in the order in which they came; not the sentinels of single starts."""
        self._file.check("texts")
        for rows in self.chunks(f"SELECT key, {RESPONSE} FROM responses WHERE block >= 0 ORDER BY id", 500):
            for key, *values in rows:
                yield key, response(values, self._texts)

    def requests(self) -> Iterator[tuple[str, str, Request]]:
        """Key, participant and request of every response of the plan, as far as the request is known in full."""
        self._file.check("texts", "lists", "turns")
        conversations = Conversations(self._db)
        for rows in self.chunks(f"SELECT key, participant, {REQUEST} FROM responses WHERE block >= 0", 500):
            for key, participant, *values in rows:
                kind, conversation, *_, limits = values
                if kind != "reply" or limits is not None:
                    said = conversations.get(conversation)
                    yield key, participant, request(values, said, self._texts, self._lists)

    def turns(self, conversation: str) -> list[tuple[str, str]]:
        """Role and text of every turn of a conversation; of an intervention, ``intervention`` and what was done."""
        self._file.check("turns")
        said: list[tuple[str, str]] = []
        current: str | None = conversation
        while current is not None:
            row = self._db.execute("SELECT parent, role, text FROM turns WHERE id = ?", (current,)).fetchone()
            if row is None:
                break
            current, role, text = row
            said.append((role, str(Intervention.of(text)) if role == INTERVENTION else text))
        return said[::-1]

    # The file

    def query(self, sql: str, values: Sequence[Any] = ()) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Column names and rows of a reading query.

        Raises:
            StoreError: the file is damaged there.
        """
        return self._file.query(sql, values)

    def chunks(self, sql: str, size: int) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of a reading query, some at a time.

        Raises:
            StoreError: the file is damaged there.
        """
        return self._file.chunks(sql, size)

    def check(self) -> None:
        """Make sure that the file holds what was written, all of it.

        Raises:
            StoreError: it does not.
        """
        self._file.check()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    # Inside

    def _writing(self, *, whole: bool = True) -> AbstractContextManager[None]:
        return self._file.writing(self._forget_all, whole=whole)

    def _forget_all(self) -> None:
        """Trust nothing that was remembered: what was written has been taken back, or deleted."""
        self._known_turns.clear()
        self._texts.forget()
        self._lists.forget()

    def _keep_turns(self, conversation: Conversation) -> None:
        for turn in reversed(conversation.links):
            if turn.id in self._known_turns:
                break
            parent = turn.parent.id if turn.parent is not None and turn.parent.parent is not None else None
            role, text = (INTERVENTION, done.content) if (done := turn.intervention) else (turn.role, turn.text)
            self._db.execute("INSERT OR IGNORE INTO turns VALUES (?, ?, ?, ?)", (turn.id, parent, role, text))
            self._known_turns.add(turn.id)
