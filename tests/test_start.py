"""What is done before the first question: nothing twice, and nothing that is not needed."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import asdict

from affectlab.design.load import load_study, shipped
from affectlab.design.plan import Plan, _content
from affectlab.design.procedure import ProcedureKey, procedure
from affectlab.design.validity_probes import with_validity_probes
from affectlab.renamed import levels_before
from tests.conftest import Lab


def plans() -> list[Plan]:
    """Every shipped study in its short form, with two replicates."""
    return [Plan.of(load_study(name, quick=True), replicates=2) for name in sorted(shipped())]


def test_a_procedure_is_the_one_that_its_cell_alone_would_have() -> None:
    """That cells share a procedure hides nothing of a cell: written from its own seed, it is the same."""
    for plan in plans():
        for cell in plan.cells:
            alone = procedure(plan.study, ProcedureKey.of(cell, drawn=True))
            if cell.index in plan.sampled:
                alone = with_validity_probes(plan.study, alone, plan.sampled[cell.index])
            assert plan.procedure(cell) == alone


def test_replicates_share_a_procedure_that_is_written_once(lab: Lab) -> None:
    plan = Plan.of(lab.load(validity="none"), replicates=5)
    assert len(list(plan.procedures())) == len(plan) / 5
    assert len({id(plan.procedure(cell)) for cell in plan.cells}) == len(plan) / 5


def test_the_hash_is_of_every_cell_and_all_that_is_said_in_it() -> None:
    """Cell by cell, as it is defined: frozen studies and stored runs hold it."""
    for plan in plans():
        digest = hashlib.sha256(json.dumps(_content(plan.study), sort_keys=True).encode())
        materials = {}
        for cell in plan.cells:
            procedure = plan.procedure(cell)
            digest.update(json.dumps(levels_before(asdict(cell)), sort_keys=True).encode())
            digest.update(procedure.frame.text.encode())
            for step in procedure.steps:
                digest.update("\0".join(step.content).encode())
                materials.update({material.id: material for material in step.materials})
        for _, material in sorted(materials.items()):
            digest.update(material.content.encode())


def test_the_command_line_loads_nothing_that_only_a_report_or_an_endpoint_needs() -> None:
    lists = "import sys, affectlab.cli; print(*sys.modules)"
    loaded = set(subprocess.check_output([sys.executable, "-c", lists], text=True).split())
    assert "affectlab.cli.runs" in loaded
    assert not loaded & {"pandas", "scipy.stats", "scipy.optimize", "affectlab.stats", "affectlab.report", "aiohttp"}
