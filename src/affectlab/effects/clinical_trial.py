"""Contrasts of a trial: the primary outcome under each treatment against each control, in the sessions analysed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from affectlab.effects.contrast import Contrast, ContrastOutcome, Random
from affectlab.effects.effect import Effect
from affectlab.effects.find import Effects
from affectlab.effects.states import are_sample, over_states

WHO = {"sessions": "analysed"}
"""Says of a cell that what was refused or unusable is not in it."""


def allocated_contrasts(
    changes: pd.Series[float],
    outcome: ContrastOutcome,
    span: tuple[str, str],
    pairs: list[tuple[str, str]],
    *,
    within: bool,
) -> Iterator[Effect]:
    """Each treatment against each control, per state, and over states where these are a sample.

    Args:
        changes: of the primary outcome, one for each model, state, vignette and arm (its index); a vignette's sessions
            in an arm are averaged.
        outcome: the primary outcome; its scale is that of the state.
        span: from which point to which.
        pairs: treatment and control.
        within: whether each vignette has every arm equally often, so that arms are compared within vignettes.
    """
    for model in changes.index.unique("model"):
        wide = changes.loc[model].unstack("arm")
        found: dict[tuple[str, str], list[Effect]] = {}
        for state, part in wide.groupby(level="state", observed=True, sort=False):
            for arm, control in pairs:
                if arm in wide and control in wide:
                    cell = {"model": str(model), "state": str(state), **WHO}
                    levels = ({"regulation": arm}, {"regulation": control})
                    on = ContrastOutcome(outcome.measure, str(state), outcome.unit)
                    contrast = Contrast(
                        "clinical trial", on, *levels, cell, span, within, (Random("vignette"), Random("item"))
                    )
                    one = Effect(contrast, *_samples(part[arm], part[control], within=within))
                    found.setdefault((arm, control), []).append(one)
        yield from (
            over_states(states, same_items=False, same_texts=False) for states in found.values() if are_sample(states)
        )
        yield from (one for place in zip(*found.values(), strict=True) for one in place)


def _samples(
    arm: pd.Series[float], control: pd.Series[float], *, within: bool
) -> tuple[pd.Series[float], pd.Series[float]]:
    if within:
        both = arm.notna() & control.notna()
        return arm[both], control[both]
    return arm.dropna(), control.dropna()


def same(one: Effect, known: Mapping[tuple[object, ...], Effect]) -> Effect:
    """The contrast of the run that asks the same, where no session is left out: there is one estimate of it."""
    return known.get(_question(one), one)


def contrasts_by_question(effects: Effects) -> Mapping[tuple[object, ...], Effect]:
    """The contrasts of regulation by what they ask, of models that stand in one cell of the design."""
    found: dict[tuple[object, ...], Effect] = {}
    twice: set[tuple[object, ...]] = set()
    for one in effects.regulations:
        key = _question(one)
        twice |= {key} & found.keys()
        found[key] = one
    return {key: one for key, one in found.items() if key not in twice}


def _question(one: Effect) -> tuple[object, ...]:
    contrast = one.contrast
    arms = (contrast.first.get("regulation"), (contrast.second or {}).get("regulation"))
    return (contrast.cell["model"], contrast.state, contrast.outcome, contrast.change, *arms, contrast.paired)
