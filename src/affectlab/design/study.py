"""A study: what is crossed with what, and what is expected. The file a researcher writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Self, cast

from pydantic import Field, PrivateAttr, field_validator, model_validator

from affectlab.design.validity import obstacle
from affectlab.errors import InputError
from affectlab.materials.catalogue import SHIPPED, Catalogue
from affectlab.materials.checks import DEFAULT, Check
from affectlab.materials.control import Control
from affectlab.materials.document import Document, Misplaced, Place, read, validate
from affectlab.materials.manual import Manual
from affectlab.materials.menu import MOST, Menu
from affectlab.materials.protocol import STAGES, Protocol
from affectlab.materials.schema import (
    CHOSEN,
    CONDITIONS,
    NOTHING,
    TEXT,
    Frame,
    Grade,
    Id,
    Induction,
    Instrument,
    Line,
    Lines,
    Material,
    Part,
    Regulation,
    Technique,
)
from affectlab.materials.tasks import Task
from affectlab.requests import Seat

Point = Literal["baseline", "prepared", "induced", "stabilised", "regulated"]
POINTS: tuple[Point, ...] = ("baseline", "prepared", "induced", "stabilised", "regulated")
"""The points between the phases of a session, in their order; ``prepared`` is after a regulation that comes first."""

PERSONAS = "personas"
"""Among the frames: every persona that there is."""

Delivery = Literal["user", "system", "elaborated"]
Requirement = Literal["distribution", "opening", "seed", "identical"]
"""What a study can require of a model: see ``participants.base.Capabilities``."""
Context = Literal["forked", "sequential", "battery"]
Order = Literal["after", "before"]
STARTS: Mapping[Order, tuple[Point, ...]] = {"after": ("stabilised", "induced"), "before": ("baseline",)}
"""Where a regulation can begin, by whether it comes after or before the induction: at the first of these points that
is measured."""


class Inductions(Part):
    """Which texts induce the states, and which controls they are held against."""

    techniques: tuple[Id, ...] = Field(default=("imagery",), min_length=1)
    grades: tuple[Grade, ...] = Field(default=("moderate",), min_length=1)
    texts: int = Field(default=4, ge=1)
    """How many texts per state: the first ones of each file. They are the sampled unit."""
    arms: tuple[Id, ...] = Field(default=(TEXT,), min_length=1)
    """``text``, and controls made from it; a neutral text has no controls of its own."""
    control_measures: tuple[Id, ...] = ()
    """Where some are named, a session under a control is brief: it has these measures only, no task and no
    regulation, and is over after the induction."""
    deliveries: tuple[Delivery, ...] = Field(default=("user",), min_length=1)
    """In a user turn, in a system turn, or in a user turn that the participant then elaborates in its own words."""


class Regulating(Part):
    """How the regulations are given."""

    deliveries: tuple[Literal["scripted", "guided"], ...] = Field(default=("scripted",), min_length=1)
    """The whole text at once, or step by step, each answered by the participant in its own words."""
    rounds: int = Field(default=1, ge=1, le=5)
    """How often it is done; measured after each round."""
    orders: tuple[Order, ...] = Field(default=("after",), min_length=1)
    """After the induction, or before it (prophylaxis)."""
    menu: tuple[Id, ...] = ()
    """What the participant of the arm ``chosen`` chooses from; the techniques of the study where nothing is named."""


class Therapy(Part):
    """How the arms that are manuals are given: as a talk with a therapist."""

    therapist: str | None = None
    """The model that talks with the participant, from the manual; the participant's own model if None."""
    reader: str | None = None
    """The model that reads the talk, told neither arm nor state; the participant's own model if None."""
    turns: int = Field(default=6, ge=1, le=24)
    """Turns of the therapist after its opening, each answered by the participant and measured after."""
    max_tokens: int = Field(default=60, ge=1)
    """The longest turn of either."""
    temperature: float = Field(default=1.0, ge=0.0)

    @property
    def seats(self) -> dict[Seat, str]:
        """The models that are named for the seats beside the client's."""
        named: dict[Seat, str | None] = {"therapist": self.therapist, "reader": self.reader}
        return {seat: name for seat, name in named.items() if name is not None}


class Primary(Part):
    """The outcome that a trial is about, declared before: the change of the state's own scale of a measure."""

    measure: Id
    before: Point = "stabilised"
    point: str = "regulated"


