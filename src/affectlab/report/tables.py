"""The tables of a run: findings in raw and standardised units, measures, checks; findings as CSV or JSON too."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal

import pandas as pd

from affectlab.effects.effect import LEAST_STANDARDISED, few_to_standardise
from affectlab.materials.schema import NEUTRAL
from affectlab.report.check import ShownCheck
from affectlab.report.design_cell import DesignCell
from affectlab.report.evidence import Evidence
from affectlab.report.manner import FEW, Manner, against_first_control, arm_label, many
from affectlab.report.numbers import MISSING, SPACE, bracket, decimals, number_shown
from affectlab.report.table import Table, as_csv, without_columns
from affectlab.results.findings import Finding
from affectlab.results.summary import Summary

CLAIMS = {"induction": "Induction", "regulation": "Regulation", "error": "Errors", "scale": "Scales without a state"}


def findings_text(summary: Summary, form: Literal["csv", "json"]) -> str:
    """The findings as text; those on measures that the model cannot use are marked."""
    records = [{**one.row(), "usable": summary.usable(one)} for one in summary.findings]
    if form == "json":
        return json.dumps(records, ensure_ascii=False, indent=1, allow_nan=False)
    columns = list(records[0]) if records else []
    return as_csv(columns, ([*record.values()] for record in records))


def findings_tables(evidence: Evidence, design_cell: DesignCell, claim: str) -> tuple[Table, ...]:
    """The findings of a claim in a design cell: raw, standardised where there are texts enough, and n.

    Those on measures that the model cannot use are left out, and named in the section of what is not printed. A table
    for each measure, or one where measures are many; of many techniques those against the first control. Nothing where
    there are no findings.
    """
    every = [one for one in evidence.found(design_cell, claim) if evidence.summary.usable(one)]
    found = against_first_control(every) if many(every) else every
    if not found:
        return ()
    which = f"every technique against {arm_label(found[0].against)}" if len(found) < len(every) else "every finding"
    measures = list(dict.fromkeys(_title(evidence, one) for one in found))
    if len(measures) > FEW:
        return (replace(_findings_table(evidence, f"{CLAIMS[claim]}: {which}", found), note=READING),)
    made = []
    for measure in measures:
        part = [one for one in found if _title(evidence, one) == measure]
        table = _findings_table(evidence, f"{CLAIMS[claim]} in {measure}: {which}", part)
        made.append(replace(without_columns(table, "measure"), note=READING if measure == measures[-1] else ""))
    return tuple(made)


def _findings_table(evidence: Evidence, caption: str, found: Sequence[Finding]) -> Table:
    rows = []
    for one in found:
        known = evidence.effects.estimate(one.contrast)
        size = {} if few_to_standardise(known) else known.further
        rows.append(
            (
                one.state,
                _title(evidence, one),
                _control(one),
                *_raw(one),
                _for_these(one),
                number_shown(size["g" if one.against == NEUTRAL else "d"]) if "d" in size else MISSING,
                bracket(size["d_low"], size["d_high"]) if "d" in size else MISSING,
                str(one.n),
                _remark(one),
            )
        )
    standard = " or ".join(dict.fromkeys("g" if one.against == NEUTRAL else "d_z" for one in found))
    said = ("state", "measure", "against", "difference", _CI, THESE)
    columns = (*said, standard, f"{_CI} of {standard}", "n", "remark")
    ids = tuple(one.contrast for one in found)
    made = Table(caption, columns, tuple(rows), frozenset(columns[3:9]), contrasts=ids, data=frame(found))
    if all(row[6] == MISSING for row in rows):  # too few texts in every row
        made = without_columns(without_columns(made, columns[7]), columns[6])
    return made


THESE = "for these items"
"""Over the column of the intervals that take the items as they are."""
READING = (
    "CI = confidence interval, for one comparison each: for other texts and other items, where a measure has several; "
    "beside it that for the very items that were asked. Differences are in the unit of the measure. g = Hedges' g, "
    "between vignettes; d_z = mean change within vignettes in its standard deviations, each with the interval of the "
    f"difference in these units, and printed from {LEAST_STANDARDISED} vignettes per condition on; n = vignettes of "
    "the state. A dash stands where the data allow no number."
)


def _for_these(one: Finding) -> str:
    """The interval for the very items; as the other, where a measure has one."""
    places = decimals(one.estimate, one.low_these_items, one.high_these_items)
    return bracket(one.low_these_items, one.high_these_items, places)


def measures_table(evidence: Evidence) -> Table:
    """What each model made of each measure. Those that it cannot use are faint."""
    rows: list[tuple[str, ...]] = []
    faint: set[int] = set()
    for row in evidence.answers.itertuples():
        model, measure = str(row.model), str(row.measure)
        one = evidence.summary.usability[model][measure]
        if not one.usable:
            faint.add(len(rows))
        rows.append(
            (
                evidence.probes[measure].title,
                model,
                number_shown(one.coverage, max(2, decimals(one.coverage))),
                number_shown(one.minimum),
                "yes" if one.moves else "no",
                f"{one.answers:,}",
                f"{one.refused:,}",
                "usable" if one.usable else "not usable",
            )
        )
    columns = ("measure", "model", "coverage", "needed", "scores differ", "answers", "no legal option", "verdict")
    numeric = frozenset({"coverage", "needed", "answers", "no legal option"})
    return Table("Measures, and whether their answers can be read", columns, tuple(rows), numeric, frozenset(faint))


def checks_table(checks: Sequence[ShownCheck]) -> Table:
    """The validity checks with their verdicts."""
    rows = tuple(
        (
            one.name,
            one.verdict,
            _value(one.value),
            bracket(one.low, one.high),
            _value(one.threshold),
            f"{one.says} {one.means}".strip() if one.verdict in ("fails", "borderline") else one.says,
            one.source,
        )
        for one in checks
    )
    faint = frozenset(index for index, one in enumerate(checks) if one.verdict == "not measurable")
    columns = ("check", "verdict", "value", _CI, "threshold", "what was found", "source")
    return Table("Checks made of this run", columns, rows, faint=faint)


def refusals_table(evidence: Evidence) -> Table | None:
    """Answers without a legal option, by state and arm. None where there are none."""
    some = evidence.refusals[evidence.refusals["refused"] > 0]
    if some.empty:
        return None
    shares = some.assign(share=some["refused"] / some["answers"])
    shares["measure"] = shares["measure"].map(evidence.title)
    return Table.of(shares, "Answers without a legal option, by state and arm")


def frame(findings: Iterable[Finding]) -> pd.DataFrame:
    """Findings as a data frame, in full precision."""
    return pd.DataFrame([one.row() for one in findings])


_CI = f"95{SPACE}%{SPACE}CI"


def _raw(one: Finding) -> tuple[str, str]:
    places = decimals(one.estimate, one.low, one.high)
    return number_shown(one.estimate, places), bracket(one.low, one.high, places)


def _title(evidence: Evidence, one: Finding) -> str:
    return f"{evidence.probes[one.measure].title} ({one.unit})"


def _control(one: Finding) -> str:
    against = arm_label(one.against)
    return against if one.regulation is None else f"{arm_label(one.regulation)}{Manner.of(one).words} − {against}"


def _remark(one: Finding) -> str:
    remarks = []
    if one.largest is not None and one.against == NEUTRAL:
        remarks.append("largest of its row and column" if one.largest else "not the largest of its row and column")
    if one.note:
        remarks.append(f"no interval: {one.note}")
    return "; ".join(remarks)


def _value(value: float | str) -> str:
    return value if isinstance(value, str) else number_shown(value, decimals(value))
