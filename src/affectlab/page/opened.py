"""Runs that are read as a whole: kept while they stay as they are, since reading a large one takes its time."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from affectlab.experiment import Results
from affectlab.run import run_stamp

if TYPE_CHECKING:
    from affectlab.report.document import ReportDocument

T = TypeVar("T")
MOST = 3
"""Runs of which the numbers are kept; that of a million answers takes some hundred megabytes."""


class Kept(Generic[T]):
    """What was made of the latest runs; each is made once, whoever asks for it meanwhile."""

    def __init__(self, make: Callable[[Path], T], most: int = MOST) -> None:
        self._make = make
        self._most = most
        self._made: OrderedDict[str, T] = OrderedDict()
        self._lock = threading.Lock()
        self._making: dict[str, threading.Lock] = {}

    def of(self, directory: Path) -> T:
        """What is made of a run as it is now."""
        name = run_stamp(directory)
        with self._lock:
            making = self._making.setdefault(name, threading.Lock())
        with making:
            with self._lock:
                if name in self._made:
                    self._made.move_to_end(name)
                    return self._made[name]
            made = self._make(directory)
            with self._lock:
                self._made[name] = made
                while len(self._made) > self._most:
                    self._making.pop(self._made.popitem(last=False)[0], None)
            return made


def _document(directory: Path) -> ReportDocument:
    # what a report is made with takes longer to load than the first view to be shown
    from affectlab.report.document import document

    return document(RESULTS.of(directory).evidence)


RESULTS: Kept[Results] = Kept(Results.open)
"""The results of a run."""
DOCUMENTS: Kept[ReportDocument] = Kept(_document)
"""Its report."""
