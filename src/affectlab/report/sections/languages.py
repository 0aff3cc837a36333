"""Languages: whether what a study measures shifts alike in each of its languages."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from affectlab.effects.shifts import DESIGN_CELL
from affectlab.report.evidence import Evidence
from affectlab.report.numbers import counted, listed
from affectlab.report.section import Section
from affectlab.report.tabled import tabled
from affectlab.results.columns import constant_columns
from affectlab.results.languages import measurement_equivalence

SHIFTS = "Shift of the target scale in a language, contrast with the first language"
ITEMS = "The same item by item: each item's contrast minus that of the other items of its scale"
LEVELS = "Level of each scale at baseline, before any text"
ALPHA = 0.05


def section(evidence: Evidence) -> Section | None:
    """Equivalence of shifts and of items, and the levels at baseline; None where the study has one language."""
    study = evidence.study
    if len(study.languages) < 2:
        return None
    found = measurement_equivalence(evidence.summary, study.smallest_effect)
    tables = [(found.shifts, SHIFTS), (found.items, ITEMS), (found.levels, LEVELS)]
    made = tuple(tabled(evidence.titles, _told(table), caption) for table, caption in tables if len(table))
    said = (*_shifts(found.shifts), *_items(found.items), *_levels(found.levels))
    return Section("languages", "Equivalence of the languages", said, made, notes=tuple(_unusable(evidence)))


def _told(table: pd.DataFrame) -> pd.DataFrame:
    empty = [name for name in table if table[name].isna().all() or (table[name] == "").all()]
    return table.drop(columns=[*constant_columns(table, [*DESIGN_CELL, "against"]), *empty])


def _shifts(table: pd.DataFrame) -> Iterator[str]:
    if table.empty:
        yield "No measure can be used in two languages, so nothing can be said of their equivalence."
        return
    if not table["smallest"].notna().any():
        yield (
            "The study declares no smallest effect that would matter (`smallest_effect`), so whether the languages are "
            "equivalent cannot be decided; the differences and their intervals stand below."
        )
        return
    yield (
        f"Of {counted(len(table), 'shift')} in two languages, {_counts(table)}: by two one-sided tests at .05 against "
        "the smallest effect that the study declares, on the same vignettes. Equivalent says that the difference is "
        "surely smaller than that effect; undetermined, that more vignettes are needed."
    )


def _items(table: pd.DataFrame) -> Iterator[str]:
    if table.empty:
        return
    off = int((table["p_holm"] < ALPHA).sum())
    yield (
        f"Item by item, {off} of {counted(len(table), 'item')} shifted otherwise between the languages than the other "
        "items of its scale did, after Holm over all of them (differential item functioning). What is not shown with "
        "so few vignettes may be there all the same. A scale with one item has nothing to be held against."
    )


def _levels(table: pd.DataFrame) -> Iterator[str]:
    if len(table):
        yield (
            "Where levels at baseline differ, changes can be compared between the languages and levels cannot: words "
            "of two languages are not equally frequent. There is one conversation before the first text, so levels "
            "have no interval."
        )


def _counts(table: pd.DataFrame) -> str:
    counts = table["equivalence"].replace("", "undecided").value_counts()
    return listed([f"{number} {name}" for name, number in counts.items()])


def _unusable(evidence: Evidence) -> Iterator[str]:
    lost = [f"{evidence.titles[str(row.measure)]} with {row.model}" for row in evidence.summary.left_out().itertuples()]
    if lost:
        yield f"Not compared, as its answers cannot be read: {listed(lost)}."
