"""A procedure: what is said and measured in a session, in order, as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from affectlab.design.study import NOTHING, Point, Study
from affectlab.materials.catalogue import Catalogue
from affectlab.materials.schema import Frame, Grade, Induction, Instrument, Line, Regulation, Technique
from affectlab.materials.tasks import Task

if TYPE_CHECKING:
    from affectlab.design.plan import Cell


@dataclass(frozen=True)
class Say:
    """The experimenter says a text, and the participant's reply is given."""

    text: str
    reply: str


@dataclass(frozen=True)
class Measure:
    """An instrument is given on a fork."""

    point: Point
    instrument: Instrument


@dataclass(frozen=True)
class Perform:
    """A task is given on a fork; the ``generated`` stems are also completed freely."""

    point: Point
    task: Task
    generated: tuple[str, ...]


Step = Say | Measure | Perform


@dataclass(frozen=True)
class Procedure:
    """The frame, and the steps after it."""

    frame: Frame
    steps: tuple[Step, ...]


def procedure(study: Study, cell: Cell) -> Procedure:
    """The procedure of a cell: baseline, induction, stabilisation, regulation, each followed by its measures."""
    return Procedure(study.catalogue.get(Frame, cell.frame), tuple(_steps(study, study.catalogue, cell)))


def _steps(study: Study, catalogue: Catalogue, cell: Cell) -> Iterator[Step]:
    baseline = catalogue.get(Line, "baseline")
    yield Say(baseline.text, baseline.reply)
    yield from _probes(study, catalogue, cell, "baseline")
    yield Say(_induction(catalogue, cell), baseline.reply)
    yield from _probes(study, catalogue, cell, "induced")
    if study.stabilisation is not None:
        line = catalogue.get(Line, study.stabilisation)
        yield Say(line.text, line.reply)
    yield from _probes(study, catalogue, cell, "stabilised")
    if cell.regulation != NOTHING:
        yield Say(_regulation(catalogue, cell), baseline.reply)
    yield from _probes(study, catalogue, cell, "regulated")


def _induction(catalogue: Catalogue, cell: Cell) -> str:
    induction = catalogue.get(Induction, f"{cell.technique}-{cell.state}")
    text = next(text for text in induction.texts if text.id == cell.vignette)
    return catalogue.get(Technique, cell.technique).say(text.grades[cast(Grade, cell.grade)].text)


def _regulation(catalogue: Catalogue, cell: Cell) -> str:
    scripts = catalogue.get(Regulation, cell.regulation).scripts
    return next(script.text for script in scripts if script.id == cell.script)


def _probes(study: Study, catalogue: Catalogue, cell: Cell, point: Point) -> Iterator[Step]:
    if point in study.measure_at:
        for measure in study.measures:
            yield Measure(point, catalogue.get(Instrument, measure))
    for testing in study.tasks:
        if testing.at == point:
            task = catalogue.get(Task, testing.task)
            yield Perform(point, task, _generated(study, task, cell, point) if testing.generate else ())


def _generated(study: Study, task: Task, cell: Cell, point: Point) -> tuple[str, ...]:
    """The stems that this session completes freely.

    Every stem is completed once per state and grade: the vignettes take turns. Before the regulation the arms do
    not differ, so only the first one generates.
    """
    arms_differ = point == "regulated"
    if task.generation is None or (cell.regulation != study.regulations[0] and not arms_differ):
        return ()
    texts = study.induction.texts
    return tuple(item.id for index, item in enumerate(task.items) if index % texts == cell.text)
