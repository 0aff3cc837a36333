"""Everything that a run says of its tasks compared with human effects, in one place: for command and notebook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from affectlab.design.study import Study
from affectlab.effects.find import Effects
from affectlab.errors import DataError
from affectlab.results.human import Comparison, by_design_cell, compare_tasks, likeness
from affectlab.results.separation import Separation, separate
from affectlab.results.together import Together, Usable, relate


@dataclass(frozen=True)
class HumanEffects:
    """A run's tasks compared with human effects."""

    comparisons: Sequence[Comparison]
    """The model's effect, the human figure and the verdict, task by task."""
    separations: Sequence[Separation]
    """What each error needs: the text, the state's word, one's own part in it."""
    together: Sequence[Together]
    """Whether self-report and behaviour move together."""

    def record(self) -> dict[str, Any]:
        """All of it as plain values, with how much is reproduced in each design cell."""
        parts = by_design_cell(list(self.comparisons))
        return {
            "summary": [{**design_cell, **likeness(part).row()} for design_cell, part in parts],
            "comparisons": [one.row() for one in self.comparisons],
            "separations": [one.row() for one in self.separations],
            "together": [one.row() for one in self.together],
        }


def human_effects(scores: pd.DataFrame, study: Study, effects: Effects, usability: Usable) -> HumanEffects:
    """What there is to compare.

    Args:
        scores: the rows of ``Run.numbers()``.
        effects: of the run.
        usability: per model and measure; of what a model cannot use nothing is told.

    Raises:
        DataError: the run has no tasks.
    """
    if not study.tasks:
        raise DataError("the run has no tasks", hint="run a study that has some, such as `errors`")
    compared, apart = compare_tasks(scores, study, effects), separate(scores, study, effects)
    return HumanEffects(compared, apart, relate(scores, study, usability))
