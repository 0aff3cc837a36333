"""Where materials are found: those that come with affectlab, and those beside a study; or those that a run kept."""

from __future__ import annotations

import copy
import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache, cached_property
from pathlib import Path
from typing import TypeVar, cast

from affectlab.errors import InputError
from affectlab.extensions import folders as brought
from affectlab.materials.checks import Check
from affectlab.materials.control import Control
from affectlab.materials.document import Document, parse_text, read, validate
from affectlab.materials.file import MaterialFile, kind_of
from affectlab.materials.form import Form
from affectlab.materials.instrument import Instrument
from affectlab.materials.manual import Manual
from affectlab.materials.menu import Menu
from affectlab.materials.protocol import Protocol
from affectlab.materials.references import Reference, References
from affectlab.materials.schema import LANGUAGE, Frame, Induction, Line, Lines, Material, Regulation, Technique
from affectlab.materials.state import State
from affectlab.materials.tasks import Task
from affectlab.materials.truth import Truth
from affectlab.materials.vocabulary import Vocabulary

SHIPPED = Path(__file__).parent / "data"
GROUP = "affectlab.materials"
"""The group of entry points by which a package brings a folder of materials."""

FOLDERS: dict[type[Material], str] = {
    State: "states",
    Induction: "inductions",
    Technique: "inductions",
    Regulation: "regulations",
    Instrument: "instruments",
    Task: "tasks",
    Truth: "truths",
    Frame: "frames",
    Control: "controls",
    Protocol: "protocols",
    Line: "scripts",
    Lines: "sequences",
    Manual: "manuals",
    Menu: "menus",
    References: "references",
    Check: "checks",
}
"""The folder in which each kind of material lies."""

_NAMED: dict[str, type[Material]] = {"state": State, "control": Control, "task": Task, "check": Check}
"""The kinds of which other files name one by its id."""

M = TypeVar("M", bound=Material)
Files = dict[type[Material], dict[str, "Path | MaterialFile"]]
"""By kind and id, the file of each material."""


