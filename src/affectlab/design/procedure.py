"""Writes the procedure of a cell: which steps a study takes there, with their texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import NamedTuple, cast

from affectlab.design.cell import Cell
from affectlab.design.parts import Context
from affectlab.design.steps import (
    ChooseTechnique,
    Generate,
    Intervene,
    Measure,
    Perform,
    Procedure,
    RunStage,
    Say,
    Step,
    Talk,
)
from affectlab.design.study import TALKING, Study
from affectlab.materials.control import Control
from affectlab.materials.instrument import Instrument
from affectlab.materials.manual import Criterion, Manual
from affectlab.materials.menu import Menu
from affectlab.materials.protocol import SPOKEN, Protocol
from affectlab.materials.schema import (
    CHOSEN,
    INDUCTION_TEXT,
    NOTHING,
    Frame,
    Grade,
    Induction,
    Line,
    Lines,
    Regulation,
    Script,
    Technique,
)
from affectlab.materials.state import State
from affectlab.materials.tasks import Task
from affectlab.seeds import derive, permuted


class ProcedureKey(NamedTuple):
    """All of a cell on which its procedure depends. Replicates have it in common, so it is written once for them."""

    frame: str
    state: str
    technique: str
    grade: str
    arm: str
    delivery: str
    text: int
    context: str
    regulation: str
    guidance: str
    order: str
    language: str
    seed: int
    """The cell's own where the order of a list is drawn from it, else 0."""

    @classmethod
    def of(cls, cell: Cell, *, drawn: bool) -> ProcedureKey:
        """The key of a cell in which the order of a list is drawn, or in which it is not."""
        return cls._make((*_of_cell(cell), cell.seed if drawn else 0))


_of_cell = attrgetter(*ProcedureKey._fields[:-1])


def drawing(study: Study) -> frozenset[str]:
    """The regulation arms in which the order of a list is drawn: what can be chosen, or what a reader guesses from."""
    return frozenset((CHOSEN, *study.manuals))


def procedure(study: Study, key: ProcedureKey) -> Procedure:
    """The procedure for a key: baseline, induction, stabilisation, regulation, or the stages of a protocol.

    Each is followed by its measures.
    """
    study = study.in_language(key.language)
    writer = _Writer(study, key)
    steps = writer.stages(study.protocol(key.technique, key.state)) if study.protocols else writer.steps()
    return Procedure(study.catalogue.get(Frame, key.frame), tuple(steps))


def wording(regulation: Regulation, turn: int) -> Script:
    """The wording used at a turn: they alternate, so that no wording belongs to one vignette or round only."""
    return regulation.scripts[turn % len(regulation.scripts)]


def criteria(manuals: Sequence[Manual]) -> Iterator[tuple[Manual, Criterion]]:
    """The criteria of all manuals, each once, with the first manual that has it."""
    seen: set[str] = set()
    for manual in manuals:
        for criterion in manual.adherence:
            if criterion.id not in seen:
                seen.add(criterion.id)
                yield manual, criterion


