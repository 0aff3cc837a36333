"""A plan carried out, as a stream of what happens; around its blocks, what a reader of the run must know is stored."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass

from affectlab.design.plan import Plan
from affectlab.design.shard import WHOLE, Shard
from affectlab.errors import InputError, ParticipantError
from affectlab.execution.executor import Executor, carried_out
from affectlab.execution.executor import executor as executor_of
from affectlab.execution.start import begin, measure_again, present
from affectlab.participants.base import Arriving, Costly, Participant
from affectlab.requests import SessionRole
from affectlab.session.fit import require_room
from affectlab.session.locked import LockedStore
from affectlab.session.needs import hold
from affectlab.session.sentinels import watch
from affectlab.session.work import Progress, Work, note_incidents, sessions_to_do
from affectlab.store.schema import GIVEN_UP
from affectlab.store.store import Store


@dataclass(frozen=True)
class Prepared:
    """A plan and those who take part in it, of whom all is known that can be known without asking."""

    plan: Plan
    participants: Mapping[str, Participant]
    others: Mapping[SessionRole, Participant]
    there: Mapping[str, Participant]
    """Of these, those that can be had."""
    failed: Mapping[str, ParticipantError]
    """Why the others cannot: an endpoint may be down while others are up."""
    by: str
    """The name of the executor."""
    executor: Executor
    shard: Shard = WHOLE
    """The part of the plan that is to be done here."""


def prepared(
    plan: Plan,
    participants: Mapping[str, Participant],
    others: Mapping[SessionRole, Participant] | None = None,
    executor: str = "here",
    shard: Shard = WHOLE,
) -> Prepared:
    """Hold participants against a plan, before a store is opened and before anything is asked.

    Args:
        participants: by the models of the plan.
        others: who is the therapist and who the reader, where that is not the participant's own model.
        executor: what has the blocks done.
        shard: the part of the plan that is to be done here; it needs each of its models.

    Raises:
        CapabilityError: a model lacks what the study requires.
        InputError: a conversation would overrun a model's context, there is no such executor, or a shard has no block.
        ParticipantError: no model can be had, or two are one.
    """
    carries_out = executor_of(executor)
    there, failed = present(participants)
    if shard != WHOLE:
        _require_blocks(plan, there, failed, shard)
    hold(plan, there)
    require_room(plan, there, others or {})
    return Prepared(plan, participants, others or {}, there, failed, executor, carries_out, shard)


def _require_blocks(
    plan: Plan, there: Mapping[str, Participant], failed: Mapping[str, ParticipantError], shard: Shard
) -> None:
    """See that there is something to do, and somebody to do it: how a plan is cut, its participants tell."""
    for error in failed.values():
        raise error
    people = next((name for name, one in there.items() if isinstance(one, Arriving)), None)
    if people is not None:
        raise InputError(f"those who come to `{people}` come to one place", hint="run the study without --shard")
    if not sessions_to_do(plan, there, shard):
        hint = "a block of sessions is never split; take fewer shards"
        raise InputError(f"no block begins in shard {shard} of {len(plan):,} sessions", hint=hint)


def stream(ready: Prepared, store: Store) -> Generator[Progress, None, None]:
    """Do a plan, or go on with one that was interrupted.

    Each answer is stored before it is told of, and the next is asked for when the next step is. Who stops iterating
    stops the run, which goes on when it is streamed again.

    Raises:
        StoreError: the store holds another study or another model's answers, or another process writes it.
        ParticipantError: the only model broke; what it had answered is kept.
    """
    with store.held():
        store.wipe_rest()
        try:
            yield from _steps(ready, store)
        finally:
            store.wipe_rest()


def _steps(ready: Prepared, store: Store) -> Generator[Progress, None, None]:
    plan, there, failed = ready.plan, ready.there, dict(ready.failed)
    total = sessions_to_do(plan, there, ready.shard)
    begin(store, plan, there, ready.others, ready.shard)
    everyone = {**there, **{str(role): one for role, one in ready.others.items()}}
    for name, one in {**ready.participants, **everyone}.items():
        note_incidents(name, one, store)
    for name, error in failed.items():
        store.incident("model failed", f"{name}: {error}")
    # in a finished run nobody is asked anything more
    done = store.done()
    here = {name: one for name, one in there.items() if not isinstance(one, Arriving)}
    watched = {} if len(done) == total else here
    locked = LockedStore(store)
    work = Work(plan, there, locked, done, ready.others, ready.shard)
    yield work.now("started")
    try:
        watch(plan, watched, store, "start")
        for step in carried_out(ready.executor, ready.by, work):
            if step.kind == "block":
                # a run that is killed has been paid for too
                locked.alone(lambda: _note_spending(store, everyone))
            yield step
        for name, one in there.items():
            note_incidents(name, one, store)
        failed |= work.failed
        still = {name: one for name, one in watched.items() if name not in failed}
        watch(plan, still, store, "end")
        measure_again(store, still)
    finally:
        # whoever is still there on a thread of its own finds the run ended
        locked.stop()
        _note_spending(store, everyone)
    if work.given_up or store.described(GIVEN_UP):
        store.describe(GIVEN_UP, work.given_up)
    store.describe("failed", {model: str(error) for model, error in failed.items()})
    if len(failed) == len(ready.participants):
        raise next(iter(failed.values()))
    _note_repeated(store, work)


def _note_repeated(store: Store, work: Work) -> None:
    asked = work.counts
    if asked.repeated:
        told = f"{asked.repeated} answers of an interrupted block asked again, {asked.differing} differ"
        store.incident("resumed", told)


def _note_spending(store: Store, participants: Mapping[str, Participant]) -> None:
    """Keep what this start of the run has cost so far, beside what the starts before it did."""
    rows = [
        {"start": store.attempt, "model": name, **one.spent._asdict()}
        for name, one in participants.items()
        if isinstance(one, Costly)
    ]
    if rows:
        before = [one for one in store.described("spent") or [] if one["start"] != store.attempt]
        store.describe("spent", [*before, *rows])
