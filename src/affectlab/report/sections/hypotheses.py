"""Results at a glance: each hypothesis with its verdict, what decides it, and what speaks against it."""

from __future__ import annotations

import math

import pandas as pd

from affectlab.effects.judgement import Excess, Judged, Judgement
from affectlab.report.evidence import Evidence
from affectlab.report.excess import control, shows
from affectlab.report.glance import Glance, glance, legend
from affectlab.report.section import Section
from affectlab.report.tabled import all_tabled

CONTRASTS = "Every contrast of each hypothesis, the hardest control first"
RIVALS = "What was computed beside the hypotheses because it could speak against them; it decides nothing"


def section(evidence: Evidence) -> Section | None:
    """Each hypothesis of the study, the primary one first; None where the study has none."""
    judged = evidence.judgements
    if not judged:
        return None
    several = len({one.claim.model for one in judged}) > 1
    parts = tuple(_part(number, glance(one, several=several)) for number, one in enumerate(judged, start=1))
    contrasts = [_row(one, found) for one in judged for part in one.controls.values() for found in part]
    beside = [_rival(one, found) for one in judged for found in one.claim.rivals]
    tables = {caption: pd.DataFrame(rows) for caption, rows in ((CONTRASTS, contrasts), (RIVALS, beside)) if rows}
    every = Section("contrasts", "Every contrast", tables=all_tabled(evidence.titles, tables), notes=legend(judged))
    return Section("hypotheses", "Results at a glance", parts=(*parts, *(() if every.bare else (every,))))


def _part(number: int, one: Glance) -> Section:
    return Section(f"hypothesis-{number}", one.title, (f"Claim: {one.claim}", " ".join(one.sentences)))


def _row(judgement: Judgement, judged: Judged) -> dict[str, object]:
    decided = {"verdict": str(judged.verdict), "p_adjusted": _p(judged.p), "shows": shows(judged)}
    return {**_numbers(judgement, judged.excess), **decided}


def _p(value: float) -> str:
    """As it is printed: three decimals, never 0.

    >>> _p(0.0171), _p(0.00002), _p(1.0)
    ('.017', '< .001', '1')
    """
    if not math.isfinite(value):
        return ""
    return "< .001" if value < 0.001 else "1" if value >= 0.9995 else f"{value:.3f}"[1:]


def _rival(judgement: Judgement, one: Excess) -> dict[str, object]:
    return {**_numbers(judgement, one), "note": one.why}


def _numbers(judgement: Judgement, one: Excess) -> dict[str, object]:
    return {
        "hypothesis": judgement.claim.name,
        "model": judgement.claim.model,
        "part": one.part,
        "against": control(one.against),
        "estimate": one.difference,
        "low": one.low if one.interval else float("nan"),
        "high": one.high if one.interval else float("nan"),
        "unit": one.unit,
        "n": one.n,
    }
