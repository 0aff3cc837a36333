"""Where everything came from: the design, every parameter, the materials, the participants."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

from affectlab.errors import InputError
from affectlab.materials.catalogue import noun
from affectlab.materials.schema import Frame, Induction, Instrument, Line, Material, Regulation, Technique
from affectlab.materials.tasks import Task
from affectlab.materials.words import count
from affectlab.report.evidence import Evidence
from affectlab.report.methods import obtained
from affectlab.report.numbers import listed
from affectlab.report.table import Table
from affectlab.validity.texts import said


def design(evidence: Evidence) -> Table:
    """The design and the run, as names and values."""
    study, store = evidence.study, evidence.run.store
    done, planned = len(store.done()), int(store.described("sessions"))
    rows = [
        ("study", f"{study.id}, version {study.version}"),
        ("plan hash", evidence.run.plan_hash),
        ("seed", str(store.described("seed"))),
        ("sessions", f"{done:,} of {planned:,} complete"),
        ("answers", f"{store.count():,}, {listed(list(obtained(evidence)))}"),
        ("models", listed(list(evidence.run.participants))),
        ("frames", listed(list(study.frames))),
        ("states", listed(list(study.states))),
        ("induction", f"{listed(list(study.induction.techniques))}, {study.induction.texts} texts per state"),
        ("grades", listed(list(study.induction.grades))),
        ("stabilisation", study.stabilisation or "none"),
        ("regulation arms", listed([_arm(evidence, arm) for arm in study.regulations])),
        ("measures", listed(list(study.measures))),
        ("measured at", listed(list(study.measure_at))),
        ("tasks", listed([f"{one.task} ({one.at})" for one in study.tasks]) or "none"),
        ("replicates", str(store.described("replicates"))),
        ("unit of analysis", study.unit),
        ("smallest effect of interest", listed([f"{id} {size:g}" for id, size in study.smallest_effect.items()])),
        ("starts of the run", str(store.described("attempts"))),
        ("affectlab", str(store.described("affectlab"))),
        *([("scoring", used)] if (used := evidence.run.scored_by) else ()),
    ]
    return Table("The design and the run", ("parameter", "value"), tuple(rows))


def materials(evidence: Evidence) -> Table:
    """Every material that was used, with its length, terms and source."""
    columns = ("material", "kind", "version", "words", "licence", "source")
    rows = []
    for kind, id, about in _used(evidence):
        try:
            material = evidence.study.catalogue.get(kind, id)
        except InputError:
            rows.append((id, about, "", "", "", "not found in this installation"))
            continue
        texts = list(_texts(material, evidence))
        lengths = [count(text) for text in texts]
        name = f"{material.title} ({material.id})"
        rows.append((name, about, str(material.version), _span(lengths), material.licence, material.source.strip()))
    return Table("Materials used", columns, tuple(rows), frozenset({"version"}))


def cards(evidence: Evidence) -> list[Table]:
    """What is known of each participant. A path is cut to the name of its file."""
    return [
        Table(f"Participant {name}", ("property", "value"), tuple(_flat(card)))
        for name, card in evidence.run.participants.items()
    ]


def parameters(evidence: Evidence) -> Table:
    """What was requested with each answer, and what was honoured."""
    columns = ("participant", "response", "obtained", "requested", "honoured", "how many")
    kinds = evidence.responses.groupby(["participant", "kind", "obtained", "requested", "honoured"])["count"].sum()
    lines = tuple((*map(str, kind), f"{n:,}") for kind, n in kinds.items())  # type: ignore[call-overload]
    return Table("Parameters requested and honoured", columns, lines, frozenset({"how many"}))


def resolution(evidence: Evidence) -> Table | None:
    """How far an answer moves with things that ought not to matter, where the run measured that."""
    measured = evidence.run.store.described("resolution")
    if measured is None:
        return None
    rows = tuple(_flat(measured)) if isinstance(measured, Mapping) else (("resolution", _shown(measured)),)
    return Table("Resolution of the engine", ("condition", "largest change"), rows)


def _arm(evidence: Evidence, arm: str) -> str:
    return f"{arm} ({'control' if arm in evidence.controls else 'technique'})"


def _used(evidence: Evidence) -> Iterator[tuple[type[Material], str, str]]:
    """Every material that the study names, with what kind of thing it is."""
    for kind, id, _ in evidence.study.named():
        yield kind, id, noun(kind)


def _texts(material: Material, evidence: Evidence) -> Iterator[str]:
    """What a material says to the participant."""
    if isinstance(material, Induction | Regulation):
        yield from said(material, evidence.study)
    elif isinstance(material, Technique):
        yield from (turn.say for turn in material.script(""))
    elif isinstance(material, Instrument | Task):
        yield material.question
    elif isinstance(material, Frame | Line):
        yield material.text


def _span(lengths: list[int]) -> str:
    if not lengths:
        return ""
    low, high = min(lengths), max(lengths)
    once = str(low) if low == high else f"{low} to {high}"
    return once if len(lengths) == 1 else f"{len(lengths)} texts of {once}"


def _flat(card: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for key, value in card.items():
        name = f"{before}{key}".replace("_", " ")
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{name}, ")
        else:
            yield name, _shown(value)


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return PurePath(value).name if PurePath(value).is_absolute() else value
    return json.dumps(value, ensure_ascii=False)
