"""What an importer gives: studies as they are to be written, and what is wrong with what it read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from affectlab.defects.defect import Defect as Defect

NO_LICENCE = "none found: for your own use"
"""What stands as the licence of a material where a folder says none."""


@dataclass(frozen=True)
class ImportedStudy:
    """A study file with the materials beside it."""

    name: str
    """Of its folder."""
    study: Mapping[str, Any]
    """The content of its file."""
    materials: Mapping[str, Mapping[str, Any]]
    """The content of each material, by its path below ``materials``."""
    differs: tuple[str, ...] = ()
    """In what it differs from what was done there, and why: a sentence for each."""


@dataclass(frozen=True)
class Imported:
    """All that was made of a folder."""

    source: str
    """Where it is from, as each material says it."""
    licence: str
    """The licence that the folder names, or that none was found."""
    studies: tuple[ImportedStudy, ...]
    defects: tuple[Defect, ...] = ()
    left_out: tuple[str, ...] = ()
    """What was read and is in no study, and why: a sentence for each."""

    def record(self) -> dict[str, Any]:
        """What was found, as plain values."""
        return {
            "source": self.source,
            "licence": self.licence,
            "studies": {one.name: list(one.differs) for one in self.studies},
            "defects": [asdict(one) for one in self.defects],
            "left_out": list(self.left_out),
        }


Importer = Callable[[Path], Imported]
"""Reads a folder. It writes nothing, and downloads nothing.

Raises:
    InputError: a file that it needs is missing or cannot be read, in one line with the file.
"""
