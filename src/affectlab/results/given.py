"""What a task gave in one design cell of a run: its rows in a state and arm, before or after a regulation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from affectlab.design.study import Study
from affectlab.effects.effect import Effect
from affectlab.effects.find import Effects
from affectlab.effects.shifts import DESIGN_CELL
from affectlab.materials.schema import INDUCTION_TEXT, NEUTRAL, NOTHING
from affectlab.materials.tasks import Task


@dataclass(frozen=True)
class Given:
    """The rows of a task in one design cell: a model, frame, technique, grade, delivery and context."""

    design_cell: Mapping[str, str]
    task: Task
    rows: pd.DataFrame
    regulated: bool
    """Whether the task stands after the regulation: then what was not regulated is in the sessions without one."""
    states: tuple[str, ...]
    """The states of the run in which the task is said to show something."""

    def values(
        self, outcome: str, states: Sequence[str], arm: str = INDUCTION_TEXT, regulation: str | None = None
    ) -> pd.DataFrame:
        """Vignette, item and value of an outcome; without regulation, unless one is named.

        Vignettes bear the name of their state, so that those of several states stay apart.
        """
        rows = self.rows
        rows = rows[(rows["scale"] == outcome) & rows["state"].isin(list(states)) & (rows["arm"] == arm)]
        if regulation is not None or self.regulated:
            rows = rows[rows["regulation"] == (regulation or NOTHING)]
        return pd.DataFrame(
            {"vignette": named_vignettes(rows), "item": rows["item"].astype(str), "value": rows["value"]}
        )

    def errors(self, effects: Effects, outcome: str, kind: str = "error") -> Iterator[Effect]:
        """The contrasts of an outcome at the point of these rows: of states with neutral texts."""
        point = "" if self.rows.empty else str(self.rows["point"].iloc[0])
        wanted = {**self.design_cell, "point": point}
        for one in effects.errors:
            contrast = one.contrast
            at = (contrast.outcome.measure, contrast.outcome.scale) == (self.task.id, outcome)
            against = kind == "regulation of an error" or (contrast.second or {}).get("state") == NEUTRAL
            if at and against and contrast.kind == kind and contrast.cell.items() >= wanted.items():
                yield one

    def neutral(self, outcome: str) -> pd.DataFrame:
        """After the neutral texts."""
        return self.values(outcome, [NEUTRAL])


def named_vignettes(rows: pd.DataFrame) -> pd.Series[str]:
    """The vignettes of some rows by state and vignette."""
    return rows["state"].astype(str) + ":" + rows["vignette"].astype(str)


def given(scores: pd.DataFrame, study: Study) -> Iterator[Given]:
    """Every task of a study in every design cell, at the last point at which it was given."""
    at = {testing.task: testing.at for testing in study.tasks}
    for id, point in at.items():
        task = study.catalogue.get(Task, id)
        rows = scores[(scores["measure"] == id) & (scores["point"] == point)]
        states = study.erring(task)
        for place, part in rows.groupby(DESIGN_CELL, observed=True, sort=False):
            design_cell = dict(zip(DESIGN_CELL, map(str, place), strict=True))
            yield Given(design_cell, task, part, point == "regulated", states)
