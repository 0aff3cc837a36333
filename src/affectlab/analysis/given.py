"""What a task gave in one setting of a run: its rows in a state and arm, before or after a regulation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from affectlab.analysis.shifts import DESIGN
from affectlab.design.study import Study
from affectlab.materials.schema import NEUTRAL, NOTHING, TEXT
from affectlab.materials.tasks import Task


@dataclass(frozen=True)
class Given:
    """The rows of a task in one setting: a model, frame, technique, grade, delivery and context."""

    setting: Mapping[str, str]
    task: Task
    rows: pd.DataFrame
    regulated: bool
    """Whether the task stands after the regulation: then what was not regulated is in the sessions without one."""
    states: tuple[str, ...]
    """The states of the run in which the task is said to show something."""

    def values(
        self, outcome: str, states: Sequence[str], arm: str = TEXT, regulation: str | None = None
    ) -> pd.DataFrame:
        """Vignette, item and value of an outcome; without regulation, unless one is named.

        Vignettes bear the name of their state, so that those of several states stay apart.
        """
        rows = self.rows
        rows = rows[(rows["scale"] == outcome) & rows["state"].isin(list(states)) & (rows["arm"] == arm)]
        if regulation is not None or self.regulated:
            rows = rows[rows["regulation"] == (regulation or NOTHING)]
        return pd.DataFrame({"vignette": named(rows), "item": rows["item"].astype(str), "value": rows["value"]})

    def neutral(self, outcome: str) -> pd.DataFrame:
        """After the neutral texts."""
        return self.values(outcome, [NEUTRAL])


def named(rows: pd.DataFrame) -> pd.Series[str]:
    """The vignettes of some rows by state and vignette."""
    return rows["state"].astype(str) + ":" + rows["vignette"].astype(str)


def given(trials: pd.DataFrame, study: Study) -> Iterator[Given]:
    """Every task of a study in every setting, at the last point at which it was given."""
    at = {testing.task: testing.at for testing in study.tasks}
    for id, point in at.items():
        task = study.catalogue.get(Task, id)
        rows = trials[(trials["measure"] == id) & (trials["point"] == point)]
        states = study.erring(task)
        for place, part in rows.groupby(DESIGN, observed=True, sort=False):
            setting = dict(zip(DESIGN, map(str, place), strict=True))
            yield Given(setting, task, part, point == "regulated", states)
