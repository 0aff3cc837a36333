"""What was understood of a data file, column by column, before anything is computed from it: to be looked at, and
confirmed or corrected."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from affectlab.errors import DataError
from affectlab.json_values import record
from affectlab.tabular.columns import ScoreColumn, score_column
from affectlab.tabular.design import CODES, IDENTIFIERS, PERSONS, READERS, words
from affectlab.tabular.missing import GAPS, NOTHING, suspects
from affectlab.tabular.program import Program, program_of
from affectlab.tabular.source import KnownSource, read_known
from affectlab.tabular.wide import TIMES, Pattern, guessed_patterns, long_form

CONDITIONS = frozenset(
    {
        "condition",
        "cond",
        "group",
        "arm",
        "treatment",
        "induction",
        "manipulation",
        "mood",
        "gruppe",
        "bedingung",
        "bed",
    }
    | {"versuchsbedingung", "intervention", "experimental", "randomization", "allocation", "film", "prime"}
)
"""Words that name what was varied."""
REPEATED = (
    frozenset({"wave", "timepoint", "occasion", "measurement", "mzp", "phase", "visit", "event"})
    | frozenset({"messzeitpunkt", "zeitpunkt", "testzeitpunkt", "messung", "erhebung", "durchgang"})
    | (TIMES - {"t"})
)
ASKED = frozenset({"item", "items", "stimulus", "stim", "question", "word", "picture", "image", "vignette"})
BACKGROUND = frozenset({"age", "alter", "sex", "gender", "geschlecht", "education", "bildung", "weight", "height"})
"""Words that name what people are: never guessed to be what was measured, or varied."""

ROLES = ("outcome", "condition", "unit", "within", "reader", "item")
"""What a column can be for an analysis, in the order in which it is said."""
NEEDED = ROLES[:3]
EXAMPLES, MOST_LEVELS = 5, 12
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?([ T]\d\d?:\d\d.*)?|\d\d?[./]\d\d?[./]\d{2,4}([ T]\d\d?:\d\d.*)?")

KINDS = ("empty", "numbers", "yes or no", "labels", "identifiers", "dates", "text", "unclear")
"""What a column can hold. Of one that is ``unclear`` `ColumnOverview.problem` says why."""


@dataclass(frozen=True)
class ColumnOverview:
    """A column, as it was understood."""

    name: str
    kind: str
    """One of ``KINDS``."""
    role: str = ""
    """What it is guessed to be: outcome, condition, unit, within, reader, item; ``wide`` where it is one of several
    that a pattern of `Overview.wide` names; ``program`` where the program that wrote the file made it; empty where
    nothing is guessed."""
    examples: tuple[str, ...] = ()
    """The first values that differ, as they stand in the file; of labels, the levels."""
    distinct: int = 0
    """How many values differ, gaps left out."""
    missing: int = 0
    """Rows without a value: empty, or a word for none."""
    codes: tuple[str, ...] = ()
    """Numbers that look like codes of a missing value, or that the file says are ones."""
    least: float | None = None
    most: float | None = None
    """Of numbers, codes left out."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """What the file calls the values, by code, as SPSS, Stata and SAS keep it."""
    wording: str = ""
    """What the file says of the column: the question that was asked."""
    problem: str = ""
    """Why it cannot be read as numbers without being told more; empty where it can, or is not of numbers."""
    remark: str = ""
    """What was assumed: a decimal comma, percents."""

    def row(self) -> dict[str, Any]:
        """As a plain record."""
        made = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return record({**made, "labels": dict(self.labels), "examples": list(self.examples), "codes": list(self.codes)})


@dataclass(frozen=True)
class Overview:
    """A file as it was understood; nothing is computed from it yet."""

    file: str
    program: str
    """What wrote it, where that is known: Qualtrics, SoSci Survey, SPSS."""
    rows: int
    columns: tuple[ColumnOverview, ...]
    wide: tuple[str, ...]
    """How columns are named that look like one measure at several times or of several items, the largest first; each
    can stand after ``--wide``."""
    remarks: tuple[str, ...]
    """What was left out or assumed in reading."""
    guess: tuple[tuple[str, str | None], ...]
    """Options of ``affectlab analyse`` that would compare what is guessed to be compared, each with its value: empty of
    a switch, None of what has to be said and is not guessed."""

    @property
    def command(self) -> str:
        """The guess as a line that can be copied, corrected and run; what is not guessed stands in capitals."""
        named = ((name, name.upper() if value is None else value) for name, value in self.guess)
        return analyse_line(self.file, named)

    def role(self, role: str) -> str | None:
        """The column that is guessed to have a role, if one is."""
        return next((one.name for one in self.columns if one.role == role), None)

    def row(self) -> dict[str, Any]:
        """As a plain record."""
        made = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "guess"}
        made |= {"columns": [one.row() for one in self.columns], "command": self.command}
        made |= {"wide": list(self.wide), "remarks": list(self.remarks)}
        return record(made)


def overview(
    path: Path | str,
    *,
    sheet: str | None = None,
    header: int | None = None,
    ragged: bool = False,
    wide: str | None = None,
) -> Overview:
    """What a file holds, column by column, and a guess at what each column is.

    Nothing is analysed and nothing left out; a guess is for a person to confirm. With a column for each time or item
    ``wide`` says how they are named, and the columns of the long table are described.

    Args:
        path: of the file, in any form that ``read_source`` reads.
        sheet: of a workbook, its sheet.
        header: the line of the names, where it is not found.
        ragged: whether rows may end early.
        wide: how columns are named, ``panas_{item}_{time}``.

    Raises:
        InputError: the file is not there, holds no table, or cannot be read without guessing.
        DataError: no two columns are named as ``wide``.
    """
    source = read_known(path, sheet, header, ragged=ragged)
    return overview_of(source, str(path), wide)


def overview_of(source: KnownSource, file: str, wide: str | None = None) -> Overview:
    """The same of a table that is read already."""
    table, remarks, value = source.rows, list(source.remarks), None
    if wide is not None:
        table, value, said = long_form(table, Pattern.of(wide))
        remarks += said
    program = program_of([str(name) for name in source.rows.columns])
    columns = [_with_facts(_column(table, str(name), program), source) for name in table.columns]
    measured = [one.name for one in columns if one.kind in ("numbers", "unclear") and one.role != "program"]
    patterns = [] if wide is not None else _patterns(measured, program)
    roles = _roles(table, columns, program, value, patterns)
    made = tuple(replace(one, role=roles.get(one.name, one.role)) for one in columns)
    if program is not None:
        remarks.append(f"the columns are those of {program.name}")
        remarks += program.unfinished(table)
    chosen = wide or next((one.text for one in patterns if _is_repeated(one)), None)
    return Overview(
        file,
        program.name if program else "",
        len(table),
        made,
        tuple(one.text for one in patterns),
        tuple(remarks),
        tuple(_guess(made, chosen, value, _more(table, made) if chosen is None else ())),
    )


def _patterns(measured: Sequence[str], program: Program | None) -> list[Pattern]:
    """How columns are named, as far as the numbers in names of this program say anything."""
    found = guessed_patterns(measured, blocks=program is not None and program.blocks)
    if program is None or not program.counted:
        return found
    return [one for one in found if not all(at.isdigit() for of in one.levels(measured).values() for at in of)]


def _more(table: pd.DataFrame, columns: Collection[ColumnOverview]) -> list[tuple[str, str]]:
    """What is guessed beside the roles: that conditions vary within units, that rows of a unit are averaged."""
    roles = {one.role: one.name for one in columns}
    unit, condition = roles.get("unit"), roles.get("condition")
    if unit is None or condition is None:
        return []
    rows = table[~table[condition].astype(str).str.strip().str.casefold().isin(GAPS)]
    within = rows.groupby(unit)[condition].nunique().gt(1).mean() > 0.5
    apart = [roles[role] for role in ("unit", "condition", "within", "item", "reader") if role in roles]
    found = [("within", unit)] if within and "within" not in roles else []
    several = rows.groupby(apart).size().gt(1).mean() > 0.5  # one unit that stands twice is a mistake, and is told of
    return [*found, ("average", "")] if several else found


def _with_facts(one: ColumnOverview, source: KnownSource) -> ColumnOverview:
    """The column with what the file of a statistics package says of it."""
    known = source.columns.get(one.name)
    if known is None:
        return one
    there = set(source.rows[one.name]) - {""} if one.name in source.rows else set()
    labels = bool(known.labels) and there <= set(known.labels) and one.distinct <= MOST_LEVELS
    codes = tuple(dict.fromkeys((*known.codes, *one.codes)))
    kind = "labels" if labels and one.kind in ("numbers", "yes or no") else one.kind
    return replace(
        one,
        kind=kind,
        labels=known.labels,
        wording=known.wording,
        codes=codes,
    )


def _is_repeated(pattern: Pattern) -> bool:
    return "time" in pattern.placeholders


def _column(table: pd.DataFrame, name: str, program: Program | None) -> ColumnOverview:
    column = table[name].astype(str).str.strip()
    gaps = column.str.casefold().isin(GAPS)
    filled = column[~gaps]
    kinds = list(dict.fromkeys(filled))
    facts: dict[str, Any] = {"distinct": len(kinds), "missing": int(gaps.sum())}
    facts["role"] = "program" if program is not None and program.is_technical(name) else ""
    if not kinds:
        return ColumnOverview(name, "empty", **facts)
    kind, of_kind = _kind(table[name], name, kinds, len(filled), program)
    facts |= {"examples": tuple(kinds[: MOST_LEVELS if kind == "labels" else EXAMPLES]), **of_kind}
    return ColumnOverview(name, kind, **facts)


def _kind(
    column: pd.Series[Any], name: str, kinds: Sequence[str], filled: int, program: Program | None
) -> tuple[str, dict[str, Any]]:
    """What a column holds, with what is known of its numbers."""
    if name in (program.units if program else ()) or _is_of_persons(name):
        return "identifiers", {}
    if all(map(_DATE.fullmatch, kinds[:50])):
        return "dates", {}
    try:
        read = score_column(column, name, {NOTHING})
    except DataError as error:
        if any(any(map(str.isdigit, one)) and not any(map(str.isalpha, one)) for one in kinds):
            return "unclear", {"problem": f"{error.message}; {error.hint}" if error.hint else error.message}
        return ("labels" if len(kinds) <= MOST_LEVELS and len(kinds) < filled else "text"), {}
    return ("yes or no" if read.binary else "numbers"), _numbers(read, program)


def _numbers(read: ScoreColumn, program: Program | None) -> dict[str, Any]:
    values = read.values
    codes = [float(code) for code in program.missing if (values == float(code)).any()] if program else []
    codes += suspects(values[~np.isin(values, codes)])
    kept = values[~np.isnan(values) & ~np.isin(values, codes)]
    ends = {"least": float(kept.min()), "most": float(kept.max())} if kept.size else {}
    return {"codes": tuple(f"{code:g}" for code in codes), "remark": read.remark, **ends}


def _is_of_persons(name: str) -> bool:
    return bool(words(name) & (PERSONS | {"id"})) or name.strip().casefold() in CODES


def _roles(
    table: pd.DataFrame,
    columns: Sequence[ColumnOverview],
    program: Program | None,
    value: str | None,
    patterns: Sequence[Pattern],
) -> dict[str, str]:
    """The likeliest column of each role."""
    roles: dict[str, str] = {}
    wide = {name for pattern in patterns for name in pattern.levels([one.name for one in columns])}
    roles |= dict.fromkeys(wide, "wide")
    free = [one for one in columns if one.role != "program" and one.kind != "empty" and one.name not in wide]
    filled = {one.name for one in columns if one.kind != "empty"}
    units = [name for name in (program.units if program else ()) if name in filled]
    units += [one.name for one in free if one.kind == "identifiers" and one.name not in units]
    if units:
        roles[units[0]] = "unit"
    levels = [one for one in free if one.name not in roles and 2 <= one.distinct <= MOST_LEVELS]
    for role, said, kinds in (
        ("reader", READERS, levels),
        ("item", ASKED, [one for one in free if one.distinct > 1]),
        ("within", REPEATED, levels),
        ("condition", CONDITIONS, levels),
    ):
        found = next((one.name for one in kinds if one.name not in roles and words(one.name) & said), None)
        if found is not None:
            roles[found] = role
    if "condition" not in roles.values():
        found = next(
            (one.name for one in levels if one.kind == "labels" and one.name not in roles and _varied(one)), None
        )
        if found is not None:
            roles[found] = "condition"
    left = [one for one in free if one.name not in roles and one.distinct > 1 and _varied(one)]
    numbers = [one for one in left if one.kind in ("numbers", "yes or no")]
    steps = [one for one in left if one.kind == "labels" and len(one.labels) > 2]
    outcome = value or next((one.name for one in (*sorted(numbers, key=_as_outcome), *steps)), None)
    if outcome is not None and (value is not None or not wide):
        roles[outcome] = "outcome"
    return roles


def _varied(one: ColumnOverview) -> bool:
    return not words(one.name) & BACKGROUND


def _as_outcome(one: ColumnOverview) -> tuple[bool, bool, bool, bool]:
    said = words(one.name) & {"score", "rating", "outcome", "value", "mean", "response", "answer", "total", "sum"}
    counts = bool(words(one.name) & (IDENTIFIERS | {"number", "index"}))
    return (counts, not said, one.kind != "numbers", bool(words(one.name) & {"rt", "duration", "latency", "seconds"}))


def analyse_line(file: str, options: Iterable[tuple[str, str]]) -> str:
    """A line of the shell that analyses a file.

    >>> analyse_line("mood.csv", [("outcome", "sad"), ("average", "")])
    'affectlab analyse mood.csv --outcome sad --average'
    """
    said = [part for name, value in options for part in ((f"--{name}", value) if value else (f"--{name}",))]
    return shlex.join(["affectlab", "analyse", file, *said])


def _guess(
    columns: Collection[ColumnOverview], wide: str | None, value: str | None, more: Iterable[tuple[str, str]]
) -> Iterator[tuple[str, str | None]]:
    """What is guessed, as options of the command."""
    roles: dict[str, str | None] = {one.role: one.name for one in columns if one.role not in ("", "program", "wide")}
    if wide is not None:
        pattern = Pattern.of(wide)
        roles["outcome"] = value or pattern.stem
        roles |= {"within": "time"} if "time" in pattern.placeholders else {}
        roles |= {"item": "item"} if "item" in pattern.placeholders else {}
        yield "wide", wide
    if "item" in roles and "within" in roles:  # means of items are compared over times
        roles.pop("item")
        yield "average", ""
    roles = {**dict.fromkeys(NEEDED), **roles}
    yield from ((role, roles[role]) for role in ROLES if role in roles)
    yield from more
    for one in columns:
        if one.role == "outcome":
            yield from (("missing", f"{one.name}={code}") for code in one.codes)
