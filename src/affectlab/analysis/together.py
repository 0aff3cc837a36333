"""Whether self-report and behaviour move together: across vignettes, within states."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from affectlab.analysis.given import Given, given, named
from affectlab.design.study import Study
from affectlab.effects.shifts import DESIGN
from affectlab.errors import DataError
from affectlab.materials.schema import NOTHING, TEXT
from affectlab.plain import record
from affectlab.run import Run
from affectlab.stats.correlation import spearman


@dataclass(frozen=True)
class Together:
    """The rank correlation of a measure's own scale with a task's outcome."""

    setting: Mapping[str, str]
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
        place = {"task": self.task, "outcome": self.outcome, "measure": self.measure}
        return {**self.setting, **place, **found, "vignettes": self.vignettes, "note": self.note}


def related(run: Run) -> list[Together]:
    """Per task and measure: across the vignettes of the task's states, each as a deviation from its state's mean.

    So that it is not the states that differ, but the vignettes of one state: where a text moves the rating of its state
    further than other texts do, does it move the behaviour further too?

    Raises:
        DataError: no session of the run is complete.
    """
    return relate(run.numbers(), run.study)


def relate(trials: pd.DataFrame, study: Study) -> list[Together]:
    """As ``related``, from the trials of a study."""
    at = {testing.task: testing.at for testing in study.tasks}
    own = trials[(trials["scale"] == trials["state"]) & (trials["arm"] == TEXT)]
    if "regulated" in at.values():
        own = own[(own["regulation"] == NOTHING) | (own["point"] != "regulated")]
    found: list[Together] = []
    for one in given(trials, study):
        here = own[(own["point"] == at[one.task.id]) & (own[DESIGN] == pd.Series(one.setting)).all(axis=1)]
        found += _with_measures(one, here, study)
    return found


def _with_measures(one: Given, reports: pd.DataFrame, study: Study) -> Iterator[Together]:
    behaviour = one.values(one.task.primary, one.states).groupby("vignette")["value"].mean()
    for measure in study.measures:
        rows = reports[(reports["measure"] == measure) & reports["state"].isin(list(one.states))]
        report = rows["value"].groupby(named(rows)).mean()
        both = pd.DataFrame({"report": report, "behaviour": behaviour}).dropna()
        place = (one.setting, one.task.id, one.task.primary, measure)
        if not len(both):
            continue
        state = both.index.str.partition(":").get_level_values(0)
        within = both - both.groupby(state).transform("mean")
        try:
            r = spearman(within["report"].to_numpy(float), within["behaviour"].to_numpy(float))
            yield Together(*place, r.value, r.low, r.high, r.n)
        except DataError as error:
            yield Together(*place, math.nan, math.nan, math.nan, len(both), error.message)
