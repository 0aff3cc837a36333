"""The command that looks at everything that a run holds."""

from __future__ import annotations

from affectlab.cli.app import Json, RunName, app, emit


@app.command()
def verify(run: RunName, as_json: Json = False) -> None:
    """Look at everything that a run holds, whether it is what was stored; what is damaged is named in one line."""
    from affectlab.experiment import Results

    found = Results.open(run).verify()
    if as_json:
        emit({"run": run, "whole": True, **found.row()})
        return
    print(
        f"{run} is whole: {found.sessions:,} sessions, {found.answers:,} answers, {found.observations:,} observations, "
        f"{found.numbers:,} numbers, {found.materials:,} materials"
    )
    if found.otherwise:
        print(
            f"{found.otherwise:,} of the numbers come out otherwise here; `affectlab score` records them beside these."
        )
    if found.not_derived:
        print(f"Not derived again, because the material is not there: {', '.join(found.not_derived)}.")
