"""The commands that make one file of a run, and that delete a part of one for good."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from affectlab.cli.app import Json, RunName, app, emit
from affectlab.shown import line


@app.command()
def archive(
    run: RunName,
    to: Annotated[Path, typer.Option(metavar="FILE", help="The file to write; every command takes it as RUN.")],
    share: Annotated[bool, typer.Option("--share", help="Leave out what a licence does not allow to pass on.")] = False,
    as_json: Json = False,
) -> None:
    """Write a run as one file, with everything that its report and its scores rest on."""
    from affectlab.experiment import Results

    made = Results.open(run).archive(to, share=share)
    lacks = [{"kind": one.kind, "id": one.id, "licence": one.licence} for one in made.withheld]
    if as_json:
        emit({"file": str(made.file), "bytes": made.bytes, "withheld": lacks})
        return
    print(f"{line(str(made.file))}, {made.bytes:,} bytes")
    for one in made.withheld:
        print(f"  withheld: {one.kind} `{one.id}` ({line(one.title)}), licence: {line(one.licence)}")


@app.command()
def delete(
    run: RunName,
    session: Annotated[int, typer.Option(metavar="N", min=0, help="The session's number, as exported rows have it.")],
    as_json: Json = False,
) -> None:
    """Delete a session for good, with every text that no other session used; that there was one is still counted."""
    from affectlab.experiment import Results

    gone = Results.open(run).delete(session)
    if as_json:
        emit(gone._asdict())
        return
    print(
        f"session {gone.session} is deleted: {gone.observations:,} observations, {gone.responses:,} responses and "
        f"{gone.turns:,} turns that no other session used"
    )
    for name in gone.copies:
        print(f"  {name}, which held it too, is removed")
    print("Reports and exports that were written before are not changed.")
