"""Contrasts of errors: the outcome of a task after a state's texts against neutral texts, controls and regulations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import pandas as pd

from affectlab.effects.contrast import Contrast, Outcome
from affectlab.effects.effect import FIRST, SECOND, Effect, apart
from affectlab.effects.shifts import DESIGN, level, performed, undisturbed
from affectlab.effects.terms import Terms
from affectlab.materials.schema import NEUTRAL, TEXT


def errors(points: pd.DataFrame, terms: Terms) -> Iterator[Effect]:
    """Every outcome of every task in each state, against neutral texts and against each control of the induction."""
    for place, part in points[points["measure"].isin(list(terms.primary))].groupby(
        [*DESIGN, "measure", "scale"], observed=True, sort=False
    ):
        *cell, task, scale = map(str, place)
        point = performed(part)
        if point:
            where = dict(zip(DESIGN, cell, strict=True)) | {"point": point}
            yield from _outcome(undisturbed(part, point), where, terms.outcome(task, scale), terms)


def _outcome(rows: pd.DataFrame, cell: Mapping[str, str], outcome: Outcome, terms: Terms) -> Iterator[Effect]:
    levels = level(rows, cell["point"])
    texts = levels[levels["arm"] == TEXT]
    neutral = _values(texts, NEUTRAL)
    for state in (str(state) for state in texts["state"].unique() if state != NEUTRAL):
        if len(neutral):
            samples = (_values(texts, state), neutral)
            yield _effect(rows, cell, outcome, (state, TEXT), (NEUTRAL, TEXT), samples, terms, paired=False)
        own = levels[levels["state"] == state]
        arms = own.pivot_table(index="vignette", columns="arm", values="value", observed=True, sort=False)
        for arm in (str(arm) for arm in arms if arm != TEXT and TEXT in arms):
            pairs = arms[[TEXT, arm]].dropna()
            yield _effect(rows, cell, outcome, (state, TEXT), (state, arm), (pairs[TEXT], pairs[arm]), terms, paired=True)
            held = arms[arm].dropna()
            if len(neutral) and len(held):
                yield _effect(rows, cell, outcome, (state, arm), (NEUTRAL, TEXT), (held, neutral), terms, paired=False)


def _values(texts: pd.DataFrame, state: str) -> pd.Series[float]:
    return texts[texts["state"] == state].dropna(subset=["value"]).set_index("vignette")["value"]


def _effect(
    rows: pd.DataFrame,
    cell: Mapping[str, str],
    outcome: Outcome,
    first: tuple[str, str],
    second: tuple[str, str],
    samples: tuple[pd.Series[float], pd.Series[float]],
    terms: Terms,
    *,
    paired: bool,
) -> Effect:
    conditions = [{"state": state, "arm": arm} for state, arm in (first, second)]
    kind = "error" if first[1] == TEXT else "error under a control"
    contrast = Contrast(kind, outcome, *conditions, cell, None, paired, terms.sampled)
    return Effect(contrast, *samples, apart=partial(_apart, rows, cell["point"], first, second))


def _apart(rows: pd.DataFrame, point: str, first: tuple[str, str], second: tuple[str, str]) -> pd.DataFrame:
    place = pd.Series(list(zip(rows["state"].astype(str), rows["arm"].astype(str), strict=True)), rows.index, object)
    chosen = place.isin([first, second])
    return apart(rows[chosen], rows.loc[chosen, point], place[chosen].map({second: SECOND, first: FIRST}))
