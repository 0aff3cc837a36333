"""Whether self-report and behaviour move together: across vignettes, within states."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from affectlab.design.study import Study
from affectlab.effects.shifts import DESIGN_CELL
from affectlab.errors import DataError
from affectlab.json_values import record
from affectlab.materials.schema import INDUCTION_TEXT, NOTHING
from affectlab.results.given import Given, given, named_vignettes
from affectlab.results.usability import Usability, respondent
from affectlab.run import Run
from affectlab.stats.correlation import spearman

Usable = Mapping[str, Mapping[str, Usability]]


@dataclass(frozen=True)
class Together:
    """The rank correlation of a measure's target scale with a task's outcome."""

    design_cell: Mapping[str, str]
    task: str
    outcome: str
    measure: str
    r: float
    low: float
    high: float
    vignettes: int
    note: str = ""
    """Why there is no correlation, where there is none."""

    def row(self) -> dict[str, Any]:
        """The correlation as a plain record; nan becomes None."""
        found = record({name: getattr(self, name) for name in ("r", "low", "high")})
        design_cell = {"task": self.task, "outcome": self.outcome, "measure": self.measure}
        return {**self.design_cell, **design_cell, **found, "vignettes": self.vignettes, "note": self.note}


def related(run: Run, usability: Usable) -> list[Together]:
    """Per task and measure: across the vignettes of the task's states, each as a deviation from its state's mean.

    So that it is not the states that differ, but the vignettes of one state: where a text moves the rating of its state
    further than other texts do, does it move the behaviour further too?

    Args:
        run: what was done.
        usability: per model and measure; of what a model cannot use nothing is told.

    Raises:
        DataError: no session of the run is complete.
    """
    return relate(run.numbers(), run.study, usability)


def relate(scores: pd.DataFrame, study: Study, usability: Usable) -> list[Together]:
    """As ``related``, from the scores of a study."""
    at = {testing.task: testing.at for testing in study.tasks}
    own = scores[(scores["scale"] == scores["state"]) & (scores["arm"] == INDUCTION_TEXT)]
    if "regulated" in at.values():
        own = own[(own["regulation"] == NOTHING) | (own["point"] != "regulated")]
    found: list[Together] = []
    for one in given(scores, study):
        here = own[(own["point"] == at[one.task.id]) & (own[DESIGN_CELL] == pd.Series(one.design_cell)).all(axis=1)]
        known = usability[respondent(one.design_cell["model"], one.design_cell["language"])]
        if one.task.id not in known or known[one.task.id].usable:
            found += _with_measures(one, here, [id for id in study.measures if id in known and known[id].usable])
    return found


def _with_measures(one: Given, reports: pd.DataFrame, measures: Sequence[str]) -> Iterator[Together]:
    behaviour = one.values(one.task.primary, one.states).groupby("vignette")["value"].mean()
    for measure in measures:
        rows = reports[(reports["measure"] == measure) & reports["state"].isin(list(one.states))]
        report = rows["value"].groupby(named_vignettes(rows)).mean()
        both = pd.DataFrame({"report": report, "behaviour": behaviour}).dropna()
        design_cell = (one.design_cell, one.task.id, one.task.primary, measure)
        if not len(both):
            continue
        state = both.index.str.partition(":").get_level_values(0)
        within = both - both.groupby(state).transform("mean")
        try:
            r = spearman(within["report"].to_numpy(float), within["behaviour"].to_numpy(float))
            yield Together(*design_cell, r.value, r.low, r.high, r.n)
        except DataError as error:
            yield Together(*design_cell, math.nan, math.nan, math.nan, len(both), error.message)
