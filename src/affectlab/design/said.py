"""What the materials of a study have said: each text with its place in its file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from affectlab.defects.defect import Lines
from affectlab.materials.control import Control
from affectlab.materials.document import Document, Place
from affectlab.materials.formed import Formed
from affectlab.materials.instrument import Instrument
from affectlab.materials.manual import Manual
from affectlab.materials.menu import Menu
from affectlab.materials.protocol import Protocol
from affectlab.materials.schema import Frame, Induction, Line, Material, Regulation, Technique
from affectlab.materials.schema import Lines as ScriptedLines


def texts_by_place(material: Material) -> Mapping[Place, str]:
    """All that a material has said or asked, whoever says it."""
    match material:
        case Induction():
            return {
                ("texts", at, "grades", grade, "text"): wording.text
                for at, text in enumerate(material.texts)
                for grade, wording in text.grades.items()
            }
        case Regulation():
            return {("scripts", at, "text"): script.text for at, script in enumerate(material.scripts) if script.text}
        case Frame():
            return {("text",): material.text}
        case Control():
            return {("wrap",): material.wrap}
        case Instrument():
            return {("question",): material.question} | {
                ("paraphrases", at, "question"): one.question for at, one in enumerate(material.paraphrases)
            }
        case Formed():
            return {("question",): material.question}
        case _:
            return texts_told(material)


def texts_told(material: Material) -> Mapping[Place, str]:
    """What a material that is neither induction nor regulation has the experimenter or the therapist say."""
    match material:
        case Technique():
            turns: dict[Place, str] = {("turns", at, "say"): turn.say for at, turn in enumerate(material.turns)}
            return {("instruction",): material.instruction} | turns
        case Control():
            return {} if material.names_state else {("wrap",): material.wrap}
        case Frame():
            return {} if material.announces else {("text",): material.text}
        case Protocol():
            return dict(material.lines())
        case Line():
            return {("text",): f"{material.text} {material.reply}"}
        case ScriptedLines():
            return {("lines", at): f"{line.text} {line.reply}" for at, line in enumerate(material.lines)}
        case Menu():
            return {("text",): material.text}
        case Manual():
            stages: dict[Place, str] = {("stages", at): stage for at, stage in enumerate(material.stages)}
            return {("opening",): material.opening, ("frame",): material.frame} | stages
        case _:
            return {}


def numbered_lines(document: Document, place: Place, text: str) -> Lines:
    """The lines of a text with their numbers in its file, as far as they can be told there."""
    return list(_numbered(document, place, text))


def _numbered(document: Document, place: Place, text: str) -> Iterator[tuple[int, str]]:
    source = [" ".join(line.split()) for line in document.text.splitlines()]
    at = document.line(place) - 1
    for line in text.splitlines():
        beginning = " ".join(line.split())[:24]
        if beginning:
            at = next((number for number in range(at, len(source)) if beginning in source[number]), at)
        yield at + 1, line
