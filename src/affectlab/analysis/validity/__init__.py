"""Validity checks: what of a run may be believed, check by check, with threshold and source.

What is asked, the threshold and the source of a check are data (``materials/data/checks``); each module here reads one
family of them. A function takes a :class:`~affectlab.analysis.validity.ground.Ground` and gives a number with its
interval, or the reason why there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from affectlab.analysis.shifts import by_point
from affectlab.analysis.summary import probes
from affectlab.analysis.usability import usability
from affectlab.analysis.validity import construct, course, knowledge, responses, style, texts, wording
from affectlab.analysis.validity.ground import Ground, Reading
from affectlab.analysis.validity.verdict import Checked, Outcome, Unmeasured, Verdict
from affectlab.design.validity import obstacle
from affectlab.errors import DataError
from affectlab.materials.checks import Check
from affectlab.run import Run
from affectlab.scoring.trial import ASIDE

__all__ = ["READINGS", "Checked", "Outcome", "Unmeasured", "Verdict", "validity"]

READINGS: Mapping[str, Reading] = {
    **responses.READ,
    **style.READ,
    **wording.READ,
    **knowledge.READ,
    **course.READ,
    **construct.READ,
    **texts.READ,
}
"""How each statistic is read."""


def validity(run: Run, trials: pd.DataFrame | None = None, points: pd.DataFrame | None = None) -> list[Checked]:
    """Every validity check of a run's study, for each of its models, in the order of the study.

    Args:
        run: a run of which at least one session is complete.
        trials: the rows of ``run.numbers()``, where they have been read already.
        points: ``shifts.by_point`` of them, where it has been made.

    Raises:
        DataError: no session of the run is complete.
    """
    if not run.store.done():
        raise DataError("no session of the run is complete", hint="go on with it: affectlab run")
    checks = run.study.checks
    grounds = list(_grounds(run, trials, points)) if checks else []
    alone = len(grounds) == 1
    return [Checked(check, ground.model, _read(ground, check), alone) for ground in grounds for check in checks]


def _grounds(run: Run, trials: pd.DataFrame | None, points: pd.DataFrame | None) -> Iterator[Ground]:
    rows = run.numbers() if trials is None else trials
    asides, materials, study = run.asides(), probes(run), run.study
    used = usability(rows, {id: material.minimum_coverage for id, material in materials.items()})
    measured = rows[(rows["scale"] != ASIDE) & rows["measure"].isin(list(materials))]
    every = by_point(measured) if points is None else points
    for model, of in used.items():
        mine, own = _of(model, measured, every) if len(used) > 1 else (measured, every)
        yield Ground(run, study, model, mine, asides[asides["model"] == model], materials, of, own)


def _of(model: str, *tables: pd.DataFrame) -> tuple[pd.DataFrame, ...]:
    return tuple(table[table["model"] == model] for table in tables)


def _read(ground: Ground, check: Check) -> Outcome | Unmeasured:
    lacking = obstacle(ground.study, check)
    return READINGS[check.statistic](ground, check) if lacking is None else Unmeasured(lacking)
