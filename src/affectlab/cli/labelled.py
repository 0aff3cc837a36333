"""The command that makes labelled tables of a run, or of any tidy data."""

from __future__ import annotations

import os.path
import sys
from pathlib import Path
from typing import Annotated

import typer

from affectlab.cli.analyse import BlankLabels, ConditionColumn, HeaderLine, Keep, Ragged, Sheet, Wide
from affectlab.cli.app import Json, Scoring, app, emit, reading
from affectlab.shown import line


@app.command()
def tables(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="The directory or archive of a run, or a CSV file.")],
    outcome: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Of a file: the column with the scores.")
    ] = None,
    condition: ConditionColumn = None,
    unit: Annotated[str | None, typer.Option(metavar="COLUMN", help="The column that says what was sampled.")] = None,
    within: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN", help="The unit's column once more, if the same units were in several conditions."
        ),
    ] = None,
    independent: Annotated[
        bool, typer.Option("--independent", help="Labels of units begin anew in each condition: different units.")
    ] = False,
    item: Annotated[str | None, typer.Option(metavar="COLUMN", help="The column with the items of a scale.")] = None,
    average: Annotated[
        bool, typer.Option("--average", help="Rows that another column tells apart are repeated reads.")
    ] = False,
    measure: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="The column with the methods, for traits by methods.")
    ] = None,
    scale: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="The column with the traits, for traits by methods.")
    ] = None,
    control: Annotated[
        str | None, typer.Option(metavar="LEVEL", help="The condition with which the others are compared.")
    ] = None,
    order: Annotated[
        str | None, typer.Option(metavar="A,B,C", help="Conditions in ascending order, to test a trend.")
    ] = None,
    where: Annotated[list[str] | None, typer.Option(metavar="COLUMN=LEVEL", help="Use these rows only.")] = None,
    missing: Annotated[
        list[str] | None, typer.Option(metavar="[COLUMN=]CODE", help="A number that stands for a missing score.")
    ] = None,
    keep: Keep = None,
    blanks: BlankLabels = None,
    sheet: Sheet = None,
    header: HeaderLine = None,
    ragged: Ragged = False,
    wide: Wide = None,
    only: Annotated[str | None, typer.Option("--table", metavar="NAME", help="Only this table.")] = None,
    scoring: Scoring = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print one table as CSV; name it with --table.")] = False,
    as_json: Json = False,
) -> None:
    """Make labelled tables: contrasts, equivalence, dose, reliability, traits by methods, sources of variance."""
    from affectlab.errors import InputError
    from affectlab.experiment import Results
    from affectlab.json_values import records
    from affectlab.report.labelled import labelled
    from affectlab.report.render.terminal import show
    from affectlab.report.table import spreadsheet
    from affectlab.results.labelled import of_table
    from affectlab.results.tidy import tidy
    from affectlab.store.opening import is_store
    from affectlab.tabular.alike import visible
    from affectlab.tabular.blanks import filled
    from affectlab.tabular.rows import chosen, of_one_measure
    from affectlab.tabular.source import read_source
    from affectlab.tabular.wide import Pattern, long_form

    a_file = os.path.exists(source) and not os.path.isdir(source)
    if a_file and not (os.path.isfile(source) and is_store(Path(source))):
        named = {"outcome": outcome, "condition": condition, "unit": unit, "item": item}
        named |= {"measure": measure, "scale": scale}
        columns = {role: visible(column) for role, column in named.items() if column is not None}
        if scoring is not None:
            raise InputError("--scoring beside a file of data", hint="it chooses among the scorings of a run")
        levels = [level.strip() for level in order.split(",")] if order else None
        with reading(source):
            pattern = Pattern.of(wide) if wide is not None else None
        made_here = {*pattern.placeholders, columns.get("outcome", pattern.stem)} if pattern else set()
        wanted = [name for name in columns.values() if name not in made_here]
        rows, remarks = read_source(source, sheet, header, ragged=ragged, wanted=wanted)
        with reading(source):
            rows, carried = filled(rows, [name for role, name in columns.items() if role != "outcome"], blanks)
            if pattern is not None:
                rows, columns["outcome"], said = long_form(rows, pattern, columns.get("outcome"))
                carried = [*carried, *said]
            rows = chosen(rows, where or [])
            of_one_measure(rows, columns.values())
            same = _same_units(unit, within, independent=independent)
            scores = tidy(rows, columns, missing or (), keep or (), same_units=same, average=average)
            for remark in (*remarks, *carried, *scores.remarks):
                typer.echo(line(f"note: {remark}"), err=True)
            made = of_table(scores.rows, control, levels, only)
    else:
        made = Results.open(source, scoring=scoring).tables()
    if only is not None and only not in made:
        raise InputError(f"there is no table `{only}`", hint=f"those with rows are {', '.join(made) or 'none'}")
    made = {only: made[only]} if only is not None else made
    if as_json:
        emit({name: records(table) for name, table in made.items()})
    elif as_csv:
        if len(made) > 1:
            raise InputError("several tables do not go into one CSV", hint=f"--table {' or '.join(made)}")
        spreadsheet(next(iter(made.values()))).to_csv(sys.stdout, index=False)
    else:
        show(labelled(made))


def _same_units(unit: str | None, within: str | None, *, independent: bool) -> bool | None:
    """Whether units under several conditions are the same ones, if that was said."""
    from affectlab.errors import DataError

    if within is not None and (independent or within != unit):
        hint = (
            "name the unit again with --within, or say --independent; a repeated measurement is for `affectlab analyse`"
        )
        raise DataError(f"--within {within} beside --unit {unit}", hint=hint)
    return True if within is not None else False if independent else None
