"""The sections of a report, in the order of reading, and those that other packages bring."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from affectlab.errors import InputError
from affectlab.extensions import Extensions
from affectlab.report.evidence import Evidence
from affectlab.report.section import Section
from affectlab.report.sections import (
    checklist,
    conditions,
    controls,
    conversation,
    design,
    discrimination,
    dose,
    errors,
    findings,
    human,
    hypotheses,
    incidents,
    languages,
    limits,
    manipulation,
    means,
    methods,
    models,
    multiverse,
    preregistration,
    protocols,
    reading,
    regulation,
    separation,
    techniques,
    trajectories,
    validity,
    vignettes,
    withheld,
)

Build = Callable[[Evidence], Section | None]
"""Makes a section of a run; None where the run holds nothing of the kind."""

RESULTS: dict[str, Build] = {
    "hypotheses": hypotheses.section,
    "findings": findings.section,
    "validity": validity.section,
    "withheld": withheld.section,
    "preregistration": preregistration.section,
    "means": means.section,
    "manipulation": manipulation.section,
    "discrimination": discrimination.section,
    "dose": dose.section,
    "controls": controls.section,
    "conditions": conditions.section,
    "languages": languages.section,
    "protocols": protocols.section,
    "trajectories": trajectories.section,
    "regulation": regulation.section,
    "techniques": techniques.section,
    "errors": errors.section,
    "human": human.section,
    "separation": separation.section,
    "reading": reading.section,
    "models": models.section,
    "multiverse": multiverse.section,
}
"""What was found. The sections of other packages follow these."""

RECORD: dict[str, Build] = {
    "incidents": incidents.section,
    "vignettes": vignettes.section,
    "conversation": conversation.section,
    "design": design.section,
    "checklist": checklist.section,
    "limits": limits.section,
    "methods": methods.section,
}
"""What was done, in detail."""

OWN: dict[str, Build] = {**RESULTS, **RECORD}

SECTIONS: Extensions[Build] = Extensions("section", "affectlab.sections", __name__)
"""All of them, by name."""


def order() -> list[str]:
    """The names of all sections in the order of reading."""
    return [*RESULTS, *SECTIONS.brought, *RECORD]


def sections(evidence: Evidence, names: Sequence[str] | None = None) -> Iterator[Section]:
    """The sections for which the run holds something, in the order of reading.

    Args:
        names: only these, in this order.

    Raises:
        InputError: there is no such section, or a package brings one under a name that is not its id.
    """
    for name in order() if names is None else names:
        if name not in SECTIONS:
            raise InputError(f"the report has no section `{name}`", hint=f"its sections are {', '.join(order())}")
        made = SECTIONS[name](evidence)
        if made is not None:
            if made.id != name:
                message = f"the section `{name}` calls itself `{made.id}`"
                raise InputError(message, hint="let its `id` be the name of its entry point")
            yield made
