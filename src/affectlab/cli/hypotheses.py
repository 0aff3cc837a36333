"""The command that prints the hypotheses of a run with their verdicts."""

from __future__ import annotations

from affectlab.cli.app import Json, RunName, Scoring, app, emit
from affectlab.cli.sections import show_sections


@app.command()
def hypotheses(run: RunName, scoring: Scoring = None, as_json: Json = False) -> None:
    """Print each hypothesis of a run's study: claim, verdict, hardest control, the others, what speaks against it."""
    from affectlab.experiment import Results
    from affectlab.report.glance import verdict_records

    results = Results.open(run, scoring=scoring)
    if as_json:
        emit(verdict_records(list(results.hypotheses())))
    else:
        show_sections(results, ["hypotheses"], "The study has no hypotheses; add `hypotheses:` to its file.")
