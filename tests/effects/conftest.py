"""The short form of each shipped study on the simulated participant, run once for all tests."""

from __future__ import annotations

from functools import cache

import pytest

from affectlab.design.load import shipped
from affectlab.report.evidence import Evidence
from tests.golden.values import simulated

STUDIES = sorted(shipped())
SHORT = ("context-effects", "controls", "dresden", "regulation-dose", "therapy-trial")
"""Those of the default run, which have every kind of contrast between them; the others are in the long form."""
EVERY = [one if one in SHORT else pytest.param(one, marks=pytest.mark.long) for one in STUDIES]


@cache
def evidence_of(name: str) -> Evidence:
    """What the report of a study's short form rests on."""
    return Evidence.of(simulated(name))
