"""The short form of each shipped study on the simulated participant, run once for all tests."""

from __future__ import annotations

from functools import cache

from affectlab.report.evidence import Evidence
from tests.golden.values import simulated


@cache
def evidence_of(name: str) -> Evidence:
    """What the report of a study's short form rests on."""
    return Evidence.of(simulated(name))
