"""The steps of a session: what is said, measured and performed, in order, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from affectlab import renamed
from affectlab.conversation import Intervention, Role
from affectlab.design.parts import Context
from affectlab.materials.checks import Check
from affectlab.materials.instrument import Instrument
from affectlab.materials.manual import Criterion, Manual
from affectlab.materials.menu import Menu
from affectlab.materials.protocol import Arithmetic, Protocol, Speech, Spoken
from affectlab.materials.schema import Frame, Line, Material, Regulation
from affectlab.materials.tasks import Task


@dataclass(frozen=True)
class Say:
    """The experimenter says a text, and the participant's reply is given."""

    text: str
    reply: str
    role: Role = "user"

    @property
    def content(self) -> tuple[str, ...]:
        """What the plan's hash is taken over."""
        return ("say", self.role, self.text, self.reply)

    @property
    def materials(self) -> tuple[Material, ...]:
        """Materials whose whole content counts."""
        return ()


@dataclass(frozen=True)
class Intervene:
    """Something is done to the participant, and nothing said. It lasts to the end of the session."""

    material: Regulation
    """Of which it is a part."""
    intervention: Intervention

    @property
    def content(self) -> tuple[str, ...]:
        """What the plan's hash is taken over."""
        return ("intervene", self.intervention.content)

    @property
    def materials(self) -> tuple[Material, ...]:
        """Materials whose whole content counts."""
        return (self.material,)


@dataclass(frozen=True)
class Generate:
    """The experimenter says a text, and the participant replies in its own words."""

    text: str
    material: Material
    """Of what the reply is a part."""
    point: str
    """The phase in which it is said."""
    turn: str
    max_tokens: int
    temperature: float

    @property
    def content(self) -> tuple[str, ...]:
        """What the plan's hash is taken over."""
        return ("hear", self.text, self.material.id, self.point, str(self.max_tokens), str(self.temperature))

    @property
    def materials(self) -> tuple[Material, ...]:
        """Materials whose whole content counts."""
        return ()


@dataclass(frozen=True)
class Measure:
    """An instrument is given: on branches, or in the conversation."""

    point: str
    instrument: Instrument
    context: Context = "branched"
    lines: tuple[Line, ...] = ()
    """What the experimenter says between the items where they are not branched."""

    @property
    def content(self) -> tuple[str, ...]:
        """What the plan's hash is taken over."""
        return ("measure", self.point, self.instrument.id, renamed.level_before("context", self.context))

    @property
    def materials(self) -> tuple[Material, ...]:
        """Materials whose whole content counts."""
        return (self.instrument, *self.lines)


@dataclass(frozen=True)
class Perform:
    """A task is given on a branch; the ``generated`` stems are also completed freely."""

    point: str
    task: Task
    generated: tuple[str, ...]

    @property
    def content(self) -> tuple[str, ...]:
        """What the plan's hash is taken over."""
        return ("perform", self.point, self.task.id)

    @property
    def materials(self) -> tuple[Material, ...]:
        """Materials whose whole content counts."""
        return (self.task,)


@dataclass(frozen=True)
class RunStage:
    """A stage of a protocol in which the experimenter answers to what the participant does."""

    protocol: Protocol
    stage: Spoken

    @property
    def part(self) -> Speech | Arithmetic:
        """The lines and limits of the stage."""
        return self.protocol.speech if self.stage == "speech" else self.protocol.arithmetic

    @property
    def content(self) -> tuple[str, ...]:
        """What the plan's hash is taken over."""
        return ("enact", self.protocol.id, self.stage)

    @property
    def materials(self) -> tuple[Material, ...]:
        """Materials whose whole content counts."""
        return (self.protocol,)


@dataclass(frozen=True)
class ValidityProbe:
    """A validity check asks on a branch: its own questions, or about an instrument."""

    point: str
    check: Check
    instrument: Instrument | None = None
    """The instrument that it is about, in the words in which it is asked."""
    variant: str = ""
    lines: tuple[Line, ...] = ()
    """What the experimenter says between the items where they follow one another."""

    @property
    def content(self) -> tuple[str, ...]:
        """What the plan's hash is taken over: what is asked, whatever the threshold."""
        check = self.check
        own = (text for question in check.questions for text in (question.say, question.opening, *question.options))
        about = (self.instrument.content,) if self.instrument is not None else ()
        fixed = (check.introduction, check.opening, *check.lures, *check.others)
        return ("inquire", self.point, check.id, self.variant, *fixed, *own, *about)

    @property
    def materials(self) -> tuple[Material, ...]:
        """Materials whose whole content counts."""
        return self.lines


@dataclass(frozen=True)
class ChooseTechnique:
    """The participant chooses from a list and says why; what it chose is then done."""

    menu: Menu
    """The list, in the order in which it is shown."""
    point: str
    ways: Mapping[str, tuple[Step, ...]]
    """Per thing that can be chosen, the steps that follow."""

    @property
    def content(self) -> tuple[str, ...]:
        """What the plan's hash is taken over."""
        nested = (part for way in self.ways.values() for step in way for part in step.content)
        return ("choose", self.point, self.menu.text, *nested)

    @property
    def materials(self) -> tuple[Material, ...]:
        """Materials whose whole content counts."""
        return (self.menu,)


@dataclass(frozen=True)
class Talk:
    """A therapist and the participant talk; the participant is measured on branches after every turn.

    The therapist has its own conversation, which holds the manual and what the participant said, and no more.
    """

    manual: Manual
    point: str
    turns: int
    max_tokens: int
    temperature: float
    lines: Mapping[str, Line]
    """What is said around it, by the line's id."""
    between: tuple[tuple[Measure | Perform, ...], ...]
    """What is measured after the opening, and after each turn but the last."""
    criteria: tuple[tuple[Manual, Criterion], ...]
    """What a reader is asked of the talk at its end: the criteria of every manual of the study."""
    guess: Menu
    """From which the reader guesses the manual."""

    @property
    def content(self) -> tuple[str, ...]:
        """What the plan's hash is taken over."""
        how = (self.manual.id, str(self.turns), str(self.max_tokens), str(self.temperature))
        probes = (part for probes in self.between for probe in probes for part in probe.content)
        return ("talk", self.point, *how, *probes, self.guess.text)

    @property
    def materials(self) -> tuple[Material, ...]:
        """Materials whose whole content counts."""
        probes = (material for probes in self.between for probe in probes for material in probe.materials)
        asked = (manual for manual, _ in self.criteria)
        return (self.manual, *self.lines.values(), *asked, *probes)


Step = Say | Intervene | Generate | Measure | Perform | RunStage | ChooseTechnique | Talk | ValidityProbe


@dataclass(frozen=True)
class Procedure:
    """The frame, and the steps after it."""

    frame: Frame
    steps: tuple[Step, ...]
