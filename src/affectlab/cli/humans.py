"""The command that compares a model's errors with those of people."""

from __future__ import annotations

from affectlab.cli.app import Json, RunName, Scoring, app, emit
from affectlab.cli.sections import show_sections


@app.command()
def humans(run: RunName, scoring: Scoring = None, as_json: Json = False) -> None:
    """Compare a run's tasks with human effects: the estimate, the human figure, and a verdict."""
    from affectlab.experiment import Results
    from affectlab.json_values import records

    results = Results.open(run, scoring=scoring)
    found = results.humans()
    if as_json:
        emit({**found.record(), "left_out": records(results.evidence.summary.left_out())})
    else:
        show_sections(results, ["human", "separation"], "Nothing of this run can be compared with human effects.")
