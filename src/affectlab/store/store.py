"""Every answer and reply, append-only, keyed by content, what was observed with them, and the materials that were used:
cache, resume, replay and evidence in one SQLite file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from affectlab.conversation import INTERVENTION, Conversation, Intervention
from affectlab.errors import StoreError
from affectlab.materials.catalogue import Catalogue
from affectlab.materials.file import MaterialFile
from affectlab.observations import Observation
from affectlab.requests import Request, Response
from affectlab.score import Score
from affectlab.scoring.scores import ProbeScore
from affectlab.store import materials, removal
from affectlab.store.checksums import checksum, told
from affectlab.store.database import Database
from affectlab.store.materials import KeptFile, Scoring
from affectlab.store.observations import Order, Reader, Recorder
from affectlab.store.opening import damaged
from affectlab.store.responses import (
    COLUMNS,
    REQUEST,
    RESPONSE,
    Conversations,
    Stored,
    Texts,
    limited,
    request,
    response,
    row,
)
from affectlab.store.schema import FIRST_SCORING, NO_SESSION, show_scoring

T = TypeVar("T")

_LACKING = """SELECT session, response FROM observations WHERE probe NOT IN (
  SELECT probes.id FROM probes JOIN materials ON materials.id = probes.material WHERE text IS NOT NULL)"""
"""Session and response of everything observed with a material that is not there."""
_WIDTH = RESPONSE.count(",") + 1
_KEEP = f"INSERT INTO responses (id, {COLUMNS}, checksum) VALUES ({', '.join('?' * (COLUMNS.count(',') + 3))})"
_REFERENCES = (
    ("observations", "response", "responses"),
    ("observations", "probe", "probes"),
    ("observations", "of", "observations"),
    ("scores", "response", "responses"),
    ("scores", "place", "places"),
    ("probes", "material", "materials"),
    ("probes", "names", "lists"),
    ("keys", "material", "materials"),
    ("responses", "options", "texts"),
    ("responses", "requested", "texts"),
    ("responses", "honoured", "texts"),
    ("responses", "limits", "lists"),
)
"""Which column of which table names a row of which other."""
_INCIDENTS = "SELECT attempt, kind, detail FROM incidents ORDER BY id"


class Finished(NamedTuple):
    """What is kept of a complete session: its number, its cell, the conversation, and each observation, number, and
    number for a validity check, with its response's id."""

    session: int
    cell: Mapping[str, Any]
    conversation: Conversation
    observations: Sequence[tuple[Observation, int]]
    scores: Iterable[tuple[Score, int]]
    probe_scores: Iterable[tuple[ProbeScore, int]] = ()


