"""The command that does a run again, and compares every answer and every number."""

from __future__ import annotations

import typer

from affectlab.cli.app import Json, RunName, app, emit


@app.command()
def replay(run: RunName, as_json: Json = False) -> None:
    """Do a run again in the same way, compare every answer and number, and say identical or where not."""
    from affectlab.cli.progress import live
    from affectlab.experiment import Results

    results = Results.open(run)
    with live() as watch:
        found = results.replay(watch)
    if as_json:
        emit(found.record())
    elif found.identical:
        print(f"identical: {found.answers:,} answers, bit for bit, and {found.numbers:,} numbers made of them")
    else:
        rows, unlike = found.differences, found.unlike
        print(f"not identical: {len(rows):,} of {found.answers:,} answers")
        for row in rows[:20]:
            print(f"  {row['key']}\n    {row['first']}\n    {row['second']}")
        if unlike:
            print(f"{len(unlike):,} numbers are not those that follow from the answers")
        for row in unlike[:20]:
            where = f"{row['measure']}, {row['scale']}, at {row['point']}, session {row['session']}"
            print(f"  {where}\n    {row['first']}\n    {row['second']}")
    if not found.identical:
        raise typer.Exit(1)
