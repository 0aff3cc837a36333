"""Levels that are held against nothing: what was done in a protocol, what a task gives after neutral texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from affectlab.effects.contrast import Contrast, ContrastOutcome, Random
from affectlab.effects.effect import Effect
from affectlab.materials.schema import INDUCTION_TEXT, NEUTRAL
from affectlab.score import REPLY


def performances(scores: pd.DataFrame, protocols: Sequence[str]) -> Iterator[Effect]:
    """What was done in each protocol: per stage and score, over sessions.

    Args:
        scores: the rows of ``Run.numbers()``.
        protocols: the techniques that are protocols.
    """
    done = scores[scores["measure"].isin(list(protocols)) & (scores["scale"] != REPLY)]
    keys = ["model", "frame", "technique", "state", "measure", "item", "scale"]
    for design_cell, part in done.groupby(keys, observed=True, sort=False):
        model, frame, technique, state, measure, stage, score = map(str, design_cell)
        cell = {"model": model, "frame": frame, "technique": technique, "stage": stage}
        contrast = Contrast(
            "level",
            ContrastOutcome(measure, score, ""),
            {"state": state},
            None,
            cell,
            None,
            False,
            (Random("vignette"),),
        )
        yield Effect(contrast, part.groupby("vignette")["value"].mean(), None)


def readings(said: pd.DataFrame) -> Iterator[Effect]:
    """The valence of free completions after a state's texts, from -1 to 1, minus that after neutral texts.

    Args:
        said: completions with measure, state, vignette and ``valence``.
    """
    means = said.groupby(["measure", "state", "vignette"], observed=True, sort=False)["valence"].mean()
    for measure in means.index.unique("measure"):
        of = means.loc[measure]
        neutral = of[of.index.get_level_values("state") == NEUTRAL].droplevel("state")
        for state in (state for state in of.index.unique("state") if state != NEUTRAL):
            own = of[of.index.get_level_values("state") == state].droplevel("state")
            outcome = ContrastOutcome(str(measure), "valence of completions", "from −1 to 1")
            levels = ({"state": str(state), "arm": INDUCTION_TEXT}, {"state": NEUTRAL, "arm": INDUCTION_TEXT})
            yield Effect(Contrast("reading", outcome, *levels, {}, None, False, (Random("vignette"),)), own, neutral)