class _Writer:
    """Writes the steps of one procedure."""

    def __init__(self, study: Study, key: ProcedureKey) -> None:
        self.study = study
        self.key = key
        self.catalogue = study.catalogue
        self.reply = self.catalogue.get(Line, "baseline").reply

    def steps(self) -> Iterator[Step]:
        baseline = self.catalogue.get(Line, "baseline")
        yield Say(baseline.text, baseline.reply)
        yield from self.probes("baseline")
        if self.key.order == "before":
            yield from self.regulation("prepared")
        yield from self.induction(self.key.text)
        yield from self.probes("induced")
        if self.study.brief(self.key.arm):
            return
        if self.study.stabilisation is not None:
            line = self.catalogue.get(Line, self.study.stabilisation)
            yield Say(line.text, line.reply)
        yield from self.probes("stabilised")
        if self.key.order == "after":
            yield from self.regulation("regulated")
        else:
            yield from self.probes("regulated")
        yield from self.neutral_turns()
        if self.study.again:
            yield from self.induction(self.key.text + 1)
            yield from self.probes("again")

    def stages(self, protocol: Protocol) -> Iterator[Step]:
        """A protocol from its welcome to its goodbye, measured at the end of every stage."""
        prepare = protocol.preparation
        yield Say(protocol.baseline, protocol.reply)
        yield from self.probes("baseline")
        yield Say(protocol.instruction, protocol.reply)
        yield from self.probes("instruction")
        yield Generate(prepare.say, protocol, "preparation", "notes", prepare.max_tokens, prepare.temperature)
        yield from self.probes("preparation")
        for stage in SPOKEN:
            yield RunStage(protocol, stage)
            yield from self.probes(stage)
        yield Say(protocol.debriefing, protocol.reply)
        yield from self.probes("debriefing")
        yield Say(protocol.goodbye, protocol.reply)

    def induction(self, text: int) -> Iterator[Step]:
        """The text in its arm and delivery; what is elaborated is elaborated in every arm."""
        key = self.key
        technique = self.catalogue.get(Technique, key.technique)
        texts = self.study.texts_of(self.catalogue.get(Induction, f"{key.technique}-{key.state}"))
        words = texts[text % len(texts)].grades[cast(Grade, key.grade)].text
        turns = technique.script(words)
        if key.arm != INDUCTION_TEXT:
            state = self.catalogue.get(State, key.state)
            turns = self.catalogue.get(Control, key.arm).script(technique, words, state)
        for number, turn in enumerate(turns, 1):
            if turn.speaks:
                yield Generate(turn.say, technique, "induced", f"turn-{number}", turn.max_tokens, turn.temperature)
            else:
                yield Say(turn.say, self.reply, "system" if key.delivery == "system" else "user")
        if key.delivery == "elaborated" and turns:
            line = self.catalogue.get(Line, "elaborate")
            yield Generate(line.text, technique, "induced", "elaborated", line.max_tokens, line.temperature)

    def regulation(self, point: str) -> Iterator[Step]:
        """Its rounds, measured after each; or a talk, measured after each turn."""
        arm = self.key.regulation
        if arm in self.study.manuals:
            yield from self.talk(self.catalogue.get(Manual, arm), point)
        elif arm != NOTHING:
            last = self.study.regulation.rounds
            for number in range(1, last + 1):
                if arm == CHOSEN:
                    yield self.choice(number, point)
                else:
                    yield from self.round(self.catalogue.get(Regulation, arm), number, point)
                if number < last:
                    yield from self.probes(f"round-{number}")
        yield from self.probes(point)

    def round(self, regulation: Regulation, number: int, point: str) -> Iterator[Say | Generate | Intervene]:
        script = wording(regulation, self.key.text + number - 1)
        if script.intervention is not None:
            yield Intervene(regulation, script.intervention.done)
        if self.key.guidance == "guided" and script.steps:
            line = self.catalogue.get(Line, "elaborate")
            for step, text in enumerate(script.steps, 1):
                yield Generate(
                    text, regulation, point, f"round-{number}-step-{step}", line.max_tokens, line.temperature
                )
        elif script.text:
            yield Say(script.text, self.reply)

    def choice(self, number: int, point: str) -> ChooseTechnique:
        """The list in an order drawn from the seed, so that no technique has a place of its own."""
        order = permuted(self.study.menu, derive(self.key.seed, "menu", number))
        offered = {id: self.catalogue.get(Regulation, id) for id in order}
        menu = self.catalogue.get(Menu, "techniques").filled({id: one.menu or one.title for id, one in offered.items()})
        return ChooseTechnique(menu, point, {id: tuple(self.round(one, number, point)) for id, one in offered.items()})

    def talk(self, manual: Manual, point: str) -> Iterator[Step]:
        therapy, lines = self.study.therapy, {id: self.catalogue.get(Line, id) for id in TALKING}
        manuals = [self.catalogue.get(Manual, id) for id in self.study.manuals]
        order = permuted(manuals, derive(self.key.seed, "guess"))
        yield Say(lines["talk"].text, lines["talk"].reply)
        yield Talk(
            manual,
            point,
            therapy.turns,
            therapy.max_tokens,
            therapy.temperature,
            lines,
            tuple(tuple(self.probes(f"turn-{number}")) for number in range(therapy.turns)),
            tuple(criteria(manuals)),
            self.catalogue.get(Menu, "manuals").filled({one.id: one.title for one in order}),
        )

    def neutral_turns(self) -> Iterator[Step]:
        """Neutral lines one after another, and measures where the study wants them."""
        if not self.study.neutral_turns:
            return
        lines = self.catalogue.get(Lines, "neutral-turns").lines
        for number in range(1, self.study.neutral_turns[-1] + 1):
            line = lines[(number - 1) % len(lines)]
            yield Say(line.text, line.reply)
            if number in self.study.neutral_turns:
                yield from self.probes(f"later-{number}")

    def probes(self, point: str) -> Iterator[Measure | Perform]:
        if point in self.study.points:
            brief = self.study.brief(self.key.arm)
            for measure in self.study.induction.control_measures if brief else self.study.measures:
                yield self.measure(self.catalogue.get(Instrument, measure), point)
        for testing in () if self.study.brief(self.key.arm) else self.study.tasks:
            task = self.catalogue.get(Task, testing.task)
            if testing.at == point and self.concerns(task):
                given = task.shortened(self.study.task_items) if self.study.task_items else task
                yield Perform(point, given, self.generated(given, point) if testing.generate else ())

    def concerns(self, task: Task) -> bool:
        """Whether the task is given in the cell's state."""
        state = self.key.state
        return self.study.task_states == "all" or state not in self.study.induced or state in self.study.erring(task)

    def measure(self, instrument: Instrument, point: str) -> Measure:
        """An instrument that cannot be asked in the cell's context is asked on branches."""
        context = cast(Context, self.key.context) if self.key.context in instrument.contexts else "branched"
        between = {"sequential": "next-item", "battery": "battery"}.get(context)
        return Measure(point, instrument, context, (self.catalogue.get(Line, between),) if between else ())

    def generated(self, task: Task, point: str) -> tuple[str, ...]:
        """The stems that this session completes freely.

        Every stem is completed once per state and grade: the vignettes take turns. Before the regulation the arms
        do not differ, so only the first one generates.
        """
        items: Sequence[str] = task.spoken
        if self.key.regulation != self.study.regulations[0] and point != "regulated":
            return ()
        return tuple(item for index, item in enumerate(items) if index % self.study.induction.texts == self.key.text)
