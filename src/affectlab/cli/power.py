"""The command that says how likely a study is to find the smallest effect that it declares."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from affectlab.cli.app import Json, Quick, Scoring, StudyName, app, emit

if TYPE_CHECKING:
    from affectlab.report.section import Section


@app.command()
def power(
    study: StudyName,
    earlier: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="RUN", help="An earlier run, from whose units and items the variances are taken."
        ),
    ] = None,
    scoring: Scoring = None,
    draws: Annotated[int, typer.Option(metavar="N", min=100, help="Simulated studies for each probability.")] = 1000,
    quick: Quick = False,
    as_json: Json = False,
) -> None:
    """Say how likely a study is to find its smallest effects, and how many texts would do."""
    from affectlab.experiment import Experiment
    from affectlab.report.numbers import number_shown
    from affectlab.report.render.terminal import show
    from affectlab.results.power import units_of

    experiment = Experiment.load(study, quick=quick)
    loaded, found = experiment.study, experiment.power(earlier, scoring=scoring, draws=draws)
    n = units_of(loaded)
    if as_json:
        drawn = {} if earlier is None else {"draws": draws}
        emit({"study": loaded.id, "from": earlier, "units": n, **drawn, "power": found})
        return
    if earlier is None:
        said = (
            f"{loaded.id}: {n} units per condition; no earlier run is named with --from, so effects are in SDs of units"
        )
        cells = [(str(r["claim"]), f"{r['d']:g}", number_shown(float(r["power"])), str(r["needed"])) for r in found]
        show(_section(said, ("claim", "d", "power", "n for .80"), cells))
        return
    said = f"{loaded.id}: {n} units per condition, {draws} simulated studies with the variance of {earlier}"
    head = ("claim", "measure", "effect", "SD", "d", "power", "interval", "by formula", "false alarms", "n for .80")
    rows = [
        (
            one["kind"],
            one["measure"],
            f"{one['effect']:g} {one['unit']}",
            number_shown(one["sd"]),
            number_shown(one["d"]),
            number_shown(one["power"]),
            f"[{number_shown(one['low'])}, {number_shown(one['high'])}]",
            number_shown(one["predicted"]),
            number_shown(one["false_alarms"], 3),
            str(one["needed"] or "> 500"),
        )
        for one in map(_finite_or_nan, found)
    ]
    notes = tuple(f"{one['measure']} is left out. {one['note']}." for one in found if one["note"])
    show(_section(said, head, [row for row in rows if row[0] != "left out"], notes))


def _section(said: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]], notes: tuple[str, ...] = ()) -> Section:
    """What is said of all, and a row for each number."""
    from affectlab.report.section import Section
    from affectlab.report.table import Table

    table = Table("", head, tuple(rows), frozenset(head) - {"claim", "measure"})
    return Section("power", "", (said,), (table,), notes=notes)


def _finite_or_nan(row: Mapping[str, Any]) -> dict[str, Any]:
    """A record as it is shown: what is missing in it is no number."""
    return {name: math.nan if value is None and name != "needed" else value for name, value in row.items()}
