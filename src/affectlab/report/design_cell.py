"""A design cell: the factors within which findings are made, so that nothing is pooled that differs by design."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, cast

import pandas as pd

from affectlab.effects.shifts import DESIGN_CELL, with_language
from affectlab.results.findings import Finding
from affectlab.results.usability import respondent


class DesignCell(NamedTuple):
    """A model under a frame in a language, with one induction technique in one grade and delivery, measured in one
    context."""

    model: str
    frame: str
    technique: str
    grade: str
    delivery: str
    context: str
    language: str = ""

    @classmethod
    def of(cls, finding: Finding) -> DesignCell:
        """The design cell of a finding."""
        return cls(*(getattr(finding, factor) for factor in DESIGN_CELL))

    @property
    def respondent(self) -> str:
        """Its model, in its language."""
        return respondent(self.model, self.language)

    @property
    def id(self) -> str:
        """A name that can stand in an address."""
        return "-".join(filter(None, self))

    def label(self, among: Sequence[DesignCell]) -> str:
        """What tells the design cell from the others; its model where there is no other.

        >>> one, two = (DesignCell("a", "f", "imagery", grade, "user", "branched") for grade in ("mild", "severe"))
        >>> one.label([one, two]), one.label([one])
        ('mild', 'a')
        """
        parts = [str(value) for index, value in enumerate(self) if len({other[index] for other in among}) > 1]
        return " · ".join(parts) or self.model


class GroupedTable:
    """A table taken apart by design cell, once.

    >>> rows = [("m", "f", "t", grade, "user", "branched", "", value) for grade, value in (("mild", 1), ("severe", 2))]
    >>> table = pd.DataFrame(rows, columns=[*DESIGN_CELL, "value"])
    >>> GroupedTable(table).of(DesignCell("m", "f", "t", "severe", "user", "branched"))["value"].tolist()
    [2]
    """

    def __init__(self, table: pd.DataFrame) -> None:
        self._table = table
        grouped = with_language(table).groupby(DESIGN_CELL, observed=True, sort=False).indices if len(table) else {}
        self._rows_of = {
            DesignCell(*map(str, cast(tuple[Any, ...], design_cell))): rows for design_cell, rows in grouped.items()
        }

    def of(self, design_cell: DesignCell) -> pd.DataFrame:
        """The rows of a design cell; none where it has none."""
        return self._table.iloc[self._rows_of.get(design_cell, [])]


def design_cells(table: pd.DataFrame) -> tuple[DesignCell, ...]:
    """The design cells of a table, in its order."""
    rows = with_language(table)[DESIGN_CELL].drop_duplicates().itertuples(index=False, name=None)
    return tuple(DesignCell(*map(str, row)) for row in rows)
