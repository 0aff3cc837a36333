"""Validity checks: what of a run may be believed, check by check, with threshold and source.

What is asked, the threshold and the source of a check are data (``materials/data/checks``); each module here reads one
family of them. A function takes a :class:`~affectlab.validity.ground.Ground` and gives a number with its
interval, or the reason why there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from affectlab.analysis.summary import Summary, probes, summarise
from affectlab.design.validity import obstacle
from affectlab.materials.checks import Check
from affectlab.run import Run
from affectlab.trial import ASIDE
from affectlab.validity import construct, course, knowledge, responses, style, texts, wording
from affectlab.validity.ground import Ground, Reading
from affectlab.validity.verdict import Checked, Outcome, Unmeasured, Verdict

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


def validity(run: Run, summary: Summary | None = None) -> list[Checked]:
    """Every validity check of a run's study, for each of its models, in the order of the study.

    Args:
        run: a run of which at least one session is complete.
        summary: of the run, where it has been made.

    Raises:
        DataError: no session of the run is complete.
    """
    run.require_sessions()
    checks = run.study.checks
    grounds = list(_grounds(run, summary or summarise(run))) if checks else []
    alone = len(grounds) == 1
    return [Checked(check, ground.model, _read(ground, check), alone) for ground in grounds for check in checks]


def _grounds(run: Run, summary: Summary) -> Iterator[Ground]:
    rows, asides, materials, study = run.numbers(), run.asides(), probes(run), run.study
    measured = rows[(rows["scale"] != ASIDE) & rows["measure"].isin(list(materials))]
    for model, of in summary.usability.items():
        several = len(summary.usability) > 1
        mine, own = _of(model, measured, summary.points) if several else (measured, summary.points)
        yield Ground(run, study, model, mine, asides[asides["model"] == model], materials, of, own)


def _of(model: str, *tables: pd.DataFrame) -> tuple[pd.DataFrame, ...]:
    return tuple(table[table["model"] == model] for table in tables)


def _read(ground: Ground, check: Check) -> Outcome | Unmeasured:
    lacking = obstacle(ground.study, check)
    return READINGS[check.statistic](ground, check) if lacking is None else Unmeasured(lacking)
