"""What people do, as far as a study can look for it: entries of the registry on its tasks and states."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from affectlab.design.hypothesis import Hypothesis
from affectlab.design.study import Study
from affectlab.materials.tasks import Task


class Entry(NamedTuple):
    """An effect, or a null result, of people on an outcome of a task after a state."""

    task: Task
    outcome: str
    state: str
    sign: int
    """1 or -1 in the sense of the outcome; 0 for a null result."""


def entries(study: Study, one: Hypothesis) -> Iterator[Entry]:
    """The effects or nulls that a hypothesis about people is made of, each once.

    Those that were seen and not replaced by a corrected figure, that are of one state that is induced, and of an
    outcome of a task that is given in it.
    """
    tasks = {testing.task: study.catalogue.get(Task, testing.task) for testing in study.tasks}
    seen: set[tuple[object, ...]] = set()
    for entry in study.catalogue.references:
        at = entry.measured
        if entry.kind != "task" or not entry.counts or entry.state is None or at is None or at.level:
            continue
        if at.task not in tasks or bool(entry.sign) is not (one.people == "effects"):
            continue
        task = tasks[at.task]
        found = Entry(task, at.outcome, entry.state, entry.sign * (-1 if at.reverse else 1))
        key = (task.id, *found[1:])
        given = study.erring(task) if study.task_states == "own" else study.induced
        if entry.state in given and key not in seen:
            seen.add(key)
            yield found
