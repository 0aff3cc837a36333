"""The report of a run as data: its title and facts, and the sections in the order of reading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import NamedTuple

from affectlab.report.evidence import Evidence
from affectlab.report.figure import Figure
from affectlab.report.obtained import simulated
from affectlab.report.registry import sections
from affectlab.report.section import Section
from affectlab.report.units import explained


class Notice(NamedTuple):
    """What has to be known before anything else is read."""

    name: str
    text: str


@dataclass(frozen=True)
class ReportDocument:
    """Everything that a report says, without the form in which it is said."""

    title: str
    models: tuple[str, ...]
    plan: str
    """The hash of the plan."""
    version: str
    """Of affectlab."""
    facts: tuple[tuple[str, str], ...]
    notices: tuple[Notice, ...]
    sections: tuple[Section, ...]

    @property
    def figures(self) -> Iterator[Figure]:
        """Every figure, in the order of reading."""
        for section in self.sections:
            for one in section.whole():
                yield from one.figures


def document(evidence: Evidence, names: Sequence[str] | None = None) -> ReportDocument:
    """The report of a run, its figures numbered.

    Args:
        names: of its sections, where not all are wanted.
    """
    run, numbers = evidence.run, count(1)
    return ReportDocument(
        title=evidence.study.title,
        models=tuple(run.participants),
        plan=run.plan_hash,
        version=str(run.store.described("affectlab")),
        facts=tuple(_facts(evidence)),
        notices=tuple(_notices(evidence)),
        sections=tuple(numbered(one, numbers) for one in explained(sections(evidence, names))),
    )


def numbered(section: Section, numbers: Iterator[int]) -> Section:
    """A section whose figures have the next numbers."""
    figures = tuple(replace(one, number=next(numbers)) for one in section.figures)
    return replace(section, figures=figures, parts=tuple(numbered(part, numbers) for part in section.parts))


def _notices(evidence: Evidence) -> Iterator[Notice]:
    if simulated(evidence):
        planted = "These answers were planted to prove the analysis. They say nothing about any language model."
        yield Notice("Simulated participant", planted)
    if not evidence.run.complete:
        yield Notice("Interim report", "The run is not complete; what follows rests on the sessions that are.")


def _facts(evidence: Evidence) -> list[tuple[str, str]]:
    store, study = evidence.run.store, evidence.study
    return [
        ("model" if len(evidence.run.participants) == 1 else "models", ", ".join(evidence.run.participants)),
        (
            "states",
            f"{len(evidence.states)} {'and' if len(study.states) > len(evidence.states) else 'without'} neutral",
        ),
        ("vignettes per state", str(study.induction.texts)),
        ("sessions", f"{len(store.done()):,} of {int(store.described('sessions')):,}"),
        ("answers", f"{store.count():,}"),
        ("plan", evidence.run.plan_hash[:12]),
    ]
