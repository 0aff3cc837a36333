"""What was made of a run, remembered in the user's cache: one file for each run, for as long as it stays as it is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from affectlab.participants.cache import cache_folder, replaced
from affectlab.run import run_stamp
from affectlab.version import __version__


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
        stamp = f"{__version__}; {run_stamp(directory)}"
        name = hashlib.sha256(str(directory.resolve()).encode()).hexdigest()
        file = cache_folder() / "page" / self._name / f"{name}.json"
        with suppress(OSError, ValueError, KeyError, TypeError):
            kept = json.loads(file.read_text("utf-8"))
            if kept["stamp"] == stamp:
                known: Mapping[str, Any] = kept["made"]
                return known
        made = self._make(directory)
        with suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            replaced(file, json.dumps({"stamp": stamp, "made": made}).encode())
        return made