class Trial(Part):
    """How sessions are allocated to the regulation arms, and what is analysed."""

    primary: Primary
    sessions: int = Field(ge=1)
    """Per vignette. Allocated in permuted blocks: as many as there are arms, or a multiple, gives each vignette every
    arm equally often."""


class Crossing(Part):
    """Which cells of the full crossing are run; balanced, and blocked by text."""

    latin: tuple[Literal["frames", "deliveries", "contexts", "regulations", "grades"], ...] = ()
    """Factors that are not crossed with the texts: each text of each state has one level, by a Latin square."""
    fraction: int = Field(default=1, ge=1)
    """Run one cell in so many of what is left."""


class Testing(Part):
    """A task, and the point at which it is given."""

    task: Id
    at: Point = "stabilised"
    generate: bool = True
    """Whether each stem is also completed freely, once per state."""


class Study(Part):
    """A study file."""

    id: Id
    version: int = Field(ge=1)
    title: str
    tests: str
    """What the study tests."""
    against: str
    """What would speak against it."""
    source: str = ""
    seed: int = Field(default=1, ge=0)
    models: tuple[str, ...] = Field(default=("smollm2",), min_length=1)
    require: tuple[Requirement, ...] = ()
    """What every model must be able to do; one that cannot stops the run before anything is spent."""
    frames: tuple[Id, ...] = Field(default=("human-participant",), min_length=1)
    states: tuple[str, ...] = Field(min_length=1)
    induction: Inductions = Inductions()
    protocols: tuple[Id, ...] = ()
    """Instead of texts: enacted protocols, each with its own stages, and the replicates are the participants."""
    stabilisation: Id | None = "stabilisation"
    regulations: tuple[Id, ...] = Field(default=(NOTHING,), min_length=1)
    regulation: Regulating = Regulating()
    therapy: Therapy = Therapy()
    trial: Trial | None = None
    """Where the sessions are allocated to the regulation arms by chance, as in a clinical trial."""
    neutral_turns: tuple[int, ...] = ()
    """Measure again after so many neutral turns at the end: points ``later-2``, ``later-5``."""
    again: bool = False
    """Whether the next text of the same state follows at the end: point ``again``."""
    contexts: tuple[Context, ...] = Field(default=("forked",), min_length=1)
    """Each item on a fork of its own; one after another in the conversation; or all in one answer, as published."""
    crossing: Crossing = Crossing()
    measures: tuple[Id, ...] = Field(min_length=1)
    measure_at: tuple[Point, ...] = POINTS
    tasks: tuple[Testing, ...] = ()
    task_states: Literal["all", "own"] = "all"
    """Whether a task is given in every state, or in those in which people are said to err, and after neutral texts."""
    task_trials: int | None = Field(default=None, ge=2)
    """So many trials of each task, and half as many controls; all, if not given."""
    replicates: int = Field(default=1, ge=1)
    unit: Literal["vignette", "session"] = "vignette"
    """The sampled unit: what effects are over. The texts; or, where a protocol is enacted, its sessions."""
    smallest_effect: dict[str, float] = Field(default_factory=dict)
    """Per measure, in its own unit: the smallest effect that would matter."""
    validity: tuple[Id, ...] = (DEFAULT,)
    """The validity checks that are made: by name, ``default`` for all that can be, ``none`` for none."""
    hypotheses: tuple[str, ...] = ()
    quick: dict[str, Any] = Field(default_factory=dict)
    """What replaces the above in a short run (``--quick``)."""

    _document: Document | None = PrivateAttr(None)
    _catalogue: Catalogue = PrivateAttr(default_factory=Catalogue)

    @field_validator("validity", mode="before")
    @classmethod
    def _named_checks(cls, value: Any) -> Any:
        if isinstance(value, str):
            return [] if value == NOTHING else [value]
        if not isinstance(value, list | tuple):
            raise ValueError("is no list of checks; write `default`, `none`, or the names of checks")
        return value

    @model_validator(mode="after")
    def _sound(self) -> Self:
        for part, name in _LISTS:
            values = getattr(getattr(self, part) if part else self, name)
            twice = [value for value in values if values.count(value) > 1]
            if twice:
                raise ValueError(f"`{twice[0]}` stands twice in `{name}`; write it once")
        if any(turns < 1 for turns in self.neutral_turns) or list(self.neutral_turns) != sorted(self.neutral_turns):
            raise Misplaced("write growing numbers from 1 on, as in [2, 5]", "neutral_turns")
        if "baseline" not in self.measure_at:
            raise Misplaced("nothing is measured at baseline; add `baseline`", "measure_at")
        if (self.unit == "session") is not bool(self.protocols):
            unit = "session" if self.protocols else "vignette"
            raise Misplaced(f"what is sampled here is the {unit}; write `unit: {unit}`", "unit")
        for name in _TEXTS_ONLY if self.protocols else ():
            if getattr(self, name) != type(self).model_fields[name].default:
                raise Misplaced("a protocol has a course of its own; leave this out, or `protocols`", name)
        return self

    @classmethod
    def load(cls, name: str | Path, *, quick: bool = False) -> Study:
        """The study of a file, or of the name of a shipped one, checked against the materials that it names.

        Raises:
            InputError: something in the file or in a material is wrong; ``others`` holds the further ones.

        >>> Study.load("dresden").states[0]
        'fear'
        """
        study, errors = examine(name, quick=quick)
        if study is None or errors:
            first = errors[0]
            first.others = tuple(errors[1:])
            raise first
        return study

    @classmethod
    def of(cls, content: dict[str, Any], path: Path | None = None) -> Study:
        """The study of some content, with the materials that lie beside ``path``."""
        study = cls.model_validate(content)
        study._catalogue = Catalogue(_beside(path) if path is not None else ())
        return study

    def talking(self, *, therapist: str | None = None, reader: str | None = None) -> Study:
        """The same study with other models on the seats of its talks, where they are named."""
        named = {seat: name for seat, name in (("therapist", therapist), ("reader", reader)) if name is not None}
        if not named:
            return self
        if not self.manuals:
            hint = "leave it out, or name a manual in `regulations`"
            raise InputError(f"`{self.id}` has no talks, so it has no {next(iter(named))}", hint=hint)
        return self.model_copy(update={"therapy": self.therapy.model_copy(update=named)})

    @property
    def frame_ids(self) -> tuple[str, ...]:
        """The frames, ``personas`` replaced by every persona."""
        personas = tuple(frame.id for frame in self._catalogue.all(Frame) if frame.persona)
        return tuple(dict.fromkeys(id for name in self.frames for id in (personas if name == PERSONAS else (name,))))

    def named(self) -> Iterator[tuple[type[Material], str, Place]]:
        """Every material that the study names: its kind, its id, and where in the file it is named."""
        for index, frame in enumerate(self.frames):
            for id in self.frame_ids if frame == PERSONAS else (frame,):
                yield Frame, id, ("frames", index)
        yield from self._lines()
        for index, technique in enumerate(() if self.protocols else self.induction.techniques):
            at: Place = ("induction", "techniques", index)
            yield Technique, technique, at
            yield from ((Induction, f"{technique}-{state}", at) for state in self.states)
        named: tuple[tuple[type[Material], Sequence[str], Place], ...] = (
            (Control, self.induction.arms, ("induction", "arms")),
            (Protocol, self.protocols, ("protocols",)),
            (Regulation, [id for id in self.regulations if id not in self.manuals], ("regulations",)),
            (Manual, self.manuals, ("regulations",)),
            (Regulation, self.regulation.menu, ("regulation", "menu")),
            (Instrument, self.measures, ("measures",)),
        )
        for kind, ids, place in named:
            written = list(self._written(place))
            for id in (id for id in ids if id not in (TEXT, NOTHING, CHOSEN)):
                yield kind, id, (*place, written.index(id))
        yield from ((Task, testing.task, ("tasks", number, "task")) for number, testing in enumerate(self.tasks))
        yield from ((Check, id, ("validity", number)) for number, id in enumerate(self.validity) if id != DEFAULT)

    def _lines(self) -> Iterator[tuple[type[Material], str, Place]]:
        """The fixed lines that the experimenter says."""
        yield Line, "baseline", ()
        if self.stabilisation is not None:
            yield Line, self.stabilisation, ("stabilisation",)
        if "elaborated" in self.induction.deliveries or "guided" in self.regulation.deliveries:
            yield Line, "elaborate", ("induction", "deliveries")
        if CHOSEN in self.regulations:
            yield Menu, "techniques", ("regulations",)
        if self.manuals:
            yield from ((Line, line, ("regulations",)) for line in TALKING)
            yield Menu, "manuals", ("regulations",)
        if self.neutral_turns:
            yield Lines, "neutral-turns", ("neutral_turns",)
        for context, line in (("sequential", "next-item"), ("battery", "battery")):
            if context in self.contexts:
                yield Line, line, ("contexts",)

    @property
    def enacted(self) -> tuple[str, ...]:
        """The techniques of induction that are protocols."""
        return tuple(dict.fromkeys(self._catalogue.get(Protocol, id).technique for id in self.protocols))

    def protocol(self, technique: str, state: str) -> Protocol:
        """The protocol that enacts a technique for a state."""
        protocols = (self._catalogue.get(Protocol, id) for id in self.protocols)
        return next(one for one in protocols if (one.technique, one.state) == (technique, state))

    def _written(self, place: Place) -> Sequence[str]:
        """The list at a place."""
        value: Any = self
        for name in place:
            value = getattr(value, str(name))
        return cast(Sequence[str], value)

    @property
    def manuals(self) -> tuple[str, ...]:
        """The regulation arms that are manuals, and so are given as a talk."""
        known = set(self._catalogue.ids(Manual))
        return tuple(id for id in self.regulations if id in known)

    @property
    def menu(self) -> tuple[str, ...]:
        """What can be chosen in the arm ``chosen``."""
        if self.regulation.menu:
            return self.regulation.menu
        others = [id for id in self.regulations if id not in (NOTHING, CHOSEN, *self.manuals)]
        return tuple(id for id in others if self._catalogue.get(Regulation, id).role == "technique")

    @property
    def controls(self) -> tuple[str, ...]:
        """The regulation arms that are controls; nothing is one."""
        return tuple(id for id in self.regulations if self.role(id) == "control")

    def role(self, arm: str) -> Literal["technique", "control"]:
        """What a regulation arm is in the comparison."""
        if arm == NOTHING:
            return "control"
        if arm == CHOSEN:
            return "technique"
        if arm in self.manuals:
            return "control" if self._catalogue.get(Manual, arm).role == "control" else "technique"
        return self._catalogue.get(Regulation, arm).role

    def brief(self, arm: str) -> bool:
        """Whether a session in an arm of the induction ends after it."""
        return arm != TEXT and bool(self.induction.control_measures)

    @property
    def points(self) -> tuple[str, ...]:
        """Every point at which the study measures, in the order of a session."""
        if self.protocols:
            return STAGES
        rounds = [f"round-{number}" for number in range(1, self.regulation.rounds)]
        turns = [f"turn-{number}" for number in range(self.therapy.turns)] if self.manuals else []
        later = [f"later-{turns}" for turns in self.neutral_turns]
        wanted = [point for point in POINTS if point in self.measure_at]
        if "before" not in self.regulation.orders and "prepared" in wanted:
            wanted.remove("prepared")
        at = wanted.index("regulated") if "regulated" in wanted else len(wanted)
        return (*wanted[:at], *rounds, *turns, *wanted[at:], *later, *(["again"] if self.again else []))

    @property
    def checks(self) -> tuple[Check, ...]:
        """The validity checks that are made, those that ask among them."""
        named = [self._catalogue.get(Check, id) for id in self.validity if id != DEFAULT]
        rest = [one for one in self._catalogue.all(Check) if one not in named] if DEFAULT in self.validity else []
        return (*named, *rest)

    @property
    def document(self) -> Document | None:
        """The file it was read from."""
        return self._document

    @property
    def catalogue(self) -> Catalogue:
        """The materials that it draws on: those of affectlab, and those beside its file."""
        return self._catalogue


