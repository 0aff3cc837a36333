"""Two participants of planted susceptibility, compared in the report."""

from __future__ import annotations

from pathlib import Path

import pytest

from affectlab.participants.simulated import Simulated
from affectlab.report.evidence import Evidence
from affectlab.report.registry import sections
from affectlab.report.section import Section
from affectlab.report.sections.models import DIFFERENCES, SUSCEPTIBILITY
from tests.conftest import Lab, planted, run
from tests.report.conftest import TRUTH, numbers


def compared(lab: Lab, folder: Path, *strengths: float) -> Section | None:
    """The section of a run on participants whose texts work so many times as strongly."""
    study = lab.load(models=[f"m{index}" for index, _ in enumerate(strengths)])
    participants = {}
    for index, strength in enumerate(strengths):
        shifts = {state: {scale: strength * size for scale, size in on.items()} for state, on in SHIFTS.items()}
        truth = planted(**{**TRUTH, "shifts": shifts, "id": f"t{index}"})
        participants[f"m{index}"] = Simulated(truth, study.catalogue, seed=index)
    evidence = Evidence.of(run(study, participants, folder))
    return next((one for one in sections(evidence) if one.id == "models"), None)


SHIFTS = {"fear": {"fear": 1.0}, "sadness": {"sadness": 1.0}}


def test_the_stronger_model_is_told_from_the_weaker(lab: Lab, tmp_path: Path) -> None:
    section = compared(lab, tmp_path, 3.0, 1.0)
    assert section is not None
    each = numbers(section, SUSCEPTIBILITY).set_index(["model", "state"])
    for state in SHIFTS:
        assert each.loc[("m0", state), "estimate"] == pytest.approx(3.0, abs=0.7)
        assert each.loc[("m1", state), "estimate"] == pytest.approx(1.0, abs=0.7)
        pair = numbers(section, DIFFERENCES).set_index("state").loc[state]
        assert pair["low"] > 0.0
        assert pair["estimate"] == pytest.approx(2.0, abs=0.8)
    prose = " ".join((*section.sentences, *section.notes))
    assert "m0, words, fear" in prose, "two states are no sample of states"
    assert "obtained in the same way (exact)" in prose


def test_one_model_has_no_such_section(lab: Lab, tmp_path: Path) -> None:
    assert compared(lab, tmp_path, 1.0) is None
