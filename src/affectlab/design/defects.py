"""Finds defects of a study's texts and questionnaires, each with file and line; `check` shows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import mean

from affectlab.defects.characters import replaced_characters
from affectlab.defects.defect import Defect
from affectlab.defects.items import KeyedItem, keyed_otherwise, named_otherwise, substituted
from affectlab.defects.questionnaire import Questionnaire, ScaleItem, letters, parsed
from affectlab.defects.scales import (
    contradicted,
    labels_in,
    listed_options,
    not_apart,
    repeated_option,
    trait_anchors,
    undirected,
    unlike_options,
)
from affectlab.defects.turns import two_in_a_row
from affectlab.defects.wordings import (
    Told,
    instructed_otherwise,
    is_instruction,
    stray_headings,
    uninstructed,
    unlike_lengths,
)
from affectlab.design.said import numbered_lines, texts_by_place
from affectlab.design.study import TALKING, Study
from affectlab.errors import InputError
from affectlab.materials.document import Document
from affectlab.materials.instrument import Instrument
from affectlab.materials.protocol import Protocol
from affectlab.materials.schema import NOTHING, Induction, Line, Lines, Regulation, Technique
from affectlab.materials.tasks import Task
from affectlab.materials.words import count_words

MIDDLE = 5.0
"""Of the ratings by which a state's norms say how pleasant it is, from 1 to 9."""


def study_defects(study: Study) -> Iterator[InputError]:
    """All defects of the materials that a study names, file by file."""
    found = [*_of_materials(study), *_unanswered(study), *_of_inductions(study), *_of_regulations(study)]
    ordered = sorted(dict.fromkeys(found), key=lambda one: (one.file, one.line or 0))
    yield from (InputError(f"{one.kind}: {one.message}", file=one.file, line=one.line) for one in ordered)


def _of_materials(study: Study) -> Iterator[Defect]:
    for kind, id in dict.fromkeys((kind, id) for kind, id, _ in study.named()):
        if id not in study.catalogue.ids(kind):
            continue
        material, document = study.catalogue.get(kind, id), study.catalogue.document(kind, id)
        file = _file(document)
        yield from replaced_characters(list(enumerate(document.text.splitlines(), 1)), file)
        for place, text in texts_by_place(material).items():
            lines = numbered_lines(document, place, text)
            yield from stray_headings(lines, file)
            yield from listed_options(lines, file)
        if isinstance(material, Instrument) and material.rated_items:
            yield from _of_instrument(study, material, document)
        elif isinstance(material, Task):
            yield from _of_task(material, document)


def _of_instrument(study: Study, instrument: Instrument, document: Document) -> Iterator[Defect]:
    """What is wrong with a questionnaire: as it is keyed, and as its question words it."""
    file, steps = _file(document), (instrument.values[0], instrument.values[-1])
    asked = _questionnaire(instrument, document)
    states = {state.id: state for state in study.catalogue.states}
    targets = {scale: _state(study, instrument, scale) for scale in instrument.scales}
    for place, text in texts_by_place(instrument).items():
        if place[0] == "question" or instrument.paraphrases[int(place[1])].changes == "wording":
            lines = numbered_lines(document, place, text)
            yield from contradicted(lines, steps, "`options`", file)
            yield from uninstructed(lines, file, document.line(place))
    listed = parsed([text for _, text in asked.head], frozenset()).questionnaires
    if not listed and not any(contradicted(asked.head, steps, "", file)):
        yield from undirected(asked, file)
    yield from trait_anchors(asked, "", file, state=any(targets.values()))
    for one in listed:
        yield from undirected(one, file)
        yield from unlike_options(one, file)
        yield from substituted(one, file)
    yield from substituted(asked, file)
    labels = [letters(label) for _, label in asked.questions[0].options if letters(label)]
    if repeated_option(labels):
        yield not_apart(asked.questions[0].text, file, document.line(("options",)))
    items = [
        KeyedItem(one.id, one.text, one.scale, one.reverse, question.line, one.anchors.get("high", ""))
        for one, question in zip(instrument.rated_items, asked.questions, strict=True)
    ]
    unpleasant = {
        scale: norms.valence < MIDDLE
        for scale, state in targets.items()
        if state in states and (norms := states[state].norms) is not None
    }
    yield from named_otherwise(items, file)
    yield from keyed_otherwise(items, unpleasant, file)


