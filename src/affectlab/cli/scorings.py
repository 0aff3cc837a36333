"""The command that scores a run again, without asking anybody."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from affectlab.cli.app import Json, RunName, app, emit


@app.command()
def score(
    run: RunName,
    materials: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="A folder of materials with a corrected key; no model is asked again."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Derive the scores of a run again from what was observed; with a corrected key, as a scoring beside the first."""
    from affectlab.experiment import Results

    results = Results.open(run)
    done = results.score(materials)
    if as_json:
        emit({"run": run, **done.row(), "scorings": [one._asdict() for one in results.run.store.scorings]})
        return
    print(f"{done.numbers:,} numbers from {done.observations:,} observations, scoring {done.scoring}.")
    for change in done.changes:
        print(f"  {change}")
    if done.changes:
        print(f"{done.differing:,} numbers differ from the scoring before, which is kept.")
    elif materials is not None:
        print("Nothing in these materials differs from what the run was scored with.")
    else:
        print("They are those that are stored.")
    if done.lacking:
        print(f"Taken over, because the material is not there: {', '.join(done.lacking)}.")
