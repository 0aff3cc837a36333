"""Susceptibility of several models to the same texts: how far each one's answers move, and by how much they differ.

All models of a run are shown the same texts, so they are compared text by text. Everything is in raw units, within
one setting (frame, technique, grade, delivery, context), over the sampled units; nothing in it is a repeated read of
one text.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from affectlab.analysis.effect import Effect, Values, effect
from affectlab.effects.shifts import DESIGN
from affectlab.errors import DataError
from affectlab.materials.schema import NEUTRAL, TEXT
from affectlab.stats.multiplicity import holm
from affectlab.stats.ttest import one_sample_t, paired_t, t_critical, t_two_sided

EVERY = "every state"
"""Stands for the mean over the states, each counting the same."""
SETTING = [factor for factor in DESIGN if factor != "model"]
INTERVAL = ["estimate", "low", "high", "n", "note"]


@dataclass(frozen=True)
class Models:
    """How several models compare; both tables are empty where a run has only one."""

    susceptibility: pd.DataFrame
    """Per model, state and measure: the shift of the state's own scale minus that under neutral texts where a
    session had such; ``every state`` is the mean over states."""
    differences: pd.DataFrame
    """Per pair of models, state and measure: the first model's shift minus the second's under the same texts, with
    p adjusted after Holm over the pairs for ``every state``."""


def models(shifts: pd.DataFrame) -> Models:
    """Compare the models.

    Args:
        shifts: the change of every vignette and arm on each scale from baseline to induced (``over_arms``).
    """
    own = _own(shifts)
    several = own["model"].nunique() > 1
    rows, pairs = (list(_each(own)), list(_pairs(own))) if several else ([], [])
    susceptibility = pd.DataFrame(rows, columns=["model", *SETTING, "measure", "state", *INTERVAL])
    columns = ["first", "second", *SETTING, "measure", "state", *INTERVAL, "p"]
    differences = pd.DataFrame(pairs, columns=columns)
    return Models(susceptibility, _adjusted(differences))


def _own(shifts: pd.DataFrame) -> pd.DataFrame:
    """Each text on its state's own scale, minus the mean of the neutral texts on that scale where there are such."""
    texts = shifts[(shifts["arm"] == TEXT) & shifts["value"].notna()]
    place = ["model", *SETTING, "measure", "scale"]
    neutral = texts[texts["state"] == NEUTRAL].groupby(place, observed=True)["value"].mean().rename("under_neutral")
    own = texts[texts["state"] == texts["scale"]].join(neutral, on=place)
    return own.assign(value=own["value"] - own["under_neutral"].fillna(0.0))


def _each(own: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    """The susceptibility of each model; the interval is over the texts of the state."""
    for place, part in own.groupby(["model", *SETTING, "measure"], observed=True, sort=False):
        samples = {str(state): _values(rows) for state, rows in part.groupby("state", observed=True, sort=False)}
        for state, sample in samples.items():
            yield (*place, state, *effect(one_sample_t, sample))
        if len(samples) > 1:
            yield (*place, EVERY, *over_states(list(samples.values()))[0])


def _pairs(own: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    """The difference of each pair of models, text by text."""
    for place, part in own.groupby([*SETTING, "measure"], observed=True, sort=False):
        table = part.pivot_table(index=["state", "vignette"], columns="model", values="value", sort=False)
        for first, second in combinations(table.columns, 2):
            both = table[[first, second]].dropna()
            samples: list[Values] = []
            for state, rows in both.groupby(level="state", sort=False):
                one, other = rows[first].to_numpy(float), rows[second].to_numpy(float)
                samples.append(one - other)
                yield (first, second, *place, state, *effect(paired_t, one, other), math.nan)
            if len(samples) > 1:
                found, p = over_states(samples)
                yield (first, second, *place, EVERY, *found, p)


def over_states(samples: Sequence[Values]) -> tuple[Effect, float]:
    """The mean of the states' means with its 95 % interval, and the two-sided p against zero.

    The states are those of the study and no sample of states, so only the texts within each contribute to the error:
    ``se² = Σ s²ᵢ / nᵢ / k²`` with the degrees of freedom of Satterthwaite (1946, Biometrics Bulletin 2, 110–114).

    Args:
        samples: one value per text, for each of the k states.

    >>> found, p = over_states([np.array([1.0, 2.0, 3.0]), np.array([3.0, 4.0, 5.0])])
    >>> round(found.estimate, 2), round(found.low, 2), round(found.high, 2), found.n, round(p, 4)
    (3.0, 1.87, 4.13, 6, 0.0018)
    """
    estimate = float(np.mean([sample.mean() for sample in samples]))
    n = sum(len(sample) for sample in samples)
    if min(len(sample) for sample in samples) < 2:
        return Effect(estimate, math.nan, math.nan, n, "a state has fewer than two texts"), math.nan
    variances = np.array([sample.var(ddof=1) / len(sample) for sample in samples])
    total = float(variances.sum())
    if total == 0.0:
        return Effect(estimate, math.nan, math.nan, n, "the texts of no state differ"), math.nan
    df = total**2 / float(np.sum(variances**2 / np.array([len(sample) - 1 for sample in samples])))
    se = math.sqrt(total) / len(samples)
    half = t_critical(df, 0.95) * se
    return Effect(estimate, estimate - half, estimate + half, n, ""), t_two_sided(estimate / se, df)


def _adjusted(differences: pd.DataFrame) -> pd.DataFrame:
    """With p adjusted over the pairs of models that are compared on one measure in one setting."""
    table = differences.assign(p_holm=math.nan)
    for _, part in table.groupby([*SETTING, "measure"], observed=True, sort=False):
        tested = part.index[part["p"].notna()]
        try:
            table.loc[tested, "p_holm"] = holm(part.loc[tested, "p"].to_numpy(float))
        except DataError:
            continue  # no pair could be tested
    return table.drop(columns="p")


def _values(rows: pd.DataFrame) -> Values:
    return rows["value"].to_numpy(float)
