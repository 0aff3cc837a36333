"""Reading a study: its file, the materials beside it, and all that is wrong with both."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from affectlab.design.form import current
from affectlab.design.mismatch import mismatches
from affectlab.design.study import Study
from affectlab.design.testable import objections
from affectlab.errors import InputError
from affectlab.materials.catalogue import SHIPPED, Catalogue
from affectlab.materials.document import Document, draft, parse_text, read, validate


class Written(NamedTuple):
    """A study file as it would be: what is checked while somebody writes it."""

    path: Path
    """Where it will lie; the materials beside that place belong to it."""
    text: str


def load_study(name: str | Path | Written, *, quick: bool = False) -> Study:
    """The study of a file, or of the name of a shipped one, checked against the materials that it names.

    Raises:
        InputError: something in the file or in a material is wrong; ``others`` holds the further ones.

    >>> load_study("dresden").states[0]
    'fear'
    """
    study, errors, _ = examine(name, quick=quick)
    if study is None or errors:
        first = errors[0]
        first.others = tuple(errors[1:])
        raise first
    return study


def shipped() -> dict[str, Path]:
    """The studies that come with affectlab, by name."""
    return {path.stem: path for path in sorted((SHIPPED / "studies").glob("*.yaml"))}


class Examined(NamedTuple):
    """A study file as far as it can be read."""

    study: Study | None
    """None where it cannot be read at all."""
    errors: list[InputError]
    """All that is wrong with it, and with the materials that it names."""
    catalogue: Catalogue | None
    """The materials that it can name; None where the file itself is none."""


def examine(name: str | Path | Written, *, quick: bool = False) -> Examined:
    """A study, where it can be read, and all that is wrong with it and with the materials that it names."""
    catalogue = None
    try:
        document = current(_read(name))
        catalogue = Catalogue(folders_beside(document.path))
        whole, errors = draft(document, Study)
        if whole is None:
            return Examined(None, errors, catalogue)
        placed = _short(whole, document) if quick else document
        study = validate(placed, Study) if quick else whole
        for one in (whole, study):
            one.with_materials(catalogue, document)
        sound = not errors
        errors += mismatches(study, placed, whole=sound)
        if sound:
            # what the whole study expects may be more than its short form can answer
            expecting = study if "hypotheses" in whole.quick else whole
            with suppress(InputError):
                at_lines = placed if expecting is study else document
                errors += [at_lines.error(text, at, hint=hint) for text, at, hint in objections(expecting)]
        return Examined(study, errors, catalogue)
    except InputError as error:
        return Examined(None, [error, *error.others], catalogue)


def _read(name: str | Path | Written) -> Document:
    return parse_text(name.text, name.path, strict=True) if isinstance(name, Written) else read(_path(name))


def _path(name: str | Path) -> Path:
    known = shipped()
    if str(name) in known:
        return known[str(name)]
    path = Path(name)
    if path.suffix in (".yaml", ".yml", ".json") or os.path.exists(path):
        return path
    hint = f"name a file, or one of the shipped studies: {', '.join(known)}"
    raise InputError(f"unknown study `{name}`", hint=hint)


def folders_beside(path: Path) -> list[Path]:
    """The folders of materials beside a study file."""
    folder = path.parent / "materials"
    return [folder] if folder.is_dir() else []


def _short(study: Study, document: Document) -> Document:
    """The file of the short form: what `quick:` replaces is replaced, and stands at its lines there."""
    if not study.quick:
        raise document.error("the study has no short form", hint="add `quick:`, or run it without --quick")
    lines = {place: line for place, line in document.lines.items() if not place or place[0] not in study.quick}
    lines |= {place[1:]: line for place, line in document.lines.items() if place[:1] == ("quick",) and len(place) > 1}
    return Document(document.path, {**document.data, **study.quick}, lines, document.text)
