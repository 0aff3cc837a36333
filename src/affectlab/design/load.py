"""Reading a study: its file, the materials beside it, and all that is wrong with both."""

from __future__ import annotations

from pathlib import Path

from affectlab.design.form import current
from affectlab.design.mismatch import mismatches
from affectlab.design.study import Study
from affectlab.design.testable import objections
from affectlab.errors import InputError
from affectlab.materials.catalogue import SHIPPED, Catalogue
from affectlab.materials.document import Document, read, validate


def load_study(name: str | Path, *, quick: bool = False) -> Study:
    """The study of a file, or of the name of a shipped one, checked against the materials that it names.

    Raises:
        InputError: something in the file or in a material is wrong; ``others`` holds the further ones.

    >>> load_study("dresden").states[0]
    'fear'
    """
    study, errors = examine(name, quick=quick)
    if study is None or errors:
        first = errors[0]
        first.others = tuple(errors[1:])
        raise first
    return study


def shipped() -> dict[str, Path]:
    """The studies that come with affectlab, by name."""
    return {path.stem: path for path in sorted((SHIPPED / "studies").glob("*.yaml"))}


def examine(name: str | Path, *, quick: bool = False) -> tuple[Study | None, list[InputError]]:
    """A study, where it can be read, and all that is wrong with it and with the materials that it names."""
    try:
        document = current(read(_path(name)))
        whole = validate(document, Study)
        study = _shortened(whole, document) if quick else whole
        catalogue = Catalogue(beside(document.path))
        for one in (whole, study):
            one.with_materials(catalogue, document)
        errors = mismatches(study, document)
        # what the whole study expects may be more than its short form can answer
        expecting = study if "hypotheses" in whole.quick else whole
        errors = errors or [document.error(text, at, hint=hint) for text, at, hint in objections(expecting)]
        return study, errors
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


def beside(path: Path) -> list[Path]:
    """The folders of materials beside a study file."""
    folder = path.parent / "materials"
    return [folder] if folder.is_dir() else []


def _shortened(study: Study, document: Document) -> Study:
    if not study.quick:
        raise document.error("the study has no short form", hint="add `quick:`, or run it without --quick")
    short = Document(document.path, {**document.data, **study.quick}, document.lines)
    return validate(short, Study)
