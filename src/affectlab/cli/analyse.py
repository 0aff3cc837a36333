"""The command that compares conditions in any table, over the unit that is named."""

from __future__ import annotations

import math
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from affectlab.cli.app import Json, app, emit, reading

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Blanks(StrEnum):
    """Of labels, below filled cells."""

    CARRY = "carry"
    GAPS = "gaps"


class Test(StrEnum):
    """For independent units."""

    WELCH = "welch"
    STUDENT = "student"
    ORDINAL = "ordinal"
    COUNT = "count"


Keep = Annotated[
    list[str] | None,
    typer.Option(metavar="[COLUMN=]WORD", help="A word that would be read as missing, such as `NA`, is a label."),
]
BlankLabels = Annotated[
    Blanks | None, typer.Option(help="Blank labels below filled ones: carry the value down, or leave gaps.")
]
Sheet = Annotated[str | None, typer.Option(metavar="NAME", help="The sheet to read, of a workbook that has several.")]
HeaderLine = Annotated[
    int | None, typer.Option(metavar="LINE", help="The line with the names of the columns, if titles stand above them.")
]
ConditionColumn = Annotated[
    str | None,
    typer.Option(
        metavar="COLUMN",
        help="What was varied: one column. Of two factors one at a time, at each level of the other (--where).",
    ),
]
Wide = Annotated[
    str | None,
    typer.Option(
        metavar="PATTERN",
        help="How columns are named where each time, item or condition has one: `panas_{item}_{time}`.",
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
    outcome: Annotated[str | None, typer.Option(metavar="COLUMN", help="The column with the scores.")] = None,
    condition: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="What was varied; give it twice for two factors and their interaction."),
    ] = None,
    unit: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="What was sampled: participant, run, vignette. `row`: every row."),
    ] = None,
    within: Annotated[
        list[str] | None,
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
    covariate: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="A number of each unit, such as age: conditions are compared at its mean."),
    ] = None,
    average: Annotated[bool, typer.Option("--average", help="Further rows of a unit are repeated reads.")] = False,
    correlate: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="Instead of conditions: a column to correlate over units; again for each."),
    ] = None,
    ranks: Annotated[
        bool, typer.Option("--ranks", help="With --correlate: Spearman's correlations, of ranks.")
    ] = False,
    slopes: Annotated[
        bool,
        typer.Option(
            "--slopes",
            help="A unit has many rows in each condition, as in reaction times: random intercepts and slopes.",
        ),
    ] = False,
    independent: Annotated[
        bool, typer.Option("--independent", help="Labels of units begin anew in each condition: different units.")
    ] = False,
    control: Annotated[
        str | None, typer.Option(metavar="LEVEL", help="Compare every other condition with this one; else all pairs.")
    ] = None,
    where: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN=LEVEL", help="Use these rows only; again for a further column.")
    ] = None,
    missing: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[COLUMN=]CODE",
            help="A number that stands for a missing score, or a missing value of COLUMN. `nothing`: there is none.",
        ),
    ] = None,
    keep: Keep = None,
    blanks: BlankLabels = None,
    smallest_effect: Annotated[
        float | None,
        typer.Option(metavar="POINTS", help="Smallest effect of interest, in raw units: test equivalence as well."),
    ] = None,
    test: Annotated[
        Test | None,
        typer.Option(
            help="For independent units: welch, the default; student assumes equal variances; ordinal: proportional "
            "odds, of steps that are an order alone; count: ratios of means, negative binomial."
        ),
    ] = None,
    level: Annotated[
        float, typer.Option(metavar="SHARE", min=0.5, max=0.999, help="Confidence level of the intervals.")
    ] = 0.95,
    codebook: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A codebook, which says what each column holds: YAML, JSON or CSV."),
    ] = None,
    sheet: Sheet = None,
    header: HeaderLine = None,
    ragged: Ragged = False,
    wide: Wide = None,
    instrument: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Score answers to items by the key of an instrument, or of a file of one."),
    ] = None,
    steps: Annotated[
        str | None,
        typer.Option(metavar="A,B,C", help="The outcome is words of a scale: these, from the lowest step on."),
    ] = None,
    apa: Annotated[bool, typer.Option("--apa", help="Print a table and sentences as in an article.")] = False,
    figure: Annotated[
        Path | None, typer.Option(metavar="FILE.svg", help="Draw every unit, and means with their intervals.")
    ] = None,
    r: Annotated[
        Path | None, typer.Option("--r", metavar="FILE.R", help="Write the R code that gives these numbers again.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Compare conditions over the unit that was sampled; refuse, with the reason, what would mean nothing."""
    from affectlab.errors import DataError, InputError
    from affectlab.experiment.table import TableAnalysis, analyse_table, correlate_table
    from affectlab.report.apa import apa_section
    from affectlab.report.factorial import found_record, found_section
    from affectlab.report.r_script import write_r
    from affectlab.report.render.terminal import show
    from affectlab.tabular.codebook import Codebook
    from affectlab.tabular.prepared import Preparation

    if smallest_effect is not None and not (math.isfinite(smallest_effect) and smallest_effect > 0):
        raise DataError(f"a smallest effect of {smallest_effect:g}", hint="give a positive number of raw points")
    reads: dict[str, Any] = {"sheet": sheet, "header": header, "ragged": ragged}
    columns: dict[str, Any] = {"outcome": outcome, "unit": unit, "reader": reader, "item": item}
    factors: dict[str, Any] = {"conditions": condition or (), "within": within or (), "covariates": covariate or ()}
    terms: dict[str, Any] = {"control": control, "smallest": smallest_effect, "level": level}
    terms |= {"test": test.value if test else None}
    rows: dict[str, Any] = {"average": average, "slopes": slopes, "independent": independent, "keep": keep or ()}
    if from_summary is not None:
        said = {**columns, "within": within, "covariate": covariate, **rows, "missing": missing, "blanks": blanks}
        _alone(data, {**said, "codebook": codebook, "wide": wide})
        _summary(from_summary, condition or [], where or [], reads, terms, as_json=as_json)
        return
    if data is None:
        hint = "name a CSV file, or --from-summary FILE of means, SDs and numbers of units"
        raise InputError("no table is named", hint=hint)
    if codebook is None and not correlate and not any((*columns.values(), *factors.values())):
        _overview(data, reads, wide, as_json=as_json)
        return
    rows_of: dict[str, Any] = {"where": tuple(where or ()), "missing": tuple(missing or ())}
    how = Preparation(**reads, **rows_of, blanks=blanks, wide=wide, instrument=instrument)
    how = replace(how, steps=tuple(steps.split(",")) if steps else ())
    if correlate:
        from affectlab.report.correlations import correlations_record, correlations_section

        if any((outcome, condition, within, reader, item, covariate)):
            raise DataError("columns to correlate beside conditions", hint="give --correlate columns, and --unit alone")
        found = correlate_table(data, correlate, unit, reading=how, ranks=ranks)
        if as_json:
            emit({"data": str(data), **correlations_record(found)})
        else:
            show(correlations_section(found))
        return
    book = Codebook.load(codebook) if codebook is not None else Codebook({})
    made = analyse_table(data, TableAnalysis(**columns, **factors, **rows, **terms, reading=how, codebook=book))
    if r is not None:
        write_r(made, r)
    if figure is not None:
        from affectlab.report.figures.conditions import write_figure

        write_figure(made, figure)
    if as_json:
        emit({"data": str(data), **found_record(made)})
    else:
        show(apa_section(made) if apa else found_section(made))


def _overview(file: Path, reads: Mapping[str, Any], wide: str | None, *, as_json: bool) -> None:
    """Show what was understood of a file of which nothing is said, and the line that would analyse it."""
    from affectlab.report.overview import overview_section
    from affectlab.report.render.terminal import show
    from affectlab.tabular.overview import overview

    with reading(file):
        found = overview(file, **reads, wide=wide)
    if as_json:
        emit(found.row())
    else:
        show(overview_section(found))


def _alone(data: Path | None, options: Mapping[str, Any]) -> None:
    """Refuse what says something of rows, where a summary has none."""
    from affectlab.errors import InputError

    given = [f"--{name}" for name, value in options.items() if value]
    if data is not None or given:
        hint = "a summary has a row for each condition, and none for units, items or answers: leave that out"
        raise InputError(f"{data or given[0]} beside --from-summary", hint=hint)


def _summary(
    file: Path,
    conditions: Sequence[str],
    where: Sequence[str],
    reads: Mapping[str, Any],
    terms: Mapping[str, Any],
    *,
    as_json: bool,
) -> None:
    """Compare the conditions of a published table of means."""
    from affectlab.effects.summaries import compare_summaries
    from affectlab.errors import DataError
    from affectlab.report.people import analysis_record, analysis_section
    from affectlab.report.render.terminal import show
    from affectlab.tabular.rows import chosen
    from affectlab.tabular.source import read_source
    from affectlab.tabular.summary import summaries

    if len(conditions) > 1:
        raise DataError("several conditions beside --from-summary", hint="a summary has one column of them")
    rows, remarks = read_source(file, **reads, wanted=conditions)
    with reading(file):
        made = compare_summaries(summaries(chosen(rows, where), conditions[0] if conditions else None), **terms)
    made = replace(made, notes=(*remarks, *made.notes))
    if as_json:
        emit({"data": str(file), **analysis_record(made)})
    else:
        show(analysis_section(made))
