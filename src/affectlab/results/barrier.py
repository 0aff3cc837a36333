"""Why a model cannot do a task at all: said in words, and no effect is read off such a task."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from affectlab.design.study import Study
from affectlab.errors import DataError
from affectlab.materials.tasks import Task
from affectlab.results.given import Given, given
from affectlab.results.usability import Usability, respondent, usability
from affectlab.stats.intervals import mean_interval


def barred(scores: pd.DataFrame, study: Study) -> Iterator[tuple[Given, str]]:
    """Every task of a study in every design cell of its scores, each with why the model cannot do it, or nothing."""
    tasks = [study.catalogue.get(Task, testing.task) for testing in study.tasks]
    asked = scores[scores["measure"].isin([task.id for task in tasks])]
    usable = usability(asked, {task.id: task.minimum_coverage for task in tasks})
    for one in given(scores, study):
        yield one, barrier(one, usable[respondent(one.design_cell["model"], one.design_cell["language"])][one.task.id])


def barrier(one: Given, usable: Usability) -> str:
    """Why the model cannot do the task, or nothing: no legal answers, too little coverage, scores at the floor."""
    if usable.refused >= usable.answers:
        return "no answer was legal"
    if usable.coverage < usable.minimum:
        return f"coverage {usable.coverage:.3g}, needs {usable.minimum:g}"
    if not usable.moves:
        return "its scores never move"
    if one.task.floor is not None:
        return at_floor(one.neutral(one.task.primary), one.task.floor, one.task.primary)
    return ""


def at_floor(rows: pd.DataFrame, floor: float, outcome: str) -> str:
    """Whether the level after neutral texts can be told from guessing, item by item; if not, the sentence that says so.

    With fewer than three items, vignette by vignette.
    """
    by = "item" if rows["item"].nunique() > 2 else "vignette"
    means = rows.dropna(subset=["value"]).groupby(by)["value"].mean().to_numpy(float)
    if not len(means):
        return f"no {outcome} after neutral texts"
    try:
        low = mean_interval(means).low
    except DataError:
        low = float(means.mean())
    if low > floor:
        return ""
    return f"at floor: {outcome} {np.mean(means):.2f} after neutral texts, guessing gives {floor:g}"
