"""A run that is extended: what its store says of it, before and after."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from affectlab.design.extension import Extension, extended, further, scope
from affectlab.design.plan import Plan
from affectlab.errors import InputError, StoreError
from affectlab.execution.start import SHARD
from affectlab.run import EXTENSIONS, STORE, Run, stored
from affectlab.store.opening import store_version
from affectlab.store.store import Store


def extend(
    directory: Path,
    plan: Plan,
    reason: str,
    *,
    texts: int | None,
    replicates: int | None,
    models: Sequence[tuple[str, str]],
) -> Plan:
    """Extend the run of a plan, and keep that with the reason; what it has already is no extension.

    Args:
        models: that take part from now on, each by the name of its rows and as it was asked for.

    Returns:
        the plan as it is now.

    Raises:
        InputError: there is no reason, there are not so many texts, or the design cannot be extended.
        StoreError: there is no such run, it holds another plan, or its scores were derived again already.
    """
    to = further(plan, texts, replicates, [row for row, _ in models])
    if to == scope(plan):
        return plan
    if not reason.strip():
        raise InputError("a run is not extended without a reason", hint="say it with --reason; it stays with the run")
    with closing(_opened(directory)) as store:
        run = Run(store)
        _require_extensible(run, plan)
        wider = extended(plan, to)
        added = tuple(name for row, name in models if row not in plan.models)
        rule = plan.study.stopping_rule
        step = Extension(reason, rule, plan.hash, len(plan), len(store.done()), scope(plan), to, added)
        identities = store.described("identities") or {}
        store.describe_all(
            {
                "study": wider.study.model_dump(mode="json", by_alias=True),
                "plan_hash": wider.hash,
                "replicates": wider.replicates,
                "sessions": len(wider),
                "allocation": wider.allocation,
                "identities": {**dict.fromkeys(wider.models), **identities},
                EXTENSIONS: [*(one.record() for one in run.extensions), step.record()],
            }
        )
        store.incident("extended", str(step))
    return wider


def adopted(directory: Path, plan: Plan) -> tuple[Plan, tuple[str, ...]]:
    """The plan as its run has been extended since, and the names of the models that were added.

    Raises:
        StoreError: the run is damaged or of a later version.
    """
    if store_version(directory / STORE) is None:  # nothing there yet, or a run that met a full disk in its first moment
        return plan, ()
    with closing(_opened(directory)) as store:
        if store.described("plan_hash") in (None, plan.hash):
            return plan, ()
        steps = Run(store).extensions
    at = next((number for number, one in enumerate(steps) if one.plan_hash == plan.hash), None)
    names: list[str] = []
    for one in steps[at:] if at is not None else ():
        plan = extended(plan, one.after)
        names += one.names
    return plan, tuple(names)


def _opened(directory: Path) -> Store:
    return stored(directory / STORE, create=False)


def _require_extensible(run: Run, plan: Plan) -> None:
    store = run.store
    if run.plan_hash != plan.hash:
        message = f"{store.path} holds another plan ({run.plan_hash[:8]}, not {plan.hash[:8]})"
        raise StoreError(message, hint="extend the run by its own study, or name its directory")
    if store.described(SHARD) is not None:
        raise StoreError(f"{store.path} holds a shard", hint="merge the shards, and extend the run that comes of it")
    if len(store.scorings) > 1:
        message = f"the scores of {store.path} were derived again, and those of further sessions would be missing there"
        raise StoreError(message, hint="run the study anew with more texts, into another --out")
