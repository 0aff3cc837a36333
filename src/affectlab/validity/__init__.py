"""Validity checks: what of a run may be believed, check by check, with threshold and source.

What is asked, the threshold and the source of a check are data (``materials/data/checks``); each module here reads one
family of them. A function takes a :class:`~affectlab.validity.check_context.CheckContext` and gives a number with its
interval, or the reason why there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from affectlab.design.validity import obstacle
from affectlab.effects.shifts import LANGUAGE
from affectlab.materials.checks import Check
from affectlab.results.summary import Summary, probes, summarise
from affectlab.results.usability import respondent
from affectlab.run import Run
from affectlab.score import REPLY
from affectlab.store.schema import NO_SESSION
from affectlab.validity import conduct, construct, knowledge, responses, style, texts, wording
from affectlab.validity.check_context import CheckContext, Reading
from affectlab.validity.verdict import Checked, CheckValue, Unmeasured, Verdict

__all__ = ["READINGS", "CheckValue", "Checked", "Unmeasured", "Verdict", "validity"]

READINGS: Mapping[str, Reading] = {
    **responses.READ,
    **style.READ,
    **wording.READ,
    **knowledge.READ,
    **conduct.READ,
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
    bases = list(_contexts(run, summary or summarise(run))) if checks else []
    alone = len(bases) == 1
    return [Checked(check, basis.model, _read(basis, check), alone) for basis in bases for check in checks]


def _contexts(run: Run, summary: Summary) -> Iterator[CheckContext]:
    rows, asked, materials = run.numbers(), run.probe_scores(), probes(run)
    measured = rows[(rows["scale"] != REPLY) & rows["measure"].isin(list(materials))]
    several = len(summary.usability) > 1
    for study in run.study.in_each_language:
        language = study.catalogue_language
        own_asked = asked[asked["session"].isin(_sessions(run, language))] if study.languages else asked
        for model in summary.models:
            name = respondent(model, language)
            if name not in summary.usability:
                continue
            mine, own = _of(model, language, measured, summary.points) if several else (measured, summary.points)
            there = own_asked[own_asked["model"] == model]
            yield CheckContext(run, study, name, mine, there, materials, summary.usability[name], own)


def _sessions(run: Run, language: str) -> set[int]:
    """The sessions in a language; what is asked in none is asked in the first."""
    sessions, first = run.sessions(), run.study.languages[0]
    return {*sessions.loc[sessions[LANGUAGE] == language, "session"], *((NO_SESSION,) if language == first else ())}


def _of(model: str, language: str, *tables: pd.DataFrame) -> tuple[pd.DataFrame, ...]:
    return tuple(table[(table["model"] == model) & (table[LANGUAGE] == language)] for table in tables)


def _read(basis: CheckContext, check: Check) -> CheckValue | Unmeasured:
    lacking = obstacle(basis.study, check)
    return READINGS[check.statistic](basis, check) if lacking is None else Unmeasured(lacking)
