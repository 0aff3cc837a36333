"""Free completions, as they were drawn: the first stems of a task, never the most telling ones."""

from __future__ import annotations

from collections.abc import Iterator

from affectlab.materials.tasks import Task
from affectlab.report.design_cell import DesignCell, GroupedTable
from affectlab.report.evidence import Evidence
from affectlab.report.table import Table

STEMS = 4


def completions(evidence: Evidence, design_cell: DesignCell) -> Iterator[Table]:
    """For each task with free replies, a table of the first stems by state."""
    if evidence.replies.empty:
        return
    replies = GroupedTable(evidence.replies).of(design_cell)
    for task in evidence.tasks:
        part = replies[replies["measure"] == task.id].drop_duplicates(["state", "item"])
        if len(part):
            yield _table(task, {(str(row.state), str(row.item)): row for row in part.itertuples()}, evidence)


def _table(task: Task, said: dict[tuple[str, str], object], evidence: Evidence) -> Table:
    stems = {id: text for id, text in task.wordings.items() if any(id == place[1] for place in said)}
    stems = dict(list(stems.items())[:STEMS])
    rows = []
    for state in evidence.study.states:
        replies = [said.get((state, id)) for id in stems]
        rows.append((state, *(_shown(reply) for reply in replies)))
    caption = f"{task.title}: the first {len(stems)} stems of the task, completed freely, one draw per state"
    return Table(caption, ("state", *(f"{text} …" for text in stems.values())), tuple(rows), quoted=True)


def _shown(reply: object) -> str:
    if reply is None:
        return ""
    text, finish = str(getattr(reply, "text", "") or ""), str(getattr(reply, "finish", ""))
    return f"({finish})" if not text.strip() else f"… {text.strip()}"
