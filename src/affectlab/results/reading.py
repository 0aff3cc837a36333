"""Free completions, read by a lexicon that is blind: it sees a text, and neither model, state nor arm."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from affectlab.effects.level import readings
from affectlab.effects.shifts import DESIGN_CELL, with_language
from affectlab.errors import DataError
from affectlab.materials.schema import INDUCTION_TEXT
from affectlab.sentiment import valence
from affectlab.stats.correlation import spearman

CELL = [*DESIGN_CELL, "measure", "state", "arm", "vignette", "regulation", "replicate", "item"]
SCALE = "negativity"


class CompletionValence(NamedTuple):
    """The valence of the completions of a task after a state's texts, from -1 to 1, minus that after neutral texts."""

    measure: str
    state: str
    completions: int
    """That were read, of the state; empty ones are not."""
    estimate: float
    low: float
    high: float
    note: str
    contrast: str
    """The id of the contrast."""


class Agreement(NamedTuple):
    """The rank correlation of the reader with the exact score of the same stem in the same session."""

    measure: str
    scale: str
    r: float
    low: float
    high: float
    completions: int
    note: str


def valences(replies: pd.DataFrame) -> pd.DataFrame:
    """The replies that hold words, each with the valence that the reader finds; every wording is read once.

    Args:
        replies: free replies with their text and the cell of their session.
    """
    said = replies[replies["text"].fillna("").str.strip() != ""]
    found = {text: valence(text) for text in said["text"].unique()}
    return said.assign(valence=said["text"].map(found))


def completion_valences(replies: pd.DataFrame) -> Iterator[CompletionValence]:
    """Per task and state, over vignettes."""
    said = valences(replies)
    said = said[said["arm"] == INDUCTION_TEXT]
    counts = said.groupby(["measure", "state"], observed=True, sort=False).size()
    for one in readings(said):
        contrast, found = one.contrast, one.estimate
        place = (contrast.outcome.measure, contrast.state)
        yield CompletionValence(
            *place, int(counts[place]), found.difference, found.low, found.high, found.gap, contrast.id
        )


def agreement(replies: pd.DataFrame, scores: pd.DataFrame) -> Iterator[Agreement]:
    """Per task, over all stems and sessions. A completion is one draw of what the score is the distribution of."""
    said = valences(replies)
    for measure, part in said.groupby("measure", observed=True, sort=False):
        rows = scores[(scores["measure"] == measure) & (scores["scale"] == SCALE)]
        both = with_language(part).merge(with_language(rows)[[*CELL, "value"]], on=CELL).dropna(subset=["value"])
        try:
            r = spearman(both["valence"].to_numpy(float), both["value"].to_numpy(float))
            yield Agreement(str(measure), SCALE, r.value, r.low, r.high, r.n, "")
        except DataError as error:
            yield Agreement(str(measure), SCALE, math.nan, math.nan, math.nan, len(both), error.message)
