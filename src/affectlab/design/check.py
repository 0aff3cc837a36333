"""Everything that is wrong with a study and the materials it can draw on, found without a model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from affectlab.design.load import examine
from affectlab.design.states import state_mistakes
from affectlab.errors import InputError
from affectlab.materials.catalogue import FOLDERS, Catalogue
from affectlab.materials.control import Control
from affectlab.materials.document import Document, Place
from affectlab.materials.manual import Manual
from affectlab.materials.menu import Menu
from affectlab.materials.protocol import Protocol
from affectlab.materials.schema import Frame, Induction, Length, Line, Lines, Material, Regulation, Technique


def mistakes(study: str | Path) -> list[InputError]:
    """All that is wrong with a study file, and with every material that it could name."""
    loaded, errors = examine(study)
    if loaded is not None:
        known = {str(error) for error in errors}
        errors += [error for error in materials(loaded.catalogue) if str(error) not in known]
    return errors


def materials(catalogue: Catalogue) -> Iterator[InputError]:
    """All that is wrong with the materials of a catalogue: schema, ids, lengths, words that are scored."""
    seen: dict[tuple[str, str], str] = {}
    for kind in FOLDERS:
        for id in catalogue.ids(kind):
            try:
                material = catalogue.get(kind, id)
            except InputError as error:
                yield from (error, *error.others)
                continue
            yield from _identity(catalogue, kind, id, material)
            yield from _texts(catalogue, kind, id, material, seen)
    yield from _controlled(catalogue)
    yield from state_mistakes(catalogue)


def _identity(catalogue: Catalogue, kind: type[Material], id: str, material: Material) -> Iterator[InputError]:
    if material.id != id:
        hint = f"write `id: {id}`, which is what its place says"
        yield catalogue.document(kind, id).error(f"the id is `{material.id}`", ("id",), hint=hint)


def _texts(
    catalogue: Catalogue, kind: type[Material], id: str, material: Material, seen: dict[tuple[str, str], str]
) -> Iterator[InputError]:
    document = catalogue.document(kind, id)
    if isinstance(material, Induction):
        try:
            length = catalogue.get(Technique, material.technique).length
        except InputError as error:
            yield document.error(error.message, ("technique",), hint=error.hint)
            return
        for index, text in enumerate(material.texts):
            yield from _once(document, "text", text.id, ("texts", index), seen)
            for grade, wording in text.grades.items():
                place = ("texts", index, "grades", grade)
                yield from _wording(catalogue, document, wording.text, place, length)
    elif isinstance(material, Regulation):
        yield from _scripts(catalogue, document, material, seen)
    elif isinstance(material, Technique):
        yield from _wording(catalogue, document, material.instruction, ("instruction",))
        for index, turn in enumerate(material.turns):
            yield from _wording(catalogue, document, turn.say, ("turns", index, "say"))
    elif isinstance(material, Control):
        if not material.names_state:
            yield from _wording(catalogue, document, material.wrap, ("wrap",))
    elif isinstance(material, Frame) and not material.announces:
        yield from _wording(catalogue, document, material.text, ("text",))
    elif isinstance(material, Protocol):
        for where, said in material.lines():
            yield from _wording(catalogue, document, said, where)
    elif isinstance(material, Line):
        yield from _wording(catalogue, document, f"{material.text} {material.reply}", ("text",))
    elif isinstance(material, Lines):
        for index, line in enumerate(material.lines):
            yield from _wording(catalogue, document, f"{line.text} {line.reply}", ("lines", index))
    elif isinstance(material, Menu):
        yield from _wording(catalogue, document, material.text, ("text",))
    elif isinstance(material, Manual):
        yield from _wording(catalogue, document, material.opening, ("opening",))
        yield from _wording(catalogue, document, material.frame, ("frame",))
        for index, stage in enumerate(material.stages):
            yield from _wording(catalogue, document, stage, ("stages", index))


def _scripts(
    catalogue: Catalogue, document: Document, regulation: Regulation, seen: dict[tuple[str, str], str]
) -> Iterator[InputError]:
    if regulation.menu is not None:
        yield from _wording(catalogue, document, regulation.menu, ("menu",))
    for index, script in enumerate(regulation.scripts):
        place = ("scripts", index)
        yield from _once(document, "script", script.id, place, seen)
        if regulation.length is not None and script.text:
            yield from _long(document, script.text, place, regulation.length)
        if regulation.exempt is None:
            yield from _unscored(catalogue, document, script.text, place)


def _controlled(catalogue: Catalogue) -> Iterator[InputError]:
    """The texts of which a control cannot be made."""
    for control in catalogue.sound(Control):
        for induction in catalogue.sound(Induction):
            for index, text in enumerate(induction.texts):
                for grade, wording in text.grades.items():
                    obstacle = control.obstacle(wording.text)
                    if obstacle is not None:
                        document = catalogue.document(Induction, induction.id)
                        place = ("texts", index, "grades", grade)
                        message = f"the control `{control.id}` cannot be made of this text: {obstacle}"
                        yield document.error(message, place, hint="write a longer text, or leave the control out")


def _once(
    document: Document, noun: str, id: str, place: Place, seen: dict[tuple[str, str], str]
) -> Iterator[InputError]:
    here = f"{document.path.name}:{document.line(place)}"
    if (noun, id) in seen:
        yield document.error(f"duplicate {noun} id `{id}`", place, hint=f"{seen[noun, id]} has it too; rename one")
    seen[noun, id] = here


def _wording(
    catalogue: Catalogue, document: Document, text: str, place: Place, length: Length | None = None
) -> Iterator[InputError]:
    if length is not None:
        yield from _long(document, text, place, length)
    yield from _unscored(catalogue, document, text, place)


def _long(document: Document, text: str, place: Place, length: Length) -> Iterator[InputError]:
    words = len(text.split())
    if not length.holds(words):
        hint = f"the technique's texts have {length.words} words, give or take {length.tolerance:.0%}"
        yield document.error(f"{words} words", place, hint=hint)


def _unscored(catalogue: Catalogue, document: Document, text: str, place: Place) -> Iterator[InputError]:
    for word in dict.fromkeys(catalogue.scored.found(text)):
        yield document.error(f"contains `{word}`, which a measure scores", place, hint="use another word")
