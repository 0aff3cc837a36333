"""The shards of a run made one run again: in any order, as often as one likes, also of some that are not complete."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from affectlab.design.shard import Shard
from affectlab.errors import StoreError
from affectlab.execution.start import SHARD
from affectlab.run import STORE, Run, store_made
from affectlab.store.merging import Taken, session_ranges
from affectlab.store.store import Store

MACHINES = "machines"
"""Under which a merged run keeps by which machine, and with which participants, each shard was done."""
_OWN = ("version", "plan_hash", "sessions", SHARD, "machine", "spent")
"""What is said of a shard, and not of the run."""
_TELLING = ("system", "threads", "attention", "engine")
"""What of a participant's card bears on how it computes."""
_UNITED = ("identities", "participants", "named_participants", "named_by_role", "resolution", "failed")


class Merged(NamedTuple):
    """A run that was made of shards."""

    directory: Path
    sessions: int
    """Of the plan."""
    done: int
    taken: int
    """Sessions that were not there before."""
    missing: tuple[int, ...]
    absent: tuple[Shard, ...]
    """The shards of which nothing has been merged yet."""
    differing: Mapping[str, tuple[int, float | None]]
    """By shard: how many of its answers are not the same as those of another shard to the same requests, and the
    largest difference between two log probabilities; None where one is no matter of degree."""

    @property
    def where(self) -> str:
        """The numbers of the missing sessions."""
        return session_ranges(self.missing)

    def record(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "run": str(self.directory),
            "sessions": self.sessions,
            "done": self.done,
            "taken": self.taken,
            "missing": list(self.missing),
            "absent": [str(one) for one in self.absent],
            "differing": {name: {"answers": n, "largest": most} for name, (n, most) in self.differing.items()},
        }


class _Source(NamedTuple):
    """A shard that is to be merged."""

    run: Run
    shard: Shard
    path: Path


def merge(shards: Sequence[Path], out: Path) -> Merged:
    """Take the shards of one plan into one run, in the order of their numbers.

    Raises:
        StoreError: one is no shard, or one of another plan, and nothing of any was taken; or one is damaged.
    """
    found = sorted((_opened(folder) for folder in shards), key=lambda one: one.shard)
    try:
        for one in found[1:]:
            _require_same(found[0], one)
        with closing(store_made(out)) as store, store.held():
            for one in found:
                _require_of(store, one)
            before = store.done()
            differing = {}
            for one in found:
                _note(store, one)
                taken = store.take(one.path, f"shard {one.shard}: ")
                if taken.differing:
                    differing[str(one.shard)] = _differing(store, one, taken)
            return _merged(out, store, before, differing)
    finally:
        for one in found:
            one.run.store.close()


def _opened(folder: Path) -> _Source:
    run = Run.open(folder)
    store, number = run.store, run.store.described(SHARD)
    path = folder / STORE if folder.is_dir() else folder
    if number is None:
        raise StoreError(f"{path} holds no shard", hint="name directories that `affectlab run --shard` filled")
    if len(store.scorings) > 1 or store.deleted():
        what = "scored again" if len(store.scorings) > 1 else "deleted in part"
        raise StoreError(f"{path} was {what}", hint="merge the shards first, and do that to the run that comes of it")
    store.check()
    return _Source(run, Shard(*number), path)


def _require_same(first: _Source, other: _Source) -> None:
    """See that two shards are of one plan and of one division, and of the same models."""
    _require_plan(first.path, first.run.store, first.shard.of, other)


def _require_of(store: Store, source: _Source) -> None:
    """See that a shard is of the run into which it is to be merged."""
    if store.described("plan_hash") is None:
        return
    if store.described(MACHINES) is None:
        hint = "name another --out, or the run into which these shards were merged before"
        raise StoreError(f"{store.path} was not made of shards", hint=hint)
    if len(store.scorings) > 1:
        raise StoreError(f"{store.path} was scored again", hint="merge into another --out, and score that")
    _require_plan(store.path, store, _parts(store)[0].of, source)


