"""The command that prints the manipulation checks of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from affectlab.cli.app import Json, RunName, Scoring, app, emit
from affectlab.cli.sections import show_sections

if TYPE_CHECKING:
    import pandas as pd

    from affectlab.results.summary import Summary

SECTIONS = ("manipulation", "discrimination", "dose", "controls", "conditions", "protocols")


@app.command()
def manipulation(run: RunName, scoring: Scoring = None, as_json: Json = False) -> None:
    """Check what the inductions of a run did: convergence, discrimination, dose, specificity, time course."""
    from affectlab.report.evidence import Evidence
    from affectlab.results.manipulation import manipulation as check
    from affectlab.run import Run

    evidence = Evidence.of(Run.open(run, scoring=scoring))
    if as_json:
        tables = check(evidence.effects, evidence.scores).tables()
        emit({name: _records(table, evidence.summary) for name, table in tables.items()})
    else:
        show_sections(evidence, SECTIONS, "No measure that a model can use was asked before and after an induction.")


def _records(table: pd.DataFrame, summary: Summary) -> list[dict[str, Any]]:
    from affectlab.plain import record

    return [{**record(row), "usable": _usable(summary, row)} for row in table.to_dict("records")]


def _usable(summary: Summary, row: dict[Any, Any]) -> bool:
    """Whether the row rests on a measure that its model can use; what was done in a protocol always counts."""
    return "measure" not in row or summary.usability[row["model"]][row["measure"]].usable