class Store:
    """An open store. ``Store(None)`` lives in memory."""

    def __init__(self, path: Path | None, *, create: bool = True, verified: bool = True) -> None:
        """Open it; one that is only shown, and not computed with, may do without being ``verified`` (``Database``)."""
        self.path = path
        self.attempt = 1
        self._known_turns: set[str] = set()
        self._file = Database(path, create=create, verified=verified)
        self._db = self._file.db
        self._texts, self._lists = Texts(self._db), Texts(self._db, "lists")
        self._recorder = Recorder(self._db, self._lists)
        self.score_by(None)

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

    def keep(self, key: str, participant: str, request: Request, response: Response, block: int) -> int:
        """Store a response; it is on disk when this returns. Returns its id."""
        with self._writing(whole=False):
            self._keep_turns(request.conversation)
            (id,) = self._db.execute("SELECT ifnull(max(id), 0) + 1 FROM responses").fetchone()
            asked = row(key, participant, request, response, self._texts, self._lists)
            values = (id, *asked, block, self.attempt)
            self._db.execute(_KEEP, (*values, checksum(values)))
        return int(id)

    def count(self) -> int:
        """How many responses there are."""
        return int(self.query("SELECT count(*) FROM responses")[1][0][0])

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

    # Materials and scorings

    def begin(self, affectlab: str, files: Iterable[MaterialFile]) -> None:
        """Keep the materials of a new run; its own scoring is made with them."""
        with self._writing():
            materials.keep(self._db, Scoring(FIRST_SCORING, affectlab, ()), files)

    def kept(self, scoring: int | None = None) -> list[KeptFile]:
        """The files of the run, or those with which a scoring was made."""
        self._file.check("materials", "keys")
        return materials.kept_files(self._db, scoring or FIRST_SCORING)

    def catalogue(self, scoring: int | None = None) -> Catalogue:
        """The materials as they were when the run was made, or as a scoring has them."""
        withheld = "it was withheld when the archive was made; take the run itself"
        hint = withheld if self.described("withheld") else "the run did not use it"
        return materials.kept_catalogue(self.kept(scoring), hint)

    @property
    def scorings(self) -> list[Scoring]:
        """How scores were made of the observations; the last is the one in use, if no other is chosen."""
        self._file.check("scorings")
        return materials.scorings(self._db)

    def score_by(self, scoring: int | None) -> None:
        """Have numbers be those of a scoring; None: of the latest.

        Raises:
            StoreError: there is no such scoring.
        """
        known = [one.number for one in self.scorings] or [FIRST_SCORING]
        if scoring is not None and scoring not in known:
            there = ", ".join(map(str, known))
            raise StoreError(f"{self.path} has no scoring {scoring}", hint=f"there are: {there}")
        self.scoring = known[-1] if scoring is None else scoring
        show_scoring(self._db, self.scoring)

    # What an older form or a copy brings

    def beside(self, other: Path) -> AbstractContextManager[None]:
        """Inside, the tables of another file are there as ``old``.

        Raises:
            StoreError: it cannot be read.
        """
        return self._file.beside(other)

    def do(self, script: str) -> None:
        """Some statements, all of them or none."""
        self._file.check()
        with self._writing():
            for statement in script.split(";\n"):
                self._db.execute(statement)

    def observe(self, sessions: Iterable[tuple[int, Sequence[tuple[Observation, int]]]]) -> None:
        """Keep what was observed in sessions that have their numbers already."""
        with self._writing():
            for session, observed in sessions:
                self._recorder.observations(session, observed)
                for one, at in observed:
                    if (limits := limited(one.probe.request, self._lists)) is not None:
                        self._db.execute("UPDATE responses SET limits = ? WHERE id = ?", (limits, at))

    def finished(self) -> list[tuple[int, Mapping[str, Any]]]:
        """The number and cell of every session that is there, in the order in which they were finished."""
        _, rows = self.query(
            "SELECT sessions.id, cell FROM sessions LEFT JOIN (SELECT session, min(rowid) AS at FROM scores "
            "GROUP BY session) AS first ON first.session = sessions.id ORDER BY at, sessions.id"
        )
        return [(session, json.loads(cell)) for session, cell in rows]

    def reader(self, catalogue: Catalogue, order: Order | None = None) -> Reader:
        """What was observed, with the materials of a catalogue, and the order that it gives to options."""
        self._file.check()
        return Reader(self._db, catalogue, (self.described("study") or {}).get("task_items"), order)

    def observed(self) -> int:
        """How many observations there are."""
        return int(self.query("SELECT count(*) FROM observations")[1][0][0])

    def measured(self) -> set[str]:
        """The ids of the materials with which something was observed."""
        return {id for (id,) in self.query("SELECT DISTINCT measure FROM probes")[1]}

    def without_material(self) -> set[tuple[int, int]]:
        """Session and response of everything observed with a material that is not there."""
        _, rows = self.query(_LACKING)
        return {(session, at) for session, at in rows}

    def lacks(self) -> tuple[str, ...]:
        """The ids of the materials with which something was observed, and whose text is not there."""
        there = "SELECT materials.id FROM materials WHERE text IS NOT NULL"
        _, rows = self.query(f"SELECT DISTINCT measure FROM probes WHERE ifnull(material, 0) NOT IN ({there})")
        return tuple(sorted(id for (id,) in rows))

    def numbers(self) -> Iterator[tuple[Any, ...]]:
        """Every number of the scoring in use: session, place (seven names), response, value."""
        for rows in self.chunks(
            "SELECT session, point, measure, item, scale, check_id, subject, variant, response, value "
            f"FROM scores CROSS JOIN places ON places.id = scores.place WHERE scoring = {self.scoring} "
            "ORDER BY scores.rowid",
            500,
        ):
            yield from rows

    def scored(self) -> Iterator[tuple[Any, ...]]:
        """Every number of the run's own scoring: session, place (seven names), the response's key, value."""
        for rows in self.chunks(
            "SELECT scores.session, point, measure, item, scale, check_id, subject, variant, responses.key, value "
            "FROM scores CROSS JOIN places ON places.id = scores.place JOIN responses ON responses.id = response "
            f"WHERE scoring = {FIRST_SCORING} AND session >= 0 ORDER BY scores.rowid",
            500,
        ):
            yield from rows

    def rescore(
        self,
        scoring: Scoring,
        instead: Iterable[MaterialFile],
        sessions: Iterable[tuple[int, Iterable[tuple[Score, int]], Iterable[tuple[ProbeScore, int]]]],
    ) -> None:
        """Keep another scoring beside those that there are. What cannot be derived is taken over from the one in use.

        Args:
            instead: the files that take the places of those of the scoring in use.
        """
        before = self.scoring
        self._file.check()
        with self._writing():
            materials.keep(self._db, scoring, instead)
            materials.carry(self._db, before, scoring.number)
            for session, scores, probe_scores in sessions:
                self._recorder.scores(scoring.number, session, scores, probe_scores)
            self._db.execute(
                f"INSERT INTO scores SELECT ?, session, place, response, value FROM scores WHERE scoring = ? "
                f"AND (session, response) IN ({_LACKING}) ORDER BY rowid",
                (scoring.number, before),
            )
        self.score_by(scoring.number)

    # What leaves a store

    def copy_to(self, file: Path) -> None:
        """Write everything into a new file.

        Raises:
            StoreError: it cannot be written.
        """
        self._file.copy_to(file)

    def change(self, sql: str, rows: Iterable[Sequence[Any] | Mapping[str, Any]]) -> None:
        """Change rows, all of them or none."""
        self._file.check()
        with self._writing():
            self._db.executemany(sql, rows)

    def listed(self, options: Sequence[str]) -> int:
        """The number of a list of options."""
        return self._texts.number(list(options))

    def tidy(self) -> None:
        """Leave nothing in the file that no row uses any more."""
        self._file.check()
        self._db.execute("PRAGMA secure_delete = ON")
        with self._writing():
            removal.clear(self._db)
        removal.wipe(self._db)

    def delete(self, session: int) -> tuple[int, int, int]:
        """Delete a session for good; how many observations, responses and turns went."""
        return self._deleting(lambda: removal.remove(self._db, session))

    def withdraw(self, participant: str) -> tuple[list[int], int]:
        """Delete all that a participant gave for good; which sessions are open again, and how many responses went."""
        return self._deleting(lambda: removal.withdraw(self._db, participant))

    def _deleting(self, delete: Callable[[], T]) -> T:
        self._file.check()
        self._db.execute("PRAGMA secure_delete = ON")
        with self._writing():
            counts = delete()
        removal.wipe(self._db)
        self._forget_all()
        return counts

    # Sessions and numbers

    def done(self) -> set[int]:
        """The sessions that are complete, those that were deleted since among them."""
        _, rows = self.query("SELECT id FROM sessions UNION SELECT session FROM deleted")
        return {session for (session,) in rows}

    def deleted(self) -> set[int]:
        """The sessions that were deleted for good."""
        return {session for (session,) in self.query("SELECT session FROM deleted")[1]}

    def finish(self, sessions: Iterable[Finished]) -> None:
        """Keep complete sessions with what was observed in them and their numbers, all of them or none."""
        with self._writing():
            for index, cell, conversation, observations, scores, probe_scores in sessions:
                self._keep_turns(conversation)
                self._forget(index)
                self._db.execute("INSERT INTO sessions VALUES (?, ?, ?)", (index, json.dumps(cell), conversation.id))
                self._recorder.observations(index, observations)
                self._recorder.scores(FIRST_SCORING, index, scores, probe_scores)

    def watch(
        self, observations: Sequence[tuple[Observation, int]], probe_scores: Iterable[tuple[ProbeScore, int]]
    ) -> None:
        """Keep what was asked for validity checks in no session: the sentinels of a start of the run."""
        with self._writing():
            self._recorder.observations(NO_SESSION, observations)
            self._recorder.scores(FIRST_SCORING, NO_SESSION, (), probe_scores)

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

    def dangling(self) -> str:
        """Rows that rest on others which are not there; empty where there are none."""
        for table, column, of in _REFERENCES:
            there = f"SELECT 1 FROM {of} WHERE {of}.id = {table}.{column}"
            query = f"SELECT count(*) FROM {table} WHERE {column} IS NOT NULL AND NOT EXISTS ({there})"
            ((count,),) = self.query(query)[1]
            if count:
                return f"{count} {table} rest on {of} that are not there"
        return ""

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
        self._recorder.forget()

    def _forget(self, session: int) -> None:
        """Take out a session that is complete already. Where none is, no look through all numbers is needed."""
        if self._db.execute("DELETE FROM sessions WHERE id = ?", (session,)).rowcount:
            self._db.execute("DELETE FROM observations WHERE session = ?", (session,))
            self._db.execute("DELETE FROM scores WHERE session = ?", (session,))

    def _keep_turns(self, conversation: Conversation) -> None:
        for turn in reversed(conversation.links):
            if turn.id in self._known_turns:
                break
            parent = turn.parent.id if turn.parent is not None and turn.parent.parent is not None else None
            role, text = (INTERVENTION, done.content) if (done := turn.intervention) else (turn.role, turn.text)
            self._db.execute("INSERT OR IGNORE INTO turns VALUES (?, ?, ?, ?)", (turn.id, parent, role, text))
            self._known_turns.add(turn.id)
