"""Errors: how the outcome of each task differs in each state from that after neutral texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from affectlab.effects.effect import Effect
from affectlab.effects.error import of_items
from affectlab.materials.schema import NEUTRAL
from affectlab.materials.tasks import Task
from affectlab.report.design_cell import DesignCell
from affectlab.report.evidence import Evidence
from affectlab.report.figure import Figure, Panel
from affectlab.report.figures.forest import forest, forest_told
from affectlab.report.manner import FEW
from affectlab.report.numbers import counted, sample_size
from affectlab.report.theme import looks

ALL = "all items"
PANEL = 200
"""The width of one panel among many."""


def bias_plots(evidence: Evidence, design_cell: DesignCell) -> Iterator[Figure]:
    """A figure for each task; of many tasks, one with a panel for each."""
    tasks = evidence.performed(design_cell)
    if len(tasks) > FEW:
        together = many_plots(evidence, design_cell, tasks)
        if together is not None:
            yield together
        return
    for task in tasks:
        drawn = bias_plot(evidence, design_cell, task)
        if drawn is not None:
            yield drawn


def bias_plot(evidence: Evidence, design_cell: DesignCell, task: Task) -> Figure | None:
    """States against neutral, over all items and apart for items of each kind. None where there is nothing."""
    data = biases(evidence, design_cell, task)
    if data.empty:
        return None
    kinds = dict.fromkeys(task.grouped.values())
    legend = [look._replace(dash=()) for look in looks([ALL, *kinds]) if look.label in set(data["comparison"])]
    caption = (
        f"{_outcome(task)} in each state minus that after neutral texts, with 95 % intervals over texts and items; "
        f"right of the line, {task.higher} than after neutral texts; "
        f"{sample_size(int(data['n'].min()), 'vignette')} per "
        f"state, {counted(task.item_count, 'trial')}."
    )
    title = f"{task.title}: states against neutral"
    spec = forest(data, legend, evidence.states, f"difference ({task.unit})")
    label = f"{title}. {forest_told(data[data['comparison'] == ALL])}"
    return Figure(f"bias-{task.id}-{design_cell.id}", title, caption, (Panel(label, spec),), data, tuple(legend))


def many_plots(evidence: Evidence, design_cell: DesignCell, tasks: Sequence[Task]) -> Figure | None:
    """A panel for each task: the states against neutral, over all its items."""
    parts = []
    for task in tasks:
        data = biases(evidence, design_cell, task)
        if len(data):
            parts.append((task, data[data["comparison"] == ALL]))
    if not parts:
        return None
    legend = [look._replace(dash=()) for look in looks([ALL])]
    panels = tuple(
        Panel(
            f"{task.title}, {_outcome(task)}: states against neutral. {forest_told(data)}",
            forest(data, legend, evidence.states, task.unit, width=PANEL),
            f"{task.title}: {task.primary.replace('_', ' ')}",
        )
        for task, data in parts
    )
    every = pd.concat([data.assign(task=task.id, unit=task.unit) for task, data in parts], ignore_index=True)
    caption = (
        "The outcome of each task in each state minus that after neutral texts, each in its unit, with 95 % "
        f"intervals over texts and items; {sample_size(int(every['n'].min()), 'vignette')} or more per state, "
        f"{counted(len(parts), 'task')}."
    )
    return Figure(f"bias-{design_cell.id}", "Every task: states against neutral", caption, panels, every)


def _outcome(task: Task) -> str:
    """The primary outcome with its unit, to begin a sentence."""
    name = task.primary.replace("_", " ")
    return f"{name[:1].upper()}{name[1:]} ({task.unit})"


def biases(evidence: Evidence, design_cell: DesignCell, task: Task) -> pd.DataFrame:
    """Per state and kind of stem: the difference from neutral, with its interval over vignettes."""
    columns = ["state", "comparison", "difference", "low", "high", "n", "contrast"]
    kinds = dict.fromkeys(task.grouped.values())
    apart = {kind: [item for item, of in task.grouped.items() if of == kind] for kind in kinds}
    against = {one.contrast.state: one for one in _against_neutral(evidence, design_cell, task)}
    rows = []
    for kind in (ALL, *apart):
        for state in (state for state in evidence.states if state in against):
            one = against[state] if kind == ALL else of_items(against[state], apart[kind], kind)
            found = one.estimate
            rows.append((state, kind, found.difference, found.low, found.high, found.units, one.contrast.id))
    return pd.DataFrame(rows, columns=columns)


def _against_neutral(evidence: Evidence, design_cell: DesignCell, task: Task) -> Iterator[Effect]:
    """The findings of the task against neutral texts."""
    found = [one for one in evidence.found(design_cell, "error", task.id) if one.against == NEUTRAL]
    return (evidence.effects.by_id[one.contrast] for one in found)
