"""The command that lists what went wrong in a run."""

from __future__ import annotations

from affectlab.cli.app import Json, RunName, app, emit


@app.command()
def incidents(run: RunName, as_json: Json = False) -> None:
    """List everything that went wrong in a run, and what was done about it."""
    from affectlab.experiment import Results
    from affectlab.report.render.terminal import show
    from affectlab.report.sections.incidents import incidents_section

    results = Results.open(run)
    if as_json:
        emit([{"start": start, "kind": kind, "what": what} for start, kind, what in results.incidents()])
        return
    section = incidents_section(results.run)
    if section is None:
        print("No incident was recorded.")
    else:
        show(section)
