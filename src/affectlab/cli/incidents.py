"""The command that lists what went wrong in a run."""

from __future__ import annotations

from collections import Counter

from affectlab.cli.app import Json, RunName, app, emit
from affectlab.shown import line


@app.command()
def incidents(run: RunName, as_json: Json = False) -> None:
    """List everything that went wrong in a run, and what was done about it."""
    from affectlab.run import Run

    found = Run.open(run).store.incidents()
    if as_json:
        emit([{"start": start, "kind": kind, "what": what} for start, kind, what in found])
        return
    for kind, number in Counter(kind for _, kind, _ in found).most_common():
        print(f"{number:>6}  {kind}")
    for start, kind, what in found:
        print(f"start {start}  {kind}: {line(what)}")
    if not found:
        print("no incident was recorded")
