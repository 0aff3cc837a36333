"""Results at a glance: each hypothesis with its verdict, what decides it, and what speaks against it."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from affectlab.effects.judgement import Excess, Judged, Judgement
from affectlab.report.evidence import Evidence
from affectlab.report.excess import control, shows
from affectlab.report.figures.claims import claim_plot
from affectlab.report.glance import Glance, called, glance, legend
from affectlab.report.numbers import p_text
from affectlab.report.section import Section
from affectlab.report.table import Table
from affectlab.report.tabled import tabled

CONTRASTS = "every contrast, the hardest control first"
RIVALS = "what was computed beside it because it could speak against it; it decides nothing"


def section(evidence: Evidence) -> Section | None:
    """Each hypothesis of the study, the primary one first; None where the study has none."""
    judged = evidence.judgements
    if not judged:
        return None
    several = len({one.claim.model for one in judged}) > 1
    parts = tuple(_part(number, one, glance(one, several=several)) for number, one in enumerate(judged, start=1))
    tables = tuple(table for one in judged for table in _tables(evidence, one, several=several))
    every = Section("contrasts", "Every contrast", tables=tables, notes=legend(judged))
    return Section("hypotheses", "Results at a glance", parts=(*parts, *(() if every.bare else (every,))))


def _part(number: int, judgement: Judgement, one: Glance) -> Section:
    """The verdict, what is said of it, and a figure with every contrast."""
    drawn = claim_plot(judgement, f"claim-{number}", called(judgement.claim))
    return Section(f"hypothesis-{number}", one.title, _said(one), figures=(drawn,) if drawn is not None else ())


def _said(one: Glance) -> tuple[str, ...]:
    """The claim, what was found, what speaks against it, and what was not measured: a paragraph each."""
    paragraphs = (" ".join(part) for part in (one.results, one.against, one.missing))
    return (f"Claim: {one.claim}", *filter(None, paragraphs))


def _tables(evidence: Evidence, one: Judgement, *, several: bool) -> Iterator[Table]:
    """The contrasts of a hypothesis, the hardest control first, and what was computed beside it."""
    named = f"{called(one.claim)}{f', {one.claim.model}' if several else ''}"
    contrasts = [_row(found) for part in one.controls.values() for found in part]
    beside = [_rival(found) for found in one.claim.rivals]
    for caption, rows in ((f"{named}: {CONTRASTS}", contrasts), (f"{named}: {RIVALS}", beside)):
        if rows:
            yield tabled(evidence.titles, pd.DataFrame(rows), caption)


def _row(judged: Judged) -> dict[str, object]:
    decided = {"verdict": str(judged.verdict), "p_adjusted": p_text(judged.p), "shows": shows(judged)}
    return {**_numbers(judged.excess), **decided}


def _rival(one: Excess) -> dict[str, object]:
    return {**_numbers(one), "note": one.why}


def _numbers(one: Excess) -> dict[str, object]:
    return {
        "part": one.part,
        "against": control(one.against),
        "estimate": one.difference,
        "low": one.low if one.interval else float("nan"),
        "high": one.high if one.interval else float("nan"),
        "unit": one.unit,
        "n": one.n,
    }
