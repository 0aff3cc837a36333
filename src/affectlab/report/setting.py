"""A setting: the factors within which findings are made, so that nothing is pooled that differs by design."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, cast

import pandas as pd

from affectlab.analysis.findings import Finding
from affectlab.effects.shifts import DESIGN


class Setting(NamedTuple):
    """A model under a frame, with one induction technique in one grade and delivery, measured in one context."""

    model: str
    frame: str
    technique: str
    grade: str
    delivery: str
    context: str

    @classmethod
    def of(cls, finding: Finding) -> Setting:
        """The setting of a finding."""
        return cls(*(getattr(finding, factor) for factor in DESIGN))

    @property
    def id(self) -> str:
        """A name that can stand in an address."""
        return "-".join(self)

    def label(self, among: Sequence[Setting]) -> str:
        """What tells the setting from the others; its model where there is no other.

        >>> one, two = (Setting("a", "f", "imagery", grade, "user", "forked") for grade in ("mild", "severe"))
        >>> one.label([one, two]), one.label([one])
        ('mild', 'a')
        """
        parts = [str(value) for index, value in enumerate(self) if len({other[index] for other in among}) > 1]
        return " · ".join(parts) or self.model


class Apart:
    """A table taken apart by setting, once.

    >>> rows = [("m", "f", "t", grade, "user", "forked", value) for grade, value in (("mild", 1), ("severe", 2))]
    >>> table = pd.DataFrame(rows, columns=[*DESIGN, "value"])
    >>> Apart(table).of(Setting("m", "f", "t", "severe", "user", "forked"))["value"].tolist()
    [2]
    """

    def __init__(self, table: pd.DataFrame) -> None:
        self._table = table
        grouped = table.groupby(DESIGN, observed=True, sort=False).indices if len(table) else {}
        self._places = {Setting(*map(str, cast(tuple[Any, ...], place))): rows for place, rows in grouped.items()}

    def of(self, setting: Setting) -> pd.DataFrame:
        """The rows of a setting; none where it has none."""
        return self._table.iloc[self._places.get(setting, [])]


def settings(table: pd.DataFrame) -> tuple[Setting, ...]:
    """The settings of a table, in its order."""
    rows = table[DESIGN].drop_duplicates().itertuples(index=False, name=None)
    return tuple(Setting(*map(str, row)) for row in rows)
