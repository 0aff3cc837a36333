"""Sections as Markdown, with tables in the manner of the APA."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import count

from affectlab.report.document import ReportDocument
from affectlab.report.figure import Figure
from affectlab.report.quote import Quote
from affectlab.report.section import Section
from affectlab.report.table import Table
from affectlab.shown import line, marked

_INDEXED = {"d_z": "*d*_z", "d_av": "*d*_av"}
_SYMBOL = re.compile(r"(?<![\w'’])(?:d_z|d_av|SD|SE|df|[gdnNtFprMz])(?![\w'’])")


def markdown(document: ReportDocument) -> str:
    """A whole report: its words and tables, the captions of its figures."""
    blocks = [f"# {line(document.title)}", f"Report of a run by affectlab {document.version}, plan {document.plan}."]
    blocks += [f"**{name}.** {text}" for name, text in document.notices]
    blocks.append("\n".join(f"- {name}: {line(value)}" for name, value in document.facts))
    numbers = count(1)
    for section in document.sections:
        blocks += blocks_of(section, numbers)
    return _joined(blocks)


def section_markdown(section: Section) -> str:
    """One section alone."""
    return _joined(blocks_of(section, count(1)))


def _joined(blocks: Iterable[str]) -> str:
    """Blocks as one text, in which nothing that somebody else wrote acts."""
    return "\n\n".join(map(marked, blocks)) + "\n"


def blocks_of(section: Section, numbers: count[int], depth: int = 2) -> Iterator[str]:
    """The paragraphs, tables and captions of a section.

    Args:
        numbers: of its tables.
        depth: of its heading.
    """
    yield f"{'#' * depth} {section.title}"
    yield from section.sentences
    yield from map(_caption, section.figures)
    for table in section.tables:
        yield _folded(table) if table.folded else apa(table, next(numbers))
    yield from section.notes
    for quote in section.quotes:
        yield from _quoted(quote)
    for part in section.parts:
        yield from blocks_of(part, numbers, min(depth + 1, 6))


def _folded(table: Table) -> str:
    """That there is a table, which is for those who look for it."""
    return f"*{table.title}*: {len(table.rows) + table.left_out:,} rows, on the page of the report."


def apa(table: Table, place: int) -> str:
    """A table in the manner of the APA: its number, its title in italics, the rows, a note.

    >>> print(apa(Table("Shifts", ("state", "n"), (("fear", "4"),), frozenset({"n"}), note="n = texts."), 1))
    **Table 1**
    <BLANKLINE>
    *Shifts*
    <BLANKLINE>
    | State | *n* |
    |---|--:|
    | fear | 4 |
    <BLANKLINE>
    *Note.* *n* = texts.
    """
    heads = tuple(map(_head, table.columns))
    printed = replace(table, columns=heads, numeric=frozenset(map(_head, table.numeric)))
    cut = [f"{table.left_out:,} further rows are not shown."] if table.left_out else []
    told = " ".join([*([_symbols(table.note)] if table.note else []), *cut])
    parts = [f"**Table {place}**", f"*{table.title}*", grid(printed)]
    return "\n\n".join([*parts, *([f"*Note.* {told}"] if told else [])])


def grid(table: Table) -> str:
    """The rows under their headings, as GitHub prints them.

    >>> print(grid(Table("", ("state", "n"), (("fear", "4"),), frozenset({"n"}))))
    | state | n |
    |---|--:|
    | fear | 4 |
    """
    marks = ["--:" if name in table.numeric else "---" for name in table.columns]
    lines = [_row(table.columns), f"|{'|'.join(marks)}|", *map(_row, table.rows)]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    escaped = [" ".join(cell.replace("|", "\\|").split("\n")) for cell in cells]
    return f"| {' | '.join(escaped)} |"


def _head(name: str) -> str:
    """A heading as the APA prints it: symbols of statistics in italics, words with a capital."""
    shown = _symbols(name)
    return shown[:1].upper() + shown[1:]


def _symbols(text: str) -> str:
    """A text with the symbols of statistics in italics.

    >>> _symbols("g = Hedges' g, of d_z")
    "*g* = Hedges' *g*, of *d*_z"
    """
    return _SYMBOL.sub(lambda found: _INDEXED.get(found[0], f"*{found[0]}*"), text)


def _caption(figure: Figure) -> str:
    number = f"Figure {figure.number}" if figure.number else "Figure"
    return f"*{number}. {figure.title}.* {figure.caption} Drawn by `affectlab report RUN --figure {figure.id}`."


def _quoted(quote: Quote) -> Iterator[str]:
    """Lines as quotations; what is folded away elsewhere is left out."""
    if quote.folded:
        return
    if quote.title:
        yield f"**{quote.title}**"
    for number, one in enumerate(quote.lines, start=quote.first):
        said = f"{one.text} {one.drawn}" if one.drawn else one.text
        yield "\n".join(f"> {part}".rstrip() for part in _numbered(number, one.role, said).splitlines())
    yield from quote.notes
    yield from (grid(table) for table in quote.tables)
    for follows in quote.quotes:
        yield from _quoted(follows)


def _numbered(number: int, role: str, said: str) -> str:
    return f"{number}. {role}: {said}" if role else said
