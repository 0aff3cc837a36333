"""Turns results into values that JSON can hold: plain numbers, and a dictionary for each row of a table."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def plain(value: Any) -> Any:
    """A value as JSON has it: what is not finite becomes None, a number of numpy's one of Python's.

    >>> plain(0.5), plain(float("nan")), plain("fear")
    (0.5, None, 'fear')
    """
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and not math.isfinite(value) else value


def record(values: Mapping[Any, Any]) -> dict[str, Any]:
    """A mapping with plain values."""
    return {str(name): plain(value) for name, value in values.items()}


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """A record for each row of a table; without a language, where the study names none."""
    if "language" in table and not table["language"].astype(bool).any():
        table = table.drop(columns="language")
    return [record(row) for row in table.to_dict("records")]
