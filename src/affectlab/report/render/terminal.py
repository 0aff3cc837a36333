"""Sections on a terminal, the same there and in a file: lines of at most a hundred characters, and nothing cut.

A table that is too wide for that is written row by row, each cell behind its heading.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from textwrap import wrap
from typing import TYPE_CHECKING

from affectlab.report.numbers import MISSING
from affectlab.report.quote import Quote
from affectlab.report.section import Section
from affectlab.report.table import Table
from affectlab.shown import line, shown

if TYPE_CHECKING:
    from rich.console import Console

WIDTH = 100
"""Characters of a line; of a narrower terminal, what it has."""
NARROWEST = 40
MOST = 80
"""Rows of a table of numbers; every form in a file has all."""
_WORDY = 10
"""Characters to which a column of words may be folded, so that the others have room."""
_GAP = 2


def show(sections: Section | Iterable[Section], console: Console | None = None) -> None:
    """Print sections on standard output."""
    from rich.console import Console
    from rich.text import Text

    of = console or Console(file=sys.stdout, highlight=False, soft_wrap=True)
    width = max(min(of.width, WIDTH), NARROWEST) if of.is_terminal else WIDTH
    for text in lines(sections, width):
        heading = text.startswith(_HEADING)
        of.print(Text(text.removeprefix(_HEADING), style="bold" if heading else ""))


def lines(sections: Section | Iterable[Section], width: int = WIDTH) -> Iterator[str]:
    """Sections as lines of text. A heading begins with a mark that is not shown."""
    every = [sections] if isinstance(sections, Section) else list(sections)
    for place, section in enumerate(every):
        if place:
            yield ""
        yield from _section(section, width)


def plain_text(sections: Section | Iterable[Section], width: int = WIDTH) -> list[str]:
    """The lines as they are read."""
    return [text.removeprefix(_HEADING) for text in lines(sections, width)]


_HEADING = "\x00"


def _section(section: Section, width: int) -> Iterator[str]:
    """Its title and paragraphs, then its blocks and parts, an empty line before each."""
    head = [_HEADING + text for text in _wrapped(section.title, width)] if section.title else []
    head += _paragraphs(section.sentences, width)
    blocks = [head, *_blocks(section, width), _paragraphs(section.notes, width)]
    blocks += [_section(part, width) for part in section.parts]
    begun = False
    for block in map(list, blocks):
        if block:
            yield from ["", *block] if begun else block
            begun = True


def _blocks(section: Section, width: int) -> Iterator[Iterator[str]]:
    for table in section.tables:
        yield _folded(table, width) if table.folded else terminal_grid(table, width)
    if section.figures:
        yield _wrapped(
            f"Figures: {', '.join(one.id for one in section.figures)} (affectlab report RUN --figure NAME).", width
        )
    for quote in section.quotes:
        if not quote.folded:
            yield _quoted(quote, width)


def _paragraphs(texts: Sequence[str], width: int) -> Iterator[str]:
    for text in texts:
        yield from _wrapped(text, width)


def _wrapped(text: str, width: int, indent: str = "", first: str | None = None) -> Iterator[str]:
    """A paragraph in lines; what was meant not to be parted stays together."""
    for part in shown(text).split("\n"):
        yield from wrap(
            part, width, initial_indent=indent if first is None else first, subsequent_indent=indent,
            break_on_hyphens=False,
        ) or [""]  # fmt: skip


def terminal_grid(table: Table, width: int = WIDTH) -> Iterator[str]:
    """A table: its caption, its rows under their headings, and how it is to be read."""
    if table.title:
        yield from _wrapped(table.title, width)
    most = MOST if table.data is not None else None
    rows = [tuple(map(line, row)) for row in table.rows[:most]]
    table, rows = _telling(table, rows)
    yield from (_columns if _fits(table, rows, width) else _records)(table, rows, width)
    left = len(table.rows) - len(rows) + table.left_out
    if left:
        yield from _wrapped(f"The first {len(rows)} rows; a report in a file has {left:,} more.", width)
    if table.note:
        yield from _wrapped(table.note, width)


def _telling(table: Table, rows: list[tuple[str, ...]]) -> tuple[Table, list[tuple[str, ...]]]:
    """Without the columns in which no row says anything."""
    kept = [
        place
        for place in range(len(table.columns))
        if not place or not rows or any(row[place].strip() not in ("", MISSING) for row in rows)
    ]
    columns = tuple(table.columns[place] for place in kept)
    return replace(table, columns=columns), [tuple(row[place] for place in kept) for row in rows]


def _folded(table: Table, width: int) -> Iterator[str]:
    """That there is a table, which is for those who look for it."""
    yield from _wrapped(f"{table.title}: {len(table.rows) + table.left_out:,} rows, on the page of the report.", width)


def _widths(table: Table, rows: Sequence[tuple[str, ...]]) -> list[tuple[int, int]]:
    """Of each column, the width that it must have, and that it would have."""
    found = []
    for place, name in enumerate(table.columns):
        cells = [row[place] for row in rows]
        longest = max((len(word) for text in (name, *cells) for word in text.split(" ")), default=0)
        written = max(map(len, cells), default=0)
        least = max(longest, written if name in table.numeric else min(written, _WORDY))
        found.append((least, max(len(name), written)))
    return found


def _fits(table: Table, rows: Sequence[tuple[str, ...]], width: int) -> bool:
    return sum(least for least, _ in _widths(table, rows)) + _GAP * (len(table.columns) - 1) <= width


def _columns(table: Table, rows: Sequence[tuple[str, ...]], width: int) -> Iterator[str]:
    """Rows under their headings, words folded where they need it."""
    from rich.console import Console
    from rich.table import Table as Grid
    from rich.text import Text

    drawn = Grid(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), show_header=any(table.columns))
    for name, (least, most) in zip(table.columns, _widths(table, rows), strict=True):
        numeric = name in table.numeric
        drawn.add_column(
            Text(name), justify="right" if numeric else "left", vertical="top", min_width=least, max_width=most
        )
    for row in rows:
        drawn.add_row(*(Text(cell) for cell in row))
    console = Console(width=width, color_system=None, highlight=False, force_terminal=False, legacy_windows=False)
    with console.capture() as captured:
        console.print(drawn)
    yield from (text.rstrip() for text in captured.get().splitlines())


def _records(table: Table, rows: Sequence[tuple[str, ...]], width: int) -> Iterator[str]:
    """Row by row, each cell behind its heading; what is empty is left out."""
    for first, *rest in rows:
        told = [f"{name} {cell}" for name, cell in zip(table.columns[1:], rest, strict=True) if cell.strip()]
        yield from _wrapped(f"{first}: {'; '.join(told)}" if told else first, width, "    ", "  ")


def _quoted(quote: Quote, width: int, indent: str = "") -> Iterator[str]:
    """What was said, indented; what is folded away elsewhere is left out."""
    if quote.title:
        yield from _wrapped(quote.title, width, indent)
    for number, one in enumerate(quote.lines, start=quote.first):
        said = f"{one.text} {one.drawn}" if one.drawn else one.text
        head = f"{number}. {one.role}: " if one.role else ""
        for at, text in enumerate(said.splitlines() or [""]):
            yield from _wrapped(head + text if not at else text, width, indent + "  ")
    for note in quote.notes:
        yield from _wrapped(note, width, indent + "  ")
    for table in quote.tables:
        yield from (indent + "  " + text for text in terminal_grid(table, width - len(indent) - 2))
    for follows in quote.quotes:
        if not follows.folded:
            yield from _quoted(follows, width, indent + "  ")
