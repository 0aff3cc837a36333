"""The command that asks each finding of a run in every way in which the run can be asked."""

from __future__ import annotations

from affectlab.cli.app import Json, RunName, Scoring, app, emit
from affectlab.cli.sections import show_sections


@app.command()
def multiverse(run: RunName, scoring: Scoring = None, as_json: Json = False) -> None:
    """Show each finding over frame, wording, measure and context: how far it depends on a choice."""
    from affectlab.experiment import Results
    from affectlab.json_values import records

    results = Results.open(run, scoring=scoring)
    if as_json:
        left_out = records(results.evidence.summary.left_out())
        emit({"curves": [curve.row() for curve in results.multiverse()], "left_out": left_out})
    else:
        show_sections(results, ["multiverse"], "No finding of this run can be asked in more than one way.")
