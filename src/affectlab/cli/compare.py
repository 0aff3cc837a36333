"""The command that sets runs beside each other."""

from __future__ import annotations

from typing import Annotated

import typer

from affectlab.cli.app import Json, app, emit

RunNames = Annotated[
    list[str],
    typer.Argument(
        metavar="RUN", help="Two directories or archives of runs, or more: each is compared with the first."
    ),
]


@app.command()
def compare(
    runs: RunNames,
    as_json: Json = False,
) -> None:
    """Compare runs vignette by vignette and item by item: two models, two versions of a study."""
    from affectlab.experiment import compared
    from affectlab.report.render.plain import section_record
    from affectlab.report.render.terminal import show

    sections = compared(runs)
    if as_json:
        emit([section_record(one) for one in sections])
        return
    for one in sections:
        show(one)
