"""A trial in words: its primary outcome against each control, who treated by which manual, and how sessions were
allocated."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import pandas as pd

from affectlab.design.parts import ClinicalTrial
from affectlab.effects.contrast import ALL
from affectlab.errors import DataError
from affectlab.materials.manual import Manual
from affectlab.report.evidence import Evidence
from affectlab.report.manner import arm_label
from affectlab.report.numbers import SPACE, counted, estimate_text, listed, p_text


def primary_outcome(evidence: Evidence) -> Iterator[str]:
    """What was found of the outcome that a trial declared: each treatment against each control, Holm's p beside it.

    Nothing of a study that is no trial.
    """
    clinical_trial = evidence.study.clinical_trial
    if clinical_trial is None:
        return
    yield f"Primary outcome of the trial: {_outcome(evidence, clinical_trial)}."
    try:
        table = evidence.regulation.tables.get("clinical_trial", pd.DataFrame())
    except DataError as error:
        yield f"Nothing can be said of it: {error.message}."
        return
    if table.empty:
        reasons = [str(row.reason) for row in evidence.summary.left_out().itertuples()]
        reasons = reasons or ["no session has it before and after"]
        yield f"It carries no finding: {listed(reasons)}."
        return
    family = table[table["p_holm"].notna()]
    for (model, arm, control), part in table.groupby(["model", "arm", "control"], observed=True, sort=False):
        who = f"{model}: " if table["model"].nunique() > 1 else ""
        yield f"{who}{_name(arm)} against {arm_label(str(control))}: {'; '.join(map(_said, part.to_dict('records')))}."
    if len(family):
        yield (
            "Below zero, the target scale fell further under the treatment; p is corrected by Holm's method over the "
            f"{counted(len(family) // family['model'].nunique(), 'contrast')} of a model with the primary outcome."
        )


def _name(arm: object) -> str:
    said = arm_label(str(arm))
    return said[:1].upper() + said[1:]


def _said(row: Mapping[Hashable, Any]) -> str:
    estimate, low, high = (float(row[name]) for name in ("estimate", "low", "high"))
    number = estimate_text(estimate, low, high, str(row["unit"]))
    where = "over states" if row["state"] == ALL else f"in {row['state']}"
    p = p_text(float(row["p_holm"]))
    adjusted = f", p{SPACE}{p if p.startswith('<') else f'={SPACE}{p}'}" if p else ""
    return f"{number}{adjusted} {where}"


def _outcome(evidence: Evidence, clinical_trial: ClinicalTrial) -> str:
    primary = clinical_trial.primary
    probe = evidence.probes[primary.measure]
    return f"the target scale of {probe.title} ({probe.unit}), change from {primary.before} to {primary.point}"


def treatments(evidence: Evidence) -> Iterator[str]:
    """The paragraphs of a methods section on talks and their allocation; nothing where there are none."""
    study = evidence.study
    if study.manuals:
        yield f"Treatment. {_manuals(evidence)} {_talks(evidence)}"
    clinical_trial = study.clinical_trial
    if clinical_trial is not None:
        texts, arms = counted(study.induction.texts, "vignette"), counted(len(study.regulations), "arm")
        sessions, outcome = counted(clinical_trial.sessions, "session"), _outcome(evidence, clinical_trial)
        yield (
            f"Randomisation. Each of {texts} of a state had {sessions}, allocated to {arms} by chance: in permuted "
            "blocks within states, each block holding every arm once, in an order drawn from the seed of the study. "
            f"The primary outcome, declared before, was {outcome}. Analysed was every session with a legal answer on "
            "it before and after, in the arm to which it had been allocated."
        )


def _manuals(evidence: Evidence) -> str:
    manuals = [evidence.study.catalogue.get(Manual, id) for id in evidence.study.manuals]

    def told(role: str) -> list[str]:
        return [f"{one.title}, version {one.version}" for one in manuals if one.role == role]

    parts = [(told("treatment"), "treatment"), (told("control"), "control")]
    said = [f"{counted(len(names), f'{what} manual')} ({'; '.join(names)})" for names, what in parts if names]
    return f"Talks followed {listed(said)}."


def _talks(evidence: Evidence) -> str:
    therapy = evidence.study.therapy
    named = {role: str(name).split("@", 1)[0] for role, name in (evidence.run.store.described("others") or {}).items()}
    therapist = named.get("therapist", "the participant's own model")
    reader = named.get("reader", "the participant's own model")
    return (
        f"The therapist was {therapist}, told by the manual what to do in each turn, in a conversation of its own; it "
        f"opened with the same words to every client and had {counted(therapy.turns, 'turn')} after that, of at most "
        f"{therapy.max_tokens:,} tokens, at temperature {therapy.temperature:g}. The client was the participant. A "
        f"reader ({reader}), told neither arm nor state, read each talk, judged whether the manual was kept to, and "
        "guessed the manual."
    )
