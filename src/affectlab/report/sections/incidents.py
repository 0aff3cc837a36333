"""The page of incidents: everything that did not go as it should while the answers were got, one row each."""

from __future__ import annotations

import pandas as pd

from affectlab.report.evidence import Evidence
from affectlab.report.numbers import counted
from affectlab.report.section import Section
from affectlab.report.tabled import all_tabled
from affectlab.run import Run


def section(evidence: Evidence) -> Section | None:
    """Every incident of the run, and how many there were of each kind."""
    return incidents_section(evidence.run)


def incidents_section(run: Run) -> Section | None:
    """The same of a run of which no session need be complete."""
    store = run.store
    table = pd.DataFrame(store.incidents(), columns=["start", "kind", "what"])
    if table.empty:
        return None
    kinds = table.groupby("kind", sort=False).agg(incidents=("what", "size"), first=("what", "first")).reset_index()
    failed = [f"{model} broke, and its rows are missing: {why}." for model, why in run.failed.items()]
    prose = (
        f"{counted(len(table), 'incident')} of {counted(len(kinds), 'kind')} stand beside "
        f"{counted(store.count(), 'stored answer')}. A request that failed was sent again until it was answered, "
        "given up or refused; what was answered was not asked again.",
        *failed,
    )
    tables = {"Incidents of each kind": kinds, "Every incident": table}
    return Section("incidents", "Incidents", prose, all_tabled({}, tables))
