"""Free completions, read by a lexicon that is blind: it sees a text, and neither model, state nor arm."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from affectlab.effects.level import readings
from affectlab.effects.shifts import DESIGN
from affectlab.errors import DataError
from affectlab.materials.schema import TEXT
from affectlab.scoring.sentiment import valence
from affectlab.stats.correlation import spearman

CELL = [*DESIGN, "measure", "state", "arm", "vignette", "regulation", "replicate", "item"]
SCALE = "negativity"


class Read(NamedTuple):
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


def read(replies: pd.DataFrame) -> Iterator[Read]:
    """Per task and state, over vignettes."""
    said = valences(replies)
    said = said[said["arm"] == TEXT]
    counts = said.groupby(["measure", "state"], observed=True, sort=False).size()
    for one in readings(said):
        contrast, found = one.contrast, one.estimate
        place = (contrast.outcome.measure, contrast.state)
        yield Read(*place, int(counts[place]), found.difference, found.low, found.high, found.gap, contrast.id)


def agreement(replies: pd.DataFrame, trials: pd.DataFrame) -> Iterator[Agreement]:
    """Per task, over all stems and sessions. A completion is one draw of what the score is the distribution of."""
    said = valences(replies)
    for measure, part in said.groupby("measure", observed=True, sort=False):
        rows = trials[(trials["measure"] == measure) & (trials["scale"] == SCALE)]
        both = part.merge(rows[[*CELL, "value"]], on=CELL).dropna(subset=["value"])
        try:
            r = spearman(both["valence"].to_numpy(float), both["value"].to_numpy(float))
            yield Agreement(str(measure), SCALE, r.value, r.low, r.high, r.n, "")
        except DataError as error:
            yield Agreement(str(measure), SCALE, math.nan, math.nan, math.nan, len(both), error.message)
