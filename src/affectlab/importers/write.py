"""A folder of another laboratory, read by the importer of its kind and written as studies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from affectlab.atomic import folder_filled
from affectlab.errors import InputError
from affectlab.importers.imported import Imported
from affectlab.importers.registry import IMPORTERS

STUDY = "study.yaml"
SUMMARY = "import.md"


def import_folder(kind: str, folder: Path | str, to: Path | str) -> Imported:
    """Read a folder, and write each study that comes of it below another, with its materials.

    Args:
        kind: of the folder, as ``affectlab import --help`` lists them.
        folder: as its makers published it; nothing in it is changed.
        to: where the studies are written; it is new, or empty.

    Raises:
        InputError: there is no such kind or folder, a file in it is missing or cannot be read, or ``to`` holds
            something.
        StoreError: ``to`` cannot be written.
    """
    source, target = Path(folder), Path(to)
    if kind not in IMPORTERS:
        raise InputError(f"there is no importer `{kind}`", hint=f"there are: {', '.join(IMPORTERS.names)}")
    if not source.is_dir():
        raise InputError("no such folder", hint="name the folder in which the files were published", file=source)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise InputError("is there already, and is no empty folder", hint="name another --to", file=target)
    made = IMPORTERS[kind](source)
    with folder_filled(target) as part:
        for one in made.studies:
            _write(part / one.name / STUDY, one.study)
            for path, content in one.materials.items():
                _write(part / one.name / "materials" / path, content)
        (part / SUMMARY).write_text("\n".join(_summary(kind, made)) + "\n", "utf-8")
    return made


def _write(file: Path, content: Mapping[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump(dict(content), sort_keys=False, allow_unicode=True, width=110), "utf-8")


def _summary(kind: str, made: Imported) -> Iterator[str]:
    """What was made, what is wrong with it, and in what it differs: for the reader of the folder."""
    yield from (f"# What was imported ({kind})", "", f"Source: {made.source}", "", f"Licence: {made.licence}", "")
    for one in made.studies:
        yield from (f"## `{one.name}/{STUDY}`", "", str(one.study["tests"]), "")
        yield from (f"- {said}" for said in one.differs)
        yield ""
    yield from ("## Defects of what was read", "")
    yield from (f"- {one}" for one in made.defects)
    if not made.defects:
        yield "None was found."
    if made.left_out:
        yield from ("", "## What is in no study", "")
        yield from (f"- {said}" for said in made.left_out)
