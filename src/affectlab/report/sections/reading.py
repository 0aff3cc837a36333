"""Free completions, read blind."""

from __future__ import annotations

import pandas as pd

from affectlab.report.evidence import Evidence
from affectlab.report.numbers import counted, estimate_text
from affectlab.report.section import Section
from affectlab.report.tabled import all_tabled
from affectlab.results.reading import agreement, completion_valences

VALENCE = "Valence of free completions after each state's texts, contrast with neutral texts, by lexicon"
AGREEMENT = "Rank correlation of the lexicon with the exact score of the same stem in the same session"


def section(evidence: Evidence) -> Section | None:
    """Per task with free completions, what a blind lexicon finds, and whether it agrees with the exact score."""
    replies = evidence.replies[~evidence.replies["measure"].isin(evidence.study.manuals)]  # turns of a talk are none
    if replies.empty:
        return None
    found = list(completion_valences(replies))
    agreed = list(agreement(replies, evidence.scores))
    if not found:
        return None
    prose = [
        f"{one.measure} after {one.state} minus neutral: {estimate_text(one.estimate, one.low, one.high)} on the "
        f"lexicon's "
        f"scale from −1 to 1, {counted(one.completions, 'completion')}."
        for one in found
    ]
    prose += [
        f"{one.measure}: rank correlation of the lexicon's valence with the exact negativity "
        f"{estimate_text(one.r, one.low, one.high)}, {counted(one.completions, 'completion')}."
        for one in agreed
    ]
    prose.append(
        "The reader is a lexicon (VADER) that is given the text of a completion and nothing else. A correlation below "
        "zero is agreement: negativity counts the other way. One draw says less than the distribution it comes from."
    )
    return Section(
        "reading",
        "Free completions, read blind",
        tuple(prose),
        all_tabled(evidence.titles, {VALENCE: pd.DataFrame(found), AGREEMENT: pd.DataFrame(agreed)}),
    )
