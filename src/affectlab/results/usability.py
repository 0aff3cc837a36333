"""Which measures a participant can use at all: a measure that it cannot is named, not plotted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from affectlab.effects.shifts import LANGUAGE
from affectlab.score import REPLY


@dataclass(frozen=True)
class Usability:
    """What a participant made of a measure."""

    coverage: float
    """The median share of its answer that fell on legal options."""
    usable: bool
    minimum: float
    """The coverage that the measure asks for."""
    moves: bool
    """Whether its scores differ at all between sessions and points."""
    answers: int
    refused: int
    """Answers without any legal option."""

    @property
    def why(self) -> str:
        """Why it cannot be used; empty where it can.

        >>> Usability(0.0357, False, 0.5, True, 198, 0).why
        'coverage 0.036, 0.50 needed'
        """
        if self.coverage < self.minimum:
            return f"coverage {_rounded(self.coverage)}, {_rounded(self.minimum)} needed"
        return "" if self.usable else "its scores do not differ between states or points at all"


def _rounded(share: float) -> str:
    """A share with two digits that tell something."""
    return f"{share:.2f}" if share >= 0.1 or share == 0.0 else f"{share:.2g}"


def respondent(model: str, language: str = "") -> str:
    """Who answers: a model, in one of the languages of a study where it names some. A measure is usable in each or not.

    >>> respondent("smollm2"), respondent("smollm2", "de")
    ('smollm2', 'smollm2 in de')
    """
    return f"{model} in {language}" if language else model


def respondents(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of scores with who answers in the place of the model."""
    if LANGUAGE not in rows or not rows[LANGUAGE].astype(bool).any():
        return rows
    named = [respondent(str(model), str(of)) for model, of in zip(rows["model"], rows[LANGUAGE], strict=True)]
    return rows.assign(model=pd.Series(named, rows.index).astype("category"))


def usability(numbers: pd.DataFrame, minimum: Mapping[str, float]) -> dict[str, dict[str, Usability]]:
    """Per respondent and measure, how much of the answers was legal.

    Args:
        numbers: the rows of ``Run.numbers()``.
        minimum: per measure, the coverage below which it is not usable.
    """
    read = respondents(numbers).loc[
        numbers["scale"] != REPLY, ["model", "measure", "item", "scale", "value", "coverage", "response"]
    ]
    found: dict[str, dict[str, Usability]] = {}
    for (model, measure), part in read.groupby(["model", "measure"], observed=True, sort=False):
        if str(measure) not in minimum:
            continue  # what was done in a protocol is no answer to a question
        coverage = part.drop_duplicates("response")["coverage"]
        median = float(coverage.median())
        scores = part.groupby(["item", "scale"], observed=True)["value"]
        moves = bool((scores.max() > scores.min()).any())
        least = minimum[str(measure)]
        refused = int((coverage <= 0.0).sum())
        usable = median >= least and moves
        found.setdefault(str(model), {})[str(measure)] = Usability(median, usable, least, moves, len(coverage), refused)
    return found
