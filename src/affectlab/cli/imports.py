"""The command that makes studies of another laboratory's materials."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from affectlab.cli.app import Json, app, emit
from affectlab.shown import line

if TYPE_CHECKING:
    from affectlab.importers.imported import Defect
    from affectlab.report.table import Table


@app.command("import")
def import_(
    kind: Annotated[
        str,
        typer.Argument(metavar="KIND", help="Whose materials they are: a name that `affectlab list importers` prints."),
    ],
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="The folder as its makers published it; it is not changed.")
    ],
    to: Annotated[Path, typer.Option(metavar="FOLDER", help="The folder to write the studies into; new, or empty.")],
    as_json: Json = False,
) -> None:
    """Make studies of another laboratory's materials, and say what is wrong with those; downloads nothing."""
    from affectlab.experiment import Experiment
    from affectlab.importers.write import STUDY, SUMMARY
    from affectlab.report.render.terminal import show
    from affectlab.report.section import Section

    made = Experiment.import_folder(kind, folder, to)
    if as_json:
        emit({"to": str(to), **made.record()})
        return
    for one in made.studies:
        print(line(f"{to / one.name / STUDY}: {one.study['title']}; {len(one.differs)} notes on what differs"))
    print(f"licence: {line(made.licence)}")
    tables = (_table(made.defects),) if made.defects else ()
    said = f"All of them, and in what the studies differ from what was done there: {line(str(to / SUMMARY))}"
    show(Section("import", "", tables=tables, notes=(said,)))


def _table(defects: Sequence[Defect]) -> Table:
    """How many defects there are of each kind, and where the first is."""
    from affectlab.report.table import Table

    counts = Counter(one.kind for one in defects)
    first = {one.kind: one for one in reversed(defects)}
    rows = [(kind, str(count), line(first[kind].place)) for kind, count in counts.most_common()]
    return Table("", ("defect", "n", "the first"), tuple(rows), frozenset({"n"}))
