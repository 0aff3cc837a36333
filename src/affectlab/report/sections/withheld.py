"""The numbers that are not printed, each with its reason: nothing is left out in silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from affectlab.effects.effect import LEAST_STANDARDISED, few_to_standardise
from affectlab.effects.judgement import Verdict
from affectlab.errors import DataError
from affectlab.report.evidence import Evidence
from affectlab.report.glance import called
from affectlab.report.numbers import counted
from affectlab.report.section import Section
from affectlab.report.table import Table
from affectlab.results.usability import respondent

READ = (
    "A number that cannot be read, or that would mislead, is not printed. Here stands which, how many, and why. The "
    "scores behind all of them are in `affectlab export RUN`."
)


class NotPrinted(NamedTuple):
    """Numbers of one kind that are not printed for one reason."""

    what: str
    of: str
    """The measures and models that they are of."""
    how_many: int
    reason: str


def section(evidence: Evidence) -> Section | None:
    """A row for each kind of number and reason; None where every number is printed."""
    found = list(withheld(evidence))
    if not found:
        return None
    rows = tuple((one.what, one.of, str(one.how_many), one.reason) for one in found)
    columns = ("not printed", "of", "how many", "reason")
    table = Table("Numbers that are not printed", columns, rows, frozenset({"how many"}))
    return Section("withheld", "What is not printed, and why", (READ,), (table,))


def withheld(evidence: Evidence) -> Iterator[NotPrinted]:
    """What is not printed: of measures that cannot be used, without an interval, too few to standardise, said twice."""
    found, titles = evidence.summary.findings, evidence.titles
    usable = [one for one in found if evidence.summary.usable(one)]
    for row in evidence.summary.left_out().itertuples():
        lost = sum((respondent(one.model, one.language), one.measure) == (row.model, row.measure) for one in found)
        yield NotPrinted(
            "every number", f"{titles[str(row.measure)]} with {row.model}", lost, f"not usable: {row.reason}"
        )
    for reason, (of, many) in _grouped((one.note, titles[one.measure]) for one in usable if one.note):
        yield NotPrinted("interval of a difference", of, many, reason)
    few = ((few_to_standardise(evidence.effects.estimate(one.contrast)), titles[one.measure]) for one in usable)
    for reason, (of, many) in _grouped(one for one in few if one[0]):
        yield NotPrinted("standardised difference", of, many, reason)
    yield from _relief(evidence)
    yield from _verdicts(evidence)
    yield from _silent(evidence)


def _relief(evidence: Evidence) -> Iterator[NotPrinted]:
    """The reliefs (standardised differences of techniques) that no standard deviation is known well enough for."""
    if len(evidence.study.regulations) < 2:
        return
    try:
        table = evidence.regulation.tables.get("screen", pd.DataFrame())
    except DataError:  # nothing was said that could be compared
        return
    lost = table[table["relief"].isna()] if len(table) else table
    reason = f"the standard deviation is not known as well as from {LEAST_STANDARDISED} vignettes, or there is none"
    for measure, part in lost.groupby("measure", observed=True, sort=False) if len(lost) else ():
        yield NotPrinted("relief", evidence.titles[str(measure)], len(part), reason)


def _verdicts(evidence: Evidence) -> Iterator[NotPrinted]:
    """The intervals that a verdict cannot rest on, and hypotheses without a verdict."""
    for one in evidence.judgements:
        name = f"{called(one.claim)}, {one.claim.model}"
        if one.verdict is Verdict.NONE:
            yield NotPrinted("verdict", name, 1, one.claim.withheld or "nothing was measured")
            continue
        whys = Counter(judged.excess.why for judged in one.contrasts if judged.excess.why)
        for why, many in whys.items():
            yield NotPrinted("interval of a hypothesis", name, many, why)


def _silent(evidence: Evidence) -> Iterator[NotPrinted]:
    """Contrasts with controls in which no turn passes, which are those with baseline."""
    terms = evidence.effects.terms
    states = {one.state for one in evidence.summary.findings if one.claim == "induction"}
    for arm in terms.silent:
        told = {one.against for one in evidence.summary.findings if one.claim == "induction"}
        if arm not in told and states:
            reason = (
                "no turn passes in it, so that it equals the baseline, and the contrast with baseline stands already"
            )
            yield NotPrinted(f"difference from {arm}", counted(len(states), "state"), len(states), reason)


def _grouped(named: Iterator[tuple[str, str]]) -> Iterator[tuple[str, tuple[str, int]]]:
    """Per reason, the measures and how many numbers."""
    found: dict[str, Counter[str]] = {}
    for reason, of in named:
        found.setdefault(reason, Counter())[of] += 1
    for reason, counts in found.items():
        yield reason, (", ".join(counts), counts.total())
