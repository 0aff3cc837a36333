"""Everything that is wrong with a study and the materials that it uses, found without a model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from affectlab.design.asking import asked_amiss
from affectlab.design.load import Examined, Written, examine
from affectlab.design.mismatch import unnameable
from affectlab.design.remarks import remarks
from affectlab.design.said import texts_told
from affectlab.design.size import require_size
from affectlab.design.states import state_mistakes
from affectlab.design.study import Study
from affectlab.design.trying import unscorable
from affectlab.errors import AffectlabError, InputError
from affectlab.materials.catalogue import FOLDERS, Catalogue, vocabulary
from affectlab.materials.control import Control
from affectlab.materials.document import Document, Place
from affectlab.materials.instrument import Instrument
from affectlab.materials.schema import (
    INDUCTION_TEXT,
    Induction,
    Length,
    Material,
    Regulation,
    Technique,
)
from affectlab.materials.tasks import Task
from affectlab.materials.vocabulary import Vocabulary
from affectlab.materials.words import count_words, way_of_counting


class CheckedStudy(NamedTuple):
    """What a check of a study found."""

    study: Study | None
    """None where its file cannot be read."""
    errors: Sequence[AffectlabError]
    """What must be mended."""
    remarks: list[InputError]
    """What a researcher should know, and may mean."""

    def sessions(self, *, large: bool = False) -> int:
        """How many sessions the study has at most.

        Raises:
            InputError: more than can be meant, and ``large`` does not say that they are; or the file cannot be read.
        """
        if self.study is None:
            raise self.errors[0]
        return require_size(self.study, large=large)


def checked_study(study: str | Path | Written) -> CheckedStudy:
    """All that is wrong with a study file, its short form, and the materials that it uses or that lie beside it."""
    found = examine(study)
    errors = [*found.errors, *_of_materials(found)]
    if found.study is not None and not found.errors:
        errors += examine(study, quick=True).errors if found.study.quick else []
    told = remarks(found.study) if found.study is not None and not errors else ()
    return CheckedStudy(found.study, _once_each(errors), _once_each(told))


def file_mistakes(study: str | Path) -> Sequence[AffectlabError]:
    """All that is wrong with a study file, and with the materials that it uses or that lie beside it."""
    return checked_study(study).errors


def material_mistakes(catalogue: Catalogue) -> Iterator[InputError]:
    """All that is wrong with the materials of a catalogue: schema, ids, lengths, words that are scored."""
    reader = _Reader(catalogue, catalogue.scored)
    for kind in FOLDERS:
        for id in catalogue.ids(kind):
            yield from reader.mistakes(kind, id)
    yield from _controlled(catalogue, catalogue.ids(Control), catalogue.ids(Induction))
    yield from state_mistakes(catalogue)


def mistakes_of(catalogue: Catalogue, kind: type[Material], id: str) -> list[InputError]:
    """All that is wrong with one material of a catalogue: schema, id, lengths, words that are scored."""
    found = list(_Reader(catalogue, catalogue.scored).mistakes(kind, id))
    inductions = [id] if kind is Induction and not found else []
    return _once_each([*found, *_controlled(catalogue, catalogue.ids(Control), inductions)])


def _of_materials(found: Examined) -> Iterator[InputError]:
    """All that is wrong with the materials that a study says or asks, and with all that lie beside it."""
    catalogue, study = found.catalogue, found.study
    if catalogue is None:
        return
    if study is not None and study.languages:
        for one in study.in_each_language:
            yield from _read_through(one.catalogue, one)
    else:
        yield from _read_through(catalogue, study)


def _read_through(catalogue: Catalogue, study: Study | None) -> Iterator[InputError]:
    """The same in one language."""
    named = list(dict.fromkeys((kind, id) for kind, id, _ in study.named())) if study is not None else []
    reader = _Reader(catalogue, _scored(catalogue, study), study)
    own = [(kind, id) for kind in FOLDERS for id in catalogue.beside(kind)]
    for kind, id in dict.fromkeys((*named, *own)):
        if id in catalogue.ids(kind):
            yield from reader.mistakes(kind, id, whole=(kind, id) in own)
    if study is not None:
        arms = [arm for arm in study.induction.arms if arm != INDUCTION_TEXT]
        yield from _controlled(catalogue, arms, [id for kind, id in named if kind is Induction])


def _scored(catalogue: Catalogue, study: Study | None) -> Vocabulary:
    """The words that the measures of a study score, and that name its states; of all, where there is no study."""
    if study is None:
        return catalogue.scored
    tasks = {testing.task for testing in study.tasks}
    measures = [one for one in catalogue.sound(Instrument) if one.id in study.measures]
    given = [one for one in catalogue.sound(Task) if one.id in tasks]
    return vocabulary((*measures, *given), [one for one in catalogue.states if one.id in study.states])


class _Reader:
    """Reads the materials of a catalogue one after another."""

    def __init__(self, catalogue: Catalogue, scored: Vocabulary, study: Study | None = None) -> None:
        self.catalogue = catalogue
        self.scored = scored
        self.study = study
        self.seen: dict[tuple[str, str], str] = {}

    def mistakes(self, kind: type[Material], id: str, *, whole: bool = True) -> Iterator[InputError]:
        """What is wrong with a material.

        Args:
            kind: of it.
            id: of it.
            whole: whether all of it is looked at, or the texts that the study says alone.
        """
        try:
            material = self.catalogue.get(kind, id)
        except InputError as error:
            yield from (error, *error.others)
            return
        document = self.catalogue.document(kind, id)
        if material.id != id:
            hint = f"write `id: {id}`, which is what its place says"
            yield document.error(f"the id is `{material.id}`", ("id",), hint=hint)
        yield from unnameable(material, document)
        if isinstance(material, Instrument | Task):
            wrong = list(asked_amiss(material, document))
            yield from wrong
            failing = None if wrong else unscorable(material, document)
            if failing is not None:
                yield failing
        elif isinstance(material, Induction):
            yield from self._induction(document, material, whole=whole)
        elif isinstance(material, Regulation):
            yield from self._regulation(document, material)
        else:
            for place, text in texts_told(material).items():
                yield from self._unscored(document, text, place)

    def _induction(self, document: Document, material: Induction, *, whole: bool) -> Iterator[InputError]:
        try:
            length = self.catalogue.get(Technique, material.technique).length
        except InputError as error:
            yield document.error(error.message, ("technique",), hint=error.hint)
            return
        used = None if whole or self.study is None else self.study.induction
        drawn = () if self.study is None or used is None else self.study.texts_of(material)[: used.texts]
        for index, text in enumerate(material.texts):
            if used is not None and text not in drawn:
                continue
            yield from self._once(document, "text", text.id, ("texts", index))
            for grade, wording in text.grades.items():
                if used is None or grade in used.grades:
                    place = ("texts", index, "grades", grade)
                    yield from _long(document, wording.text, place, length, "the technique's texts")
                    yield from self._unscored(document, wording.text, place)

    def _regulation(self, document: Document, material: Regulation) -> Iterator[InputError]:
        if material.menu is not None:
            yield from self._unscored(document, material.menu, ("menu",))
        for index, script in enumerate(material.scripts):
            place = ("scripts", index)
            yield from self._once(document, "script", script.id, place)
            if material.length is not None and script.text:
                yield from _long(document, script.text, place, material.length, "its scripts")
            if material.exempt is None:
                yield from self._unscored(document, script.text, place)

    def _once(self, document: Document, noun: str, id: str, place: Place) -> Iterator[InputError]:
        here = f"{document.path.name}:{document.line(place)}"
        if (noun, id) in self.seen:
            hint = f"{self.seen[noun, id]} has it too; rename one"
            yield document.error(f"duplicate {noun} id `{id}`", place, hint=hint)
        self.seen[noun, id] = here

    def _unscored(self, document: Document, text: str, place: Place) -> Iterator[InputError]:
        for word in dict.fromkeys(self.scored.found(text)):
            message = f"contains `{word}`, {self.scored.owner(word)}"
            yield document.error(message, place, hint="use another word")


def _controlled(catalogue: Catalogue, arms: list[str], inductions: list[str]) -> Iterator[InputError]:
    """The texts of which a control cannot be made."""
    for control in (one for one in catalogue.sound(Control) if one.id in arms):
        for induction in (one for one in catalogue.sound(Induction) if one.id in inductions):
            for index, text in enumerate(induction.texts):
                for grade, wording in text.grades.items():
                    obstacle = control.obstacle(wording.text)
                    if obstacle is not None:
                        document = catalogue.document(Induction, induction.id)
                        place = ("texts", index, "grades", grade)
                        message = f"the control `{control.id}` cannot be made of this text: {obstacle}"
                        yield document.error(message, place, hint="write a longer text, or leave the control out")


def _long(document: Document, text: str, place: Place, length: Length, what: str) -> Iterator[InputError]:
    words = count_words(text)
    if not length.holds(words):
        hint = f"{what} have {length.words} words, give or take {length.tolerance:.0%}"
        yield document.error(f"{words} words, {way_of_counting(text)}", place, hint=hint)


def _once_each(errors: Iterator[InputError] | list[InputError] | tuple[InputError, ...]) -> list[InputError]:
    return list({str(error): error for error in errors}.values())
