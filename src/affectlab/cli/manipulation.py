"""The command that prints the manipulation checks of a run."""

from __future__ import annotations

from affectlab.cli.app import Json, RunName, Scoring, app, emit
from affectlab.cli.sections import show_sections

SECTIONS = ("manipulation", "discrimination", "dose", "controls", "conditions", "protocols")


@app.command()
def manipulation(run: RunName, scoring: Scoring = None, as_json: Json = False) -> None:
    """Check what the inductions of a run did: convergence, discrimination, dose, specificity, time course."""
    from affectlab.experiment import Results
    from affectlab.json_values import records

    results = Results.open(run, scoring=scoring)
    if as_json:
        emit({name: records(table) for name, table in results.manipulation().items()})
    else:
        show_sections(results, SECTIONS, "No measure that a model can use was asked before and after an induction.")
