"""The command that prints the validity checks of a run."""

from __future__ import annotations

from affectlab.cli.app import Json, RunName, Scoring, app, emit
from affectlab.cli.sections import show_sections


@app.command()
def validity(run: RunName, scoring: Scoring = None, as_json: Json = False) -> None:
    """Print what of a run can be believed: every validity check with its value, threshold, verdict and source."""
    from affectlab.experiment import Results

    results = Results.open(run, scoring=scoring)
    if as_json:
        emit([one.row() for one in results.validity()])
    else:
        show_sections(results, ["validity"], "The study asks for no validity check.")
