"""Measurement equivalence: whether what a study measures shifts alike in its languages, and at which levels."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from affectlab.effects.effect import Effect
from affectlab.effects.equivalence import decision, equivalent
from affectlab.effects.languages import item_contrasts, language_contrasts
from affectlab.effects.shifts import DESIGN_CELL, LANGUAGE, level
from affectlab.materials.schema import INDUCTION_TEXT
from affectlab.results.summary import Summary
from affectlab.stats.multiplicity import holm

_PLACE = [name for name in DESIGN_CELL if name != LANGUAGE]
_NUMBERS = ["estimate", "low", "high", "n", "smallest", "equivalence_low", "equivalence_high", "equivalence"]
SHIFTS = [*_PLACE, "measure", "state", LANGUAGE, "against", "shift", "shift_against", *_NUMBERS, "note", "contrast"]
ITEMS = [*_PLACE, "measure", "state", LANGUAGE, "against", "item", *_NUMBERS, "p", "p_holm", "note", "contrast"]


@dataclass(frozen=True)
class LanguageEquivalence:
    """What a run in several languages says of its measures. A table is empty where there is nothing for it."""

    shifts: pd.DataFrame
    """Each state on its target scale in each language minus in the first, on the same vignettes; whether the two are
    ``equivalent``, by two one-sided tests against the smallest effect that the study declares."""
    items: pd.DataFrame
    """The same of each item, minus the other items of its scale; ``p_holm`` over all of them."""
    levels: pd.DataFrame
    """The level of each scale at baseline in each language. There is one conversation before the first text, so no
    interval."""


def measurement_equivalence(summary: Summary, smallest: Mapping[str, float]) -> LanguageEquivalence:
    """The equivalence of the languages of a run, on measures that their model can use in both.

    Args:
        summary: of the run.
        smallest: per measure, the smallest effect that would matter, in its own unit.
    """
    found = [one for one in language_contrasts(summary.effects) if summary.rests(one.contrast)]
    shifts = pd.DataFrame([_shift(one, smallest) for one in found], columns=SHIFTS)
    items = pd.DataFrame([_item(one, item, smallest) for one in found for item in item_contrasts(one)], columns=ITEMS)
    tested = items.index[items["p"].notna()]
    if len(tested):
        items.loc[tested, "p_holm"] = holm(items.loc[tested, "p"].to_numpy(float))
    return LanguageEquivalence(shifts, items, _levels(summary))


def _shift(one: Effect, smallest: Mapping[str, float]) -> dict[str, Any]:
    means = {"shift": float(one.first.mean()), "shift_against": math.nan}
    if one.second is not None:
        means["shift_against"] = float(one.second.mean())
    return {**_place(one), **means, **_numbers(one, smallest)}


def _item(one: Effect, item: Effect, smallest: Mapping[str, float]) -> dict[str, Any]:
    told = {"item": item.contrast.first["item"], "p": item.estimate.p, "p_holm": math.nan}
    return {**_place(one), **told, **_numbers(item, smallest)}


def _place(one: Effect) -> dict[str, Any]:
    contrast = one.contrast
    return {
        **{name: contrast.cell[name] for name in _PLACE},
        "measure": contrast.outcome.measure,
        "state": contrast.state,
        LANGUAGE: contrast.first[LANGUAGE],
        "against": (contrast.second or {})[LANGUAGE],
    }


def _numbers(one: Effect, smallest: Mapping[str, float]) -> dict[str, Any]:
    bound = smallest.get(one.contrast.outcome.measure)
    found = equivalent(one.estimate, bound)
    return {
        "estimate": found.difference,
        "low": found.low,
        "high": found.high,
        "n": found.units,
        "smallest": math.nan if bound is None else bound,
        "equivalence_low": found.further.get("equivalence_low", math.nan),
        "equivalence_high": found.further.get("equivalence_high", math.nan),
        "equivalence": decision(found),
        "note": found.gap,
        "contrast": one.contrast.id,
    }


def _levels(summary: Summary) -> pd.DataFrame:
    """Per model, measure and scale, the level at baseline in each language, a column for each."""
    read = level(summary.points[summary.points["arm"] == INDUCTION_TEXT], "baseline")
    usable = summary.usable_rows(read)
    if usable.empty:
        return pd.DataFrame()
    return usable.pivot_table(
        index=["model", "measure", "scale"], columns=LANGUAGE, values="value", observed=True, sort=False
    ).reset_index()
