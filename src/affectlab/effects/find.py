"""All contrasts of a run, each with the data that it rests on: what every table, sentence and figure takes from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property

import pandas as pd

from affectlab.effects.contrast import Contrast
from affectlab.effects.dose import doses
from affectlab.effects.effect import Effect
from affectlab.effects.error import errors
from affectlab.effects.estimate import Estimate
from affectlab.effects.induction import condition_contrasts, courses, inductions
from affectlab.effects.regulation import regulations
from affectlab.effects.shifts import performed
from affectlab.effects.terms import Terms


class Effects:
    """The contrasts of a run. Those of a kind are found when they are first asked for, and estimated when looked at."""

    def __init__(self, points: pd.DataFrame, terms: Terms) -> None:
        """Contrasts of the rows of ``by_point``."""
        self.points = points
        self.terms = terms

    @cached_property
    def _by_scale(self) -> dict[tuple[str, ...], pd.DataFrame]:
        grouped = self.points.groupby(["model", "measure", "scale"], observed=True, sort=False)
        return {tuple(map(str, names)): rows for names, rows in grouped}

    def of_scale(self, model: str, measure: str, scale: str) -> pd.DataFrame:
        """The rows of one model on one scale of a measure; none where it was not measured."""
        return self._by_scale.get((model, measure, scale), self.points.iloc[:0])

    @cached_property
    def inductions(self) -> tuple[Effect, ...]:
        """Of each state on every scale (``induction.inductions``)."""
        return tuple(inductions(self.points, self.terms))

    @cached_property
    def regulations(self) -> tuple[Effect, ...]:
        """Of each technique against each control, at every point (``regulation.regulations``)."""
        return tuple(regulations(self.points, self.terms))

    @cached_property
    def errors(self) -> tuple[Effect, ...]:
        """Of the outcomes of tasks (``error.errors``)."""
        return tuple(errors(self.points, self.terms))

    @cached_property
    def performed(self) -> dict[str, str]:
        """Per task, the point at which it was given, the first of several."""
        tasks = self.points[self.points["measure"].isin(list(self.terms.primary))]
        return {str(task): performed(part) for task, part in tasks.groupby("measure", observed=True, sort=False)}

    @cached_property
    def courses(self) -> tuple[Effect, ...]:
        """Of the target scales at points other than the end of the induction (``induction.courses``)."""
        return tuple(courses(self.points, self.terms))

    @cached_property
    def conditions(self) -> tuple[Effect, ...]:
        """Of frames, deliveries and contexts (``induction.conditions``)."""
        return tuple(condition_contrasts(self.points, self.terms))

    @cached_property
    def doses(self) -> tuple[Effect, ...]:
        """Of the grades of severity (``dose.doses``)."""
        return tuple(doses(self.points, self.terms))

    def __iter__(self) -> Iterator[Effect]:
        """Every contrast of the run, each once."""
        for effects in (self.inductions, self.regulations, self.errors, self.courses, self.conditions, self.doses):
            yield from effects

    @cached_property
    def by_id(self) -> dict[str, Effect]:
        """The contrasts by the id that stands at their numbers."""
        return {one.contrast.id: one for one in self}

    def of(self, wanted: Callable[[Contrast], bool]) -> Iterator[Effect]:
        """The contrasts that meet a condition."""
        return (one for one in self if wanted(one.contrast))

    def estimate(self, id: str) -> Estimate:
        """The estimate of a contrast.

        Raises:
            KeyError: the run has no such contrast.
        """
        return self.by_id[id].estimate
