"""A study: what is crossed with what, and what is expected. The file a researcher writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Annotated, Any, Literal, Self, cast

from pydantic import (
    BeforeValidator,
    Field,
    PrivateAttr,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    model_serializer,
    model_validator,
)

from affectlab import renamed
from affectlab.conversation import Intervention
from affectlab.design.hypothesis import Hypotheses
from affectlab.design.parts import (
    PERSONAS,
    POINTS,
    ClinicalTrial,
    Context,
    Crossing,
    Inductions,
    Point,
    Regulating,
    Requirement,
    Testing,
    Therapy,
)
from affectlab.errors import InputError
from affectlab.materials.catalogue import Catalogue
from affectlab.materials.checks import DEFAULT, Check
from affectlab.materials.control import Control
from affectlab.materials.document import Document, Misplaced, Place, is_draft, refuse
from affectlab.materials.instrument import Instrument
from affectlab.materials.manual import Manual
from affectlab.materials.menu import Menu
from affectlab.materials.protocol import STAGES, Protocol
from affectlab.materials.schema import (
    CHOSEN,
    INDUCTION_TEXT,
    NOTHING,
    Frame,
    Id,
    Induction,
    InductionText,
    Language,
    Line,
    Lines,
    Material,
    Of,
    Part,
    Prose,
    Regulation,
    Technique,
)
from affectlab.materials.state import State
from affectlab.materials.tasks import Task
from affectlab.seeds import derive, permuted

MOST_TURNS = 1000
"""Neutral turns at the end of a session."""


def _named_checks(value: Any) -> Any:
    if isinstance(value, str):
        return [] if value == NOTHING else [value]
    if not isinstance(value, list | tuple):
        raise ValueError("is no list of checks; write `default`, `none`, or the names of checks")
    return value


class Study(Part):
    """A study file."""

    id: Id
    version: int = Field(ge=1)
    title: str
    tests: Prose
    """What the study tests."""
    against: Prose
    """What would speak against it."""
    source: Prose = ""
    seed: int = Field(default=1, ge=0)
    models: tuple[Annotated[str, Of(("model",))], ...] = Field(default=("smollm2",), min_length=1)
    require: tuple[Requirement, ...] = ()
    """What every model must be able to do; one that cannot stops the run before anything is spent."""
    frames: tuple[Annotated[Id, Of(("frame",), (PERSONAS,))], ...] = Field(default=("human-participant",), min_length=1)
    languages: tuple[Language, ...] = ()
    """In which it is done, each session in one of them: the texts of a language lie in the folder of its two letters
    among the materials. Where none is named, the materials are taken as they are."""
    states: tuple[Annotated[str, Of(("state",))], ...] = Field(min_length=1)
    induction: Inductions = Inductions()
    protocols: tuple[Annotated[Id, Of(("protocol",))], ...] = ()
    """Instead of texts: protocols, each with its own stages, and the replicates are the participants."""
    stabilisation: Annotated[Id, Of(("script",))] | None = "stabilisation"
    regulations: tuple[Annotated[Id, Of(("regulation", "manual"), (NOTHING, CHOSEN))], ...] = Field(
        default=(NOTHING,), min_length=1
    )
    regulation: Regulating = Regulating()
    therapy: Therapy = Therapy()
    clinical_trial: ClinicalTrial | None = None
    """Where the sessions are allocated to the regulation arms by chance, as in a clinical trial."""
    neutral_turns: tuple[Annotated[int, Field(le=MOST_TURNS)], ...] = ()
    """Measure again after so many neutral turns at the end: points ``later-2``, ``later-5``."""
    again: bool = False
    """Whether the next text of the same state follows at the end: point ``again``."""
    contexts: tuple[Context, ...] = Field(default=("branched",), min_length=1)
    """Each item on a branch of its own; one after another in the conversation; or all in one answer, as published."""
    crossing: Crossing = Crossing()
    measures: tuple[Annotated[Id, Of(("instrument",))], ...] = Field(min_length=1)
    measure_at: tuple[Point, ...] = POINTS
    tasks: tuple[Testing, ...] = ()
    task_states: Literal["all", "own"] = "all"
    """Whether a task is given in every state, or in those in which people are said to err, and after neutral texts."""
    task_items: int | None = Field(default=None, ge=2)
    """So many items of each task, and half as many controls; all, if not given."""
    replicates: int = Field(default=1, ge=1)
    unit: Literal["vignette", "session"] = "vignette"
    """The sampled unit: what effects are over. The texts; or, where a protocol is run, its sessions."""
    smallest_effect: dict[Annotated[str, Of(chosen=(("measures",), ("tasks", "task")))], float] = Field(
        default_factory=dict
    )
    """Per measure, in its own unit: the smallest effect that would matter."""
    validity: Annotated[tuple[Annotated[Id, Of(("check",), (DEFAULT,))], ...], BeforeValidator(_named_checks)] = (
        DEFAULT,
    )
    """The validity checks that are made: by name, ``default`` for all that can be, ``none`` for none."""
    stopping_rule: Prose = ""
    """When no more is collected, where it may be more than is planned at first: said before, and kept with each
    extension."""
    hypotheses: Hypotheses = Field(default_factory=dict)
    """What is expected, by name: see ``design.hypothesis``."""
    quick: dict[str, Any] = Field(default_factory=dict)
    """What replaces the above in a short run (``--quick``)."""

    _document: Document | None = PrivateAttr(None)
    _catalogue: Catalogue = PrivateAttr(default_factory=Catalogue)
    _language: str = PrivateAttr("")

    @model_serializer(mode="wrap")
    def _said(self, content: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Without its languages where it names none: it is hashed and kept as before they could be named."""
        made: dict[str, Any] = content(self)
        if not made.get("languages", True):
            del made["languages"]
        return made

    @model_validator(mode="before")
    @classmethod
    def _now(cls, content: Any) -> Any:
        return renamed.study_now(content) if isinstance(content, dict) else content

    @model_validator(mode="after")
    def _sound(self, info: ValidationInfo) -> Self:
        if not is_draft(info):
            refuse(self._unsound())
        return self

    def _unsound(self) -> Iterator[Misplaced]:
        """What of the file contradicts itself."""
        for part, name in _LISTS:
            values = getattr(getattr(self, part) if part else self, name)
            place = (part, name) if part else (name,)
            twice = dict.fromkeys(value for value in values if values.count(value) > 1)
            yield from (Misplaced(f"`{value}` stands twice in `{name}`; write it once", *place) for value in twice)
        if any(turns < 1 for turns in self.neutral_turns) or list(self.neutral_turns) != sorted(self.neutral_turns):
            yield Misplaced("write growing numbers from 1 on, as in [2, 5]", "neutral_turns")
        if "baseline" not in self.measure_at:
            yield Misplaced("nothing is measured at baseline; add `baseline`", "measure_at")
        if (self.unit == "session") is not bool(self.protocols):
            unit = "session" if self.protocols else "vignette"
            yield Misplaced(f"what is sampled here is the {unit}; write `unit: {unit}`", "unit")
        for name in _TEXTS_ONLY if self.protocols else ():
            if getattr(self, name) != type(self).model_fields[name].default:
                yield Misplaced("a protocol has a procedure of its own; leave this out, or `protocols`", name)

    @classmethod
    def of(cls, content: dict[str, Any], catalogue: Catalogue | None = None) -> Study:
        """The study of some content, with the materials of a catalogue, or those of affectlab."""
        return cls.model_validate(content).with_materials(catalogue or Catalogue())

    def with_materials(self, catalogue: Catalogue, document: Document | None = None) -> Self:
        """This study, drawing on a catalogue from now on; and the file that it was read from, where there is one."""
        self._catalogue, self._document = catalogue, document
        return self

    def talking(self, *, therapist: str | None = None, reader: str | None = None) -> Study:
        """The same study with other models in the roles of its talks, where they are named."""
        named = {role: name for role, name in (("therapist", therapist), ("reader", reader)) if name is not None}
        if not named:
            return self
        if not self.manuals:
            hint = "leave it out, or name a manual in `regulations`"
            raise InputError(f"`{self.id}` has no talks, so it has no {next(iter(named))}", hint=hint)
        return self.model_copy(update={"therapy": self.therapy.model_copy(update=named)})

    @property
    def frame_ids(self) -> tuple[str, ...]:
        """The frames, ``personas`` replaced by every persona."""
        personas = tuple(frame.id for frame in self.catalogue.all(Frame) if frame.persona)
        return tuple(dict.fromkeys(id for name in self.frames for id in (personas if name == PERSONAS else (name,))))

    def named(self) -> Iterator[tuple[type[Material], str, Place]]:
        """Every material that the study names: its kind, its id, and where in the file it is named."""
        for index, frame in enumerate(self.frames):
            for id in self.frame_ids if frame == PERSONAS else (frame,):
                yield Frame, id, ("frames", index)
        yield from ((State, state, ("states", index)) for index, state in enumerate(self.states))
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
            for id in (id for id in ids if id not in (INDUCTION_TEXT, NOTHING, CHOSEN)):
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
    def protocol_techniques(self) -> tuple[str, ...]:
        """The techniques of induction that are protocols."""
        return tuple(dict.fromkeys(self.catalogue.get(Protocol, id).technique for id in self.protocols))

    def protocol(self, technique: str, state: str) -> Protocol:
        """The protocol that carries out a technique for a state."""
        protocols = (self.catalogue.get(Protocol, id) for id in self.protocols)
        return next(one for one in protocols if (one.technique, one.state) == (technique, state))

    def _written(self, place: Place) -> Sequence[str]:
        """The list at a place."""
        value: Any = self
        for name in place:
            value = getattr(value, str(name))
        return cast(Sequence[str], value)

    @property
    def induced(self) -> tuple[str, ...]:
        """The states that are induced: all but the neutral condition."""
        neutral = {state.id for state in self.catalogue.states if state.neutral}
        return tuple(state for state in self.states if state not in neutral)

    def texts_of(self, material: Induction) -> tuple[InductionText, ...]:
        """The texts of a file in the order in which they are used: as many as are asked for, from the first on.

        Of several languages, those that there are in each, in the order of the first.
        """
        order = [text.id for text in material.texts]
        if len(self.languages) > 1:
            files = [one.catalogue.get(Induction, material.id).texts for one in self.in_each_language]
            there = set.intersection(*({text.id for text in texts} for texts in files))
            order = [text.id for text in files[0] if text.id in there]
        if self.induction.draw != "first":
            order = permuted(order, derive(self.seed, "texts", material.id))
        texts = {text.id: text for text in material.texts}
        return tuple(texts[id] for id in order)

    def erring(self, task: Task) -> tuple[str, ...]:
        """The induced states in which people are said to err in a task; the task says it where a file is withheld."""
        known = {state.id: state for state in self.catalogue.states}
        return tuple(
            state
            for state in self.induced
            if (known[state].errs(task) if state in known else not task.states or state in task.states)
        )

    @property
    def manuals(self) -> tuple[str, ...]:
        """The regulation arms that are manuals, and so are given as a talk."""
        known = set(self.catalogue.ids(Manual))
        return tuple(id for id in self.regulations if id in known)

    @property
    def menu(self) -> tuple[str, ...]:
        """What can be chosen in the arm ``chosen``."""
        if self.regulation.menu:
            return self.regulation.menu
        others = [id for id in self.regulations if id not in (NOTHING, CHOSEN, *self.manuals)]
        return tuple(id for id in others if self.catalogue.get(Regulation, id).role == "technique")

    @property
    def controls(self) -> tuple[str, ...]:
        """The regulation arms that are controls; nothing is one."""
        return tuple(id for id in self.regulations if self.role(id) == "control")

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The techniques that are compared with each other: pairs of the file, and those that a hypothesis compares."""
        claimed = (pair for one in self.hypotheses.values() for pair in product(one.technique, one.exceeds))
        found = [(one, other) for one, other in (*self.regulation.pairs, *claimed) if self._are_techniques(one, other)]
        return tuple(dict.fromkeys(found))

    def _are_techniques(self, *arms: str) -> bool:
        """Whether these are techniques of the study, each another one."""
        known = {arm for arm in self.regulations if arm not in self.controls}
        return known.issuperset(arms) and len(set(arms)) == len(arms)

    def role(self, arm: str) -> Literal["technique", "control"]:
        """What a regulation arm is in the comparison."""
        if arm == NOTHING:
            return "control"
        if arm == CHOSEN:
            return "technique"
        if arm in self.manuals:
            return "control" if self.catalogue.get(Manual, arm).role == "control" else "technique"
        return self.catalogue.get(Regulation, arm).role

    def done(self, arm: str) -> Intervention | None:
        """What is done to the participant in a regulation arm, where it is one in which something is done."""
        if arm in (NOTHING, CHOSEN) or arm not in self.catalogue.ids(Regulation):
            return None
        return self.catalogue.get(Regulation, arm).done

    def brief(self, arm: str) -> bool:
        """Whether a session in an arm of the induction ends after it."""
        return arm != INDUCTION_TEXT and bool(self.induction.control_measures)

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
        named = [self.catalogue.get(Check, id) for id in self.validity if id != DEFAULT]
        rest = [one for one in self.catalogue.all(Check) if one not in named] if DEFAULT in self.validity else []
        return (*named, *rest)

    @property
    def document(self) -> Document | None:
        """The file it was read from."""
        return self._document

    @property
    def catalogue(self) -> Catalogue:
        """The materials that it draws on: those of affectlab, and those beside its file; in the language of the study,
        the first of several, or in that in which it was asked for (``in_language``)."""
        return self._catalogue.in_language(self.catalogue_language)

    @property
    def catalogue_language(self) -> str:
        """The language of its materials; empty where the study names none."""
        return self._language or next(iter(self.languages), "")

    @property
    def materials(self) -> Catalogue:
        """The same in all languages."""
        return self._catalogue

    def in_language(self, language: str) -> Study:
        """The study with the materials of one of its languages; itself where it names none."""
        if not language:
            return self
        made = self.model_copy()
        made._language = language
        return made

    @property
    def in_each_language(self) -> tuple[Study, ...]:
        """The study with the materials of each of its languages; itself alone where it names none."""
        return tuple(map(self.in_language, self.languages or ("",)))


_TEXTS_ONLY = (
    "languages",
    "induction",
    "regulations",
    "neutral_turns",
    "again",
    "contexts",
    "crossing",
    "tasks",
    "clinical_trial",
)
"""What only a study of texts can say."""

TALKING = ("talk", "therapist-begins", "therapist-goes-on", "reader", "reader-answers")
"""The lines that a talk takes."""

_LISTS = (
    *(("", name) for name in ("frames", "states", "regulations", "measures", "models", "measure_at", "contexts")),
    *(("", name) for name in ("neutral_turns", "require", "validity", "protocols", "languages")),
    *(("induction", name) for name in ("techniques", "grades", "arms", "control_measures", "deliveries")),
    *(("regulation", name) for name in ("deliveries", "orders", "menu")),
)
"""The lists of a study in which nothing may stand twice."""
