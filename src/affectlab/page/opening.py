"""What a run opens with: its verdicts in one line, and the sections that are read first."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from affectlab.errors import DataError
from affectlab.experiment import Results
from affectlab.page.opened import RESULTS, Kept
from affectlab.page.remembered import Remembered
from affectlab.page.whole_run import is_large, read_whole
from affectlab.records.search import SearchIndex
from affectlab.report.render.html import section_html
from affectlab.report.section import Section

FIRST = ("hypotheses", "findings", "validity")
"""The sections that are shown first: the verdicts, and what speaks against them."""
Rendered = tuple[tuple[str, str, str], ...]
"""Id, title and HTML of sections."""


@dataclass(frozen=True)
class Opening:
    """The verdicts of a run, one sentence, and its first sections."""

    verdicts: tuple[tuple[str, str], ...]
    """Title and verdict of each hypothesis."""
    sentence: str
    notices: tuple[tuple[str, str], ...]
    sections: Rendered

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Opening:
        """As it was kept."""
        lists = {
            name: tuple(tuple(map(str, one)) for one in kept[name]) for name in ("verdicts", "notices", "sections")
        }
        return cls(sentence=str(kept["sentence"]), **lists)  # type: ignore[arg-type]


_OPENINGS = "openings"


def keep_opening(results: Results, directory: Path) -> None:
    """Make what a large run opens with, and the index of all that was said in it, when it ends: who asks first would
    wait for it."""
    if is_large(directory):
        Remembered(_OPENINGS, lambda _: _opening(results)).of(directory)
        # a cache that cannot be written is no trouble of the run's
        with suppress(OSError, sqlite3.Error):
            SearchIndex(directory).make_current()


def opening_of(directory: Path) -> dict[str, Any]:
    """What a run opens with, as it is kept."""
    return _opening(RESULTS.of(directory))


def _opening(results: Results) -> dict[str, Any]:
    from affectlab.report.document import document

    verdicts, sentence = _headline(results)
    try:
        made = document(results.evidence, FIRST)
    except DataError:
        return asdict(Opening(verdicts, sentence, (), ()))
    return asdict(Opening(verdicts, sentence, made.notices, sections_shown(results, made.sections)))


def sections_shown(results: Results, sections: Iterable[Section]) -> Rendered:
    """Sections as HTML, each number with the way to its answers."""
    known = results.evidence.summary.effects.by_id
    return tuple(
        (one.id, one.title, section_html(one, answers="answers?contrast=", contrasts=known)) for one in sections
    )


def _headline(results: Results) -> tuple[tuple[tuple[str, str], ...], str]:
    from affectlab.report.glance import glance
    from affectlab.report.sentences import findings_paragraph

    try:
        judged = results.hypotheses()
    except DataError as error:
        return (), error.message
    if not judged:
        evidence = results.evidence
        said = next((findings_paragraph(evidence, one) for one in evidence.design_cells), "")
        return (), said.partition(". ")[0]
    several = len({one.claim.model for one in judged}) > 1
    shown = [glance(one, several=several, brief=True) for one in judged]
    return tuple((one.title, str(one.verdict)) for one in shown), shown[0].results[0]


_REMEMBERED = Remembered(_OPENINGS, partial(read_whole, "affectlab.page.opening:opening_of"))
OPENINGS: Kept[Opening] = Kept(lambda directory: Opening.of(_REMEMBERED.of(directory)), 50)
"""The opening of a run."""
