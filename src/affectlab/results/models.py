"""Susceptibility of several models to the same texts: how far each one's answers move, and by how much they differ.

All models of a run are shown the same texts, so they are compared text by text. Everything is in raw units, within
one design cell (frame, technique, grade, delivery, context), over the sampled units; nothing in it is a repeated read
of one text. Numbers are those of ``affectlab.effects``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from affectlab.effects.contrast import Contrast
from affectlab.effects.effect import Effect
from affectlab.effects.find import Effects
from affectlab.effects.models import EVERY, across_models, model_differences, susceptibilities
from affectlab.effects.shifts import DESIGN_CELL
from affectlab.errors import DataError
from affectlab.stats.multiplicity import holm

OTHER_FACTORS = [factor for factor in DESIGN_CELL if factor != "model"]
INTERVAL = ["estimate", "low", "high", "n", "note", "contrast"]


@dataclass(frozen=True)
class Models:
    """How several models compare; both tables are empty where a run has only one."""

    susceptibility: pd.DataFrame
    """Per model, state and measure: the shift of the state's target scale minus that under neutral texts where a
    session had such; ``every state`` is over states, where a run has six or more, of which it is a sample."""
    differences: pd.DataFrame
    """Per pair of models, state and measure: the first model's shift minus the second's under the same texts, with
    p adjusted after Holm over the pairs for ``every state``; over pairs and states, where there is no such row."""


def models(effects: Effects) -> Models:
    """Compare the models of a run."""
    several = effects.points["model"].nunique() > 1
    each = [_row(one) for one in susceptibilities(effects)] if several else []
    pairs = list(_pairs(effects)) if several else []
    susceptibility = pd.DataFrame(each, columns=["model", *OTHER_FACTORS, "measure", "state", *INTERVAL])
    columns = ["first", "second", *OTHER_FACTORS, "measure", "state", *INTERVAL, "p"]
    return Models(susceptibility, _adjusted(pd.DataFrame(pairs, columns=columns)))


def over_models(effects: Effects, usable: Callable[[Contrast], bool]) -> pd.DataFrame:
    """Per state and measure, the shift over the models that can use the measure, as a sample; none below six."""
    rows = [_row(one)[1:] for one in across_models(effects, usable)]
    return pd.DataFrame(rows, columns=[*OTHER_FACTORS, "measure", "state", *INTERVAL])


def _row(one: Effect) -> tuple[Any, ...]:
    contrast, found = one.contrast, one.estimate
    cell = {**contrast.cell, **contrast.first}
    design_cell = (*(cell[factor] for factor in DESIGN_CELL), contrast.outcome.measure, contrast.state)
    return (*design_cell, found.difference, found.low, found.high, found.units, found.gap, contrast.id)


def _pairs(effects: Effects) -> Iterator[tuple[Any, ...]]:
    for one in model_differences(effects):
        contrast, p = one.contrast, one.estimate.p
        other = (contrast.second or {})["model"]
        first, *rest = _row(one)
        yield (first, other, *rest, p)


def _adjusted(table: pd.DataFrame) -> pd.DataFrame:
    """With p adjusted over the pairs of models that are compared on one measure in one design cell: over states, or in
    each state, where these are too few for a sample."""
    table = table.assign(p_holm=math.nan)
    for _, part in table.groupby([*OTHER_FACTORS, "measure"], observed=True, sort=False):
        whole = part[part["state"] == EVERY]
        family = whole if len(whole) else part
        tested = family.index[family["p"].notna()]
        try:
            table.loc[tested, "p_holm"] = holm(part.loc[tested, "p"].to_numpy(float))
        except DataError:
            continue  # no pair could be tested
    return table.drop(columns="p")
