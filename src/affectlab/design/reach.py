"""What a study, or its short form, can say of a hypothesis: what it has of what is named, and what it lacks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from affectlab.design.hypothesis import Hypothesis
from affectlab.design.parts import STARTS
from affectlab.design.study import Study
from affectlab.design.testable import STATES, controls_for, levels
from affectlab.materials.schema import INDUCTION_TEXT


def narrowed(study: Study, one: Hypothesis) -> Hypothesis | None:
    """A hypothesis without what the study does not have; None where nothing is left that could be compared."""
    if not one.computable or any(True for _ in _indispensable(study, one)):
        return None
    known = levels(study)
    can = controls_for(study, one)
    left: dict[str, Any] = {
        "exceeds": tuple(control for control in one.exceeds if control in can),
        "technique": tuple(arm for arm in one.technique if arm in study.regulations),
        "among": tuple(state for state in one.among if state in (*study.states, STATES)),
        "over": {name: tuple(level for level in many if level in known[name]) for name, many in one.over.items()},
    }
    if one.states is not None and one.states.each:
        each = tuple(state for state in one.states.each if state in study.states)
        left["states"] = one.states.model_copy(update={"each": each})
        if not each:
            return None
    emptied = [name for name in ("exceeds", "technique", "among") if getattr(one, name) and not left[name]]
    return None if emptied else one.model_copy(update=left)


def unmeasured(study: Study, one: Hypothesis) -> Iterator[str]:
    """What a hypothesis names that the study, or its short form, does not have: each in words."""
    yield from _indispensable(study, one)
    can, known = controls_for(study, one), levels(study)
    yield from (f"the control {control} was not given" for control in one.exceeds if control not in can)
    yield from (f"{arm} was not given" for arm in one.technique if arm not in study.regulations)
    each = one.states.each if one.states is not None else ()
    yield from (f"{state} was not induced" for state in each if state not in study.states)
    for name, many in one.over.items():
        yield from (f"the {name} {level} was not given" for level in many if level not in known[name])


def lacking(study: Study, one: Hypothesis) -> tuple[str, ...]:
    """The controls of the study under which the outcome is not measured, so that nothing is said of them."""
    if not one.measure or one.technique or one.correlates or one.over:
        return ()
    can = controls_for(study, one)
    return tuple(arm for arm in study.induction.arms if arm != INDUCTION_TEXT and arm not in can)


def span(study: Study, one: Hypothesis, order: str = "after") -> tuple[str | None, str]:
    """From which point to which a hypothesis is; None for a level at the second."""
    testing = next((testing for testing in study.tasks if testing.task == one.measure), None)
    if testing is not None:
        return None, testing.at
    if one.at is not None:
        return None, one.at
    if one.change is not None:
        return one.change.from_, one.change.to
    if not one.technique and not one.correlates:
        return "baseline", "arithmetic" if study.protocols else "induced"
    starts = STARTS["before" if order == "before" else "after"]
    return next((point for point in starts if point in study.points), starts[0]), "regulated"


def _indispensable(study: Study, one: Hypothesis) -> Iterator[str]:
    """What nothing can be said without: the measure, its points, the cells."""
    if one.people is not None:
        return
    tasks = {testing.task for testing in study.tasks}
    if one.measure not in (*study.measures, *tasks):
        yield f"{one.measure} was not measured"
        return
    points = [] if one.measure in tasks else [at for at in span(study, one, one.where.get("order", "after")) if at]
    yield from (f"nothing was measured at {at}" for at in points if at not in study.points)
    for name, level in one.where.items():
        if level not in levels(study)[name]:
            yield f"the {name} {level} was not given"
