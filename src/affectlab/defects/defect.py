"""A defect: something in a text or questionnaire that a reader of its results must know; nothing is changed for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

NumberedLine = tuple[int, str]
"""A line with its number in its file."""
Lines = Sequence[NumberedLine]


@dataclass(frozen=True)
class Defect:
    """Something in a file that a reader of its results must know; nothing is changed for it."""

    kind: str
    """The sort of defect, as ``docs/how-to/importers.md`` lists them."""
    message: str
    file: str
    """As it is shown: of an import, from the folder on."""
    line: int | None = None

    @property
    def place(self) -> str:
        """File and line."""
        return self.file if self.line is None else f"{self.file}:{self.line}"

    def __str__(self) -> str:
        return f"{self.place}: {self.kind}: {self.message}"


def short(text: str, most: int = 60) -> str:
    """The beginning of a text, for a message."""
    plain = " ".join(text.split())
    return plain if len(plain) <= most else f"{plain[:most]}…"
