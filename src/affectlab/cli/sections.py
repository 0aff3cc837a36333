"""The command that prints sections of a run's report; other commands print theirs through it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from affectlab.cli.app import Json, RunName, Scoring, app, emit

if TYPE_CHECKING:
    from affectlab.experiment import Results

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="SECTION", help="Names of sections; without one, they are listed.", show_default=False),
]


@app.command("sections")
def sections_(run: RunName, section: Names = None, scoring: Scoring = None, as_json: Json = False) -> None:
    """Print sections of a run's report, those of other packages among them; without a name, list them."""
    from affectlab.experiment import Results
    from affectlab.report.render.plain import section_record
    from affectlab.report.render.terminal import show
    from affectlab.report.section import Section
    from affectlab.report.table import Table

    made = list(Results.open(run, scoring=scoring).sections(section or None))
    if as_json:
        emit([section_record(one) for one in made])
    elif section:
        show(made)
    else:
        show(Section("", "", tables=(Table("", ("section", "title"), tuple((one.id, one.title) for one in made)),)))


def show_sections(results: Results, names: Sequence[str], otherwise: str) -> None:
    """Print sections of a report that a command is about.

    Args:
        otherwise: what is said where the run holds nothing of them.
    """
    from affectlab.report.render.terminal import show

    made = list(results.sections(names))
    if made:
        show(made)
    else:
        print(otherwise)
