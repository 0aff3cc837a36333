"""No number moves without an entry in `docs/reference/changed-values.md`."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from affectlab.design.load import shipped
from tests.golden.values import GOLDEN, HASHES, golden, hashes, simulated, unpack, values


@pytest.mark.parametrize("name", GOLDEN)
def test_the_findings_and_scores_of_a_shipped_study_are_those_of_before(name: str, tmp_path: Path) -> None:
    now, before = values(simulated(name)), unpack(golden(name))
    assert now["scores"]["columns"] == before["scores"]["columns"]
    assert same(now["scores"]["rows"], before["scores"]["rows"])
    assert same(now["findings"], before["findings"])


def same(now: Any, before: Any) -> bool:
    """Whether two values are equal but for the last digits, which differ between processors: a fitted score by 4e-9."""
    match now, before:
        case float() | int(), float() | int():
            return math.isclose(now, before, rel_tol=1e-8, abs_tol=1e-11)
        case list(), list():
            return len(now) == len(before) and all(map(same, now, before))
        case dict(), dict():
            return now.keys() == before.keys() and all(same(now[key], before[key]) for key in now)
    return bool(now == before)


SHORT = ("prophylaxis", "tsst")
"""Those that are written fastest; the others are compared by hand, with ``-m long``."""


@pytest.mark.parametrize(
    "name", [*SHORT, *(pytest.param(one, marks=pytest.mark.long) for one in sorted(shipped()) if one not in SHORT)]
)
def test_report_and_export_of_a_shipped_study_are_those_of_before(name: str, tmp_path: Path) -> None:
    assert hashes(simulated(name), tmp_path) == json.loads(HASHES.read_text("utf-8"))[name]