_TEXTS_ONLY = ("induction", "regulations", "neutral_turns", "again", "contexts", "crossing", "tasks", "trial")
"""What only a study of texts can say."""

TALKING = ("talk", "therapist-begins", "therapist-goes-on", "reader", "reader-answers")
"""The lines that a talk takes."""

_LISTS = (
    *(("", name) for name in ("frames", "states", "regulations", "measures", "models", "measure_at", "contexts")),
    *(("", name) for name in ("neutral_turns", "require", "validity", "protocols")),
    *(("induction", name) for name in ("techniques", "grades", "arms", "control_measures", "deliveries")),
    *(("regulation", name) for name in ("deliveries", "orders", "menu")),
)
"""The lists of a study in which nothing may stand twice."""


def shipped() -> dict[str, Path]:
    """The studies that come with affectlab, by name."""
    return {path.stem: path for path in sorted((SHIPPED / "studies").glob("*.yaml"))}


def examine(name: str | Path, *, quick: bool = False) -> tuple[Study | None, list[InputError]]:
    """A study, where it can be read, and all that is wrong with it and with the materials that it names."""
    try:
        document = read(_path(name))
        study = validate(document, Study)
        if quick:
            study = _shortened(study, document)
        study._document = document
        study._catalogue = Catalogue(_beside(document.path))
        return study, list(_mistakes(study, document, study.catalogue))
    except InputError as error:
        return None, [error, *error.others]