def _require_plan(path: Path | None, store: Store, of: int, other: _Source) -> None:
    plan, theirs = store.described("plan_hash"), other.run.plan_hash
    if plan != theirs:
        message = f"{other.path} is of another plan than {path} ({theirs[:8]}, not {plan[:8]})"
        raise StoreError(message, hint="merge shards of one study, with the same materials and options")
    if of != other.shard.of:
        message = f"{other.path} is one of {other.shard.of} shards, and {path} is of {of}"
        raise StoreError(message, hint="merge shards of one division")
    named = other.run.store.described("identities") or {}
    for name, mine in (store.described("identities") or {}).items():
        if None not in (mine, named.get(name)) and mine != named[name]:
            message = f"{other.path} holds answers of {named[name]}, and {path} those of {mine}"
            raise StoreError(message, hint="shards of one run have the same weights and engine")


def _note(store: Store, source: _Source) -> None:
    """Keep what the shard says of itself; the first one says it of the run."""
    name, theirs = str(source.shard), source.run.store
    facts = {key: json.loads(value) for key, value in theirs.query("SELECT key, value FROM meta")[1]}
    with store.together():
        if store.described("plan_hash") is None:
            store.begin(facts["affectlab"], [one.file for one in theirs.kept()])
            store.describe_all({key: value for key, value in facts.items() if key not in _OWN})
            store.describe_all({"plan_hash": source.run.plan_hash, "sessions": len(source.run.plan)})
        for key in _UNITED:
            ours = {one: value for one, value in (store.described(key) or {}).items() if value is not None}
            if united := {**(facts.get(key) or {}), **ours}:
                store.describe(key, united)
        others = [row for row in store.described("spent") or [] if row.get(SHARD) != name]
        if spent := others + [{**row, SHARD: name} for row in facts.get("spent", ())]:
            store.describe("spent", spent)
        store.describe("attempts", max(facts["attempts"], store.described("attempts") or 0))
        machine = {"machine": facts["machine"], "participants": facts["participants"]}
        store.describe(MACHINES, {**(store.described(MACHINES) or {}), name: machine})


def _differing(store: Store, source: _Source, taken: Taken) -> tuple[int, float | None]:
    """Keep that some answers are not those of other shards, and on which machines they were given."""
    degrees = [apart for _, apart in taken.differing]
    largest = None if None in degrees else max(one for one in degrees if one is not None)
    apart = "a reply among them" if largest is None else f"by {largest:.1e} at most in a log probability"
    machines = store.described(MACHINES)
    own = machines.pop(str(source.shard))
    others = {json.dumps(one, sort_keys=True): _told(one) for one in machines.values() if one != own}
    where = (
        f"{_told(own)}; the others on {' and on '.join(others.values())}" if others else f"{_told(own)}, as all were"
    )
    detail = f"shard {source.shard}: {len(degrees)} answers are not those of another shard, {apart}; done on {where}"
    if not any(told == detail for _, _, told in store.incidents()):
        store.incident("answers differ", detail)
    return len(degrees), largest


def _told(machine: Mapping[str, Any]) -> str:
    """A machine, and what the cards of its participants say of how it computed."""
    cards = [f"{key} {card[key]}" for card in machine["participants"].values() for key in _TELLING if key in card]
    return ", ".join(dict.fromkeys([*map(str, machine["machine"].values()), *cards]))


def _parts(store: Store) -> list[Shard]:
    """The shards of which something has been merged."""
    return sorted(Shard.parse(name) for name in store.described(MACHINES))


def _merged(out: Path, store: Store, before: set[int], differing: Mapping[str, tuple[int, float | None]]) -> Merged:
    done, total, parts = store.done(), int(store.described("sessions")), _parts(store)
    absent = [Shard(number, parts[0].of) for number in range(1, parts[0].of + 1)]
    return Merged(
        out,
        total,
        len(done),
        len(done - before),
        tuple(sorted(set(range(total)) - done)),
        tuple(one for one in absent if one not in parts),
        differing,
    )
