"""The folder that the page shows: the studies and runs in it, and nothing outside of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from affectlab.design.load import shipped
from affectlab.design.preregistration import SUFFIX
from affectlab.run import STORE
from affectlab.tabular.fileformat import TABLES

DEEPEST = 3
"""Folders below each other in which studies and runs are looked for."""
TRASH = "trash"
"""Where what was deleted goes."""
_PASSED = frozenset(("materials", TRASH, "node_modules", "__pycache__"))
_STUDY = ("id:", "title:", "measures:")
"""How lines of a study file begin: a material has the first two."""


class NotThereError(Exception):
    """The folder has nothing of that name."""


@dataclass(frozen=True)
class Folder:
    """A folder on this machine; names are paths below it, as they stand in addresses."""

    root: Path

    @classmethod
    def at(cls, path: Path) -> Folder:
        """The folder of a path, with all links followed."""
        return cls(path.resolve())

    def runs(self) -> list[str]:
        """The names of the runs."""
        return [name_of(path.relative_to(self.root)) for path in self._folders() if (path / STORE).is_file()]

    def studies(self) -> list[str]:
        """The names of the study files that somebody wrote here."""
        files = (file for path in self._folders() for file in sorted(path.glob("*.yaml")))
        return [name_of(file.relative_to(self.root)) for file in files if _is_study(file)]

    def tables(self) -> list[str]:
        """The names of the files of data; what a run consists of is none."""
        folders = (path for path in self._folders() if not (path / STORE).is_file())
        files = (file for path in folders for file in sorted(path.iterdir()) if is_table(file.name))
        return [name_of(file.relative_to(self.root)) for file in files if file.is_file() and not file.is_symlink()]

    def table(self, name: str) -> Path:
        """A file of data.

        Raises:
            NotThereError: there is no such file.
        """
        path = self.below(name)
        if not is_table(path.name) or not path.is_file():
            raise NotThereError(name)
        return path

    def run(self, name: str) -> Path:
        """The directory of a run.

        Raises:
            NotThereError: there is no such run.
        """
        path = self.below(name)
        if not (path / STORE).is_file():
            raise NotThereError(name)
        return path

    def study(self, name: str) -> Path:
        """The file of a study that is here, or of one that is shipped.

        Raises:
            NotThereError: there is no such study.
        """
        known = shipped()
        if name in known:
            return known[name]
        path = self.below(name)
        if path.suffix != ".yaml" or not path.is_file():
            raise NotThereError(name)
        return path

    def below(self, name: str) -> Path:
        """The path of a name: below the folder, whatever the name is and whatever links lie there.

        Raises:
            NotThereError: it is not.
        """
        try:
            path = (self.root / path_of(name)).resolve()
            path.exists()
        except (ValueError, OSError):
            raise NotThereError(name) from None
        if path == self.root or not path.is_relative_to(self.root):
            raise NotThereError(name)
        return path

    def _folders(self) -> Iterator[Path]:
        """The folder and those below it; what links lead out of it is left alone, and so is what a run consists of."""
        for here, folders, files in os.walk(self.root):
            path = Path(here)
            yield path
            deep = len(path.relative_to(self.root).parts) >= DEEPEST or STORE in files
            folders[:] = [] if deep else sorted(one for one in folders if one[0] != "." and one not in _PASSED)


def name_of(path: Path) -> str:
    """A path below the folder as one part of an address.

    >>> name_of(Path("runs/a~b"))
    'runs~1a~0b'
    """
    return path.as_posix().replace("~", "~0").replace("/", "~1")


def path_of(name: str) -> str:
    """The path that such a part names.

    >>> path_of("runs~1a~0b")
    'runs/a~b'
    """
    return name.replace("~1", "/").replace("~0", "~")


def is_table(name: str) -> bool:
    """Whether a file of that name can hold a table.

    >>> is_table("mood.csv.gz"), is_table("study.yaml"), is_table(".csv")
    (True, False, False)
    """
    ends = name.casefold().removesuffix(".gz")
    return name[:1] not in ("", ".", "~") and ends.endswith(TABLES)


def _is_study(file: Path) -> bool:
    if file.name.endswith(SUFFIX) or file.is_symlink():
        return False
    try:
        begun = {line.split(" ")[0].rstrip() for line in file.read_text("utf-8", "replace").splitlines()[:500]}
    except OSError:
        return False
    return all(any(one.startswith(key) for one in begun) for key in _STUDY)
