"""What a plan asks of its participants beyond words, found before anything is asked."""

from __future__ import annotations

from collections.abc import Generator, Iterator

from affectlab.design.plan import Plan
from affectlab.design.steps import Choose, Intervene, Procedure, Step
from affectlab.requests import Read, Request
from affectlab.session.count import walked
from affectlab.session.session import Ended, session


def needs(plan: Plan) -> set[str]:
    """The capabilities without which a plan cannot be done at all: ``reads``, ``intervenes``.

    Each kind of step is walked once with each of its materials, so that a measure need not say what it asks; an
    intervention with each of its doses, as none at all needs nothing.
    """
    seen: set[tuple[object, ...]] = set()
    found: set[str] = set()
    for procedure, (cell, *_) in plan.procedures():
        for step in _all(procedure.steps):
            dose = step.content if isinstance(step, Intervene) else ()
            kind = (type(step), *(material.id for material in step.materials), *dose)
            if kind not in seen:
                seen.add(kind)
                found |= set(_needed(walked(session(Procedure(procedure.frame, (step,)), cell))))
    return found


def _needed(walk: Generator[Request, None, Ended]) -> Iterator[str]:
    try:
        while True:
            request = next(walk)
            if isinstance(request, Read):
                yield "reads"
            if request.conversation.interventions:
                yield "intervenes"
    except StopIteration as end:
        if end.value.conversation.interventions:
            yield "intervenes"


def _all(steps: tuple[Step, ...]) -> Iterator[Step]:
    """Every step, those among which is chosen too."""
    for step in steps:
        yield step
        if isinstance(step, Choose):
            yield from (one for way in step.ways.values() for one in _all(way))
