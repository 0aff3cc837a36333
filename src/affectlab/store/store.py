"""The store of a run: its answers, what was observed by them, sessions, numbers, and the materials that were used."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple

from affectlab.conversation import Conversation
from affectlab.errors import StoreError
from affectlab.materials.catalogue import Catalogue
from affectlab.materials.file import MaterialFile
from affectlab.observations import Observation
from affectlab.score import Score
from affectlab.scoring.scores import ProbeScore, probe_scores, score_observations
from affectlab.store import materials, merging, removal
from affectlab.store.exclusive import InUse
from affectlab.store.materials import KeptFile, Scoring
from affectlab.store.merging import Taken
from affectlab.store.observations import Observed, Order, Reader, Recorder
from affectlab.store.response_file import ResponseFile
from affectlab.store.responses import limited
from affectlab.store.schema import FIRST_SCORING, NO_SESSION, show_scoring

_LACKING = """SELECT session, response FROM observations WHERE probe NOT IN (
  SELECT probes.id FROM probes JOIN materials ON materials.id = probes.material WHERE text IS NOT NULL)"""
"""Session and response of everything observed with a material that is not there."""
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


_UNWIPED = "unwiped"
"""The fact that bytes of what was deleted may still lie in the file or its log."""


class Withdrawn(NamedTuple):
    """What became of all that a participant gave."""

    sessions: list[int]
    """Those that are open again."""
    responses: int
    """How many went."""
    wiped: bool
    """Whether no byte of them is left; else they are wiped when no other process reads the file."""


class Finished(NamedTuple):
    """What is kept of a complete session: its number, its cell, the conversation, and each observation, number, and
    number for a validity check, with its response's id."""

    session: int
    cell: Mapping[str, Any]
    conversation: Conversation
    observations: Sequence[tuple[Observation, int]]
    scores: Iterable[tuple[Score, int]]
    probe_scores: Iterable[tuple[ProbeScore, int]] = ()


class Store(ResponseFile):
    """An open store: its answers, and what was made of them. ``Store(None)`` lives in memory."""

    def __init__(self, path: Path | None, *, create: bool = True, verified: bool = True) -> None:
        super().__init__(path, create=create, verified=verified)
        self._recorder = Recorder(self._db, self._lists)
        self.score_by(None)

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

    # What another store brings

    def take(self, other: Path, whose: str) -> Taken:
        """Take what another store of the same plan holds, by the keys of its content, all of it or nothing.

        Args:
            whose: what is written before each of its incidents.

        Raises:
            StoreError: it cannot be read.
        """
        self._file.check()
        with self._file.beside(other), self._writing():
            taken = merging.take(self._db, whose)
            self._forget_all()
            for observed in self.reader(self.catalogue()).sessions(taken.shaken) if taken.shaken else ():
                self._derive(observed)
        return taken

    def _derive(self, observed: Observed) -> None:
        """Put a session's numbers, derived from what was observed, in the place of those that it has."""
        rows = dict(zip(observed.keys, observed.rows, strict=True))
        scores = score_observations(observed.observations, observed.keys)
        of_checks = probe_scores(observed.observations, observed.keys)
        self._db.execute("DELETE FROM scores WHERE session = ? AND scoring = ?", (observed.session, FIRST_SCORING))
        self._recorder.scores(
            FIRST_SCORING,
            observed.session,
            [(score, rows[score.key]) for score in scores],
            [(one, rows[one.score.key]) for one in of_checks],
        )

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
        with self._file.wiping(), self._writing():
            removal.clear(self._db)

    def delete(self, session: int) -> tuple[int, int, int]:
        """Delete a session for good; how many observations, responses and turns went.

        Raises:
            InUse: another process reads the file, and would keep what is deleted.
        """
        self._file.check()
        with self._file.wiping(), self._writing():
            counts = removal.remove(self._db, session)
            self._db.execute("DELETE FROM meta WHERE key = ?", (_UNWIPED,))
        self._forget_all()
        return counts

    def withdraw(self, participant: str) -> Withdrawn:
        """Delete all that a participant gave for good.

        Where another process reads the file meanwhile, what is deleted can no longer be asked for, and its bytes are
        wiped when nobody reads it any more (``wipe_rest``).
        """
        self._file.check()
        self._db.execute("PRAGMA secure_delete = ON")
        with self._writing():
            self.describe(_UNWIPED, True)
            sessions, responses = removal.withdraw(self._db, participant)
        self._forget_all()
        return Withdrawn(sessions, responses, self.wipe_rest())

    def wipe_rest(self) -> bool:
        """Have no byte left of what was deleted; whether there is none."""
        if not self.described(_UNWIPED):
            return True
        try:
            with self._file.wiping(), self._writing():
                self._db.execute("DELETE FROM meta WHERE key = ?", (_UNWIPED,))
        except InUse:
            return False
        return True

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

    def dangling(self) -> str:
        """Rows that rest on others which are not there; empty where there are none."""
        for table, column, of in _REFERENCES:
            there = f"SELECT 1 FROM {of} WHERE {of}.id = {table}.{column}"
            query = f"SELECT count(*) FROM {table} WHERE {column} IS NOT NULL AND NOT EXISTS ({there})"
            ((count,),) = self.query(query)[1]
            if count:
                return f"{count} {table} rest on {of} that are not there"
        return ""

    # Inside

    def _forget_all(self) -> None:
        """Trust nothing that was remembered: what was written has been taken back, or deleted."""
        super()._forget_all()
        self._recorder.forget()

    def _forget(self, session: int) -> None:
        """Take out a session that is complete already. Where none is, no look through all numbers is needed."""
        if self._db.execute("DELETE FROM sessions WHERE id = ?", (session,)).rowcount:
            self._db.execute("DELETE FROM observations WHERE session = ?", (session,))
            self._db.execute("DELETE FROM scores WHERE session = ?", (session,))
