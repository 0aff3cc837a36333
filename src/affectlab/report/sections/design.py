"""Where everything came from: the design, every parameter, the materials, the participants."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from affectlab.design.hypothesis import sentence
from affectlab.errors import InputError
from affectlab.materials.catalogue import noun
from affectlab.materials.instrument import Instrument
from affectlab.materials.schema import Frame, Induction, Line, Material, Regulation, Technique
from affectlab.materials.tasks import Task
from affectlab.materials.words import count_words
from affectlab.report.evidence import Evidence
from affectlab.report.numbers import listed
from affectlab.report.obtained import measured_at, obtained
from affectlab.report.properties import properties
from affectlab.report.quote import Passage, Quote
from affectlab.report.section import Section
from affectlab.report.table import Table
from affectlab.validity.texts import said

LONG = 24
"""Properties of a participant of which more are folded away."""


def section(evidence: Evidence) -> Section:
    """What the study tests, its design and parameters, its materials, its participants, its file."""
    study = evidence.study
    hypotheses = list(map(sentence, study.hypotheses.values()))
    text = evidence.run.store.described("study_text")
    parts = (
        Section("tests", "What the study tests", quotes=_words([study.tests])),
        Section("refutation", "What would speak against it", quotes=_words([study.against])),
        *([Section("claims", "Hypotheses", quotes=_words(hypotheses))] if hypotheses else ()),
        Section(
            "parameters",
            "Parameters and materials",
            tables=(design(evidence), materials_table(evidence), *cards(evidence), parameter_table(evidence)),
            quotes=(Quote("The study file", (Passage("", str(text)),), folded=True),) if text else (),
        ),
    )
    return Section("design", "Design and parameters", parts=parts)


def _words(texts: Sequence[str]) -> tuple[Quote, ...]:
    """What the authors of the study wrote, in their words."""
    return (Quote(lines=tuple(Passage("", " ".join(text.split())) for text in texts)),)


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
        *([("languages", listed(list(study.languages)))] if study.languages else ()),
        ("states", listed(list(study.states))),
        ("induction", f"{listed(list(study.induction.techniques))}, {study.induction.texts} texts per state"),
        ("grades", listed(list(study.induction.grades))),
        ("stabilisation", study.stabilisation or "none"),
        ("regulation arms", listed([_arm(evidence, arm) for arm in study.regulations])),
        ("measures", listed(list(study.measures))),
        ("measured at", listed(measured_at(evidence))),
        ("tasks", listed([f"{one.task} ({one.at})" for one in study.tasks]) or "none"),
        ("replicates", str(store.described("replicates"))),
        ("unit of analysis", study.unit),
        ("smallest effect of interest", listed([f"{id} {size:g}" for id, size in study.smallest_effect.items()])),
        ("starts of the run", str(store.described("attempts"))),
        ("affectlab", str(store.described("affectlab"))),
        *([("scoring", used)] if (used := evidence.run.scored_by) else ()),
    ]
    return Table("The design and the run", ("parameter", "value"), tuple(rows))


def materials_table(evidence: Evidence) -> Table:
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
        lengths = [count_words(text) for text in texts]
        name = f"{material.title} ({material.id})"
        rows.append((name, about, str(material.version), _span(lengths), material.licence, material.source.strip()))
    return Table("Materials used", columns, tuple(rows), frozenset({"version"}), quoted=True)


def cards(evidence: Evidence) -> list[Table]:
    """What is known of each participant. A path is cut to the name of its file."""
    return [
        Table(
            f"Participant {name}",
            ("property", "value"),
            tuple(properties(card)),
            quoted=True,
            folded=len(list(properties(card))) > LONG,
        )
        for name, card in evidence.run.participants.items()
    ]


def parameter_table(evidence: Evidence) -> Table:
    """What was requested with each answer, and what was honoured."""
    columns = ("participant", "response", "obtained", "requested", "honoured", "how many")
    kinds = evidence.responses.groupby(["participant", "kind", "obtained", "requested", "honoured"])["count"].sum()
    lines = tuple((*map(str, kind), f"{n:,}") for kind, n in kinds.items())  # type: ignore[call-overload]
    return Table("Parameters requested and honoured", columns, lines, frozenset({"how many"}))


def _arm(evidence: Evidence, arm: str) -> str:
    done = evidence.study.done(arm)
    role = "control" if arm in evidence.controls else "technique"
    return f"{arm} ({role}{f': {done}' if done is not None else ''})"


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
