"""What was asked where, and which response it got: as rows, and back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, NamedTuple

from affectlab.materials.catalogue import FOLDERS, Catalogue
from affectlab.materials.file import MaterialFile, kind_of
from affectlab.materials.instrument import Instrument
from affectlab.materials.menu import Menu
from affectlab.materials.schema import Material
from affectlab.materials.tasks import Task
from affectlab.observations import CheckProbe, Observation, Probe
from affectlab.requests import Answer, Ask, Request
from affectlab.score import Score
from affectlab.scoring.scores import ProbeScore
from affectlab.store import materials
from affectlab.store.responses import REQUEST, RESPONSE, Conversations, Texts, request, response

_PROBES = (
    "SELECT probes.id, point, measure, materials.kind, materials.place, item, probes.kind, purpose, observer, "
    "check_id, subject, variant, names FROM probes LEFT JOIN materials ON materials.id = probes.material"
)
_WIDTH = RESPONSE.count(",") + 1
_KINDS = {kind_of(kind): kind for kind in FOLDERS}
_PREFIXED = [f"responses.{name.strip()}" for part in (RESPONSE, REQUEST) for name in part.split(",")]


Order = Mapping[tuple[str, str, str], tuple[str, ...]]
"""By measure, item and variant, the options in the order in which a corrected material has them."""


class Observed(NamedTuple):
    """A session's observations, each with the key and the row of its response."""

    session: int
    observations: Sequence[Observation]
    keys: Sequence[str]
    rows: Sequence[int]


class Recorder:
    """Writes observations and scores, each distinct probe and place once."""

    def __init__(self, db: sqlite3.Connection, lists: Texts) -> None:
        self._db = db
        self._lists = lists
        self._probes: dict[tuple[Any, ...], int] = {}
        self._places: dict[tuple[str, ...], int] = {}
        self._materials: dict[tuple[str, str, str], int] | None = None

    def forget(self) -> None:
        """Trust nothing that was remembered: what was written has been taken back."""
        self._probes.clear()
        self._places.clear()
        self._materials = None

    def observations(self, session: int, observed: Sequence[tuple[Observation, int]]) -> None:
        """Write what was observed, each with the row of its response."""
        insert = "INSERT INTO observations (session, probe, response, of) VALUES (?, ?, ?, ?)"
        if not any(one.probe.of for one, _ in observed):
            self._db.executemany(insert, ((session, self._probe(one.probe), at, None) for one, at in observed))
            return
        written: dict[int, int] = {}
        for one, at in observed:
            about = written[id(one.probe.of)] if one.probe.of is not None else None
            cursor = self._db.execute(insert, (session, self._probe(one.probe), at, about))
            written[id(one.probe)] = int(cursor.lastrowid or 0)

    def scores(
        self,
        scoring: int,
        session: int,
        scores: Iterable[tuple[Score, int]],
        probe_scores: Iterable[tuple[ProbeScore, int]],
    ) -> None:
        """Write numbers, each with the row of the response by which it is found."""
        outcomes = ((score, ("", "", ""), at) for score, at in scores)
        checks = ((one.score, (one.check, one.subject, one.variant), at) for one, at in probe_scores)
        self._db.executemany(
            "INSERT INTO scores VALUES (?, ?, ?, ?, ?)",
            (
                (scoring, session, self._place((one.point, one.measure, one.item, one.scale, *about)), at, one.value)
                for part in (outcomes, checks)
                for one, about, at in part
            ),
        )

    def _probe(self, probe: Probe) -> int:
        material, about, names = probe.material, ("", "", ""), offered(probe)
        if isinstance(probe, CheckProbe):
            about = (probe.check, probe.subject, probe.variant)
        if self._materials is None:
            self._materials = materials.material_rows(self._db)
        rows, id = self._materials, material.id
        at = rows.get((material.kind, material.language, id), rows.get((material.kind, "", id)))
        what = (probe.point, material.id, at, probe.item, probe.kind, probe.purpose, probe.observer, *about, names)
        if what not in self._probes:
            listed = self._lists.number(list(names)) if names else None
            self._probes[what] = self._row("probes", (*what[:-1], listed))
        return self._probes[what]

    def _place(self, place: tuple[str, ...]) -> int:
        if place not in self._places:
            self._places[place] = self._row("places", place)
        return self._places[place]

    def _row(self, table: str, values: tuple[Any, ...]) -> int:
        """The row with some values, written where it is not there yet."""
        names = [name for _, name, *_ in self._db.execute(f"PRAGMA table_info({table})")][1:]
        same = " AND ".join(f"{name} IS ?" for name in names)
        found = self._db.execute(f"SELECT id FROM {table} WHERE {same}", values).fetchone()
        if found is not None:
            return int(found[0])
        return int(self._db.execute(f"INSERT INTO {table} VALUES (NULL{', ?' * len(values)})", values).lastrowid or 0)