def _path(name: str | Path) -> Path:
    known = shipped()
    if str(name) in known:
        return known[str(name)]
    path = Path(name)
    if path.suffix in (".yaml", ".yml") or path.exists():
        return path
    hint = f"name a file, or one of the shipped studies: {', '.join(known)}"
    raise InputError(f"unknown study `{name}`", hint=hint)


def _beside(path: Path) -> list[Path]:
    folder = path.parent / "materials"
    return [folder] if folder.is_dir() else []


def _shortened(study: Study, document: Document) -> Study:
    if not study.quick:
        raise document.error("the study has no short form", hint="add `quick:`, or run it without --quick")
    short = Document(document.path, {**document.data, **study.quick}, document.lines)
    return validate(short, Study)


def _mistakes(study: Study, document: Document, catalogue: Catalogue) -> list[InputError]:
    """Everything that a file names and that does not exist, or cannot be used together."""
    errors = [
        document.error(f"unknown state `{state}`", ("states", at), hint=f"the states are {', '.join(CONDITIONS)}")
        for at, state in enumerate(study.states)
        if state not in CONDITIONS
    ]
    for kind, id, place in study.named():
        if kind is Induction and (wanting := _without_texts(id, catalogue)) is not None:
            errors += [document.error(message, place, hint=hint) for message, hint in wanting]
            continue
        try:
            errors += [
                document.error(message, at, hint=hint)
                for message, at, hint in _unfit(study, catalogue.get(kind, id), place)
            ]
        except InputError as error:
            wrong = (
                [document.error(error.message, place, hint=error.hint)]
                if error.file is None
                else [error, *error.others]
            )
            errors += [one for one in wrong if str(one) not in map(str, errors)]
    errors += _enacted(study, document, catalogue)

    if not errors:
        errors += [document.error(message, at, hint=hint) for message, at, hint in _misarranged(study)]
    known = {*study.measures, *(testing.task for testing in study.tasks)}
    for measure in study.smallest_effect:
        if measure not in known:
            hint = f"it can be said of {', '.join(sorted(known))}"
            errors.append(document.error(f"`{measure}` is not measured here", ("smallest_effect", measure), hint=hint))
    return errors


