"""An extension: what is added to a plan when its run has begun, on record with the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from affectlab.design.plan import Plan, Scope
from affectlab.errors import InputError
from affectlab.materials.schema import Induction


@dataclass(frozen=True)
class Extension:
    """That a run goes further than it was planned."""

    reason: str
    rule: str
    """The stopping rule that the study declared before; empty where it declared none."""
    plan_hash: str
    """Of the plan before."""
    sessions: int
    """That it had."""
    done: int
    """Of these, how many were complete when it was extended."""
    before: Scope
    after: Scope
    names: tuple[str, ...]
    """Of the models that were added, as they were asked for."""

    def __str__(self) -> str:
        changes = [
            f"{name} {getattr(self.before, name)} to {getattr(self.after, name)}"
            for name in ("texts", "replicates")
            if getattr(self.before, name) != getattr(self.after, name)
        ]
        changes += [f"model {name}" for name in self.after.models if name not in self.before.models]
        rule = f"stopping rule: {self.rule}" if self.rule else "no stopping rule was declared"
        return f"{', '.join(changes)}, after {self.done} of {self.sessions} sessions; {self.reason}; {rule}"

    def record(self) -> dict[str, Any]:
        """As plain values."""
        return {**asdict(self), "before": self.before._asdict(), "after": self.after._asdict()}

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Extension:
        """The extension of a record."""
        scopes = {name: _scope(record[name]) for name in ("before", "after")}
        return cls(**{**record, **scopes, "names": tuple(record["names"])})


def _scope(record: Mapping[str, Any]) -> Scope:
    return Scope(record["texts"], record["replicates"], tuple(record["models"]))


def scope(plan: Plan) -> Scope:
    """How far a plan goes."""
    return Scope(plan.study.induction.texts, plan.replicates, plan.models)


def extended(plan: Plan, to: Scope) -> Plan:
    """A plan that goes further; sessions that were planned keep their numbers, seeds and texts.

    Raises:
        InputError: there are not so many texts, or the further sessions would change those that were planned.
    """
    _require_texts(plan, to)
    induction = plan.study.induction.model_copy(update={"texts": to.texts})
    study = plan.study.model_copy(update={"induction": induction})
    before = (*plan.before, scope(plan))
    made = replace(plan, study=study, replicates=to.replicates, models=to.models, before=before)
    whole = {replace(cell, index=0) for cell in made.parts[-1].plan.cells}
    if any(replace(cell, index=0) not in whole for cell in plan.cells):
        hint = "a Latin square over texts, a fraction of the crossing, and allocation by chance are planned at once"
        raise InputError("the further sessions would change which of those before are run", hint=hint)
    return made


def further(plan: Plan, texts: int | None, replicates: int | None, models: Sequence[str]) -> Scope:
    """How far a plan is to go, if it is to have at least so many texts and replicates, and these models too."""
    now = scope(plan)
    more = tuple(model for model in models if model not in now.models)
    return Scope(max(texts or 0, now.texts), max(replicates or 0, now.replicates), (*now.models, *more))


def _require_texts(plan: Plan, to: Scope) -> None:
    study = plan.study
    if study.protocols and to.texts != study.induction.texts:
        raise InputError("a study of protocols has no texts", hint="extend it by replicates, its participants")
    for technique in () if study.protocols else study.induction.techniques:
        for state in study.states:
            there = len(study.catalogue.get(Induction, f"{technique}-{state}").texts)
            if there < to.texts:
                message = f"{to.texts} texts are asked for, and `{technique}-{state}` has {there} in this run"
                raise InputError(
                    message, hint=f"extend it to {there} or fewer; a run keeps the materials it began with"
                )
