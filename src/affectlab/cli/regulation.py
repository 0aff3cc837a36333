"""The command that prints what regulation did: techniques against controls, time courses, talks, a clinical trial."""

from __future__ import annotations

from affectlab.cli.app import Json, RunName, Scoring, app, emit
from affectlab.cli.sections import show_sections


@app.command()
def regulation(run: RunName, scoring: Scoring = None, as_json: Json = False) -> None:
    """Show what regulation did in a run: techniques against each control, compared with human effects; time
    courses, talks, a clinical trial."""
    from affectlab.experiment import Results
    from affectlab.json_values import records

    results = Results.open(run, scoring=scoring)
    found = results.regulation()
    if as_json:
        tables = {name: records(table) for name, table in found.tables.items()}
        emit({**tables, "orders": [one.row() for one in found.orders], "notes": list(found.notes)})
    else:
        show_sections(results, ["regulation", "techniques"], "Nothing that was regulated can be compared.")
