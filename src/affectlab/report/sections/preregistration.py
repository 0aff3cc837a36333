"""What was preregistered, and where the run departs from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from affectlab.design.hypothesis import Hypothesis, sentence
from affectlab.report.evidence import Evidence
from affectlab.report.numbers import counted
from affectlab.report.section import Section
from affectlab.report.tabled import all_tabled
from affectlab.results.deviations import deviations, preregistered


def section(evidence: Evidence) -> Section | None:
    """The deviations from the preregistration that is kept with the run."""
    frozen = preregistered(evidence.run)
    if frozen is None:
        return None
    found = deviations(evidence.run, frozen)
    what = "No deviation was found." if not found else f"There {_are(len(found))} {counted(len(found), 'deviation')}."
    prose = (
        "The study was preregistered: hypotheses, smallest effects, exclusions and analysis were written down with the "
        f"plan {frozen['plan_hash'][:12]} (checksum {frozen['checksum'][:12]}). {what}",
    )
    tables = {"Preregistered hypotheses": _hypotheses(frozen["hypotheses"])}
    if found:
        tables["Deviations from the preregistration"] = pd.DataFrame(found)
    return Section("preregistration", "Preregistration", prose, all_tabled(evidence.titles, tables))


def _hypotheses(frozen: Sequence[str] | Mapping[str, Any]) -> pd.DataFrame:
    """One row for each hypothesis, in the words in which it was frozen."""
    if not isinstance(frozen, Mapping):
        return pd.DataFrame({"hypothesis": list(frozen)})
    known = {name: Hypothesis.model_validate(content) for name, content in frozen.items()}
    rows = [(name, sentence(one), _rank(one)) for name, one in known.items()]
    return pd.DataFrame(rows, columns=["name", "hypothesis", "rank"])


def _rank(one: Hypothesis) -> str:
    if not one.computable:
        return "sentence, no verdict"
    return "primary" if one.primary else "secondary"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
