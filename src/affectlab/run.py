"""A run: a study done on some participants, its answers in a store, and what can be read from them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from affectlab.atomic import unwritable
from affectlab.design.extension import Extension
from affectlab.design.plan import Plan
from affectlab.design.study import Study
from affectlab.errors import DataError, StoreError
from affectlab.migration import migrate
from affectlab.store import tables
from affectlab.store.file_system import shared_file_system
from affectlab.store.schema import GIVEN_UP
from affectlab.store.store import Store
from affectlab.version import __version__

if TYPE_CHECKING:
    import pandas as pd

STORE = "answers.sqlite"
EXTENSIONS = "extensions"
"""Under which a store keeps how its run was extended."""

_PROBE_SCORES = """
SELECT responses.participant, sessions.cell, probe_scores.session, probe_scores.check_id AS "check",
       probe_scores.subject, probe_scores.variant,
       probe_scores.point, probe_scores.item, probe_scores.scale, probe_scores.value, responses.coverage,
       responses.obtained, responses.key
FROM probe_scores JOIN responses ON responses.id = probe_scores.response LEFT
JOIN sessions ON sessions.id = probe_scores.session
ORDER BY probe_scores.number"""


def store_files(directory: Path) -> list[Path]:
    """The files that hold what was written into a run; reading it makes others, and an empty log."""
    files = [directory / f"{STORE}{end}" for end in ("", "-wal")]
    return [one for one in files if one.exists() and one.stat().st_size]


def run_stamp(directory: Path) -> str:
    """What changes when something is written into a run, and only then."""
    found = [f"{one.name} {one.stat().st_size} {one.stat().st_mtime_ns}" for one in store_files(directory)]
    return "; ".join([str(directory.resolve()), *found])


def content_stamp(directory: Path) -> str:
    """What a run holds and which version reads it: under that name what was made of it is kept, wherever it lies."""
    with closing(Store(directory / STORE, create=False, verified=False)) as store:
        return f"{__version__}; {store.content_hash()}"


def _told(line: str) -> None:
    print(f"affectlab: {line}", file=sys.stderr)


class Run:
    """What a store holds of a study."""

    def __init__(self, store: Store) -> None:
        if store.described("plan_hash") is None:
            raise StoreError(f"{store.path} holds no run", hint="name the directory that `affectlab run` named")
        self.store = store

    @classmethod
    def open(cls, name: Path | str, *, scoring: int | None = None, say: Callable[[str], None] = _told) -> Run:
        """The run in a directory, or in an archive; one of an older form is brought to this one.

        Args:
            scoring: the scoring of which all numbers are to be; the latest if none is named.
            say: told in a line what a reader must know: that it was of an older form, or which scoring is used.

        Raises:
            StoreError: there is none, or it is damaged or of a later version; or it has no such scoring.
        """
        path = Path(name) if Path(name).is_file() else Path(name) / STORE
        opened = cls(stored(path, create=False, say=say))
        if withheld := opened.store.described("withheld"):
            said = ", ".join(f"{one['kind']} `{one['id']}`" for one in withheld)
            say(f"{name}: of these materials only a description was passed on: {said}")
        opened.store.score_by(scoring)
        if used := opened.scored_by:
            say(f"{name}: scores are those of scoring {used}")
        return opened

    @cached_property
    def study(self) -> Study:
        """The study as it was run, with the materials as they were then, and as the scoring in use has them.

        Raises:
            StoreError: the run was made by a version that kept no materials, and they are not there any more.
        """
        self._require_materials()
        return Study.of(self.store.described("study"), self.store.catalogue(self.store.scoring))

    @cached_property
    def plan(self) -> Plan:
        """The plan, expanded again from the study and the materials as they were."""
        self._require_materials()
        described = self.store.described
        asked = Study.of(described("study"), self.store.catalogue())
        models = tuple(described("identities"))
        plan = Plan.of(asked, seed=described("seed"), replicates=described("replicates"), models=models, large=True)
        return replace(plan, before=tuple(one.before for one in self.extensions))

    @property
    def extensions(self) -> list[Extension]:
        """How the run was extended since it was planned, in order."""
        return [Extension.of(one) for one in self.store.described(EXTENSIONS) or ()]

    def _require_materials(self) -> None:
        if (lacking := self.store.described("lacking")) is not None:
            message, _, hint = str(lacking).partition("; ")
            raise StoreError(message, hint=hint, file=self.store.path)

    @property
    def plan_hash(self) -> str:
        """The identity of the plan."""
        return str(self.store.described("plan_hash"))

    @property
    def participants(self) -> Mapping[str, Any]:
        """The card of each model: name, revision, capabilities, file, checksum, threads."""
        cards: Mapping[str, Any] = self.store.described("participants")
        return cards

    @property
    def failed(self) -> Mapping[str, str]:
        """The models that broke in the latest start while others went on, and how."""
        failures: Mapping[str, str] = self.store.described("failed") or {}
        return failures

    @property
    def given_up(self) -> Sequence[str]:
        """The sessions that could not be done in the latest start while others could, and why."""
        told: Sequence[str] = self.store.described(GIVEN_UP) or []
        return told

    @property
    def spent(self) -> list[Mapping[str, Any]]:
        """What each model's answers cost, start by start: calls, tokens, and money where the prices were given."""
        rows: list[Mapping[str, Any]] = self.store.described("spent") or []
        return rows

    @property
    def complete(self) -> bool:
        """Whether every session of the plan is done."""
        return len(self.store.done()) == int(self.store.described("sessions"))

    def require_sessions(self) -> None:
        """Refuse to go on where there is nothing to read.

        Raises:
            DataError: no session of the run is complete.
        """
        if not self.store.done():
            raise DataError("no session of the run is complete", hint="go on with it: affectlab run")

    def cell(self, session: int) -> Mapping[str, Any]:
        """The place of a session in the design.

        Raises:
            StoreError: there is no such session.
        """
        _, rows = self.store.query("SELECT cell FROM sessions WHERE id = ?", (session,))
        if not rows:
            raise StoreError(f"{self.store.path} has no session {session}", hint="`affectlab export` lists them")
        cell: Mapping[str, Any] = json.loads(rows[0][0])
        return cell

    def score_by(self, scoring: int | None) -> None:
        """Have all numbers be those of a scoring; None: of the latest.

        Raises:
            StoreError: there is no such scoring.
        """
        self.store.score_by(scoring)
        for name in ("study", "_numbers", "_cells"):
            self.__dict__.pop(name, None)

    @property
    def scored_by(self) -> str:
        """Which of several scorings is in use, and how it was made; empty where there is only one."""
        scorings = self.store.scorings
        if len(scorings) < 2:
            return ""
        used = next(one for one in scorings if one.number == self.store.scoring)
        made = "; ".join(used.changes) or "the run's own"
        return f"{used.number} of {len(scorings)} ({made})"

    def scores(self) -> pd.DataFrame:
        """Tidy rows: one for each number, with its cell of the design, in the order of the plan.

        ``value`` is in the unit of the measure: nats of log mass for a cloze, scale points for a rating, log
        odds for a completion; nan where there was no legal answer, or where the row is a free reply (``reply``).
        """
        return tables.score_table(self.store, self._cells, self._numbers)

    def numbers(self) -> pd.DataFrame:
        """The same rows as analyses read them: names as categories, so that a million answers fit into memory.

        ``response`` tells the answers apart. The store is read once: what is done to it later is not seen.
        """
        return self._numbers.copy(deep=False)

    @cached_property
    def _numbers(self) -> pd.DataFrame:
        return tables.numbers(self.store, self._cells)

    @cached_property
    def _cells(self) -> pd.DataFrame:
        return tables.session_table(self.store)

    def probe_scores(self) -> pd.DataFrame:
        """What was asked for validity checks: one row for each score of a changed instrument, or for each option.

        ``value`` is in the unit of the instrument, or the probability of the option given a legal answer.
        """
        import pandas as pd

        (_, _, *columns), rows = self.store.query(_PROBE_SCORES)
        models = {one: name for name, one in (self.store.described("identities") or {}).items()}
        rows = _in_order(rows, list(models))
        # what was asked in no session was asked of the model itself
        named = [
            (json.loads(cell)["model"] if cell is not None else models.get(participant, participant), *row)
            for participant, cell, *row in rows
        ]
        return pd.DataFrame(named, columns=["model", *columns])

    def sessions(self) -> pd.DataFrame:
        """One row for each session that is done: the factors of its cell; ``text_number`` is the text's in its file."""
        return self._cells.copy(deep=False)


