"""Contrasts of errors: the outcome of a task after a state's texts against neutral texts, controls and regulations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import pandas as pd

from affectlab.effects.contrast import Contrast, Outcome
from affectlab.effects.effect import Effect, apart, of_conditions
from affectlab.effects.shifts import DESIGN, PERFORMED, level, undisturbed
from affectlab.effects.terms import Terms
from affectlab.materials.schema import NEUTRAL, NOTHING, TEXT

Samples = tuple["pd.Series[float]", "pd.Series[float]"]


def errors(points: pd.DataFrame, terms: Terms) -> Iterator[Effect]:
    """Every outcome of every task in each state, at every point at which it was given.

    Against neutral texts and against each control of the induction; each control against neutral texts; and, where the
    task stands after the regulation, after each regulation against neutral texts and against nothing said.
    """
    for task in terms.primary:
        rows = points[points["measure"] == task]
        for place, part in rows.groupby([*DESIGN, "scale"], observed=True, sort=False):
            *cell, scale = map(str, place)
            yield from _given(part, dict(zip(DESIGN, cell, strict=True)), terms.outcome(task, scale), terms)


def _given(part: pd.DataFrame, cell: Mapping[str, str], outcome: Outcome, terms: Terms) -> Iterator[Effect]:
    for point in (point for point in PERFORMED if point in part and part[point].notna().any()):
        one = _Given(undisturbed(part, point), {**cell, "point": point}, outcome, terms)
        yield from one.against()
        if point == "regulated":
            yield from one.regulated(part)


class _Given:
    """An outcome of a task at one point, in one cell of the design."""

    def __init__(self, rows: pd.DataFrame, cell: Mapping[str, str], outcome: Outcome, terms: Terms) -> None:
        self.rows, self.cell, self.outcome, self.terms = rows, cell, outcome, terms
        self.levels = level(rows, cell["point"])
        self.texts = self.levels[self.levels["arm"] == TEXT]
        self.neutral = _values(self.texts, NEUTRAL)
        self.states = [str(state) for state in self.texts["state"].unique() if state != NEUTRAL]

    def against(self) -> Iterator[Effect]:
        """Each state against neutral texts and against each control."""
        for state in self.states:
            if len(self.neutral):
                samples = (_values(self.texts, state), self.neutral)
                yield self._effect((state, TEXT), (NEUTRAL, TEXT), samples, paired=False)
            own = self.levels[self.levels["state"] == state]
            arms = own.pivot_table(index="vignette", columns="arm", values="value", observed=True, sort=False)
            for arm in (str(arm) for arm in arms if arm != TEXT and TEXT in arms):
                pairs = arms[[TEXT, arm]].dropna()
                yield self._effect((state, TEXT), (state, arm), (pairs[TEXT], pairs[arm]), paired=True)
                yield from self._control(state, arm, arms[arm].dropna())

    def _control(self, state: str, arm: str, held: pd.Series[float]) -> Iterator[Effect]:
        """A control against neutral texts. One text that stands for all vignettes is no sample: it does not vary."""
        if len(self.neutral) and len(held):
            held = held * 0.0 + held.mean() if arm in self.terms.fixed else held
            yield self._effect((state, arm), (NEUTRAL, TEXT), (held, self.neutral), paired=False)

    def _effect(self, first: tuple[str, str], second: tuple[str, str], samples: Samples, *, paired: bool) -> Effect:
        here, there = ({"state": state, "arm": arm} for state, arm in (first, second))
        kind = "error" if first[1] == TEXT else "error under a control"
        contrast = Contrast(kind, self.outcome, here, there, self.cell, None, paired, self.terms.sampled)
        return Effect(contrast, *samples, apart=partial(_apart, self.rows, self.cell["point"], first, second))

    def regulated(self, every: pd.DataFrame) -> Iterator[Effect]:
        """After each regulation: against neutral texts and, vignette by vignette, against nothing said."""
        if not (every["regulation"] == NOTHING).any():
            return
        for regulation in (str(one) for one in every["regulation"].unique() if one != NOTHING):
            levels = level(every[every["regulation"] == regulation], self.cell["point"])
            for state in self.states:
                own = _values(levels[levels["arm"] == TEXT], state)
                if len(own):
                    yield from self._after(regulation, state, own)

    def _after(self, regulation: str, state: str, own: pd.Series[float]) -> Iterator[Effect]:
        here = {"state": state, "arm": TEXT, "regulation": regulation}
        if len(self.neutral):
            there = {"state": NEUTRAL, "arm": TEXT, "regulation": NOTHING}
            contrast = Contrast(AFTER, self.outcome, here, there, self.cell, None, False, self.terms.sampled)
            yield Effect(contrast, own, self.neutral)
        both = pd.concat([_values(self.texts, state), own], axis=1, join="inner")
        cell = {**self.cell, "state": state, "arm": TEXT}
        levels = ({"regulation": NOTHING}, {"regulation": regulation})
        contrast = Contrast("regulation of an error", self.outcome, *levels, cell, None, True, self.terms.sampled)
        yield Effect(contrast, both.iloc[:, 0], both.iloc[:, 1])


AFTER = "error after a regulation"


def _values(texts: pd.DataFrame, state: str) -> pd.Series[float]:
    return texts[texts["state"] == state].dropna(subset=["value"]).set_index("vignette")["value"]


def _apart(rows: pd.DataFrame, point: str, first: tuple[str, str], second: tuple[str, str]) -> pd.DataFrame:
    rows, names = of_conditions(rows, first, second)
    return apart(rows, rows[point], names)


def together(effects: Sequence[Effect]) -> Effect:
    """Several states as one: the vignettes of all of them against the same neutral texts."""
    first, *rest = effects
    if not rest:
        return first
    states = [one.contrast.state for one in effects]
    contrast = replace(first.contrast, first={**first.contrast.first, "state": ", ".join(states)})
    named = [one.first.set_axis([f"{one.contrast.state}:{name}" for name in one.first.index]) for one in effects]
    return Effect(contrast, pd.concat(named), first.second)


def neutral_level(one: Effect) -> Effect:
    """The level of a task's outcome after neutral texts, against zero."""
    first = one.contrast.second or {}
    contrast = replace(one.contrast, kind="level", first=first, second=None)
    return Effect(contrast, one.first if one.second is None else one.second, None)


def of_items(one: Effect, items: Sequence[str], name: str) -> Effect:
    """A contrast between units on some of its items."""
    rows = one.items[one.items["item"].isin(list(items))]
    means = rows.groupby(["condition", "unit"], observed=True, sort=False)["value"].mean()
    first, second = (means[means.index.get_level_values(0) == side].droplevel(0) for side in ("first", "second"))
    return Effect(replace(one.contrast, cell={**one.contrast.cell, "items": name}), first, second)