def offered(probe: Probe) -> tuple[str, ...]:
    """What a probe's options stand for, where its material does not say it by itself."""
    if isinstance(probe, CheckProbe):
        return probe.names
    return probe.material.offered if isinstance(probe.material, Menu) else ()


class Reader:
    """Reads observations back, with materials: those of the run, or with a corrected key."""

    def __init__(
        self, db: sqlite3.Connection, catalogue: Catalogue, scores: int | None, order: Order | None = None
    ) -> None:
        """Read from a store.

        Args:
            items: how many items of each task were given, where not all were.
            order: in which order a corrected material has the options of some questions.
        """
        self._order = order or {}
        self._db = db
        self._task_items = scores
        self._texts, self._lists = Texts(db), Texts(db, "lists")
        self._conversations = Conversations(db)
        made = {row[0]: self._asked(catalogue, *row[1:]) for row in db.execute(_PROBES).fetchall()}
        self._probes = {id: one for id, one in made.items() if one is not None}
        asked = db.execute("SELECT id, measure, item, variant FROM probes").fetchall()
        self._orders = {id: self._order[about] for id, *rest in asked if (about := tuple(rest)) in self._order}
        self.lacking = tuple(id for id, one in made.items() if one is None)
        """The rows of the probes whose material is not there; what was observed with them is passed over."""

    def sessions(self, of: Collection[int] | None = None) -> Iterator[Observed]:
        """Every session's observations, or those of some, in the order in which sessions were finished."""
        among = "" if of is None else "WHERE session IN (SELECT value FROM json_each(?)) "
        rows = self._db.execute(
            f"SELECT observations.id, session, probe, of, responses.key, {', '.join(_PREFIXED)} FROM observations "
            f"CROSS JOIN responses ON responses.id = observations.response {among}ORDER BY observations.id",
            () if of is None else (json.dumps(sorted(of)),),
        )
        for session, part in groupby(rows, key=lambda row: row[1]):
            yield self._observed(session, list(part))

    def _observed(self, session: int, rows: Sequence[Sequence[Any]]) -> Observed:
        made: dict[int, Observation] = {}
        rows = [row for row in rows if row[2] in self._probes]
        for id, _, probe, of, _, *values in rows:
            asked, answered = values[_WIDTH:], values[:_WIDTH]
            said = request(asked, self._conversations.get(asked[1]), self._texts, self._lists)
            came = response(answered, self._texts)
            options = self._orders.get(probe)
            if options is not None and isinstance(said, Ask) and isinstance(came, Answer):
                said, came = replace(said, options=options), reordered(came, said.options, options)
            about = made[of].probe if of in made else None
            made[id] = Observation(self._probes[probe](said, about), came)
        return Observed(session, list(made.values()), [row[4] for row in rows], [row[5] for row in rows])

    def _asked(
        self,
        catalogue: Catalogue,
        point: str,
        measure: str,
        material: str | None,
        lies: str | None,
        item: str,
        kind: Any,
        purpose: Any,
        observer: str,
        check: str,
        subject: str,
        variant: str,
        names: int | None,
    ) -> Callable[[Request, Probe | None], Probe] | None:
        """What makes a probe of the request, and of the probe that it is about; None where there is no material."""
        listed = tuple(self._lists.value(names)) if names is not None else ()
        if material is None or lies is None:
            return None
        there = catalogue.in_language(MaterialFile(material, measure, lies, "").language)
        if measure not in there.ids(_KINDS[material]):
            return None
        used = as_asked(there.get(_KINDS[material], measure), variant, listed, self._task_items)

        def made(said: Request, about: Probe | None) -> Probe:
            more: dict[str, Any] = {"observer": observer, "of": about, "purpose": purpose}
            if check:
                return CheckProbe(point, used, item, kind, said, check, subject, variant, listed, **more)
            return Probe(point, used, item, kind, said, **more)

        return made


def reordered(answer: Answer, before: Sequence[str], after: Sequence[str]) -> Answer:
    """An answer with its options in another order.

    Raises:
        LookupError: they are not the same options.
    """
    if sorted(before) != sorted(after):
        raise LookupError(f"{after} are other options than {before}")
    at = [before.index(option) for option in after]
    bounds = tuple(answer.bounds[index] for index in at) if answer.bounds else ()
    return replace(answer, logprobs=tuple(answer.logprobs[index] for index in at), bounds=bounds)


def as_asked(material: Material, variant: str, offered: Sequence[str], scores: int | None) -> Material:
    """A material as it was in the session: with a list in it, in other words, or with fewer items."""
    if isinstance(material, Task):
        return material.shortened(scores) if scores else material
    if isinstance(material, Menu):
        return material.model_copy(update={"offered": tuple(offered)})
    if isinstance(material, Instrument) and any(one.id == variant for one in material.paraphrases):
        return material.reworded(variant)
    return material
