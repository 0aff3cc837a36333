"""Errors: how much more negatively sentences are completed in each state than after neutral texts."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from affectlab.analysis.shifts import UNIT
from affectlab.design.parts import POINTS
from affectlab.errors import DataError
from affectlab.materials.schema import NEUTRAL
from affectlab.materials.tasks import Task
from affectlab.report.evidence import Evidence, Values
from affectlab.report.figure import Figure, Panel
from affectlab.report.forest import forest, told
from affectlab.report.numbers import counted, sample
from affectlab.report.setting import Setting
from affectlab.report.theme import looks
from affectlab.stats.ttest import welch_t

ALL = "all stems"


def bias_plot(evidence: Evidence, setting: Setting, task: Task) -> Figure | None:
    """States against neutral, over all stems and apart for self and other. None where there is nothing."""
    data = biases(evidence, setting, task)
    if data.empty:
        return None
    kinds = dict.fromkeys(task.grouped.values())
    legend = [look._replace(dash=()) for look in looks([ALL, *kinds]) if look.label in set(data["comparison"])]
    caption = (
        f"Log odds of negative over positive completions in each state minus those after neutral texts, with 95 % "
        f"Welch intervals over vignettes; right of the line, completions were more negative than after neutral "
        f"texts; {sample(int(data['n'].min()), 'vignette')} per state, {counted(task.trials, 'stem')}."
    )
    title = f"{task.title}: states against neutral"
    spec = forest(data, legend, evidence.states, f"difference ({task.unit})")
    label = f"{title}. {told(data[data['comparison'] == ALL])}"
    return Figure(f"bias-{task.id}-{setting.id}", title, caption, (Panel(label, spec),), data, tuple(legend))


def biases(evidence: Evidence, setting: Setting, task: Task) -> pd.DataFrame:
    """Per state and kind of stem: the difference from neutral, with its interval over vignettes."""
    columns = ["state", "comparison", "difference", "low", "high", "n"]
    at = _point(evidence, task)
    if at is None:
        return pd.DataFrame(columns=columns)
    items = evidence.points_of(setting)
    items = items[(items["measure"] == task.id) & (items["scale"] == task.primary) & items[at].notna()]
    kinds = [ALL, *dict.fromkeys(task.grouped.values())]
    lines = []
    for kind in kinds:
        part = items if kind == ALL else items[items["item"].map(task.grouped) == kind]
        means = part.groupby(["state", "vignette"], observed=True, sort=False)[at].mean()
        samples = {str(state): own.to_numpy(float) for state, own in means.groupby(level="state", sort=False)}
        if NEUTRAL in samples:
            lines += [(state, kind, *_against(samples[state], samples[NEUTRAL])) for state in _in(evidence, samples)]
    return pd.DataFrame(lines, columns=columns)


def scores(evidence: Evidence, task: Task) -> pd.DataFrame:
    """The outcome of a task for each vignette, over all stems."""
    at = _point(evidence, task)
    if at is None:
        return pd.DataFrame(columns=[*UNIT, "measure", "value"])
    items = evidence.points[evidence.points["measure"] == task.id]
    means = items.groupby([*UNIT, "measure"], observed=True, sort=False)[at].mean()
    return means.rename("value").reset_index()


def _point(evidence: Evidence, task: Task) -> str | None:
    given = next((testing.at for testing in evidence.study.tasks if testing.task == task.id), None)
    return given if given in POINTS and given in evidence.points else None


def _in(evidence: Evidence, samples: dict[str, Values]) -> list[str]:
    return [state for state in evidence.states if state in samples]


def _against(own: Values, neutral: Values) -> tuple[float, float, float, int]:
    try:
        test = welch_t(own, neutral)
        return test.difference, test.low, test.high, len(own)
    except DataError:
        return float(np.mean(own) - np.mean(neutral)), math.nan, math.nan, len(own)
