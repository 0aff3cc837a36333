"""A study of R.U.Psycho: one JSON file with a questionnaire, its answer options, and the personas that answer."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from affectlab.defects.defect import Defect
from affectlab.errors import InputError
from affectlab.importers.asked_studies import asked_studies
from affectlab.importers.imported import Imported
from affectlab.importers.origin import Origin, as_id, licence_of
from affectlab.importers.source_scale import SourceItem, SourceScale, scale_files
from affectlab.importers.texts import frame_file
from affectlab.materials.document import Document, Place, read

SOURCE = "Questionnaire and personas of a study that was written for R.U.Psycho (Schelb, Borin, Garcia and Spitz, 2025)"


def read_rupsycho(folder: Path) -> Imported:
    """A study of R.U.Psycho: a folder with JSON files that hold a questionnaire with instruction_items.

    Raises:
        InputError: there is no such file, or one cannot be read.
    """
    origin = Origin(SOURCE, licence_of(folder))
    scales: dict[str, SourceScale] = {}
    framed: dict[str, Mapping[str, Any]] = {}
    found: list[Defect] = []
    seeds = 1
    for path in sorted(folder.rglob("*.json")):
        if any(part.startswith(".") for part in path.relative_to(folder).parts):
            continue
        document = read(path)
        content = document.data if isinstance(document.data, dict) else {}
        asked = content.get("questionnaire")
        if not isinstance(asked, dict) or not isinstance(asked.get("instruction_items"), list):
            continue
        scale = _scale(asked, document, path.relative_to(folder).as_posix(), path)
        if scale.words in {one.words for one in scales.values()}:
            continue
        scales[scale.file] = scale
        found += [*scale.defects(), *_weights(asked, document, scale.file)]
        framed |= _frames(content.get("demographic_profiles"), origin)
        parameters = content.get("parameters")
        seeds = max(seeds, len(parameters.get("seeds") or [1]) if isinstance(parameters, dict) else 1)
    if not scales:
        hint = "a JSON file of it has `questionnaire:` with `instruction_items`"
        raise InputError("holds no study", hint=hint, file=folder)
    differs = (
        "A persona stood in one text with the question there. Here it is a system turn.",
        "An answer was a text there, in which a number was looked for. Here a score is read from the options.",
    )
    instruments = scale_files(list(scales.values()), origin)
    studies = asked_studies(instruments, framed, origin, replicates=seeds, differs=differs)
    ordered = sorted(dict.fromkeys(found), key=lambda one: (one.file, one.line or 0))
    return Imported(SOURCE, origin.licence, studies, tuple(ordered))


def _scale(asked: Mapping[str, Any], document: Document, shown: str, path: Path) -> SourceScale:
    place: Place = ("questionnaire",)
    usual = _options(asked.get("default_answer_options"))
    names = _dimensions(asked)
    items = []
    for at, one in enumerate(asked["instruction_items"]):
        if isinstance(one, dict) and str(one.get("question", "")).strip():
            own = _options(one.get("answer_options"))
            line = document.line((*place, "instruction_items", at))
            scale = names.get(_dimension(one), "score")
            items.append(SourceItem(str(one["question"]).strip(), own or usual, line, scale, bool(one.get("reversed"))))
    if not items or not all(len(one.options) > 1 for one in items):
        hint = "each item has `answer_options`, or there are `default_answer_options`"
        raise InputError("has no items with options", hint=hint, file=path, line=document.line(place))
    line = document.line((*place, "general_instruction"))
    said = [(line, text) for text in str(asked.get("general_instruction", "")).splitlines()]
    name = str(asked.get("name", "")).strip() or path.stem
    return SourceScale(name, shown, said, tuple(items), line=line)


def _options(content: Any) -> tuple[tuple[int, str], ...]:
    """The options of an item that count, by their keys; numbers that stand in their texts are left out there."""
    if not isinstance(content, dict):
        return ()
    texts = [
        str(one.get("text", "")) if isinstance(one, dict) else str(one)
        for one in content.values()
        if not (isinstance(one, dict) and one.get("ignored_for_scale"))
    ]
    return tuple((at, text.lstrip(string.digits + ".): ").strip()) for at, text in enumerate(texts, 1))


def _weights(asked: Mapping[str, Any], document: Document, shown: str) -> Iterator[Defect]:
    """Options whose weights do not count up by one."""
    listed = asked.get("default_answer_options")
    weights = (
        [one.get("weight") for one in listed.values() if isinstance(one, dict)] if isinstance(listed, dict) else []
    )
    numbers = [one for one in weights if isinstance(one, int | float)]
    if numbers and numbers != [numbers[0] + at for at in range(len(numbers))]:
        shown_weights = ", ".join(f"{one:g}" for one in numbers)
        line = document.line(("questionnaire", "default_answer_options"))
        yield Defect(
            "scale against schema", f"the options weigh {shown_weights}, and are listed as 1, 2, …", shown, line
        )


def _dimensions(asked: Mapping[str, Any]) -> dict[str, str]:
    attributes = asked.get("attributes")
    named = attributes.get("dimension") if isinstance(attributes, dict) else None
    return {str(key): as_id(str(name)) for key, name in named.items()} if isinstance(named, dict) else {}


def _dimension(item: Mapping[str, Any]) -> str:
    attributes = item.get("attributes")
    return str(attributes.get("dimension", "")) if isinstance(attributes, dict) else ""


def _frames(profiles: Any, origin: Origin) -> dict[str, Mapping[str, Any]]:
    made: dict[str, Mapping[str, Any]] = {}
    listed = profiles.items() if isinstance(profiles, dict) else enumerate(profiles or [], 1)
    for name, one in listed:
        if isinstance(one, dict) and isinstance(one.get("template"), str):
            text = one["template"]
            for key, value in (one.get("attributes") or {}).items():
                text = text.replace(f"{{{key}}}", str(value))
            made |= frame_file(as_id(f"persona {name}"), str(name), text, origin)
    return made
