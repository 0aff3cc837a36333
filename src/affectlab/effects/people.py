"""What people do, as far as a study can look for it: entries of the registry on its tasks and states."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from affectlab.design.hypothesis import Hypothesis
from affectlab.design.study import Study
from affectlab.materials.references import references
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
    known = [entry for entry in references(study.catalogue) if entry.kind == "task" and entry.counts]
    for entry in (
        entry for entry in known if entry.state is not None and bool(entry.sign) is (one.people == "effects")
    ):
        at = entry.measured
        if at is None or at.level or at.task not in tasks:
            continue
        task = tasks[at.task]
        given = task.states if study.task_states == "own" else ()
        for state in (state for state in entry.states if state in study.states and (not given or state in given)):
            found = Entry(task, at.outcome, state, entry.sign * (-1 if at.reverse else 1))
            key = (task.id, *found[1:])
            if key not in seen:
                seen.add(key)
                yield found
