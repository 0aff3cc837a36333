"""Which measures a participant can use at all: a measure that it cannot is named, not plotted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

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


def usability(numbers: pd.DataFrame, minimum: Mapping[str, float]) -> dict[str, dict[str, Usability]]:
    """Per model and measure, how much of the answers was legal.

    Args:
        numbers: the rows of ``Run.numbers()``.
        minimum: per measure, the coverage below which it is not usable.
    """
    read = numbers.loc[
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
