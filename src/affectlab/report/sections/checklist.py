"""The reporting checklist GUIDE-LLM, filled in as far as the run can answer it.

GUIDE-LLM asks studies in the behavioural and social sciences that use a language model for fourteen things; it came
out of a Delphi process with eighty experts (Feuerriegel and others, Nature Human Behaviour, 2026;
https://llm-checklist.com/checklist). The questions are put in our own words. What only the authors can know is left
to them, and marked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from affectlab.report.evidence import Evidence
from affectlab.report.numbers import counted, listed
from affectlab.report.obtained import ways
from affectlab.report.section import Section
from affectlab.report.table import Table

AUTHORS = "To be stated by the authors"
SOURCE = "GUIDE-LLM, Feuerriegel et al., Nature Human Behaviour (2026), llm-checklist.com; questions in our own words"

_QUESTIONS = {
    "A.1": "What the model was used for",
    "A.2": "Whether people took part in the loop",
    "B.1": "Which model, whose, which version, obtained where and when",
    "B.2": "How it was reached, and whether requests shared a chat",
    "B.3": "Parameters, seeds, runs",
    "B.4": "Whether it was fine-tuned or otherwise adapted",
    "B.5": "What it kept in mind from one request to the next",
    "C.1": "The exact prompts",
    "C.2": "System instructions",
    "D.1": "Personal or sensitive data",
    "E.1": "Whether people checked the outputs",
    "E.2": "What was done to the outputs afterwards",
    "F.1": "Code and scripts",
    "G.1": "Funding, support, and relations to makers of models",
}


def section(evidence: Evidence) -> Section:
    """The checklist."""
    said = "GUIDE-LLM, filled in from the run. What only the authors can know is left to them, in grey."
    return Section("checklist", "Reporting checklist", (said,), (checklist(evidence),))


def checklist(evidence: Evidence) -> Table:
    """The items, what each asks, and the answer. Those left to the authors are faint."""
    answers = {
        "A.1": "As the participant of an experiment: its answers are the data. Nothing else was done with a model.",
        "A.2": "None: sessions, measures and scoring ran without a person.",
        "B.1": " ".join(_model(name, card) for name, card in evidence.run.participants.items()),
        "B.2": " ".join(_access(name, card) for name, card in evidence.run.participants.items()),
        "B.3": _parameters(evidence),
        "B.4": f"Not by affectlab. {AUTHORS}: whether the model as obtained was adapted.",
        "B.5": _memory(evidence),
        "C.1": "Every turn and question is in the store of the run, in its export (`affectlab export`) and, for the "
        "conversations, on this page; the materials are named with version and licence.",
        "C.2": _system(evidence),
        "D.1": f"{_people(evidence)} {AUTHORS}: anything personal in materials of their own.",
        "E.1": f"{AUTHORS}: whether free replies were read by people. Answers with options were scored by rule.",
        "E.2": _afterwards(evidence),
        "F.1": f"affectlab {evidence.run.store.described('affectlab')} (Apache-2.0), the study file on this page, plan "
        f"{evidence.run.plan_hash[:12]}; `affectlab replay` asks every question again and compares.",
        "G.1": f"{AUTHORS}.",
    }
    rows = tuple((item, asks, answers[item]) for item, asks in _QUESTIONS.items())
    faint = frozenset(index for index, row in enumerate(rows) if row[2].startswith(AUTHORS))
    return Table(f"Reporting checklist ({SOURCE})", ("item", "what is asked", "answer"), rows, faint=faint)


def _model(name: str, card: Mapping[str, Any]) -> str:
    if "truth" in card:
        return f"{name}: no model, but a simulation with planted answers ({card.get('revision')})."
    known = [f"{label} {card[key]}" for key, label in _KNOWN.items() if card.get(key)]
    when = "" if card.get("sha256") else f" {AUTHORS}: the dates of access."
    return f"{name}: {', '.join(known)}.{when}"


_KNOWN = {
    "title": "named",
    "model": "model",
    "resolved": "resolved by the service to",
    "maker": "made by",
    "revision": "revision",
    "file": "file",
    "sha256": "SHA-256",
    "weights": "evaluated in",
    "licence": "licence",
}


def _access(name: str, card: Mapping[str, Any]) -> str:
    where = f"through the service at {card['address']}" if card.get("address") else "in process, on this machine"
    return f"{name}: {where}; every request was complete in itself."


def _parameters(evidence: Evidence) -> str:
    described = evidence.run.store.described
    threads = sorted({str(card["threads"]) for card in evidence.run.participants.values() if card.get("threads")})
    engine = f", {listed(threads)} threads" if threads else ""
    return (
        f"Answers were {listed(ways(evidence))}; seed {described('seed')}, from which every other is derived; "
        f"{counted(int(described('replicates')), 'replicate')}; {counted(int(described('attempts')), 'start')} of the "
        f"run{engine}. What was requested and honoured with each answer stands under parameters."
    )


def _memory(evidence: Evidence) -> str:
    contexts = evidence.study.contexts
    said = {
        "branched": "each question was asked on a branch of its own, and what was answered there was forgotten",
        "sequential": "questions followed one another in one conversation with their answers in sight",
        "battery": "all questions of a measure were put in one request",
    }
    parts = [f"{context}: {said[context]}" for context in contexts]
    return f"Within a session the conversation so far; between sessions nothing. Measures {'; '.join(parts)}."


def _system(evidence: Evidence) -> str:
    _, rows = evidence.run.store.query("SELECT count(*) FROM turns WHERE role = 'system'")
    (count,) = rows[0]
    frames = listed(list(evidence.study.frame_ids))
    return f"The frames ({frames}): {counted(int(count), 'system turn')}, shown in full with the conversations."


def _people(evidence: Evidence) -> str:
    return "None is contained in the shipped materials: their events and persons are made up."


def _afterwards(evidence: Evidence) -> str:
    refused = int(evidence.answers["refused"].sum())
    return (
        "Probabilities of the options were scored as the methods say; replicates and items were averaged within a "
        f"vignette. Nothing was dropped or replaced: {counted(refused, 'answer')} had no legal option and counted as "
        "missing."
    )
