"""The labelled tables of a run, or of any tidy data, as a section."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from affectlab.report.section import Section
from affectlab.report.tabled import tabled

if TYPE_CHECKING:
    import pandas as pd

TITLES = {
    "contrasts": "Contrasts: units and items random, in raw units; equivalence by two one-sided tests",
    "trend": "Trend over ordered conditions",
    "dose": "Dose-response: step from grade to grade",
    "reliability": "Reliability over units",
    "traits": "Traits by methods: correlations over units",
    "components": "Variance components of single scores",
    "behaviour": "Self-report and behaviour: rank correlation over units, within states",
    "left out": "Measures that a model cannot use, and why",
}


def labelled(tables: Mapping[str, pd.DataFrame]) -> Section:
    """Tables by the names of ``TITLES``."""
    shown = tuple(tabled({}, table, TITLES[name]) for name, table in tables.items())
    return Section("tables", "", tables=shown)
