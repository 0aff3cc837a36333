"""Contrasts of languages: whether a measure shifts alike in two of them, as a whole and item by item."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from affectlab.effects.effect import FIRST, SECOND, Effect
from affectlab.effects.find import Effects
from affectlab.effects.shifts import LANGUAGE

OTHERS = "the others"
"""The items of a scale but one."""


def language_contrasts(effects: Effects) -> list[Effect]:
    """Each state on its target scale in each language minus in the first, on the same vignettes."""
    return [one for one in effects.conditions if LANGUAGE in one.contrast.first]


def item_contrasts(one: Effect) -> Iterator[Effect]:
    """Of a contrast of languages: by how much each item differs between them from the other items of its scale.

    An item that shifts further in one language, where its scale does not, does not mean the same there (differential
    item functioning). A scale of one item has none to be held against, and gives nothing.
    """
    apart = one.items.pivot(index="unit", columns=["condition", "item"], values="value")
    conditions = apart.columns.get_level_values(0)
    if not {FIRST, SECOND} <= set(conditions):
        return
    differences = pd.DataFrame(apart[FIRST]) - pd.DataFrame(apart[SECOND])
    differences = differences.dropna(axis="columns", how="all").dropna()
    for item in differences if len(differences.columns) > 1 else ():
        yield _item(one, str(item), differences)


def _item(one: Effect, item: str, differences: pd.DataFrame) -> Effect:
    contrast = one.contrast
    compared = f"{contrast.first[LANGUAGE]} minus {(contrast.second or {})[LANGUAGE]}"
    asked = replace(
        contrast,
        kind="item in a language",
        first={"item": item},
        second={"item": OTHERS},
        cell={**contrast.cell, "languages": compared},
        paired=True,
        random=contrast.random[:1],
    )
    return Effect(asked, differences[item], differences.drop(columns=item).mean(axis="columns"))
