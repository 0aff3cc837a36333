"""No number moves without an entry in `docs/reference/changed-values.md`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from affectlab.design.load import shipped
from tests.golden.values import GOLDEN, HASHES, golden, hashes, same, simulated, unpack, values


@pytest.mark.parametrize("name", GOLDEN)
def test_the_findings_and_scores_of_a_shipped_study_are_those_of_before(name: str, tmp_path: Path) -> None:
    now, before = values(simulated(name)), unpack(golden(name))
    assert now["scores"]["columns"] == before["scores"]["columns"]
    assert same(now["scores"]["rows"], before["scores"]["rows"])
    assert same(now["findings"], before["findings"])


SHORT = ("prophylaxis", "tsst")
"""Those that are written fastest; the others are compared by hand, with ``-m long``."""


@pytest.mark.parametrize(
    "name", [*SHORT, *(pytest.param(one, marks=pytest.mark.long) for one in sorted(shipped()) if one not in SHORT)]
)
def test_report_and_export_of_a_shipped_study_are_those_of_before(name: str, tmp_path: Path) -> None:
    assert hashes(simulated(name), tmp_path) == json.loads(HASHES.read_text("utf-8"))[name]
