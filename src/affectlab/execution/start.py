"""The start of a run: which participants are there, and what its store says of them and of the plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from affectlab.design.plan import Plan
from affectlab.design.preregistration import KIND, load, preregistration_beside
from affectlab.design.shard import WHOLE, Shard
from affectlab.design.used import used
from affectlab.errors import EngineError, ParticipantError, StoreError
from affectlab.participants.base import Participant, Resolved, identity
from affectlab.participants.card import describe
from affectlab.participants.machine import machine_kind
from affectlab.participants.resolution import largest_of
from affectlab.requests import SessionRole
from affectlab.session.resumption import require_same
from affectlab.session.work import sessions_to_do
from affectlab.store.store import Store
from affectlab.version import __version__

SHARD = "shard"
"""Under which the store of a shard keeps which one it is."""


def present(participants: Mapping[str, Participant]) -> tuple[dict[str, Participant], dict[str, ParticipantError]]:
    """The participants that can be had, and why the others cannot: an endpoint may be down while others are up.

    Raises:
        ParticipantError: the only one, or none of them, can be had; one is not what was asked for; or two are one.
    """
    present: dict[str, Participant] = {}
    failed: dict[str, ParticipantError] = {}
    for name, one in participants.items():
        try:
            same = next((other for other, there in present.items() if identity(there) == identity(one)), None)
        except EngineError as error:
            failed[name] = error
            continue
        if same is not None:
            hint = "give each a name of its own where it is served, or leave one out"
            raise ParticipantError(f"`{same}` and `{name}` are the same model, {identity(one)}", hint=hint)
        present[name] = one
    if not present:
        raise next(iter(failed.values()))
    return present, failed


def begin(
    store: Store,
    plan: Plan,
    participants: Mapping[str, Participant],
    others: Mapping[SessionRole, Participant],
    shard: Shard = WHOLE,
) -> None:
    """Describe the run in a new store, all of it or nothing; make sure that an old one is of the same run.

    Raises:
        StoreError: it is of another study, or holds answers of another model, or of a participant that was changed;
            or it is a shard of the study, and not this one.
    """
    names = dict.fromkeys(plan.models) | {name: identity(one) for name, one in participants.items()}
    by_role = {str(role): identity(one) for role, one in others.items()}
    known = store.described("plan_hash")
    if known is not None and known != plan.hash:
        message = f"{store.path} holds another study or other materials (plan {known[:8]}, not {plan.hash[:8]})"
        raise StoreError(message, hint="name another --out")
    if known is not None and (there := Shard(*store.described(SHARD) or WHOLE)) != shard:
        message = f"{store.path} holds {f'shard {there}' if there != WHOLE else 'all'} of the study"
        hint = "name another --out; `affectlab merge` makes one run of all shards"
        raise StoreError(message, hint=hint)
    before: dict[str, str | None] = store.described("identities") or {}
    # a model that cannot be had now, or could not before, is none of another kind
    changed = any(one and names.get(name) not in (one, None) for name, one in before.items())
    if changed or (known is not None and (store.described("others") or {}) != by_role):
        held = {**before, **(store.described("others") or {})}
        message = f"{store.path} holds answers of {', '.join(one for one in held.values() if one)}"
        raise StoreError(message, hint="name another --out for another model")
    measured = _measured(store, participants)
    total = sessions_to_do(plan, participants, shard)
    with store.together():
        store.attempt = int(store.described("attempts") or 0) + 1
        if known is not None:
            everyone = {**participants, **{str(role): one for role, one in others.items()}}
            require_same(store, plan.study, everyone, complete=len(store.done()) == total)
        store.describe("attempts", store.attempt)
        store.describe("identities", {name: one or before.get(name) for name, one in names.items()})
        cards = {name: describe(one) for name, one in participants.items()}
        # what a run says of a participant stays as it was when it began
        store.describe("participants", {**cards, **(store.described("participants") or {})})
        if known is None:
            document = plan.study.document
            store.begin(__version__, used(plan.study))
            store.describe("plan_hash", plan.hash)
            store.describe("study", plan.study.model_dump(mode="json", by_alias=True))
            store.describe("study_text", document.text if document is not None else None)
            if document is not None and (frozen := preregistration_beside(document.path)).exists():
                store.describe(KIND, load(frozen))
            store.describe("seed", plan.seed)
            store.describe("replicates", plan.replicates)
            store.describe("sessions", total)
            if shard != WHOLE:
                store.describe(SHARD, shard)
                store.describe("machine", machine_kind())
            store.describe("allocation", plan.allocation)
            store.describe("others", by_role)
            store.describe("cards_by_role", {role: describe(one) for role, one in others.items()})
            store.describe("affectlab", __version__)
        if measured:
            store.describe("resolution", measured)


def measure_again(store: Store, participants: Mapping[str, Participant]) -> None:
    """Measure once more how far the answers of those who are still there move; what moved most is kept."""
    for name, one in participants.items():
        try:
            measured = _measured(store, {name: one})
        except ParticipantError as error:
            # all answers are there: a budget that is spent, or a server that is gone, takes none of them back
            store.incident("resolution not measured", f"{name}: at the end of the run; {error}")
            continue
        if measured:
            store.describe("resolution", measured)


def _measured(store: Store, participants: Mapping[str, Participant]) -> dict[str, Any]:
    """How far answers were ever seen to move, with what is measured now; empty where nothing is."""
    told: dict[str, Any] = store.described("resolution") or {}
    found = {name: one.resolution() for name, one in participants.items() if isinstance(one, Resolved)}
    now = {name: largest_of(told.get(name, {}), one) for name, one in found.items() if one}
    return {**told, **now} if now else {}
