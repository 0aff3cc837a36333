"""Contrasts of errors: the outcome of a task after a state's texts against neutral texts, controls and regulations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import pandas as pd

from affectlab.effects.contrast import Contrast, ContrastOutcome
from affectlab.effects.effect import (
    FIRST,
    NO_VALUES,
    SECOND,
    Effect,
    beside,
    item_rows,
    of_conditions,
    under,
    values_of_conditions,
)
from affectlab.effects.shifts import DESIGN_CELL, PERFORMED, level, undisturbed
from affectlab.effects.states import over_states
from affectlab.effects.terms import Terms
from affectlab.materials.schema import INDUCTION_TEXT, NEUTRAL, NOTHING

Samples = tuple["pd.Series[float]", "pd.Series[float]"]


def errors(points: pd.DataFrame, terms: Terms) -> Iterator[Effect]:
    """Every outcome of every task in each state, at every point at which it was given.

    Against neutral texts and against each control of the induction; each control against neutral texts; and, where the
    task stands after the regulation, after each regulation against neutral texts and against nothing said.
    """
    for task in terms.primary:
        rows = points[points["measure"] == task]
        for design_cell, part in rows.groupby([*DESIGN_CELL, "scale"], observed=True, sort=False):
            *cell, scale = map(str, design_cell)
            yield from _given(part, dict(zip(DESIGN_CELL, cell, strict=True)), terms.outcome(task, scale), terms)


def _given(part: pd.DataFrame, cell: Mapping[str, str], outcome: ContrastOutcome, terms: Terms) -> Iterator[Effect]:
    for point in (point for point in PERFORMED if point in part and part[point].notna().any()):
        one = _Given(undisturbed(part, point), {**cell, "point": point}, outcome, terms)
        yield from one.against()
        if point == "regulated":
            yield from one.regulated(part)


class _Given:
    """An outcome of a task at one point, in one cell of the design."""

    def __init__(self, rows: pd.DataFrame, cell: Mapping[str, str], outcome: ContrastOutcome, terms: Terms) -> None:
        self.rows, self.cell, self.outcome, self.terms = rows, cell, outcome, terms
        self.sampled = terms.sampled(outcome.measure)
        levels = level(rows, cell["point"])
        self.values = values_of_conditions(levels)
        self.neutral = self._of_texts(NEUTRAL)
        texts = levels[levels["arm"] == INDUCTION_TEXT]
        self.states = [str(state) for state in texts["state"].unique() if state != NEUTRAL]

    def _of_texts(self, state: str) -> pd.Series[float]:
        return self.values.get((state, INDUCTION_TEXT), NO_VALUES)

    def against(self) -> Iterator[Effect]:
        """Each state against neutral texts and against each control."""
        for state in self.states:
            if len(self.neutral):
                samples = (self._of_texts(state), self.neutral)
                yield self._effect((state, INDUCTION_TEXT), (NEUTRAL, INDUCTION_TEXT), samples, paired=False)
            own = self.values.get((state, INDUCTION_TEXT))
            for (of, arm), held in self.values.items():
                if own is not None and of == state and arm != INDUCTION_TEXT:
                    pairs = pd.concat([own, held], axis=1, join="inner")
                    samples = (pairs.iloc[:, 0], pairs.iloc[:, 1])
                    yield self._effect((state, INDUCTION_TEXT), (state, arm), samples, paired=True)
                    yield from self._control(state, arm, held)

    def _control(self, state: str, arm: str, held: pd.Series[float]) -> Iterator[Effect]:
        """A control against neutral texts. One text that stands for all vignettes is no sample: it does not vary."""
        if len(self.neutral) and len(held):
            fixed = arm in self.terms.fixed
            held = held * 0.0 + held.mean() if fixed else held
            yield self._effect((state, arm), (NEUTRAL, INDUCTION_TEXT), (held, self.neutral), paired=False, fixed=fixed)

    def _effect(
        self, first: tuple[str, str], second: tuple[str, str], samples: Samples, *, paired: bool, fixed: bool = False
    ) -> Effect:
        here, there = ({"state": state, "arm": arm} for state, arm in (first, second))
        kind = "error" if first[1] == INDUCTION_TEXT else "error under a control"
        contrast = Contrast(kind, self.outcome, here, there, self.cell, None, paired, self.sampled)
        return Effect(
            contrast, *samples, item_rows=partial(_item_rows, self.rows, self.cell["point"], first, second, fixed)
        )

    def regulated(self, every: pd.DataFrame) -> Iterator[Effect]:
        """After each regulation: against neutral texts and, vignette by vignette, against nothing said."""
        if not (every["regulation"] == NOTHING).any():
            return
        for regulation in (str(one) for one in every["regulation"].unique() if one != NOTHING):
            after = every[every["regulation"] == regulation]
            values = values_of_conditions(level(after, self.cell["point"]))
            for state in self.states:
                own = values.get((state, INDUCTION_TEXT), NO_VALUES)
                if len(own):
                    rows = under(after, {"state": state, "arm": INDUCTION_TEXT})
                    yield from self._after(regulation, state, own, rows)

    def _after(self, regulation: str, state: str, own: pd.Series[float], rows: pd.DataFrame) -> Iterator[Effect]:
        here = {"state": state, "arm": INDUCTION_TEXT, "regulation": regulation}
        if len(self.neutral):
            there = {"state": NEUTRAL, "arm": INDUCTION_TEXT, "regulation": NOTHING}
            contrast = Contrast(AFTER, self.outcome, here, there, self.cell, None, False, self.sampled)
            yield Effect(contrast, own, self.neutral, item_rows=partial(self._beside, rows, NEUTRAL))
        both = pd.concat([self._of_texts(state), own], axis=1, join="inner")
        cell = {**self.cell, "state": state, "arm": INDUCTION_TEXT}
        levels = ({"regulation": NOTHING}, {"regulation": regulation})
        contrast = Contrast("regulation of an error", self.outcome, *levels, cell, None, True, self.sampled)
        yield Effect(
            contrast, both.iloc[:, 0], both.iloc[:, 1], item_rows=partial(self._beside, rows, state, first=False)
        )

    def _beside(self, rows: pd.DataFrame, state: str, *, first: bool = True) -> pd.DataFrame:
        """Rows after a regulation beside those of a state's texts without one; the former as the first condition."""
        texts = under(self.rows, {"state": state, "arm": INDUCTION_TEXT})
        return beside(*((rows, texts) if first else (texts, rows)), lambda part: part[self.cell["point"]])