class Catalogue:
    """All materials of affectlab, of packages that bring some, and under further folders.

    A later one of those folders replaces what is there of the same id. In a folder of materials there can be one for a
    language, as ``de``, with the same folders in it: its files stand for those of the same ids where that language is
    asked for (``in_language``).

    >>> Catalogue().get(Frame, "none").text
    ''
    """

    def __init__(self, folders: Sequence[Path] = (), *, packages: Iterable[tuple[str, Path]] | None = None) -> None:
        """Find the folders.

        Args:
            folders: beside those of affectlab and of packages.
            packages: that bring materials, each with its folder; those that are installed if None.
        """
        self._packages = {folder: name for name, folder in (brought(GROUP) if packages is None else packages)}
        self.folders: tuple[Path, ...] = (SHIPPED, *self._packages, *folders)
        self._hint = ""
        self._whole = True
        self._sound: set[tuple[type[Material], str]] = set()
        self._in_languages: dict[str, Catalogue] = {}

    @classmethod
    def alone(cls, folder: Path) -> Catalogue:
        """The materials of one folder, and of no other."""
        made = cls(packages=())
        made.folders, made._whole = (folder,), False
        return made

    @classmethod
    def of(cls, files: Iterable[MaterialFile], *, lacking: str = "") -> Catalogue:
        """The materials of some files, whatever lies on the disk.

        Args:
            lacking: why one that is looked for in vain is not among them.
        """
        # a run is read with what it kept, whatever packages are installed
        made = cls(packages=())
        made.folders, made._hint, made._whole = (), lacking, False
        kinds = {kind_of(kind): kind for kind in FOLDERS}
        # in the place of what is otherwise found in the folders
        found: dict[str, Files] = {"": _none()}
        for file in files:
            found.setdefault(file.language, _none())[kinds[file.kind]][file.id] = file
        made._files, made._of_languages = found.pop(""), found
        return made

    def in_language(self, language: str) -> Catalogue:
        """The materials with those of a language in the place of others with the same ids; these, if it is empty."""
        if not language:
            return self
        if language not in self._in_languages:
            made, own = copy.copy(self), self._of_languages.get(language, {})
            made._files = {kind: {**files, **own.get(kind, {})} for kind, files in self._files.items()}
            made._forget()
            self._in_languages[language] = made
        return self._in_languages[language]

    def has(self, kind: type[Material], id: str, language: str) -> bool:
        """Whether a file of the id lies in the folder of a language; or in none, if it is empty."""
        files = self._of_languages.get(language, {}) if language else self._files
        return id in files.get(kind, {})

    def in_each_language(self) -> Iterator[Catalogue]:
        """These, and the same in each language for which there is a folder."""
        yield self
        yield from map(self.in_language, self._of_languages)

    def with_file(self, file: MaterialFile) -> Catalogue:
        """The same materials and one more, or another in the place of one: what is written and not saved yet."""
        made = copy.copy(self)
        kind = next(kind for kind in FOLDERS if kind_of(kind) == file.kind)
        made._files = {**self._files, kind: {**self._files[kind], file.id: file}}
        made._forget()
        return made

    def _forget(self) -> None:
        """Forget what was derived from other files."""
        self._sound, self._in_languages = set(), {}
        for derived in ("states", "scored"):
            self.__dict__.pop(derived, None)

    def get(self, kind: type[M], id: str) -> M:
        """The material of a kind with an id.

        Raises:
            InputError: there is none, or its file is wrong.
        """
        files = self._files[kind]
        if id not in files:
            raise InputError(f"unknown {noun(kind)} `{id}`", hint=self._hint or self.suggestion(kind, id))
        material = cast(M, _validated(kind, files[id]))
        # what a run kept is read as it was: it holds the states that were used, and not all that a file names
        if self._whole and (kind, id) not in self._sound:
            self.require_names(material, self.document(kind, id))
            self._sound.add((kind, id))
        return material

    def require_names(self, material: Material, document: Document) -> None:
        """See that everything that a material names is here.

        Raises:
            InputError: a state has no file, or a truth plants something in what there is not; further ones are in its
                ``others``.
        """
        named = list(material.names())
        known = {what: self._known(what) for what in dict.fromkeys(one.what for one in named)}
        errors = [
            document.error(f"unknown {what} `{name}`", place, hint=meant(name, sorted(there)))
            for what, place, name in named
            if (there := known[what]) is not None and name not in there
        ]
        if errors:
            errors[0].others = tuple(errors[1:])
            raise errors[0]

    def _known(self, what: str) -> set[str] | None:
        """The names of everything of a kind that is here; None where a file is wrong that might have more of them."""
        match what:
            case "scale":
                kinds: tuple[type[Instrument | Task], ...] = (Instrument, Task)
                if any(len(list(self.sound(kind))) != len(self.ids(kind)) for kind in kinds):
                    return None
                scales = {scale for one in self.sound(Instrument) for scale in one.scales}
                # a state has a scale of its name wherever it is measured at all, and a task's outcome is one too
                return scales | set(self.ids(State)) | set(self.ids(Task))
            case "regulation":
                protocols = {one.technique for one in self.sound(Protocol)}
                return protocols | set(self.ids(Regulation)) | set(self.ids(Manual))
            case _:
                return set(self.ids(_NAMED[what]))

    @cached_property
    def states(self) -> tuple[State, ...]:
        """Every state, the neutral condition among them, in the order in which they are listed."""
        return tuple(sorted(self.sound(State), key=lambda state: (state.order, state.id)))

    @property
    def references(self) -> tuple[Reference, ...]:
        """Every effect in people, in the order of the files.

        >>> sum(reference.sign == 0 for reference in Catalogue().references) > 10
        True
        """
        return tuple(entry for file in self.all(References) for entry in file.entries)

    def all(self, kind: type[M]) -> Iterator[M]:
        """Every material of a kind, by id."""
        for id in self.ids(kind):
            yield self.get(kind, id)

    def ids(self, kind: type[Material]) -> list[str]:
        """The ids of a kind, sorted."""
        return sorted(self._files[kind])

    def document(self, kind: type[Material], id: str) -> Document:
        """The file of a material, with its lines."""
        return _read(self._files[kind][id])

    def file(self, kind: type[Material], id: str) -> MaterialFile:
        """The file of a material, as it is now."""
        source = self._files[kind][id]
        if isinstance(source, MaterialFile):
            return source
        material, document = self.get(kind, id), self.document(kind, id)
        root = next(one for one in reversed(self.folders) if source.is_relative_to(one))
        place = source.relative_to(root).as_posix()
        return MaterialFile(kind_of(kind), id, place, document.text, material.licence, material.title)

    def suggestion(self, kind: type[Material], id: str) -> str:
        """What a person who wrote ``id`` may have meant."""
        return meant(id, self.ids(kind))

    @cached_property
    def scored(self) -> Vocabulary:
        """The words that no induction and no regulation may contain."""
        return vocabulary((*self.sound(Instrument), *self.sound(Task)), self.states)

    def beside(self, kind: type[Material]) -> list[str]:
        """The ids of a kind whose files lie in the further folders: somebody's own, beside a study."""
        own = self.folders[1 + len(self._packages) :]
        files = self._files[kind].items()
        return sorted(id for id, file in files if isinstance(file, Path) and any(map(file.is_relative_to, own)))

    def sound(self, kind: type[M]) -> Iterator[M]:
        """The materials of a kind without those whose file is wrong, which are complained of where they are named."""
        for id in self.ids(kind):
            with suppress(InputError):
                yield self.get(kind, id)

    @cached_property
    def _files(self) -> Files:
        """The file of every material that lies in no folder of a language."""
        return self._found({folder: folder for folder in self.folders})

    @cached_property
    def _of_languages(self) -> Mapping[str, Files]:
        """The files in the folders of each language."""
        inside = {folder: sorted(path for path in folder.glob("*") if path.is_dir()) for folder in self.folders}
        names = {path.name for paths in inside.values() for path in paths if re.fullmatch(LANGUAGE, path.name)}
        return {name: self._found({folder / name: folder for folder in self.folders}) for name in sorted(names)}

    def _found(self, places: Mapping[Path, Path]) -> Files:
        """The file of every material in some folders. An id is read off the file, so that a wrong one is found here.

        Args:
            places: each with the folder of materials to which it belongs.
        """
        found = _none()
        for folder, root in places.items():
            here: dict[tuple[type[Material], str], Path] = {}
            for kind, name in FOLDERS.items():
                for path in sorted((folder / name).rglob("*.yaml")):
                    if (path.name == "technique.yaml") is not (kind is Technique) and name == "inductions":
                        continue
                    id = _identity(kind, path)
                    if (kind, id) in here:
                        other = here[kind, id]
                        hint = f"{other.name} has it too; rename one"
                        raise _read(path).error(f"duplicate id `{id}`", ("id",), hint=hint)
                    here[kind, id] = path
                    if id in found[kind] and root in self._packages:
                        package = self._packages[root]
                        message = f"the package {package} brings the {noun(kind)} `{id}`, which there is already"
                        raise InputError(message, hint="uninstall one of the two, or have it renamed")
                    found[kind][id] = path
        return found


