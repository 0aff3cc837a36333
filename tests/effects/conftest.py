"""The short form of each shipped study on the simulated participant, run once for all tests."""

from __future__ import annotations

from functools import cache

import pytest

from affectlab.design.load import shipped
from affectlab.report.evidence import Evidence
from tests.golden.values import simulated

STUDIES = sorted(shipped())
SHORT = ("context-effects", "controls", "dresden", "regulation-dose", "sadness-bias", "therapy-trial")
"""Those of the default run: between them they have every kind of contrast but the steps of a dose."""
DOSES = "dose-response"
"""The only one that has these, and large; what takes no minute looks at it too."""
EVERY = [one if one in SHORT else pytest.param(one, marks=pytest.mark.long) for one in STUDIES]
WITH_DOSES = [one if one in (*SHORT, DOSES) else pytest.param(one, marks=pytest.mark.long) for one in STUDIES]


@cache
def evidence_of(name: str) -> Evidence:
    """What the report of a study's short form rests on."""
    return Evidence.of(simulated(name))