AFTER = "error after a regulation"


def _item_rows(
    rows: pd.DataFrame, point: str, first: tuple[str, str], second: tuple[str, str], fixed: bool
) -> pd.DataFrame:
    """The answers under two conditions; where the first is one text for all vignettes, their mean on each item."""
    rows, names = of_conditions(rows, first, second)
    found = item_rows(rows, rows[point], names)
    if fixed:
        means = found.groupby(["condition", "item"], observed=True)["value"].transform("mean")
        found["value"] = found["value"].mask(found["condition"] == FIRST, means)
    return found


def states_together(effects: Sequence[Effect]) -> Effect:
    """Several states as a sample of states, against the same neutral texts; one as it is."""
    if len(effects) == 1:
        return effects[0]
    names = ", ".join(one.contrast.state for one in effects)
    return over_states(effects, name=names, scale=effects[0].contrast.outcome.scale)


def neutral_level(one: Effect) -> Effect:
    """The level of a task's outcome after neutral texts, against zero."""
    first = one.contrast.second or {}
    contrast = replace(one.contrast, kind="level", first=first, second=None)
    values, name = (one.first, FIRST) if one.second is None else (one.second, SECOND)

    def of_neutral() -> pd.DataFrame:
        return one.items[one.items["condition"] == name].assign(condition=FIRST)

    return Effect(contrast, values, None, item_rows=of_neutral)


def of_items(one: Effect, items: Sequence[str], name: str) -> Effect:
    """A contrast between units on some of its items."""
    rows = one.items[one.items["item"].isin(list(items))]
    means = rows.groupby(["condition", "unit"], observed=True, sort=False)["value"].mean()
    first, second = (means[means.index.get_level_values(0) == side].droplevel(0) for side in ("first", "second"))
    return Effect(
        replace(one.contrast, cell={**one.contrast.cell, "items": name}), first, second, item_rows=lambda: rows
    )
