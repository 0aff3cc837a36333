"""`docs/reference/tasks.md` has every task, with its paradigm, and every verdict."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from affectlab.materials.tasks import Task
from affectlab.results.verdict import Verdict
from tests.tasks.participants import SHIPPED

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "tasks.md").read_text("utf-8")
LINES = {line.split("`")[1]: line for line in PAGE.splitlines() if line.startswith("| `")}


def test_every_task_is_there_with_its_paradigm_control_and_score() -> None:
    for task in SHIPPED.all(Task):
        for said in (task.source, task.control, task.scoring):
            assert " ".join(said.split()).replace("|", "\\|") in LINES[task.id], task.id


def test_every_verdict_is_explained() -> None:
    assert all(f"| {verdict} |" in PAGE for verdict in get_args(Verdict))


def test_the_counts_of_the_registry_are_right() -> None:
    entries = [one for one in SHIPPED.references if one.kind == "task"]
    counted = [one for one in entries if one.counts]
    assert f"Of {len(entries)} entries on tasks {sum(one.verified == 'seen' for one in entries)} were seen" in PAGE
    assert f"The other {len(counted)} count, {sum(one.sign == 0 for one in counted)} of them nulls" in PAGE
    assert f"{sum(one.size is not None for one in entries)} have a size" in PAGE
