"""The command that compares conditions in any table, over the unit that is named."""

from __future__ import annotations

import math
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from affectlab.cli.app import Json, app, emit, reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd


class Blanks(StrEnum):
    """Of labels, below filled cells."""

    CARRY = "carry"
    GAPS = "gaps"


class Test(StrEnum):
    """For independent units."""

    WELCH = "welch"
    STUDENT = "student"


Keep = Annotated[
    list[str] | None, typer.Option(metavar="[COLUMN=]WORD", help="`NA`, say, is a label and no missing value.")
]
BlankLabels = Annotated[
    Blanks | None, typer.Option(help="Blank labels below filled ones: carry the value down, or leave gaps.")
]
Sheet = Annotated[str | None, typer.Option(metavar="NAME", help="Of a workbook that has several.")]
HeaderLine = Annotated[
    int | None, typer.Option(metavar="LINE", help="Where the names of columns are, if titles stand above them.")
]
Ragged = Annotated[bool, typer.Option("--ragged", help="Rows may end early: what they lack is missing.")]


@app.command()
def analyse(
    data: Annotated[Path, typer.Argument(metavar="DATA", help="A CSV file with a row for each answer.")],
    outcome: Annotated[str | None, typer.Option(metavar="COLUMN", help="The scores.")] = None,
    condition: Annotated[str | None, typer.Option(metavar="COLUMN", help="What was varied.")] = None,
    unit: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="What was sampled: participant, run, vignette. `row`: every row."),
    ] = None,
    within: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN",
            help="What was measured under several conditions, usually the unit again: compare within it (paired). "
            "A column that varies within units is a repeated measurement.",
        ),
    ] = None,
    reader: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Who rated the same unit; averaged, never a unit.")
    ] = None,
    item: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Sampled questions: crossed with units in a mixed model.")
    ] = None,
    average: Annotated[bool, typer.Option("--average", help="Further rows of a unit are repeated reads.")] = False,
    independent: Annotated[
        bool, typer.Option("--independent", help="Labels of units begin anew in each condition: different units.")
    ] = False,
    control: Annotated[
        str | None, typer.Option(metavar="LEVEL", help="Compare every other condition with this one; else all pairs.")
    ] = None,
    where: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN=LEVEL", help="Only these rows; again for more.")
    ] = None,
    missing: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[COLUMN=]CODE",
            help="A code of missing values, of the scores or of the column named. `nothing`: no number is one.",
        ),
    ] = None,
    keep: Keep = None,
    blanks: BlankLabels = None,
    smallest_effect: Annotated[
        float | None, typer.Option(metavar="POINTS", help="In raw units: test equivalence as well.")
    ] = None,
    test: Annotated[
        Test | None, typer.Option(help="For independent units: welch, the default; student assumes equal variances.")
    ] = None,
    level: Annotated[float, typer.Option(min=0.5, max=0.999, help="Of the intervals.")] = 0.95,
    codebook: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What the columns are: YAML, JSON or CSV.")
    ] = None,
    sheet: Sheet = None,
    header: HeaderLine = None,
    ragged: Ragged = False,
    as_json: Json = False,
) -> None:
    """Compare conditions over the unit that was sampled; refuse, with the reason, what would mean nothing."""
    from dataclasses import replace

    from affectlab.effects.analyse import analyse as compare
    from affectlab.errors import DataError
    from affectlab.report.people import analysis_lines, analysis_record
    from affectlab.tabular.blanks import filled
    from affectlab.tabular.codebook import Codebook
    from affectlab.tabular.design import LONG, Design
    from affectlab.tabular.source import read_source

    book = Codebook.load(codebook) if codebook is not None else Codebook({})
    roles = {"outcome": outcome, "condition": condition, "unit": unit, "within": within, "reader": reader, "item": item}
    columns = {role: given or book.role(role) for role, given in roles.items()}
    for role in ("outcome", "condition"):
        if columns[role] is None:
            msg = f"no {role} is named"
            hint = f"say --{role} COLUMN, or give a codebook that names it"
            raise DataError(msg, hint=f"{hint}; {LONG}" if role == "condition" else hint)
    if smallest_effect is not None and not (math.isfinite(smallest_effect) and smallest_effect > 0):
        raise DataError(f"a smallest effect of {smallest_effect:g}", hint="give a positive number of raw points")
    design = Design(average=average, independent=independent, **columns)  # type: ignore[arg-type]
    source = read_source(data, sheet, header, ragged=ragged)
    said = book.of(design.outcome)
    with reading(data):
        labelled = [name for role, name in design.columns().items() if role != "outcome"]
        table, carried = filled(source.rows, labelled, blanks)
        table = chosen(table, where or [])
        alike(table, design.columns().values())
        if design.outcome in table:
            table = table.assign(**{design.outcome: said.coded(table[design.outcome])})
        made = compare(
            table,
            design,
            control=control,
            missing=(*(missing or ()), *book.missing(table.columns)),
            keep=(*(keep or ()), *book.kept(table.columns)),
            names=book.of(design.condition).labels,
            smallest=smallest_effect,
            test=test.value if test is not None else None,
            level=level,
            ends=(said.least, said.most),
        )
    made = replace(made, notes=(*source.remarks, *carried, *made.notes))
    if as_json:
        emit({"data": str(data), **analysis_record(made)})
    else:
        for line in analysis_lines(made):
            print(line)


def chosen(table: pd.DataFrame, where: Sequence[str]) -> pd.DataFrame:
    """The rows that all filters keep."""
    from affectlab.errors import DataError

    for one in where:
        column, _, wanted = one.partition("=")
        if column not in table:
            raise DataError(f"there is no column `{column}`", hint=f"columns are {', '.join(table.columns)}")
        kept = table[table[column].str.strip().isin([level.strip() for level in wanted.split("|")])]
        if kept.empty:
            levels = ", ".join(f"`{level}`" for level in table[column].unique()[:20])
            raise DataError(f"no row has `{one}`", hint=f"levels are {levels}")
        table = kept
    return table


def alike(table: pd.DataFrame, used: object) -> None:
    """Refuse to compare numbers of different measures: an export of affectlab holds all of a run in one column."""
    from affectlab.errors import DataError

    roles = set(used)  # type: ignore[call-overload]
    if not {"measure", "scale", "point", "value"} <= set(table.columns):
        return
    for column in ("measure", "scale", "point", "model", "frame", "context"):
        levels: list[str] = table[column].unique().tolist() if column in table and column not in roles else []
        if len(levels) > 1:
            shown = ", ".join(levels[:4])
            msg = f"rows of several levels of `{column}` are mixed: {shown}"
            raise DataError(msg, hint=f"choose with --where {column}={levels[0]}, or give the column a role")
