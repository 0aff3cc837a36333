"""By how much a text of a state moves what the simulated participant is asked: what its truth says, and where that
says nothing, what the state's own file plants."""

from __future__ import annotations

from affectlab.materials.catalogue import Catalogue
from affectlab.materials.instrument import Instrument
from affectlab.materials.state import State
from affectlab.materials.tasks import Task
from affectlab.materials.truth import Truth


def planted(truth: Truth, catalogue: Catalogue, state: str) -> dict[str, float]:
    """The shift of each scale and task after a moderate text of a state; what is not in it does not move.

    A scale of another id that belongs to the state moves as the one of the state's own id does.
    """
    shifts = dict(truth.shifts.get(state, {}))
    shifts |= {task: states[state] for task, states in truth.tasks.items() if state in states}
    if state not in catalogue.ids(State):
        return shifts
    about = catalogue.get(State, state)
    return {**_scales(truth, catalogue, about, shifts), **_tasks(truth, catalogue, about), **shifts}


def _scales(truth: Truth, catalogue: Catalogue, state: State, shifts: dict[str, float]) -> dict[str, float]:
    """The scales that belong to a state and that the truth does not name."""
    default = state.planted.scale if _unnamed(truth, state) else 0.0
    own = shifts.get(state.id, default)
    if state.neutral or own == 0.0:
        return {}
    scales = {scale for one in catalogue.sound(Instrument) for scale in one.scales if state.owns(scale, one)}
    return dict.fromkeys(scales | {state.id}, own)


def _tasks(truth: Truth, catalogue: Catalogue, state: State) -> dict[str, float]:
    """The tasks in which people in a state are said to err, where the truth leaves the state or the task open."""
    if truth.unnamed == "nothing":
        return {}
    known = {*truth.tasks, *truth.nulls}
    return {
        task.id: state.planted.task
        for task in catalogue.sound(Task)
        if state.errs(task) and (task.id not in known or _unnamed(truth, state))
    }


def _unnamed(truth: Truth, state: State) -> bool:
    return truth.unnamed == "default" and state.id not in truth.shifts
