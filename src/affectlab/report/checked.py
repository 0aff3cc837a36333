"""Tables of the manipulation checks, as the sections of the report print them."""

from __future__ import annotations

import pandas as pd

from affectlab.effects.shifts import DESIGN_CELL
from affectlab.report.evidence import Evidence
from affectlab.report.numbers import counted
from affectlab.results.columns import constant_columns


def readable(evidence: Evidence, table: pd.DataFrame) -> pd.DataFrame:
    """The rows on measures that their model can use, without columns that tell nothing."""
    kept = evidence.summary.resting(table)
    # of a table without rows an empty list would choose no columns
    rows = table.loc[pd.Series(kept, table.index, dtype=bool)]
    unsaid = ["note"] if "note" in rows and not rows["note"].any() else []
    return rows.drop(columns=[*constant_columns(rows, DESIGN_CELL), *unsaid])


def counted_intervals(table: pd.DataFrame, what: str, plural: str = "") -> str:
    """How many of the intervals lie above zero, below it, and around it.

    >>> from affectlab.report.numbers import SPACE
    >>> rows = pd.DataFrame([(0.2, 0.6), (-0.1, 0.3), (float("nan"), float("nan"))], columns=["low", "high"])
    >>> counted_intervals(rows, "step").replace(SPACE, " ")
    'Of 3 steps, 1 has an interval above zero, 0 below zero and 1 around it; 1 has none.'
    """
    above, below = int((table["low"] > 0).sum()), int((table["high"] < 0).sum())
    none = int(table["low"].isna().sum())
    around = len(table) - above - below - none
    without = f"; {none} {_has(none)} none" if none else ""
    return (
        f"Of {counted(len(table), what, plural)}, {above} {_has(above)} an interval above zero, {below} below zero and "
        f"{around} around it{without}."
    )


def _has(number: int) -> str:
    return "has" if number == 1 else "have"
