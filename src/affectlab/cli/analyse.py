"""The command that compares conditions in any table, over the unit that is named."""

from __future__ import annotations

import math
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from affectlab.cli.app import Json, app, emit, reading

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from affectlab.effects.analyse import Analysis
    from affectlab.tabular.codebook import Codebook
    from affectlab.tabular.design import Design


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
ConditionColumn = Annotated[
    str | None,
    typer.Option(
        metavar="COLUMN",
        help="What was varied: one column. Of two factors one at a time, at each level of the other (--where).",
    ),
]
Ragged = Annotated[bool, typer.Option("--ragged", help="Rows may end early: what they lack is missing.")]


@app.command()
def analyse(
    data: Annotated[
        Path | None, typer.Argument(metavar="DATA", help="A CSV file with a row for each answer.", show_default=False)
    ] = None,
    from_summary: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Instead of DATA: a row for each condition, with its n, mean and sd."),
    ] = None,
    outcome: Annotated[str | None, typer.Option(metavar="COLUMN", help="The scores.")] = None,
    condition: ConditionColumn = None,
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
    from affectlab.errors import DataError, InputError
    from affectlab.report.people import analysis_record, analysis_section
    from affectlab.report.render.terminal import show

    if smallest_effect is not None and not (math.isfinite(smallest_effect) and smallest_effect > 0):
        raise DataError(f"a smallest effect of {smallest_effect:g}", hint="give a positive number of raw points")
    terms = {"control": control, "smallest": smallest_effect, "test": test and test.value, "level": level}
    roles = {"outcome": outcome, "condition": condition, "unit": unit, "within": within, "reader": reader, "item": item}
    reads = {"sheet": sheet, "header": header, "ragged": ragged}
    if from_summary is not None:
        rows = {"average": average, "independent": independent, "missing": missing, "keep": keep, "blanks": blanks}
        _alone(data, {**roles, **rows, "codebook": codebook, "condition": None})
        made = _of_summary(from_summary, condition, where or [], reads, terms)
    elif data is None:
        hint = "name a CSV file, or --from-summary FILE of means, SDs and numbers of units"
        raise InputError("no table is named", hint=hint)
    else:
        book = _book(codebook)
        design = _design(roles, book, average=average, independent=independent)
        codes = {"missing": missing or (), "keep": keep or ()}
        made = _of_rows(data, design, book, blanks, where or [], codes, reads, terms)
    if as_json:
        emit({"data": str(data or from_summary), **analysis_record(made)})
    else:
        show(analysis_section(made))


def _alone(data: Path | None, options: Mapping[str, Any]) -> None:
    """Refuse what says something of rows, where a summary has none."""
    from affectlab.errors import InputError

    given = [f"--{name}" for name, value in options.items() if value]
    if data is not None or given:
        hint = "a summary has a row for each condition, and none for units, items or answers: leave that out"
        raise InputError(f"{data or given[0]} beside --from-summary", hint=hint)


def _of_summary(
    file: Path, condition: str | None, where: Sequence[str], reads: Mapping[str, Any], terms: Mapping[str, Any]
) -> Analysis:
    from dataclasses import replace

    from affectlab.effects.summaries import compare_summaries
    from affectlab.tabular.rows import chosen
    from affectlab.tabular.source import read_source
    from affectlab.tabular.summary import summaries

    rows, remarks = read_source(file, **reads, wanted=[condition] if condition else [])
    with reading(file):
        made = compare_summaries(summaries(chosen(rows, where), condition), **terms)
    return replace(made, notes=(*remarks, *made.notes))


def _book(codebook: Path | None) -> Codebook:
    from affectlab.tabular.codebook import Codebook

    return Codebook.load(codebook) if codebook is not None else Codebook({})


def _design(roles: Mapping[str, str | None], book: Codebook, *, average: bool, independent: bool) -> Design:
    from affectlab.errors import DataError
    from affectlab.tabular.alike import visible
    from affectlab.tabular.design import LONG, Design

    said = {role: given or book.role(role) for role, given in roles.items()}
    columns = {role: visible(name) if name else None for role, name in said.items()}
    for role in ("outcome", "condition"):
        if columns[role] is None:
            hint = f"say --{role} COLUMN, or give a codebook that names it"
            raise DataError(f"no {role} is named", hint=f"{hint}; {LONG}" if role == "condition" else hint)
    return Design(average=average, independent=independent, **columns)  # type: ignore[arg-type]


def _of_rows(
    file: Path,
    design: Design,
    book: Codebook,
    blanks: str | None,
    where: Sequence[str],
    codes: Mapping[str, Sequence[str]],
    reads: Mapping[str, Any],
    terms: Mapping[str, Any],
) -> Analysis:
    from dataclasses import replace

    from affectlab.effects.analyse import analyse as compare
    from affectlab.tabular.blanks import filled
    from affectlab.tabular.design import ROW
    from affectlab.tabular.rows import chosen, of_one_measure
    from affectlab.tabular.source import read_source

    named = [name for name in design.columns().values() if name != ROW]
    source, said = read_source(file, **reads, wanted=named), book.of(design.outcome)
    with reading(file):
        labelled = [name for role, name in design.columns().items() if role != "outcome"]
        table, carried = filled(source.rows, labelled, blanks)
        table = chosen(table, where)
        of_one_measure(table, design.columns().values())
        if design.outcome in table:
            table = table.assign(**{design.outcome: said.coded(table[design.outcome])})
        made = compare(
            table,
            design,
            missing=(*codes["missing"], *book.missing(table.columns)),
            keep=(*codes["keep"], *book.kept(table.columns)),
            names=book.of(design.condition).labels,
            ends=(said.least, said.most),
            **terms,
        )
    return replace(made, notes=(*source.remarks, *carried, *made.notes))
