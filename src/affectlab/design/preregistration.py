"""A preregistration: what a study expects, leaves out and will analyse, written down before it is run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml

from affectlab.atomic import file_replaced
from affectlab.design.hypothesis import plain_hypotheses
from affectlab.design.parts import STARTS
from affectlab.design.plan import Plan
from affectlab.design.study import Study
from affectlab.errors import InputError
from affectlab.materials.document import LARGEST
from affectlab.materials.instrument import Instrument
from affectlab.materials.tasks import Task
from affectlab.untrusted_file import regular

SUFFIX = ".prereg.yaml"
KIND = "preregistration"

ANALYSIS = {
    "unit": "effects are over the sampled unit; replicates, items and regulation arms within it are averaged first",
    "induction": "change of the state's target scale from baseline to induced: against zero, one-sample t; against the "
    "neutral condition, Welch's t between units; against each control arm, paired t within units",
    "regulation": "each technique against each control, paired t within units",
    "error": "level of the task's primary outcome: against the neutral condition, Welch's t between units; against "
    "each control arm, paired t within units",
    "estimates": "raw differences with 95 % intervals; against the smallest effect of interest by two one-sided tests "
    "at α = .05",
}
VERDICTS = (
    "supported where, for every part and control, the 95 % interval of the difference lies wholly beyond the smallest "
    "effect (else zero) in the direction claimed; not supported where for one it lies wholly short of it; else open. "
    "Each also needs a one-sided p at that margin below .025 after Holm's correction over the family's "
    "contrasts, each direction apart; with fewer than three sampled units there is no interval"
)
"""How the verdict on a hypothesis is made, where it has the form for one."""
EXCLUSIONS = (
    "a measure whose median coverage for a model is below its minimum is not interpreted for that model",
    "an answer without a legal option is a missing value, counted and never replaced",
    "an item is left out of a change if it was not answered at both points",
    "a session that is not complete is left out",
)


def freeze(plan: Plan) -> dict[str, Any]:
    """What is preregistered of a study: a plain mapping, with a checksum of everything else in it.

    Raises:
        InputError: the study has no hypotheses, or measures something without a smallest effect of interest.
    """
    study = plan.study
    _declared(study)
    content = described_plan(plan)
    return {**content, "checksum": checksum_of(content)}


def _undrawn(study: Study) -> set[str]:
    """What is left out of how states are induced: that the texts are the first ones, as before they could be drawn."""
    return {"draw"} if study.induction.draw == "first" else set()


def described_plan(plan: Plan) -> dict[str, Any]:
    """The plan, hypotheses, exclusions and analysis of a study."""
    study = plan.study
    instruments = {id: study.catalogue.get(Instrument, id) for id in study.measures}
    tasks = {testing.task: study.catalogue.get(Task, testing.task) for testing in study.tasks}
    return {
        "kind": KIND,
        "study": study.id,
        "version": study.version,
        "title": study.title,
        "plan_hash": plan.hash,
        "seed": plan.seed,
        "replicates": plan.replicates,
        "sessions": len(plan),
        "models": list(plan.models),
        "tests": study.tests,
        "against": study.against,
        "hypotheses": plain_hypotheses(study.hypotheses),
        "unit": study.unit,
        "states": list(study.states),
        "frames": list(study.frame_ids),
        **({"languages": list(study.languages)} if study.languages else {}),
        "induction": study.induction.model_dump(mode="json", exclude=_undrawn(study)),
        "protocols": list(study.protocols),
        "regulations": list(study.regulations),
        **_interventions(study),
        "controls": list(study.controls),
        **({"pairs": [list(pair) for pair in study.pairs]} if study.pairs else {}),
        "contexts": list(study.contexts),
        "measures": {
            id: {"unit": one.unit, "minimum_coverage": one.minimum_coverage} for id, one in instruments.items()
        },
        "tasks": {id: {"primary": one.primary, "minimum_coverage": one.minimum_coverage} for id, one in tasks.items()},
        "smallest_effect": dict(study.smallest_effect),
        "exclusions": list(EXCLUSIONS),
        "analysis": {**ANALYSIS, "regulation": f"{_regulation(study)}: {ANALYSIS['regulation']}", **_verdicts(study)},
        "validity": {check.id: f"{check.bound} {check.threshold:g}" for check in study.checks},
        **({"stopping_rule": study.stopping_rule} if study.stopping_rule else {}),
    }


def _interventions(study: Study) -> dict[str, dict[str, dict[str, Any]]]:
    """What is done to the participant, by the arm, where there is an arm in which something is done."""
    done = {arm: asdict(one) for arm in study.regulations if (one := study.done(arm)) is not None}
    return {"interventions": done} if done else {}


def _verdicts(study: Study) -> dict[str, str]:
    """How the verdicts on hypotheses are made, where any can be computed."""
    return {"verdicts": VERDICTS} if any(one.computable for one in study.hypotheses.values()) else {}


def _regulation(study: Study) -> str:
    """From which point to which the change under a regulation is taken."""
    orders = study.regulation.orders
    starts = {order: next((one for one in STARTS[order] if one in study.points), STARTS[order][0]) for order in orders}
    told = [f"{start} ({order} the induction)" if len(orders) > 1 else start for order, start in starts.items()]
    return f"change of the state's target scale from {' or '.join(told)} to regulated"


def checksum_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of a preregistration without its checksum."""
    bare = {name: value for name, value in content.items() if name != "checksum"}
    return hashlib.sha256(json.dumps(bare, sort_keys=True).encode()).hexdigest()


def preregistration_beside(path: Path) -> Path:
    """Where the preregistration of a study file lies.

    >>> preregistration_beside(Path("here/mine.yaml")).name
    'mine.prereg.yaml'
    """
    return path.with_name(path.stem + SUFFIX)


def write(content: Mapping[str, Any], path: Path) -> None:
    """Write a preregistration; one that is there already is not overwritten.

    Raises:
        InputError: there is a file of this name.
        StoreError: it cannot be written.
    """
    text = yaml.safe_dump(dict(content), sort_keys=False, allow_unicode=True, width=100)
    if path.exists():
        hint = "what is frozen stays; name another file with --out"
        raise InputError("there is a preregistration already", hint=hint, file=path)
    with file_replaced(path) as file:
        file.write_text(text, encoding="utf-8")


def load(path: Path) -> dict[str, Any]:
    """Read a preregistration.

    Raises:
        InputError: no such file, one that is none, or one that was edited after it was frozen.
    """
    raw = regular(path, LARGEST, hint="name the file that `affectlab freeze` wrote", smaller="restore it")
    try:
        content = yaml.safe_load(raw.decode("utf-8"))
    except (yaml.YAMLError, ValueError, RecursionError):
        content = None
    if not isinstance(content, dict) or content.get("kind") != KIND:
        raise InputError("is no preregistration", hint="name the file that `affectlab freeze` wrote", file=path)
    if content.get("checksum") != checksum_of(content):
        raise InputError("was changed after it was frozen", hint="restore it, or freeze the study anew", file=path)
    return content


def _declared(study: Study) -> None:
    """Whether the study says what it expects, and which effects would matter."""
    file = study.document.path if study.document is not None else None
    if not study.hypotheses:
        raise InputError("the study has no hypotheses to be preregistered", hint="add `hypotheses:`", file=file)
    measured = [*study.measures, *(testing.task for testing in study.tasks)]
    lacking = [measure for measure in measured if measure not in study.smallest_effect]
    if lacking:
        msg = f"no smallest effect of interest is declared for {', '.join(lacking)}"
        raise InputError(msg, hint="add it to `smallest_effect:`, in the unit of the measure", file=file)