def _of_task(task: Task, document: Document) -> Iterator[Defect]:
    """What is wrong with the scale of a task, if it has one. Its ends need no words: an amount of money has none."""
    if task.answer_range is None:
        return
    lines = numbered_lines(document, ("question",), task.question)
    yield from contradicted(lines, task.answer_range, "`scale`", _file(document))


def _state(study: Study, instrument: Instrument, scale: str) -> str | None:
    """The state that a scale measures."""
    return next((state.id for state in study.catalogue.states if state.owns(scale, instrument)), None)


def _questionnaire(instrument: Instrument, document: Document) -> Questionnaire:
    """An instrument as what stands in a prompt."""
    asked = Questionnaire(False, list(numbered_lines(document, ("question",), instrument.question)))
    named_there = labels_in(asked.head)
    labels: Sequence[str] = instrument.step_labels or [named_there.get(value, "") for value in instrument.values]
    for at, item in enumerate(instrument.rated_items):
        named = [*labels]
        if item.anchors:
            named[0], named[-1] = item.anchors.get("low", named[0]), item.anchors.get("high", named[-1])
        options = tuple(zip(instrument.values, named, strict=True))
        asked.questions.append(ScaleItem(item.text, options, document.line(("items", at))))
    return asked


def _unanswered(study: Study) -> Iterator[Defect]:
    """Lines of the experimenter after which no reply of the participant is written."""
    catalogue = study.catalogue
    for kind, id in dict.fromkeys((kind, id) for kind, id, _ in study.named()):
        if id not in catalogue.ids(kind):
            continue
        material, document = catalogue.get(kind, id), catalogue.document(kind, id)
        replies: list[tuple[tuple[str | int, ...], str]] = []
        if isinstance(material, Line) and id in ("baseline", study.stabilisation, TALKING[0]):
            replies = [(("reply",), material.reply)]
        elif isinstance(material, Lines):
            replies = [(("lines", at), line.reply) for at, line in enumerate(material.lines)]
        elif isinstance(material, Protocol):
            replies = [(("reply",), material.reply)]
        for place, reply in replies:
            if not reply.strip():
                message = "no `reply:` is written, so the next turn is the user's again"
                yield two_in_a_row(message, _file(document), document.line(place))


def _uninstructed(study: Study, technique: str, texts: Sequence[str]) -> Iterator[Defect]:
    """A technique in which nobody says what is to be done with the texts, as these do not say it either."""
    document = study.catalogue.document(Technique, technique)
    material = study.catalogue.get(Technique, technique)
    around = " ".join(texts_by_place(material).values()).replace("{text}", " ").strip()
    if not around and 2 * sum(map(is_instruction, texts)) < len(texts):
        yield from uninstructed([], _file(document), document.line(("turns",)))


def _of_inductions(study: Study) -> Iterator[Defect]:
    """Texts of the states of one technique: of one length, and instructed in one way."""
    if study.protocols:
        return
    for technique in study.induction.techniques:
        files = [
            (state, study.catalogue.get(Induction, id), study.catalogue.document(Induction, id))
            for state in study.states
            if (id := f"{technique}-{state}") in study.catalogue.ids(Induction)
        ]
        for grade in study.induction.grades:
            words: dict[str, int] = {}
            conditions: list[Told] = []
            for state, material, document in files:
                texts = [
                    (("texts", at, "grades", grade, "text"), text.grades[grade].text)
                    for at, text in enumerate(material.texts)
                    if grade in text.grades
                ]
                if texts:
                    words[state] = round(mean(count_words(text) for _, text in texts))
                conditions += [_told(document, place, text) for place, text in texts]
            longest = max(words, key=lambda state: words[state], default=None)
            for state, _, document in files:
                if state == longest:
                    yield from unlike_lengths(words, _file(document), document.line(("texts",)))
            yield from instructed_otherwise(conditions)
            told = ["\n".join(text for _, text in one.lines) for one in conditions]
            yield from _uninstructed(study, technique, told)


def _of_regulations(study: Study) -> Iterator[Defect]:
    """Regulations, instructed in one way."""
    ids = [id for id in study.regulations if id != NOTHING and id in study.catalogue.ids(Regulation)]
    conditions = []
    for id in ids:
        material, document = study.catalogue.get(Regulation, id), study.catalogue.document(Regulation, id)
        conditions += [_told(document, place, text) for place, text in texts_by_place(material).items()]
    yield from instructed_otherwise(conditions)


def _told(document: Document, place: tuple[str | int, ...], text: str) -> Told:
    return Told(_file(document), numbered_lines(document, place, text), document.line(place))


def _file(document: Document) -> str:
    return str(document.error("").file)
