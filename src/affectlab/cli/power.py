"""The command that says how likely a study is to find the smallest effect that it declares."""

from __future__ import annotations

from typing import Annotated

import typer

from affectlab.cli.app import Json, Quick, Scoring, StudyName, app, emit, print_columns


@app.command()
def power(
    study: StudyName,
    earlier: Annotated[
        str | None,
        typer.Option("--from", metavar="RUN", help="An earlier run, for the variance of its units and items."),
    ] = None,
    scoring: Scoring = None,
    draws: Annotated[int, typer.Option(min=100, help="Simulated studies for each number.")] = 1000,
    quick: Quick = False,
    as_json: Json = False,
) -> None:
    """Say how likely a study is to find its smallest effects, and how many texts would do."""
    from affectlab.analysis.power import SIZES, needed, predicted, units_of
    from affectlab.analysis.power import power as simulate
    from affectlab.design.load import load_study
    from affectlab.errors import DataError, InputError
    from affectlab.report.numbers import number
    from affectlab.run import Run

    loaded = load_study(study, quick=quick)
    n = units_of(loaded)
    if earlier is not None:
        found = simulate(loaded, Run.open(earlier, scoring=scoring), draws=draws)
        if as_json:
            emit(
                {"study": loaded.id, "from": earlier, "units": n, "draws": draws, "power": [one.row() for one in found]}
            )
            return
        print(f"{loaded.id}: {n} units per condition, {draws} simulated studies with the variance of {earlier}")
        head = ("claim", "measure", "effect", "SD", "d", "power", "interval", "by formula", "false alarms", "n for .80")
        rows = [
            (
                one.kind,
                one.measure,
                f"{one.effect:g} {one.unit}",
                number(one.sd),
                number(one.d),
                number(one.power),
                f"[{number(one.low)}, {number(one.high)}]",
                number(one.predicted),
                number(one.false_alarms, 3),
                str(one.needed or "> 500"),
            )
            for one in found
        ]
        print_columns(head, rows)
        return
    if scoring is not None:
        raise InputError("--scoring without --from", hint="it chooses among the scorings of an earlier run")
    if n < 2:
        raise DataError("with one unit in a condition nothing can be told", hint="plan at least two, better eight")
    kinds = {"between units": False, "within units": True}
    table = [
        {"claim": kind, "d": d, "n": n, "power": predicted(d, n, paired), "needed": needed(d, paired)}
        for kind, paired in kinds.items()
        for d in SIZES
    ]
    if as_json:
        emit({"study": loaded.id, "from": None, "units": n, "power": table})
        return
    print(f"{loaded.id}: {n} units per condition; no earlier run is named with --from, so effects are in SDs of units")
    print_columns(
        ("claim", "d", "power", "n for .80"),
        [(str(r["claim"]), f"{r['d']:g}", number(float(str(r["power"]))), str(r["needed"])) for r in table],
    )
