"""A file while it is written: its text, where it will lie, what it is, and all that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from affectlab.design.check import CheckedStudy, mistakes_of
from affectlab.design.load import Written, folders_beside
from affectlab.design.study import Study
from affectlab.errors import AffectlabError, InputError
from affectlab.experiment import Experiment
from affectlab.materials.catalogue import FOLDERS, Catalogue
from affectlab.materials.document import Document, parse_text
from affectlab.materials.edited import Order
from affectlab.materials.editing import rewritten
from affectlab.materials.entries import first_content
from affectlab.materials.fields import Field, fields, order_of
from affectlab.materials.file import MaterialFile, kind_of
from affectlab.materials.formed import formed
from affectlab.materials.ought import ID
from affectlab.materials.schema import Induction, Material, Part, Technique

STUDY = "study"
KINDS: dict[str, type[Material]] = {kind_of(kind): kind for kind in FOLDERS}
"""The kinds of materials, by what their files say."""
_MEANT = re.compile(r"did you mean `([^`]+)`")


@dataclass(frozen=True)
class ShownMistake:
    """Something that is wrong with a file, as `affectlab check` says it."""

    message: str
    hint: str
    line: int | None
    place: tuple[str | int, ...]
    file: str = ""
    """Of another file than the one that is written."""

    @property
    def meant(self) -> str:
        """What is probably meant in the place of what is there."""
        found = _MEANT.search(self.hint)
        return found[1] if found else ""


@dataclass(frozen=True)
class Draft:
    """A study file, or a file of a material."""

    kind: str
    """``study``, or what a material's file says."""
    path: Path
    """Where it will lie, or lies; of a material, below the folder of materials."""
    text: str
    folder: Path
    """In which its study lies."""

    @classmethod
    def new(cls, kind: str, folder: Path, form: str = "") -> Draft:
        """A file in which everything that a file must say is still to be filled in."""
        model: type[Part] = Study if kind == STUDY else formed(KINDS[kind], {"form": form})
        content = first_content(fields(model)) | ({"id": "new-study"} if kind == STUDY else {})
        return cls(kind, Path(f"new-{kind}.yaml"), rewritten("", content, order_of(model)), folder)

    def saying(self, text: str) -> Draft:
        """The same file with another text."""
        return Draft(self.kind, self.path, text, self.folder)

    @cached_property
    def document(self) -> Document | None:
        """The file as it can be read; None where it cannot."""
        return None if self._unreadable else parse_text(self.text, self.path)

    @property
    def content(self) -> Any:
        """What the file says."""
        return None if self.document is None else self.document.data

    @property
    def id(self) -> str:
        """What the file calls itself; empty where it says nothing that could be an id."""
        said = self.content.get("id") if isinstance(self.content, dict) else None
        return said if isinstance(said, str) and re.match(ID, said) else ""

    @cached_property
    def model(self) -> type[Part]:
        """The class of such files."""
        found: type[Part] = Study if self.kind == STUDY else formed(KINDS[self.kind], self.content)
        return found

    @property
    def fields(self) -> tuple[Field, ...]:
        """What it can say."""
        return fields(self.model)

    @property
    def order(self) -> Order:
        """In which order its keys stand."""
        return order_of(self.model)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The materials that it can name: those of affectlab, and those beside it."""
        return Catalogue(folders_beside(self.folder / "study.yaml"))

    @cached_property
    def mistakes(self) -> list[ShownMistake]:
        """All that is wrong, in the words of `affectlab check`."""
        return [self._told(error) for error in self._errors]

    @cached_property
    def remarks(self) -> list[str]:
        """What a researcher should know of it, and may mean."""
        return [] if self.kind != STUDY else [str(one) for one in self._checked.remarks]

    @property
    def place(self) -> Path | None:
        """Where a material is kept, below the folder of its study; None as long as its id is none."""
        if self.kind == STUDY or not self.id:
            return None
        kind = KINDS[self.kind]
        folder = Path("materials", FOLDERS[kind])
        if kind is Technique:
            return folder / self.id / "technique.yaml"
        if kind is not Induction:
            return folder / f"{self.id}.yaml"
        technique = str(self.content.get("technique"))
        own = self.id.startswith(f"{technique}-") and re.match(ID, technique)
        return folder / technique / f"{self.id[len(technique) + 1 :]}.yaml" if own else None

    @cached_property
    def _unreadable(self) -> list[InputError]:
        try:
            parse_text(self.text, self.path, strict=True)
        except InputError as error:
            return [error]
        return []

    @property
    def written(self) -> Written:
        """The file as it would be where it will lie."""
        return Written(self.folder / self.path.name, self.text)

    @cached_property
    def _checked(self) -> CheckedStudy:
        return Experiment.check(self.written)

    @property
    def _errors(self) -> Sequence[AffectlabError]:
        if self._unreadable:
            return self._unreadable
        if self.kind == STUDY:
            errors: Sequence[AffectlabError] = self._checked.errors
            return errors
        id = self.id or "without-an-id"
        file = MaterialFile(self.kind, id, str(self.path), self.text)
        return mistakes_of(self.catalogue.with_file(file), KINDS[self.kind], id)

    def _told(self, error: AffectlabError) -> ShownMistake:
        own = self.written.path if self.kind == STUDY else self.path
        here = error.file is None or Path(error.file).absolute() == own.absolute()
        return ShownMistake(
            error.message, error.hint, error.line, error.place if here else (), "" if here else str(error.file)
        )