def _without_texts(id: str, catalogue: Catalogue) -> list[tuple[str, str]] | None:
    """That a technique has no texts for a state; nothing more, where one of them is unknown; None where it has some."""
    technique, _, state = id.rpartition("-")
    if state not in CONDITIONS or technique not in catalogue.ids(Technique):
        return []
    if id in catalogue.ids(Induction):
        return None
    hint = f"add `inductions/{technique}/{state}.yaml` to the materials, or leave the state or the technique out"
    return [(f"the technique `{technique}` has no texts for `{state}`", hint)]


def _enacted(study: Study, document: Document, catalogue: Catalogue) -> Iterator[InputError]:
    """Protocols that do not go with the study's states, or with each other."""
    named = {one.id: one for one in catalogue.sound(Protocol)}
    known = [named[id] for id in study.protocols if id in named]
    for protocol in known:
        place = ("protocols", study.protocols.index(protocol.id))
        if protocol.state not in study.states:
            hint = f"add `{protocol.state}` to `states`, or leave it out"
            yield document.error(f"`{protocol.id}` is a protocol for `{protocol.state}`", place, hint=hint)
        alike = [one for one in known if (one.technique, one.state) == (protocol.technique, protocol.state)]
        if protocol is not alike[0]:
            hint = "leave one of them out"
            message = f"`{protocol.id}` is for the same technique and state as `{alike[0].id}`"
            yield document.error(message, place, hint=hint)
    for at, state in enumerate(study.states if known else ()):
        if all(protocol.state != state for protocol in known):
            yield document.error(f"no protocol is for `{state}`", ("states", at), hint="leave it out")


