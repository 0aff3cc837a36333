"""The draws of questions that are not answered yet, kept in a file, so that a kill loses none that was paid for."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import TextIO

from affectlab.errors import StoreError
from affectlab.participants.remote.draw_counts import Draw


class DrawLog:
    """One line per draw, appended at once. A line cut short by a kill is passed over.

    Once a question is answered its draws are not needed any more; the file is small and can be deleted after
    a run that is complete.
    """

    def __init__(self, file: Path, revision: str) -> None:
        self.file = file
        self._draws: dict[tuple[str, int], Draw] = {}
        self._revision = revision
        self._out: TextIO | None = None
        if file.is_file():
            for line in file.read_text(encoding="utf-8").splitlines():
                self._remember(line)

    def get(self, question: str, draw: int) -> Draw | None:
        """A draw that was made before."""
        return self._draws.get((question, draw))

    def put(self, question: str, draw: int, made: Draw) -> None:
        """Keep a draw.

        Raises:
            StoreError: it cannot be written; the disk is full, or the file is not ours.
        """
        try:
            if self._out is None:
                self.file.parent.mkdir(parents=True, exist_ok=True)
                self._out = self.file.open("a", encoding="utf-8")
                if self._out.tell():
                    self._out.write("\n")
            self._out.write(json.dumps([self._revision, question, draw, *made]) + "\n")
            self._out.flush()
        except OSError as error:
            raise StoreError(f"{self.file.name} cannot be written: {error.strerror}", hint="make room") from None

    def close(self) -> None:
        """Close the file."""
        if self._out is not None:
            with contextlib.suppress(OSError):  # a full disk was told when it was met
                self._out.close()
            self._out = None

    def _remember(self, line: str) -> None:
        try:
            revision, question, draw, *made = json.loads(line)
            if revision == self._revision:
                self._draws[question, draw] = Draw(*made)
        except (ValueError, TypeError):
            return
