"""The command that puts a model's errors beside those of people."""

from __future__ import annotations

from affectlab.cli.app import Json, RunName, Scoring, app, emit
from affectlab.cli.sections import show_sections


@app.command()
def humans(run: RunName, scoring: Scoring = None, as_json: Json = False) -> None:
    """Put a run's tasks beside the human effects: estimate, human figure and verdict, and what the error needs."""
    from affectlab.errors import DataError
    from affectlab.report.evidence import Evidence
    from affectlab.results.human import by_design_cell, compare_tasks, likeness
    from affectlab.results.separation import separate
    from affectlab.results.together import relate
    from affectlab.run import Run

    evidence = Evidence.of(Run.open(run, scoring=scoring))
    scores, study, effects = evidence.scores, evidence.study, evidence.effects
    if not study.tasks:
        raise DataError("the run has no tasks", hint="run a study that has some, such as `errors`")
    if as_json:
        found, apart, moves = (
            compare_tasks(scores, study, effects),
            separate(scores, study, effects),
            relate(scores, study),
        )
        summaries = [{**design_cell, **likeness(part).row()} for design_cell, part in by_design_cell(found)]
        rows = {
            "comparisons": [one.row() for one in found],
            "separations": [one.row() for one in apart],
            "together": [one.row() for one in moves],
        }
        emit({"summary": summaries, **rows})
        return
    show_sections(evidence, ["human", "separation"], "Nothing of this run can be put compared with human effects.")
