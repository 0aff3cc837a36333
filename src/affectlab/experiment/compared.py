"""Runs beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from affectlab.experiment.results import Results

if TYPE_CHECKING:
    from affectlab.report.section import Section


def compared(runs: Sequence[Path | str | Results]) -> list[Section]:
    """Runs beside each other as sections, each with the first: what differs, verdicts, differences of contrasts.

    Args:
        runs: directories or archives, or results that are open.

    Raises:
        StoreError: one of them is no run.
        DataError: there are not two, or two have nothing in common.
    """
    from affectlab.report.comparison import ComparedRun, comparison

    opened = [one if isinstance(one, Results) else Results.open(one) for one in runs]
    return comparison([ComparedRun(name, one.evidence) for name, one in zip(_names(opened), opened, strict=True)])


def _names(opened: Sequence[Results]) -> list[str]:
    """What each is called: by its directory; those of one name by their number as well."""
    own = [str((one.run.store.path or Path("run")).parent.name) for one in opened]
    return [f"{name} ({at + 1})" if own.count(name) > 1 else name for at, name in enumerate(own)]