def _misarranged(study: Study) -> Iterator[tuple[str, Place, str]]:
    """What is wrong with the arms, the talks and the trial, each material being sound."""
    for at, measure in enumerate(study.induction.control_measures):
        if measure not in study.measures:
            hint = f"name one of {', '.join(study.measures)}"
            yield f"`{measure}` is not measured here", ("induction", "control_measures", at), hint
    if study.induction.control_measures and "induced" not in study.measure_at:
        yield "nothing is measured after the controls", ("measure_at",), "add `induced`"
    if not study.controls:
        hint = "add `none`, or a control such as `neutral-reading`"
        yield "no arm is a control, so no effect can be told", ("regulations",), hint
    if CHOSEN in study.regulations and not 2 <= len(study.menu) <= MOST:
        hint = f"name 2 to {MOST} techniques in `regulation.menu`"
        yield f"there are {len(study.menu)} techniques to choose from", ("regulation", "menu"), hint
    for at, id in enumerate(study.regulation.menu):
        if study.catalogue.get(Regulation, id).menu is None:
            message = f"`{id}` has no description from which it could be chosen"
            yield message, ("regulation", "menu", at), "add `menu:` to its file, or leave it out"
    if study.manuals and study.contexts != ("forked",):
        hint = "write `contexts: [forked]`, or leave the manuals out"
        yield "in a talk, measures are asked on forks only", ("contexts",), hint
    if study.trial is not None:
        yield from _untried(study, study.trial)


def _untried(study: Study, trial: Trial) -> Iterator[tuple[str, Place, str]]:
    """What keeps a trial from being one."""
    primary = trial.primary
    if primary.measure not in study.measures:
        hint = f"name one of {', '.join(study.measures)}"
        yield f"the primary outcome `{primary.measure}` is not measured", ("trial", "primary", "measure"), hint
    for name, point in (("before", primary.before), ("point", primary.point)):
        if point not in study.points:
            hint = f"name one of {', '.join(study.points)}"
            yield f"nothing is measured at `{point}`", ("trial", "primary", name), hint
    if len(study.regulations) < 2:
        yield "a trial needs two arms", ("regulations",), "add an arm"
    factors: tuple[tuple[str, Sequence[str], Place], ...] = (
        ("grades", study.induction.grades, ("induction", "grades")),
        ("arms", study.induction.arms, ("induction", "arms")),
        ("deliveries", study.induction.deliveries, ("induction", "deliveries")),
        ("contexts", study.contexts, ("contexts",)),
        ("deliveries", study.regulation.deliveries, ("regulation", "deliveries")),
        ("orders", study.regulation.orders, ("regulation", "orders")),
    )
    for name, levels, place in factors:
        if len(levels) > 1:
            yield f"a trial allocates to the regulation arms only, and `{name}` has {len(levels)}", place, "name one"
    if study.crossing != Crossing():
        yield "a trial is not crossed", ("crossing",), "leave `crossing` out"


def _unfit(study: Study, material: Material, place: Place) -> Iterator[tuple[str, Place, str]]:
    """Why a material cannot be used as the study wants to use it: message, place, hint."""
    wanted = study.induction
    match material:
        case Instrument(form="cloze") if "forked" not in study.contexts:
            hint = "add `forked` to `contexts`, or measure ratings"
            yield f"`{material.id}` is a cloze, which is always asked on forks", place, hint
        case Technique() if "system" in wanted.deliveries and any(turn.speaks for turn in material.turns):
            hint = "leave out `system`, or the technique"
            yield f"`{material.id}` lets the participant speak, so it cannot be a system turn", place, hint
        case Induction():
            if len(material.texts) < wanted.texts:
                hint = f"write {len(material.texts)} or fewer, or add texts"
                message = f"asks for {wanted.texts} texts of `{material.id}`, which has {len(material.texts)}"
                yield message, ("induction", "texts"), hint
            for text in material.texts[: wanted.texts]:
                for grade in (grade for grade in wanted.grades if grade not in text.grades):
                    message = f"text `{text.id}` has no grade `{grade}`"
                    yield message, ("induction", "grades"), "add it, or leave it out"
        case Check():
            lacking = obstacle(study, material)
            if lacking is not None:
                yield f"`{material.id}` cannot be checked here: {lacking}", place, "add that, or leave the check out"
