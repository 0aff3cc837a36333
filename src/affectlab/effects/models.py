"""Contrasts of several models under the same texts: each one's shift, and the differences of their shifts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import combinations

import pandas as pd

from affectlab.effects.contrast import Contrast, Random
from affectlab.effects.effect import FIRST, SECOND, Effect
from affectlab.effects.find import Effects
from affectlab.effects.population import MODEL
from affectlab.effects.shifts import DESIGN_CELL
from affectlab.effects.states import are_sample, over_states
from affectlab.materials.schema import INDUCTION_TEXT, NEUTRAL

EVERY = "every state"
"""Stands for all states of a study, as a sample of states."""


EVERY_MODEL = "every model"
"""Stands for all models of a study, as a sample of models."""


def _together(parts: Sequence[Effect]) -> Iterator[Effect]:
    """The same over states, where there are enough of them."""
    if are_sample(parts):
        yield over_states(parts, name=EVERY)


def susceptibilities(effects: Effects) -> Iterator[Effect]:
    """Each state on its target scale in each model, beyond neutral texts where there are such: the estimates of the
    run's inductions; and over states, where these are a sample."""
    for part in _cells(_own(effects)).values():
        yield from part
        yield from _together(part)


def model_differences(effects: Effects) -> Iterator[Effect]:
    """The shift of one model minus that of another under the same texts, beyond neutral texts where there are such."""
    design_cells: dict[tuple[str, ...], dict[str, dict[str, Effect]]] = {}
    for one in _own(effects):
        cell, outcome = one.contrast.cell, one.contrast.outcome
        design_cell = (*(cell[factor] for factor in DESIGN_CELL if factor != "model"), outcome.measure)
        design_cells.setdefault(design_cell, {}).setdefault(cell["model"], {})[one.contrast.state] = one
    for models in design_cells.values():
        for first, second in combinations(models, 2):
            both = [state for state in models[first] if state in models[second]]
            pairs = [_pair(models[first][state], models[second][state]) for state in both]
            pairs = [one for one in pairs if len(one.first)]
            yield from pairs
            yield from _together(pairs)


def across_models(effects: Effects, usable: Callable[[Contrast], bool]) -> Iterator[Effect]:
    """Each state on its target scale over models, where these are so many that they are a sample of models (six).

    Texts and models are both random: every model has the same texts, so that what a text does to all of them is no more
    certain with more models (``stats.crossed``). Items are averaged.

    Args:
        usable: whether the model of a contrast can use its measure.
    """
    for part in by_question(_own(effects)).values():
        told = [one for one in part if usable(one.contrast)]
        if are_sample(told):
            yield _over_models(told)


def by_question(effects: Sequence[Effect]) -> Mapping[tuple[str, ...], list[Effect]]:
    """Contrasts that differ in the model alone."""
    found: dict[tuple[str, ...], list[Effect]] = {}
    for one in effects:
        cell = (one.contrast.cell[factor] for factor in DESIGN_CELL if factor != "model")
        found.setdefault((*cell, one.contrast.outcome.measure, one.contrast.state), []).append(one)
    return found


def _over_models(parts: Sequence[Effect]) -> Effect:
    of = parts[0].contrast
    names = [one.contrast.cell["model"] for one in parts]
    contrast = replace(of, cell={**of.cell, "model": EVERY_MODEL}, random=(Random(of.unit), Random(MODEL)))

    def beside(samples: Sequence[pd.Series[float]]) -> pd.DataFrame:
        return pd.concat(samples, axis=1, join="inner", keys=names).dropna()

    sides = {FIRST: beside([one.first for one in parts])}
    if of.second is not None:
        sides[SECOND] = beside([one.second for one in parts if one.second is not None])
    rows = [
        table.rename_axis(index="unit").reset_index().melt("unit", var_name="item").assign(condition=name)
        for name, table in sides.items()
    ]
    second = sides[SECOND].mean(axis=1) if SECOND in sides else None
    return Effect(contrast, sides[FIRST].mean(axis=1), second, item_rows=lambda: pd.concat(rows, ignore_index=True))


def _own(effects: Effects) -> Sequence[Effect]:
    """Each state on its target scale: against neutral texts, and against baseline where there are none."""
    best: dict[tuple[str, ...], Effect] = {}
    for one in effects.inductions:
        second = one.contrast.second
        if one.contrast.kind == "induction" and (second is None or second == {"state": NEUTRAL, "arm": INDUCTION_TEXT}):
            cell = one.contrast.cell
            best[(*(cell[factor] for factor in DESIGN_CELL), one.contrast.outcome.measure, one.contrast.state)] = one
    return list(best.values())


def _cells(effects: Sequence[Effect]) -> Mapping[tuple[str, ...], list[Effect]]:
    cells: dict[tuple[str, ...], list[Effect]] = {}
    for one in effects:
        cell = one.contrast.cell
        cells.setdefault((*(cell[factor] for factor in DESIGN_CELL), one.contrast.outcome.measure), []).append(one)
    return cells


def _pair(one: Effect, other: Effect) -> Effect:
    """The difference of two models text by text, under the state's texts and under the neutral ones."""
    shared = {name: level for name, level in one.contrast.cell.items() if name != "model"}
    contrast = replace(
        one.contrast,
        kind="models",
        first={"model": one.contrast.cell["model"]},
        second={"model": other.contrast.cell["model"]},
        cell={**shared, **one.contrast.first, "beyond": one.contrast.against},
        paired=one.second is None,
    )
    first = _text_by_text(one.first, other.first)
    if one.second is None or other.second is None:
        return Effect(contrast, first, pd.Series(0.0, first.index), item_rows=partial(_paired, one, other))
    return Effect(contrast, first, _text_by_text(one.second, other.second), item_rows=partial(_items_apart, one, other))


def _items_apart(one: Effect, other: Effect) -> pd.DataFrame:
    """The difference of two models item by item."""
    keys = ["condition", "unit", "item"]
    both = one.items.merge(other.items, on=keys, suffixes=("", "_other"))
    return both[keys].assign(value=both["value"] - both["value_other"])


def _paired(one: Effect, other: Effect) -> pd.DataFrame:
    """The same, held against zero."""
    apart = _items_apart(one, other)
    return pd.concat([apart, apart.assign(condition=SECOND, value=0.0)], ignore_index=True)


def _text_by_text(one: pd.Series[float], other: pd.Series[float]) -> pd.Series[float]:
    both = pd.concat([one, other], axis=1, join="inner").dropna()
    return both.iloc[:, 0] - both.iloc[:, 1]
