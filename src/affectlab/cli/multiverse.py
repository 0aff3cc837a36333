"""The command that asks each finding of a run in every way in which the run can be asked."""

from __future__ import annotations

from affectlab.cli.app import Json, RunName, Scoring, app, emit
from affectlab.cli.sections import show_sections


@app.command()
def multiverse(run: RunName, scoring: Scoring = None, as_json: Json = False) -> None:
    """Show each finding over frame, wording, measure and context: how far it depends on a choice."""
    from affectlab.report.evidence import Evidence
    from affectlab.results.multiverse import multiverse as curves
    from affectlab.run import Run

    opened = Run.open(run, scoring=scoring)
    if as_json:
        emit({"curves": [curve.row() for curve in curves(opened)]})
    else:
        otherwise = "No finding of this run can be asked in more than one way."
        show_sections(Evidence.of(opened), ["multiverse"], otherwise)
