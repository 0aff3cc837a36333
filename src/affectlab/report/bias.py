"""Errors: how much more negatively sentences are completed in each state than after neutral texts."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from affectlab.effects.effect import Effect
from affectlab.effects.error import of_items
from affectlab.materials.schema import NEUTRAL
from affectlab.materials.tasks import Task
from affectlab.report.evidence import Evidence
from affectlab.report.figure import Figure, Panel
from affectlab.report.forest import forest, told
from affectlab.report.numbers import counted, sample
from affectlab.report.setting import Setting
from affectlab.report.theme import looks

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
    columns = ["state", "comparison", "difference", "low", "high", "n", "contrast"]
    kinds = dict.fromkeys(task.grouped.values())
    apart = {kind: [item for item, of in task.grouped.items() if of == kind] for kind in kinds}
    against = {one.contrast.state: one for one in _against_neutral(evidence, setting, task)}
    rows = []
    for kind in (ALL, *apart):
        for state in (state for state in evidence.states if state in against):
            one = against[state] if kind == ALL else of_items(against[state], apart[kind], kind)
            found = one.estimate
            rows.append((state, kind, found.difference, found.low, found.high, found.units, one.contrast.id))
    return pd.DataFrame(rows, columns=columns)


def _against_neutral(evidence: Evidence, setting: Setting, task: Task) -> Iterator[Effect]:
    """The findings of the task against neutral texts."""
    found = [one for one in evidence.found(setting, "error", task.id) if one.against == NEUTRAL]
    return (evidence.effects.by_id[one.contrast] for one in found)
