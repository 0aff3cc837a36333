"""The command that puts a model's errors beside those of people."""

from __future__ import annotations

from affectlab.cli.app import Json, RunName, Scoring, app, emit
from affectlab.cli.sections import show_sections


@app.command()
def humans(run: RunName, scoring: Scoring = None, as_json: Json = False) -> None:
    """Put a run's tasks beside the human effects: estimate, human figure and verdict, and what the error needs."""
    from affectlab.experiment import Results
    from affectlab.plain import records

    results = Results.open(run, scoring=scoring)
    found = results.humans()
    if as_json:
        emit({**found.record(), "left_out": records(results.evidence.summary.left_out())})
    else:
        show_sections(results, ["human", "separation"], "Nothing of this run can be put compared with human effects.")
