"""Scoring a run again: as it was, or with a corrected key, recorded beside the scoring before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from affectlab.materials.file import MaterialFile
from affectlab.records.corrected import corrected_catalogue, corrections
from affectlab.records.derived import Derived, RederivedNumbers, compare_with_stored, derive_scores
from affectlab.run import Run
from affectlab.store.materials import Scoring
from affectlab.version import __version__


@dataclass(frozen=True)
class ScoringOutcome:
    """What came of scoring a run again."""

    scoring: int
    """The scoring that is in use now."""
    observations: int
    numbers: int
    differing: int
    """How many numbers differ from those of the scoring before."""
    changes: tuple[str, ...] = field(default=())
    """What is recorded as the difference from the scoring before; empty where nothing was recorded."""
    lacking: tuple[str, ...] = field(default=())
    """The measures whose material is not there, so that their numbers were taken over."""

    def row(self) -> dict[str, Any]:
        """As a plain record."""
        return asdict(self)


def score(run: Run, folder: Path | None = None) -> ScoringOutcome:
    """Derive the numbers of a run again, and record a scoring where they are others.

    Args:
        folder: of materials, among which are corrected ones of the run.

    Raises:
        InputError: none of them is of the run, or one changes what was asked.
        StoreError: the run has no materials, or cannot be written.
    """
    found = corrections(run, folder) if folder is not None else []
    if not found:
        same = compare_with_stored(run)
        if not same.differing:
            return _scored(run, same)
        told: tuple[str, ...] = (f"derived again by affectlab {__version__}: {same.differing} numbers differ",)
        _record(run, told, (), derive_scores(run, run.study.catalogue))
        return _scored(run, same, told)
    made, order = corrected_catalogue(run, found)
    told = tuple(line for one in found for line in one.told())
    before = run.store.scoring
    _record(run, told, [one.after for one in found], derive_scores(run, made, order))
    return _scored(run, _against(run, before), told)


def _record(run: Run, changes: tuple[str, ...], instead: Iterable[MaterialFile], sessions: Iterable[Derived]) -> None:
    number = run.store.scorings[-1].number + 1
    run.store.rescore(Scoring(number, __version__, changes), instead, sessions)
    run.score_by(number)


def _against(run: Run, before: int) -> RederivedNumbers:
    """The numbers of the scoring in use, held against those of another."""
    now = run.store.scoring
    numbers = list(run.store.numbers())
    run.store.score_by(before)
    earlier = set(run.store.numbers())
    run.store.score_by(now)
    return RederivedNumbers(run.store.observed(), len(numbers), sum(one not in earlier for one in numbers))


def _scored(run: Run, compared: RederivedNumbers, changes: tuple[str, ...] = ()) -> ScoringOutcome:
    return ScoringOutcome(run.store.scoring, *compared[:3], changes, run.store.lacks())
