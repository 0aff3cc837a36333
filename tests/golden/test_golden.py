"""No number moves without an entry in `docs/changed-values.md`."""

from __future__ import annotations

from pathlib import Path

import pytest

from affectlab.design.study import shipped
from tests.golden.values import golden, simulated, unpack, values


@pytest.mark.parametrize("name", sorted(shipped()))
def test_the_findings_and_scores_of_a_shipped_study_are_those_of_before(name: str, tmp_path: Path) -> None:
    now, before = values(simulated(name)), unpack(golden(name))
    assert now["scores"]["columns"] == before["scores"]["columns"]
    assert now["scores"]["rows"] == before["scores"]["rows"]
    assert now["findings"] == before["findings"]
