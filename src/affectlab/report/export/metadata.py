"""What describes the tables: Psych-DS, a Frictionless data package, and a codebook for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from affectlab.design.study import Study
from affectlab.report.evidence import Evidence
from affectlab.report.export.layout import (
    DATA,
    DESCRIPTION,
    DOCUMENTATION,
    IGNORED,
    PACKAGE,
    write_json,
    write_rows,
    write_text,
)
from affectlab.report.export.variables import Variable, united

SPECIFICATION = "Psych-DS 0.4.0"
OPEN = "not stated yet"
"""How a field begins that is to be filled before the data are published."""

Tables = Mapping[str, tuple[str, Sequence[Variable]]]
"""Per table, its path and its variables."""


def write_descriptions(evidence: Evidence, tables: Tables, beside: Tables, folder: Path) -> None:
    """Write the three descriptions.

    Args:
        tables: of the data.
        beside: of what lies elsewhere, whose columns are no measured variables of a Psych-DS dataset.
    """
    write_json(folder / DESCRIPTION, dataset_description(evidence, tables))
    for path, variables in tables.values():
        write_json((folder / path).with_suffix(".json"), {"variableMeasured": [_property(one) for one in variables]})
    write_json(folder / DATA / "file_metadata.json", {"description": "The tables of the run, one file each."})
    write_text(folder / IGNORED, f"{PACKAGE}\n{IGNORED}\n")
    tables = {**tables, **beside}
    write_json(folder / PACKAGE, data_package(evidence, tables))
    rows = [
        (one.name, name, one.kind, one.unit, "; ".join(one.levels), one.description)
        for name, (_, variables) in tables.items()
        for one in variables
    ]
    columns = ("variable", "table", "type", "unit", "levels", "meaning")
    write_rows(folder / DOCUMENTATION / "codebook.csv", columns, rows)


def dataset_description(evidence: Evidence, tables: Tables) -> dict[str, Any]:
    """The description that Psych-DS asks for, in the words of schema.org."""
    study, run = evidence.study, evidence.run
    variables = united(variables for _, variables in tables.values())
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "schemaVersion": SPECIFICATION,
        "name": f"{study.title}: {', '.join(run.participants)}",
        "description": f"{study.tests.strip()} What would speak against it: {study.against.strip()}",
        "identifier": run.plan_hash,
        "version": str(study.version),
        **_to_be_stated(study, run.plan_hash),
        "keywords": ["language models", "affect", *map(evidence.noun, evidence.states)],
        "measurementTechnique": [one.title for one in evidence.probes.values()],
        "variableMeasured": [_property(one) for one in variables],
    }


def _to_be_stated(study: Study, plan: str) -> dict[str, Any]:
    """What Psych-DS recommends to state and only whoever publishes the data knows; each says that it is open."""
    source = study.source.strip() or f"the study {study.title}"
    return {
        "author": f"{OPEN}: the names of those who publish it",
        "license": f"{OPEN}: each material states its own, the data have none yet",
        "citation": f"{OPEN}: as it is to be cited. The study's source: {source}",
        "funder": f"{OPEN}: who paid for it",
        "url": f"urn:affectlab:plan:{plan}",
    }


def data_package(evidence: Evidence, tables: Tables) -> dict[str, Any]:
    """The tables with the types and constraints of their columns, as Frictionless checks them."""
    return {
        "profile": "tabular-data-package",
        "name": evidence.study.id,
        "title": evidence.study.title,
        "id": evidence.run.plan_hash,
        "resources": [
            {
                "name": name,
                "path": path,
                "profile": "tabular-data-resource",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": {"missingValues": [""], "fields": [_field(one) for one in variables]},
            }
            for name, (path, variables) in tables.items()
        ],
    }


def _property(one: Variable) -> dict[str, Any]:
    described: dict[str, Any] = {"@type": "PropertyValue", "name": one.name, "description": one.description}
    if one.unit:
        described["unitText"] = one.unit
    if one.least is not None:
        described["minValue"] = one.least
    if one.levels:
        described["valueReference"] = list(one.levels)
    return described


def _field(one: Variable) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    if one.levels:
        constraints["enum"] = list(one.levels)
    if one.least is not None:
        constraints["minimum"] = one.least
    field: dict[str, Any] = {"name": one.name, "type": one.kind, "description": one.description}
    return {**field, "constraints": constraints} if constraints else field
