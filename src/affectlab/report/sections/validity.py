"""What of the run may be believed: coverage, every check, refusals, and how far the engine resolves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from affectlab.report.check import verdicts
from affectlab.report.evidence import Evidence
from affectlab.report.figures.coverage import coverage_plot
from affectlab.report.numbers import counted
from affectlab.report.properties import properties, property_text
from affectlab.report.section import Section
from affectlab.report.table import Table
from affectlab.report.tables import checks_table, measures_table, refusals_table

READ = (
    "An answer can be read only as far as it falls on the options that were offered. A measure whose median coverage "
    "is below what it needs, or whose scores never differ, cannot be used with that model: it carries no number, "
    "and is named under what is not printed."
)


def section(evidence: Evidence) -> Section:
    """Whether answers can be read, every check with its threshold and source, and what went on in the run."""
    return Section(
        "validity",
        "Validity",
        (READ,),
        (measures_table(evidence),),
        (coverage_plot(evidence),),
        parts=(_checks(evidence), *_resolution(evidence), _course(evidence)),
    )


def _checks(evidence: Evidence) -> Section:
    refused = refusals_table(evidence)
    none = () if refused else ("Every answer had at least one legal option; none was dropped or replaced.",)
    tables = (checks_table(evidence.checks), *([refused] if refused else ()))
    return Section("checks", "Validity checks", (verdicts(evidence.checks), *none), tables)


def _resolution(evidence: Evidence) -> Iterator[Section]:
    """How far an answer moves with things that ought not to matter, where the run measured that."""
    measured: Any = evidence.run.store.described("resolution")
    if measured is None:
        return
    rows = tuple(properties(measured)) if isinstance(measured, Mapping) else (("resolution", property_text(measured)),)
    said = (
        "How far the same answer moves with things that ought not to matter. Effects of that size are noise of the "
        "instrument."
    )
    table = Table("Resolution of the engine", ("condition", "largest change"), rows)
    yield Section("resolution", "Resolution of the engine", (said, *_unresolved(evidence)), (table,))


def _unresolved(evidence: Evidence) -> Iterator[str]:
    """How many effects are smaller than the resolution, so that they are not named."""
    if evidence.resolutions:
        found = [one for one in evidence.summary.findings if evidence.summary.usable(one)]
        small = sum(evidence.unresolved(one) for one in found)
        yield (
            f"The largest change is the resolution of the run, and an effect that is smaller is not named. That is so "
            f"of {small} of {counted(len(found), 'difference')}."
        )


def _course(evidence: Evidence) -> Section:
    """How often the run was started, and whether something went wrong."""
    starts = evidence.responses.groupby("attempt")["count"].sum()
    came = ", ".join(f"{int(answers):,} answers came in start {attempt}" for attempt, answers in starts.items())
    started = (
        "The run was done in one start." if len(starts) < 2 else f"The run was started {len(starts)} times: {came}."
    )
    incidents = len(evidence.run.store.incidents())
    stand = "stands" if incidents == 1 else "stand"
    went = f"{counted(incidents, 'incident')} on the way to the answers {stand} in the section of incidents."
    return Section("course", "Course of the run", (started, went if incidents else "No incident was recorded."))
