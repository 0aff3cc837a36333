"""What a run found, in one line: remembered in the user's cache for as long as the run stays as it is."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from affectlab.errors import DataError
from affectlab.experiment import Results
from affectlab.participants.cache import cache_folder, replaced
from affectlab.report.glance import glance
from affectlab.report.sentences import findings_paragraph
from affectlab.run import run_stamp


@dataclass(frozen=True)
class Headline:
    """The verdicts of a run, and one sentence."""

    verdicts: tuple[tuple[str, str], ...]
    """Title and verdict of each hypothesis."""
    sentence: str

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Headline:
        """As it was kept."""
        return cls(tuple((str(title), str(verdict)) for title, verdict in kept["verdicts"]), str(kept["sentence"]))


_READING = threading.Lock()


def headline(directory: Path) -> Headline:
    """What the run in a directory found.

    Raises:
        StoreError: it cannot be read.
    """
    file = cache_folder() / "page" / "headlines" / f"{hashlib.sha256(run_stamp(directory).encode()).hexdigest()}.json"
    with suppress(OSError, ValueError, KeyError):
        return Headline.of(json.loads(file.read_text("utf-8")))
    # one after another: each reads a whole run
    with _READING:
        found = _found(Results.open(directory))
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        replaced(file, json.dumps(asdict(found)).encode())
    return found


def _found(results: Results) -> Headline:
    try:
        judged = results.hypotheses()
    except DataError as error:
        return Headline((), error.message)
    if not judged:
        evidence = results.evidence
        said = next((findings_paragraph(evidence, one) for one in evidence.design_cells), "")
        return Headline((), said.partition(". ")[0])
    several = len({one.claim.model for one in judged}) > 1
    shown = [glance(one, several=several, brief=True) for one in judged]
    return Headline(tuple((one.title, str(one.verdict)) for one in shown), shown[0].results[0])
