"""The way of a run from an older form to this one: into a new file, which takes the place of the old when complete."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from affectlab.design.cell import Cell
from affectlab.design.load import folders_beside
from affectlab.design.plan import Plan
from affectlab.design.study import Study
from affectlab.design.used import used
from affectlab.errors import AffectlabError, StoreError
from affectlab.materials.catalogue import Catalogue
from affectlab.observations import Observation
from affectlab.requests import Request, Response, SessionRole
from affectlab.session.repeat import key_of, repeated
from affectlab.session.sentinels import sentinel_key, sentinels
from affectlab.store.copying import copy, guess_observations, name_checks
from affectlab.store.lock import Lock
from affectlab.store.opening import store_version
from affectlab.store.renaming import rename
from affectlab.store.responses import Stored
from affectlab.store.schema import NO_SESSION, OLDER, SECOND
from affectlab.store.store import Store

LACKING = (
    "affectlab {version} did not keep materials, and those that it used are not on this disk as they were; put them "
    "back, and then {old} in the place of {new}"
)


def migrate(path: Path) -> tuple[Store, str] | None:
    """A store of an older form, brought to this one, with what is to be said of it; None where it is of this form.

    The old file is kept beside the new one. Where the directory cannot be written, the new one is in memory.

    Raises:
        StoreError: it is damaged.
    """
    if store_version(path) not in OLDER:
        return None
    lock = Lock(path)
    try:
        lock.take()
    except OSError:
        return _in_memory(path)
    try:
        # whoever had the lock before may have done it
        return _moved(path) if store_version(path) in OLDER else None
    finally:
        lock.give_back()


def _moved(path: Path) -> tuple[Store, str]:
    """The store brought to this form in its place."""
    form, old = _old(path)
    fresh = path.with_name(f"{path.stem}.new{path.suffix}")
    try:
        for one in _files(fresh):
            one.unlink(missing_ok=True)
        store = Store(fresh)
    except (OSError, StoreError):
        return _in_memory(path)
    told = _brought(store, path, old, form)
    store.close()
    with suppress(FileNotFoundError):
        shutil.copy2(path, old)
    os.replace(fresh, path)
    for one in _files(path)[1:]:
        one.unlink(missing_ok=True)
    return Store(
        path, create=False
    ), f"{path} was brought from form {form} to this one, and is kept as {old.name}{told}"


def _in_memory(path: Path) -> tuple[Store, str]:
    """The same where the directory cannot be written."""
    form, old = _old(path)
    store = Store(None)
    told = _brought(store, path, old, form)
    store.path = path
    return store, f"{path} is of an older form and cannot be written here; it was read into memory{told}"


def _old(path: Path) -> tuple[str, Path]:
    """The form of a store, and the name under which it is kept."""
    form = str(store_version(path))
    return form, path.with_name(f"{path.stem}.v{form}{path.suffix}")


def _files(path: Path) -> list[Path]:
    return [path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))]


def _brought(store: Store, path: Path, old: Path, form: str) -> str:
    """Copy everything, and find again what was observed where that was not kept; says what the copy lacks."""
    try:
        copy(store, path, form)
        rename(store)
        if form == SECOND:
            return ""
        plan = _plan(store)
    except BaseException:
        store.close()
        raise
    made = str(store.described("affectlab"))
    if plan is not None:
        store.begin(made, used(plan.study))
        try:
            store.observe(_observed(store, plan))
            name_checks(store)
            return "; references of effects in people, and thresholds of checks, are those of today"
        except LookupError:
            store.do("DELETE FROM keys;\nDELETE FROM materials")
    else:
        store.begin(made, ())
    store.describe("lacking", LACKING.format(version=made, old=old.name, new=path.name))
    guess_observations(store)
    return "; it lacks its materials, which are not on this disk as they were: numbers can be read, and no report made"


def _plan(store: Store) -> Plan | None:
    """The plan with the materials of today; None where it is not the one that was run."""
    lies = store.described("study_path")
    content: Any = store.described("study")
    try:
        study = Study.of(content, Catalogue(folders_beside(Path(lies)) if lies else ()))
        plan = Plan.of(
            study,
            seed=store.described("seed"),
            replicates=store.described("replicates"),
            models=tuple(store.described("identities")),
            large=True,
        )
        return plan if plan.hash == store.described("plan_hash") else None
    except (AffectlabError, ValueError, LookupError):
        return None


Kept = list[tuple[Observation, int]]


def _observed(store: Store, plan: Plan) -> Iterator[tuple[int, Kept]]:
    """What was observed in each session, and of the sentinels between them, in the order in which it came.

    Raises:
        LookupError: a response is missing that the plan asks for.
    """
    watched = _watched(store)
    for session, cell in store.finished():
        for point in watched.pop(session, ()):
            yield from _sentinels(store, plan, point)
        yield session, _session(store, plan, Cell.of(cell))
    for point in (point for points in watched.values() for point in points):
        yield from _sentinels(store, plan, point)


def _session(store: Store, plan: Plan, cell: Cell) -> Kept:
    """What was observed in a session: it is gone through again with its responses."""
    known: dict[str, Stored] = {}
    asked: dict[SessionRole, str] = {
        **(store.described("others") or {}),
        "client": store.described("identities")[cell.model],
    }

    def find(request: Request) -> Response:
        key = key_of(asked, request)
        if key not in known:
            known.update(store.find([key]))
        return known[key].response

    ended = repeated(plan, cell, find)
    return [(one, known[key_of(asked, one.probe.request)].id) for one in ended.observations]


def _watched(store: Store) -> dict[int, list[str]]:
    """The points of the sentinels, by the session that asked for checks next; -1 for those after all."""
    found: dict[int, list[str]] = {}
    points: list[str] = []
    for session, point in store.query("SELECT session, point FROM probe_scores ORDER BY number")[1]:
        if session >= 0 and points:
            found.setdefault(session, []).extend(points)
            points = []
        elif session < 0 and point not in points:
            points.append(point)
    return {**found, NO_SESSION: points}


def _sentinels(store: Store, plan: Plan, point: str) -> Iterator[tuple[int, Kept]]:
    """What every model answered to the sentinels of a start."""
    asked = sentinels(plan.study, point)
    for identity in store.described("identities").values():
        found = store.find([sentinel_key(str(identity), point, one.request) for one in asked])
        if len(found) == len(asked):
            there = [found[sentinel_key(str(identity), point, one.request)] for one in asked]
            yield NO_SESSION, [(Observation(one, at.response), at.id) for one, at in zip(asked, there, strict=True)]
