"""A file made ready for an analysis: its labels carried down, made long, rows chosen, words of scales as numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from affectlab.errors import DataError
from affectlab.tabular.alike import visible
from affectlab.tabular.blanks import filled, of_units
from affectlab.tabular.codebook import Codebook
from affectlab.tabular.design import ROW
from affectlab.tabular.missing import NOTHING
from affectlab.tabular.program import program_of
from affectlab.tabular.rows import chosen, of_one_measure
from affectlab.tabular.scored import scored_table, scoring_key
from affectlab.tabular.source import KnownSource, read_known
from affectlab.tabular.statfile import in_labels
from affectlab.tabular.wide import Pattern, long_form


@dataclass(frozen=True)
class Preparation:
    """How a file is read, and what is done with its rows before they are analysed."""

    sheet: str | None = None
    header: int | None = None
    ragged: bool = False
    blanks: str | None = None
    """``carry`` or ``gaps``: blank labels below filled ones."""
    wide: str | None = None
    """How columns are named where each time, item or condition has one of its own."""
    where: tuple[str, ...] = ()
    """Only rows with these, each ``COLUMN=LEVEL``."""
    missing: tuple[str, ...] = ()
    """Codes of missing values, ``99`` or ``COLUMN=99``; a column may be one of a wide table."""
    instrument: str | None = None
    """By whose key the answers to items are scored: the id of a shipped one, or a file."""
    item: str = "item"
    """Where an instrument is named: the column, or the placeholder of ``wide``, that says which item was answered."""
    repeated: tuple[str, ...] = ()
    """Columns at whose levels the reliability of an instrument is told: times of measurement."""
    numbers: tuple[str, ...] = ()
    """Columns of numbers beside the outcome: covariates."""
    steps: tuple[str, ...] = ()
    """The words of the outcome, from the lowest step on; they are numbered from 1."""

    @property
    def pattern(self) -> Pattern | None:
        """The pattern of a wide table."""
        return Pattern.of(self.wide) if self.wide is not None else None


@dataclass(frozen=True)
class PreparedTable:
    """A table that is ready, and what was done for it."""

    table: pd.DataFrame
    missing: tuple[str, ...]
    """The codes of missing values that hold for the columns of this table."""
    remarks: tuple[str, ...]
    labelled: bool = False
    """Whether the file has labels for more than two values of the outcome."""


def prepared_table(
    path: Path | str, columns: Iterable[str], outcome: str, how: Preparation, book: Codebook
) -> PreparedTable:
    """Read a file and make it ready.

    Args:
        path: of the file.
        columns: those that have a role, the outcome among them.
        outcome: the column of scores, which the pattern of a wide table makes.
        how: it is read.
        book: what is known of its columns.

    Raises:
        InputError: the file cannot be read.
        DataError: a column is not there, labels have blanks below them, or no row is chosen.
    """
    used, pattern = list(columns), how.pattern
    made = {*pattern.placeholders, outcome} if pattern else set()
    wanted = [name for name in used if name != ROW and name not in made]
    source = read_known(path, how.sheet, how.header, ragged=how.ragged, wanted=wanted)
    return made_ready(source, used, outcome, how, book)


def made_ready(
    source: KnownSource, columns: Sequence[str], outcome: str, how: Preparation, book: Codebook
) -> PreparedTable:
    """The same of a table that is read already."""
    pattern, remarks = how.pattern, list(source.remarks)
    if how.steps:
        book = _with_steps(
            book, [outcome, *(pattern.levels(list(map(str, source.rows))) if pattern else ())], how.steps
        )
    measured = {*(pattern.levels(list(map(str, source.rows.columns))) if pattern else ()), outcome, *how.numbers}
    table = in_labels(source.rows, source.columns, frozenset(measured))
    program = program_of([str(name) for name in table.columns])
    if program is not None and program.time:
        of_person = [name for name in columns if name not in (outcome, program.time)]
        table, once = of_units(table, of_person, program.units[0])
        remarks += once
    table, carried = filled(table, [name for name in columns if name not in (outcome, *how.numbers)], how.blanks)
    remarks += carried
    missing = how.missing
    if pattern is not None:
        names = list(pattern.levels([str(name) for name in table.columns]))
        table = _in_words(table, names, book)
        table, missing, gone = _without_codes(table, missing, names, outcome)
        if ROW in columns and ROW not in table:
            table = table.assign(**{ROW: [str(at) for at in range(1, len(table) + 1)]})
        table, _, said = long_form(table, pattern, outcome)
        remarks += [*gone, *said]
    else:
        table = _in_words(table, [outcome], book)
    missing, told = _of_program(source.rows, table, missing, outcome)
    remarks += told
    table = chosen(table, how.where)
    of_one_measure(table, columns)
    if pattern is not None and outcome in table:
        table = _in_words(table, [outcome], book)
    if how.instrument is not None:
        table, said = _by_key(table, columns, outcome, how, missing)
        remarks += said
    known = source.columns.get(outcome)
    labelled = len(book.of(outcome).labels) > 2
    if known is not None and not labelled and outcome in table:
        labelled = len(known.labels) > 2 and set(table[outcome]) - {""} <= set(known.labels)
    return PreparedTable(table, missing, tuple(remarks), labelled)


def _with_steps(book: Codebook, names: Sequence[str], steps: Sequence[str]) -> Codebook:
    """The codebook with the words of a scale, numbered from 1.

    Raises:
        DataError: a word stands twice, or is the only one.
    """
    words = [step.strip() for step in steps]
    if len({word.casefold() for word in words}) < len(words) or len(words) < 2:
        raise DataError("--steps has a word twice, or one alone", hint="name each step once, from the lowest on")
    labels = {str(at): word for at, word in enumerate(words, 1)}
    return Codebook({**book.columns, **{name: replace(book.of(name), labels=labels) for name in names}})


def _by_key(
    table: pd.DataFrame, columns: Sequence[str], outcome: str, how: Preparation, missing: Sequence[str]
) -> tuple[pd.DataFrame, list[str]]:
    """The table with the scores of an instrument in place of the answers to its items."""
    key = scoring_key(str(how.instrument))
    for name in (how.item, outcome):
        if name not in table:
            hint = "name what says which item was answered with --item, or in the pattern: --wide 'panas_{item}_{time}'"
            raise DataError(f"there is no column `{name}`, and {key.instrument} is scored from its items", hint=hint)
    places = [name for name in dict.fromkeys(columns) if name not in (outcome, how.item) and name in table]
    codes = {code for one in missing for name, equals, code in [one.partition("=")] if equals and name == outcome}
    codes |= {one for one in missing if "=" not in one}
    apart = [name for name in how.repeated if name in places]
    made = scored_table(table, key, how.item, outcome, places, codes, apart)
    return made.rows, list(made.remarks)


def _in_words(table: pd.DataFrame, names: Iterable[str], book: Codebook) -> pd.DataFrame:
    """Scores in place of the words of a scale, where the codebook has them."""
    return table.assign(**{name: book.of(name).coded(table[name]) for name in names if name in table})


def _without_codes(
    table: pd.DataFrame, missing: Sequence[str], names: Sequence[str], outcome: str
) -> tuple[pd.DataFrame, tuple[str, ...], list[str]]:
    """A wide table whose columns have gaps where their own codes of missing values stood; and the codes that remain."""
    kept, remarks = [], []
    for one in missing:
        column, _, code = visible(one).partition("=")
        if column not in names:
            kept.append(one)
        elif code == NOTHING:
            msg = f"`{column}` is read as `{outcome}`, whose codes are those of all its columns"
            raise DataError(msg, hint=f"say --missing '{outcome}={NOTHING}'")
        else:
            here = table[column].astype(str).str.strip().eq(code.strip())
            table = table.assign(**{column: table[column].where(~here, "")})
            remarks.append(f"{int(here.sum())} values {code} of `{column}` are missing")
    return table, tuple(kept), remarks


def _of_program(
    raw: pd.DataFrame, table: pd.DataFrame, missing: tuple[str, ...], outcome: str
) -> tuple[tuple[str, ...], list[str]]:
    """The codes of missing values that the program writes which made the table, where nobody said others."""
    program = program_of([str(name) for name in raw.columns])
    if program is None or outcome not in table:
        return missing, []
    remarks = list(program.unfinished(raw))
    if program.missing and not any(one.startswith(f"{outcome}=") or "=" not in one for one in missing):
        texts = table[outcome].astype(str).str.strip()
        there = [code for code in program.missing if texts.eq(code).any()]
        missing = (*missing, *(f"{outcome}={code}" for code in there))
        if there:
            said = f"{' and '.join(there)} in `{outcome}` are {program.name}'s ({program.meaning}) and read as missing"
            remarks.append(f"{said}; if one is a score, say --missing '{outcome}={NOTHING}'")
    return missing, remarks
