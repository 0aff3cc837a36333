"""A run whose experiment goes on from its directory alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from affectlab.design.plan import Plan
from affectlab.errors import StoreError
from affectlab.run import Run


class Reopened(NamedTuple):
    """What a run says of its experiment."""

    plan: Plan
    models: tuple[str, ...]
    """As they were asked for."""
    threads: int | None
    weights: str | None
    """Of the embedded engine, where it took part."""
    cards: Mapping[str, Mapping[str, Any]]
    """What the run says of each participant, by the names of their rows."""


def reopened(run: Run) -> Reopened:
    """The plan and the models of a run.

    Raises:
        StoreError: it lacks materials or texts, or does not say by which names its models are had.
    """
    plan, where = run.plan, run.store.path
    if plan.hash != run.plan_hash:
        raise StoreError(
            f"{where} lacks texts that were said", hint="name the run itself, not a copy made to be shared"
        )
    roles = dict(run.store.described("named_participants") or {})
    added = [name for one in run.extensions for name in one.names]
    models = [one for step in run.extensions for one in step.after.models if one not in step.before.models]
    roles |= {model: roles.get(model) or {"name": name} for model, name in zip(models, added, strict=True)}
    unknown = next((model for model in plan.models if model not in roles), None)
    if unknown is not None:
        hint = "name models to an Experiment rather than making them"
        raise StoreError(f"{where} does not say by which name `{unknown}` is had again", hint=hint)
    found = [roles[model] for model in plan.models]
    threads = next((one["threads"] for one in found if one.get("threads")), None)
    weights = next((one["weights"] for one in found if one.get("weights")), None)
    return Reopened(plan, tuple(one["name"] for one in found), threads, weights, run.participants)