def _none() -> Files:
    return {kind: {} for kind in FOLDERS}


def _read(source: Path | MaterialFile) -> Document:
    return _read_as(source, _stamp(source))


def _validated(kind: type[Material], source: Path | MaterialFile) -> Material:
    return _validated_as(kind, source, _stamp(source))


def _stamp(source: Path | MaterialFile) -> tuple[int, int]:
    """What changes when a file is written anew: a process may read it before and after."""
    if isinstance(source, MaterialFile) or not source.exists():
        return (0, 0)
    found = source.stat()
    return (found.st_mtime_ns, found.st_size)


@cache
def _read_as(source: Path | MaterialFile, stamp: tuple[int, int]) -> Document:
    return read(source) if isinstance(source, Path) else parse_text(source.text, Path(source.place))


@cache
def _validated_as(kind: type[Material], source: Path | MaterialFile, stamp: tuple[int, int]) -> Material:
    document = _read(source)
    _known(kind, document)
    material = validate(document, kind)
    wrong = list(material.check()) if isinstance(material, Form) else []
    if wrong:
        first, *others = (document.error(one.message, one.place, hint=one.remedy) for one in wrong)
        first.others = tuple(others)
        raise first
    return material


def _known(kind: type[Material], document: Document) -> None:
    """Refuse a form that there is not."""
    name = document.data.get("form") if isinstance(document.data, dict) else None
    known = {Instrument: Instrument.forms.names, Task: Task.forms.names}.get(kind)
    if name is not None and known is not None and str(name) not in known:
        hint = f"the forms are {', '.join(known)}; another package may bring it"
        raise document.error(f"unknown form `{name}`", ("form",), hint=hint)


def _identity(kind: type[Material], path: Path) -> str:
    """The id that a file must have for where it lies; reading 100 files to know their ids would take long."""
    if kind is Technique:
        return path.parent.name
    if kind is Induction:
        return f"{path.parent.name}-{path.stem}"
    return path.stem


def vocabulary(measures: Iterable[Instrument | Task], states: Iterable[State]) -> Vocabulary:
    """The words that measures and tasks score or forbid, and those that name states, each with whose it is."""
    owners: dict[str, str] = {}
    for one in measures:
        owners |= {pattern: f"which `{one.id}` scores" for pattern in one.scored if pattern not in owners}
    for state in states:
        owners |= {word: f"which names the state `{state.id}`" for word in state.words if word not in owners}
    return Vocabulary.of(owners)


def meant(name: str, known: Sequence[str]) -> str:
    """What a person who wrote a name may have meant, of those that there are.

    >>> meant("feer", ["fear", "joy"]), meant("x", ["fear", "joy"]), meant("x", [])
    ('did you mean `fear`?', 'there are: fear, joy', 'there are none')
    """
    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f"did you mean `{close[0]}`?"
    return f"there are: {', '.join(known[:12])}{' …' if len(known) > 12 else ''}" if known else "there are none"


def noun(kind: type[Material]) -> str:
    """What a kind of material is called."""
    return {"Line": "script", "Lines": "sequence"}.get(kind.__name__, kind.__name__.lower())
