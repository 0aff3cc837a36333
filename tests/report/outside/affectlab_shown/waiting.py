"""How much was asked in each state, as a section of the report: a sentence, a table, a figure, a note."""

from __future__ import annotations

from affectlab.report.evidence import Evidence
from affectlab.report.figure import Figure, Panel, values
from affectlab.report.numbers import counted, sample_size
from affectlab.report.section import Section
from affectlab.report.table import Table


def section(evidence: Evidence) -> Section | None:
    """The numbers of each state, counted; None where there are none."""
    asked = evidence.scores.groupby("state", observed=True, sort=False).size().reset_index(name="numbers")
    if asked.empty:
        return None
    spec = {
        "width": 300,
        "height": 30 * len(asked),
        "data": values(asked),
        "mark": "bar",
        "encoding": {
            "y": {"field": "state", "type": "nominal", "title": None},
            "x": {"field": "numbers", "type": "quantitative"},
        },
    }
    figure = Figure(
        "waiting",
        "Numbers of each state",
        f"How many numbers there are of each state; {sample_size(int(asked['numbers'].min()), 'number')} or more.",
        (Panel("Bars of the numbers of each state.", spec),),
        asked,
    )
    return Section(
        "waiting",
        "How much was asked",
        sentences=(f"{counted(int(asked['numbers'].sum()), 'number')} of {counted(len(asked), 'state')} are kept.",),
        tables=(Table.of(asked, "Numbers of each state"),),
        figures=(figure,),
        notes=("A number is one score of one session at one point.",),
    )
