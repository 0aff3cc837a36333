"""What a study in several languages needs: every text in each of them, and twins that ask the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from affectlab.design.said import texts_by_place
from affectlab.errors import InputError
from affectlab.materials.catalogue import FOLDERS, noun
from affectlab.materials.checks import Check
from affectlab.materials.document import Document, Place
from affectlab.materials.formed import Formed
from affectlab.materials.instrument import Instrument
from affectlab.materials.schema import Induction, Line, Material, Regulation

if TYPE_CHECKING:
    from affectlab.design.study import Study


def untranslated(study: Study, material: Material) -> str:
    """The language of a material, where a study needs it in another; empty where it does not."""
    wanted = study.catalogue_language
    return material.language if wanted and material.language != wanted and _says(material) else ""


def lacking_languages(study: Study, check: Check) -> str | None:
    """Why a check that asks cannot be made in all languages of a study; None where it can."""
    for one in study.in_each_language if study.languages and check.asked else ():
        needed: list[Material] = [one.catalogue.get(Check, check.id)]
        if check.varies == "sequence":
            needed.append(one.catalogue.get(Line, "next-item"))
        for material in needed:
            if language := untranslated(one, material):
                return f"it asks in `{language}`, and the study in `{one.catalogue_language}`"
    return None


def language_mistakes(study: Study, document: Document) -> Iterator[InputError]:
    """What is said or asked in a study and is not there in one of its languages, or asks something else there."""
    first, *others = study.in_each_language
    for one in (first, *others) if study.languages else ():
        for kind, id, place in one.named():
            if kind is Check or id not in one.catalogue.ids(kind):
                continue
            with suppress(InputError):
                material = one.catalogue.get(kind, id)
                if language := untranslated(one, material):
                    yield _missing(one, material, kind, language, document, place)
                elif one is not first and id in first.catalogue.ids(kind):
                    yield from _unlike(first.catalogue.get(kind, id), material, one.catalogue.document(kind, id))


def _missing(
    study: Study, material: Material, kind: type[Material], language: str, document: Document, place: Place
) -> InputError:
    wanted, lies = study.catalogue_language, study.catalogue.file(kind, material.id).place
    message = f"the {noun(kind)} `{material.id}` is in `{language}`, and the study is done in `{wanted}` too"
    hint = f"write it in that language, with `language: {wanted}`, as `{wanted}/{lies}` in the materials"
    return document.error(message, place, hint=hint)


def _unlike(first: Material, second: Material, document: Document) -> Iterator[InputError]:
    """What in two languages must have the same name: items and scales, and what a regulation's wordings are called."""
    for what, here, there in _named(first, second):
        if here != there:
            said = ", ".join(sorted({*here} ^ {*there})) or ", ".join(there)
            message = f"has other {what} than in `{first.language}`: {said}"
            yield document.error(message, (), hint="give them the same ids, in the same order")


def _named(first: Material, second: Material) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    if isinstance(first, Instrument) and isinstance(second, Instrument):
        yield "items", tuple(first.wordings), tuple(second.wordings)
        yield "scales", tuple(first.scales), tuple(second.scales)
        yield "steps", tuple(map(str, first.values)), tuple(map(str, second.values))
    if isinstance(first, Regulation) and isinstance(second, Regulation):
        yield "scripts", tuple(one.id for one in first.scripts), tuple(one.id for one in second.scripts)


def _says(material: Material) -> bool:
    """Whether anything in a material is said or asked in some language."""
    if isinstance(material, Formed | Induction | Check):
        return True
    # what is filled in comes from elsewhere
    said = (re.sub(r"\{[^{}]*\}", "", text) for text in texts_by_place(material).values())
    return type(material) in FOLDERS and any(re.search(r"\w", text) for text in said)
