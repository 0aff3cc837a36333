"""Contrasts over states: what holds of states in general, of which those of a study are a sample.

By default states are fixed, and each is reported by itself. A number over several of them is only made with the states
random: the states are its units, and the texts within a state narrow nothing beyond the mean of the state.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from affectlab.design.testable import FEWEST_RANDOM
from affectlab.effects.contrast import ALL, Contrast, Levels, Random
from affectlab.effects.effect import Effect
from affectlab.effects.estimate import Standardiser
from affectlab.effects.population import ITEM

STATE = "state"


def are_sample(parts: Sequence[Effect]) -> bool:
    """Whether so many states have scores that they are a sample of states in general."""
    return len(_measured(parts)) >= FEWEST_RANDOM


def _measured(parts: Sequence[Effect]) -> list[Effect]:
    """The states that have scores under both conditions; the others are no units of a number over states."""
    return [one for one in parts if len(one.first) and (one.second is None or len(one.second))]


def over_states(
    parts: Sequence[Effect],
    *,
    name: str = ALL,
    scale: str | None = None,
    same_items: bool | None = None,
    same_texts: bool = True,
) -> Effect:
    """One contrast over several states, which are its units: each counts with the mean of its texts.

    A state without scores is left out. With fewer states than are a sample it has no interval (``estimate``). Items
    that all states have are crossed with them, others are sampled with their state. Where every state is held against
    the same neutral texts, these are a sample too. Standardised, the difference is in standard deviations between the
    texts within a state.

    Args:
        parts: the same contrast in each state.
        name: what stands in the place of the state.
        scale: of the outcome; None where each state is read on its own, and ``name`` stands there as well.
        same_items: whether all states have the same items; None: it is looked up.
        same_texts: whether states whose two conditions have different texts share those of the second (neutral texts).
    """
    parts = _measured(parts) or parts
    states = [one.contrast.state for one in parts]
    held = all(one.second is not None for one in parts)
    same = _same_items(parts) if same_items is None else same_items
    return Effect(
        _contrast(parts[0].contrast, name, scale or name, held=held, same_items=same),
        pd.Series([float(one.first.mean()) for one in parts], states),
        pd.Series([float(one.second.mean()) for one in parts if one.second is not None], states) if held else None,
        item_rows=(lambda: _items(parts)) if same else None,
        shared=(lambda: _neutral(parts)) if held and same_texts and not parts[0].contrast.paired else None,
        spread=lambda: _spread(parts),
    )


def _contrast(of: Contrast, name: str, scale: str, *, held: bool, same_items: bool) -> Contrast:
    """What is asked: the same as in a state, with the states a sample."""

    def everywhere(levels: Levels) -> dict[str, str]:
        return {**levels, STATE: name} if STATE in levels else dict(levels)

    beneath = [Random(one.name, one.within or STATE) for one in of.random if one.name != ITEM]
    items = [replace(one, within=None if same_items else STATE) for one in of.random if one.name == ITEM]
    return replace(
        of,
        outcome=replace(of.outcome, scale=scale),
        first=everywhere(of.first),
        cell=everywhere(of.cell),
        paired=held,
        random=(Random(STATE), *beneath, *items),
    )


def _same_items(parts: Sequence[Effect]) -> bool:
    return len({frozenset(one.items["item"].astype(str)) for one in parts}) == 1 and len(parts[0].items) > 0


def _items(parts: Sequence[Effect]) -> pd.DataFrame:
    """The scores with the items apart, of which the units are the states: a state's texts are averaged."""
    every = pd.concat([one.items.assign(unit=one.contrast.state) for one in parts], ignore_index=True)
    keys = ["condition", "unit", "item"]
    return every.groupby(keys, observed=True, sort=False)["value"].mean().reset_index()


def _neutral(parts: Sequence[Effect]) -> pd.DataFrame:
    """The units that every state is held against, a column for each state."""
    columns = {one.contrast.state: one.second for one in parts if one.second is not None}
    return pd.concat(columns, axis=1, join="inner")


def _spread(parts: Sequence[Effect]) -> Standardiser | None:
    """The standard deviation between units within states: pooled over the states, with the degrees of freedom that are
    left when each state has its own mean. Of pairs it is that of their differences."""
    samples: list[pd.Series[float]] = []
    for one in parts:
        if one.second is None or not one.contrast.paired:
            samples.append(one.first)
        else:
            samples.append(one.first - one.second)
    samples += [one.second for one in parts if one.second is not None and not one.contrast.paired]
    df = float(sum(len(one) - 1 for one in samples))
    squares = sum(float(np.sum((one.to_numpy(float) - one.mean()) ** 2)) for one in samples)
    return Standardiser(math.sqrt(squares / df), df) if df > 0.0 else None
