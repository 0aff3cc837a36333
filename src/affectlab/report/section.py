"""A section of a report, as data: what it says, its tables and figures, and how they are to be read.

The same section is a part of the page, of Markdown and of JSON, and what a command prints. It holds no markup.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from affectlab.report.quote import Quote
from affectlab.report.table import Table

if TYPE_CHECKING:
    # what draws takes a second to load, and most sections that a command prints have no figure
    from affectlab.report.figure import Figure


@dataclass(frozen=True)
class Section:
    """What one analysis has to show."""

    id: str
    """A name that can stand in an address."""
    title: str
    sentences: tuple[str, ...] = ()
    """Paragraphs: what was found. What stands between backticks is something to be typed."""
    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = ()
    notes: tuple[str, ...] = ()
    """Paragraphs: how it is to be read."""
    quotes: tuple[Quote, ...] = ()
    """What was said, word for word."""
    parts: tuple[Section, ...] = ()
    """Under headings of their own, after all else."""

    def whole(self) -> Iterator[Section]:
        """The section and its parts, in the order of reading.

        >>> [one.id for one in Section("a", "A", parts=(Section("b", "B"), Section("c", "C"))).whole()]
        ['a', 'b', 'c']
        """
        yield self
        for part in self.parts:
            yield from part.whole()

    @property
    def bare(self) -> bool:
        """Whether it has nothing to show but its title."""
        return not (self.sentences or self.tables or self.figures or self.notes or self.quotes or self.parts)
