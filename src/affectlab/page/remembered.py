"""What was made of a run, remembered in the user's cache by what the run holds and by the version that made it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from affectlab.participants.cache import cache_folder, replaced
from affectlab.run import content_stamp

KEPT = 500
"""Files of a kind in the cache; a run that goes on leaves those of its earlier states."""


class Remembered:
    """Something that is made of a run by reading all of it."""

    def __init__(self, name: str, make: Callable[[Path], Mapping[str, Any]]) -> None:
        """Say what it is.

        Args:
            name: of its folder in the cache.
            make: what makes it, of what JSON can hold.
        """
        self._name = name
        self._make = make

    def of(self, directory: Path) -> Mapping[str, Any]:
        """What is made of a run as it is now."""
        file = self._file(directory)
        with suppress(OSError, ValueError):
            known: Mapping[str, Any] = json.loads(file.read_text("utf-8"))
            return known
        made = self._make(directory)
        with suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            replaced(file, json.dumps(made).encode())
            _forget_oldest(file.parent)
        return made

    def _file(self, directory: Path) -> Path:
        # by the content: a run that was written has another one at once, and one that was moved has the same
        named = hashlib.sha256(content_stamp(directory).encode()).hexdigest()
        return cache_folder() / "page" / self._name / f"{named}.json"


def _forget_oldest(folder: Path) -> None:
    files = list(folder.glob("*.json"))
    if len(files) > KEPT:
        for one in sorted(files, key=lambda file: file.stat().st_mtime)[:-KEPT]:
            one.unlink(missing_ok=True)