def store_made(directory: Path | str) -> Store:
    """The store of a run's directory, made where it is not there yet.

    Raises:
        StoreError: the directory cannot be written, or its store is damaged or of a later version.
    """
    folder = Path(directory)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from None
    return stored(folder / STORE, create=True)


def stored(path: Path, *, create: bool, say: Callable[[str], None] = _told) -> Store:
    """The store in a file; one of an older form is brought to this one first.

    Raises:
        StoreError: there is none and none may be made, or it is damaged or of a later version.
    """
    brought = migrate(path)
    if brought is None:
        store = Store(path, create=create)
    else:
        store, what = brought
        say(what)
    if create and (kind := shared_file_system(path)):
        say(f"{path} lies on a network file system ({kind}): written without a log beside it, which takes longer")
    return store


def _in_order(rows: Sequence[tuple[Any, ...]], participants: Sequence[str | None]) -> list[tuple[Any, ...]]:
    """Rows of probe scores in the order of the plan, whatever the order in which the sessions were done.

    What was asked in no session stands before and after them, participant by participant.
    """
    at = {one: number for number, one in enumerate(participants)}

    def place(row: tuple[Any, ...]) -> tuple[int, int]:
        participant, session, point = row[0], row[2], row[6]
        if session >= 0:
            return 1, session
        return 0 if point.startswith("start") else 2, at.get(participant, -1)

    return sorted(rows, key=place)


def differing_responses(run: Run, again: Run) -> Sequence[tuple[str, Any, Any]]:
    """The responses that two runs do not share bit for bit: key, here, there."""
    first, second = dict(run.store.responses()), dict(again.store.responses())
    # what was deleted is no difference
    more = () if run.store.deleted() else (key for key in second if key not in first)
    keys = [*first, *more]
    return [(key, first.get(key), second.get(key)) for key in keys if first.get(key) != second.get(key)]
