"""A study: what is crossed with what, and what is expected. The file a researcher writes."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, PrivateAttr, model_validator

from affectlab.errors import InputError
from affectlab.materials.catalogue import SHIPPED, Catalogue
from affectlab.materials.document import Document, Place, read, validate
from affectlab.materials.schema import (
    CONDITIONS,
    Frame,
    Grade,
    Id,
    Induction,
    Instrument,
    Line,
    Part,
    Regulation,
    Technique,
)
from affectlab.materials.tasks import Task

Point = Literal["baseline", "induced", "stabilised", "regulated"]
POINTS: tuple[Point, ...] = ("baseline", "induced", "stabilised", "regulated")
"""The points of a session at which something can be measured, in their order."""

NOTHING = "none"
"""The regulation arm in which nothing is said."""


class Inductions(Part):
    """Which texts induce the states."""

    technique: Id = "imagery"
    grades: tuple[Grade, ...] = Field(default=("moderate",), min_length=1)
    texts: int = Field(default=4, ge=1)
    """How many texts per state: the first ones of each file. They are the sampled unit."""


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
    frames: tuple[Id, ...] = Field(default=("human-participant",), min_length=1)
    states: tuple[str, ...] = Field(min_length=1)
    induction: Inductions = Inductions()
    stabilisation: Id | None = "stabilisation"
    regulations: tuple[Id, ...] = Field(default=(NOTHING,), min_length=1)
    measures: tuple[Id, ...] = Field(min_length=1)
    measure_at: tuple[Point, ...] = POINTS
    tasks: tuple[Testing, ...] = ()
    replicates: int = Field(default=1, ge=1)
    unit: Literal["vignette"] = "vignette"
    """The sampled unit: what effects are over."""
    smallest_effect: dict[str, float] = Field(default_factory=dict)
    """Per measure, in its own unit: the smallest effect that would matter."""
    hypotheses: tuple[str, ...] = ()
    quick: dict[str, Any] = Field(default_factory=dict)
    """What replaces the above in a short run (``--quick``)."""

    _document: Document | None = PrivateAttr(None)
    _catalogue: Catalogue = PrivateAttr(default_factory=Catalogue)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        for name in ("frames", "states", "regulations", "measures", "models", "measure_at"):
            values = getattr(self, name)
            twice = [value for value in values if values.count(value) > 1]
            if twice:
                raise ValueError(f"`{twice[0]}` stands twice in `{name}`; write it once")
        if "baseline" not in self.measure_at:
            raise ValueError("nothing is measured at baseline; add `baseline` to `measure_at`")
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

    @property
    def document(self) -> Document | None:
        """The file it was read from."""
        return self._document

    @property
    def catalogue(self) -> Catalogue:
        """The materials that it draws on: those of affectlab, and those beside its file."""
        return self._catalogue


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
    errors: list[InputError] = []

    def named(kind: Any, id: str, place: Place) -> Any:
        try:
            return catalogue.get(kind, id)
        except InputError as error:
            if error.file is None:
                errors.append(document.error(error.message, place, hint=error.hint))
            else:
                errors.extend([error, *error.others])
            return None

    for index, state in enumerate(study.states):
        if state not in CONDITIONS:
            hint = f"the states are {', '.join(CONDITIONS)}"
            errors.append(document.error(f"unknown state `{state}`", ("states", index), hint=hint))
            continue
        induction = named(Induction, f"{study.induction.technique}-{state}", ("induction", "technique"))
        if induction is not None:
            errors += _too_few(study, document, induction)
    named(Technique, study.induction.technique, ("induction", "technique"))
    for index, frame in enumerate(study.frames):
        named(Frame, frame, ("frames", index))
    for index, regulation in enumerate(study.regulations):
        if regulation != NOTHING:
            named(Regulation, regulation, ("regulations", index))
    for index, measure in enumerate(study.measures):
        named(Instrument, measure, ("measures", index))
    for index, testing in enumerate(study.tasks):
        named(Task, testing.task, ("tasks", index, "task"))
    for line in ("baseline", study.stabilisation):
        if line is not None:
            named(Line, line, ("stabilisation",))
    known = {*study.measures, *(testing.task for testing in study.tasks)}
    for measure in study.smallest_effect:
        if measure not in known:
            hint = f"it can be said of {', '.join(sorted(known))}"
            place = ("smallest_effect", measure)
            errors.append(document.error(f"`{measure}` is not measured here", place, hint=hint))
    return errors


def _too_few(study: Study, document: Document, induction: Induction) -> list[InputError]:
    wanted = study.induction
    errors = []
    if len(induction.texts) < wanted.texts:
        message = f"asks for {wanted.texts} texts of `{induction.id}`, which has {len(induction.texts)}"
        hint = f"write {len(induction.texts)} or fewer, or add texts"
        errors.append(document.error(message, ("induction", "texts"), hint=hint))
    for text in induction.texts[: wanted.texts]:
        missing = [grade for grade in wanted.grades if grade not in text.grades]
        if missing:
            message = f"text `{text.id}` has no grade `{missing[0]}`"
            errors.append(document.error(message, ("induction", "grades"), hint="add it, or leave it out"))
    return errors
