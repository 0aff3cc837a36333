"""Finds the columns of a table of results that say the same in every row, and can be left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def constant_columns(table: pd.DataFrame, names: Sequence[str]) -> list[str]:
    """Those of some columns, as far as a table has them, that say the same in every row."""
    return [name for name in names if name in table and table[name].nunique() <= 1]
