"""Which measures a participant can use at all: a measure that it cannot is named, not plotted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd


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


def usability(trials: pd.DataFrame, minimum: Mapping[str, float]) -> dict[str, dict[str, Usability]]:
    """Per model and measure, how much of the answers was legal.

    Args:
        trials: the rows of ``Run.trials()``.
        minimum: per measure, the coverage below which it is not usable.
    """
    read = trials.loc[trials["scale"] != "text", ["model", "measure", "item", "scale", "value", "coverage", "key"]]
    found: dict[str, dict[str, Usability]] = {}
    for (model, measure), part in read.groupby(["model", "measure"], observed=True, sort=False):
        if str(measure) not in minimum:
            continue  # what was done in a protocol is no answer to a question
        answers = part.drop_duplicates("key")
        median = float(answers["coverage"].median())
        moves = bool(part.groupby(["item", "scale"], observed=True)["value"].nunique().gt(1).any())
        least = minimum[str(measure)]
        refused = int((answers["coverage"] <= 0.0).sum())
        usable = median >= least and moves
        found.setdefault(str(model), {})[str(measure)] = Usability(median, usable, least, moves, len(answers), refused)
    return found
