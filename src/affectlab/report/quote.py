"""What was said in a run, word for word: turns, and what followed or was asked in between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from affectlab.report.table import Table


class Passage(NamedTuple):
    """Something that somebody said."""

    role: str
    """Who: ``user``, ``assistant``. Empty for a text that nobody said, such as a file."""
    text: str
    drawn: str | None = None
    """How it went on in the participant's own words; empty where only its options were read."""


@dataclass(frozen=True)
class Quote:
    """Lines that belong together. Nothing in them is a sentence of the report."""

    title: str = ""
    lines: tuple[Passage, ...] = ()
    first: int = 1
    """The number of the first line."""
    notes: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    """What was answered, for instance: options and their probabilities."""
    quotes: tuple[Quote, ...] = ()
    """What followed in different sessions, or was asked at this place."""
    folded: bool = False
    """Whether it is long, and for those who look for it: where it cannot be folded away, it is left out."""
