"""Which requests stand in which batch, kept in a file, so that after a kill none is paid for a second time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from affectlab.errors import StoreError


class BatchLog:
    """One line before a batch is made, one with its id as soon as it has one, one where it came to nothing.

    A line cut short by a kill is passed over. A batch that was announced and has no id may exist or not: only its
    provider can tell, by its mark.
    """

    def __init__(self, file: Path | None = None) -> None:
        self.file = file
        self._marks: dict[str, str] = {}
        self._ids: dict[str, str] = {}
        for line in file.read_text(encoding="utf-8").splitlines() if file is not None and file.is_file() else ():
            self._remember(line)

    def mark_of(self, name: str) -> str:
        """The mark of the batch in which a request stands; empty where it stands in none."""
        return self._marks.get(name, "")

    def id_of(self, mark: str) -> str:
        """The provider's id of a batch; empty where it is not known."""
        return self._ids.get(mark, "")

    def announce(self, mark: str, names: Sequence[str]) -> None:
        """Say that a batch of these requests is about to be made.

        Raises:
            StoreError: it cannot be written.
        """
        self._put({"mark": mark, "names": list(names)})

    def made(self, mark: str, id: str) -> None:
        """Keep the id of a batch.

        Raises:
            StoreError: it cannot be written.
        """
        self._put({"mark": mark, "id": id})

    def void(self, mark: str) -> None:
        """Keep that a batch was never made, or that the provider refused it whole: its requests are in none.

        Raises:
            StoreError: it cannot be written.
        """
        self._put({"mark": mark, "void": True})

    def _put(self, record: dict[str, object]) -> None:
        line = json.dumps(record)
        self._remember(line)
        if self.file is None:
            return
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with self.file.open("a", encoding="utf-8") as out:
                # what a kill cut short ends here
                out.write(f"\n{line}\n")
        except OSError as error:
            raise StoreError(f"{self.file.name} cannot be written: {error.strerror}", hint="make room") from None

    def _remember(self, line: str) -> None:
        try:
            record = json.loads(line)
            mark = record["mark"]
        except (ValueError, LookupError, TypeError):
            return
        self._marks |= dict.fromkeys(record.get("names", ()), mark)
        if "id" in record:
            self._ids[mark] = record["id"]
        if record.get("void"):
            self._marks = {name: of for name, of in self._marks.items() if of != mark}
