"""The command that does a run again, and compares every answer."""

from __future__ import annotations

import typer

from affectlab.cli.app import Json, RunName, app, emit


@app.command()
def replay(run: RunName, as_json: Json = False) -> None:
    """Do a run again in the same way, compare every answer, and say identical or where not."""
    from affectlab.cli.progress import live
    from affectlab.experiment import Results

    results = Results.open(run)
    with live(int(results.run.store.described("sessions"))) as watch:
        found = results.replay(watch)
    if as_json:
        emit(found.record())
    else:
        count, rows = found.answers, found.differences
        print(f"identical: {count} answers, bit for bit" if not rows else f"not identical: {len(rows)} of {count}")
        for row in rows[:20]:
            print(f"  {row['key']}\n    {row['first']}\n    {row['second']}")
    if not found.identical:
        raise typer.Exit(1)
