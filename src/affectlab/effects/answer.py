"""What was found of a contrast that a hypothesis makes: the run's own, where it has it; else one made like those."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial

import pandas as pd

from affectlab.effects.claims import ClaimContrast
from affectlab.effects.contrast import ALL, Contrast, ContrastOutcome, Random
from affectlab.effects.effect import Effect, beside, row_changes, under
from affectlab.effects.estimate import Estimate
from affectlab.effects.find import Effects
from affectlab.effects.judgement import Excess
from affectlab.effects.shifts import change, level, over_arms
from affectlab.effects.states import over_states
from affectlab.materials.schema import NEUTRAL, NOTHING

Key = tuple[object, ...]


class Answers:
    """The estimates of one model's contrasts."""

    def __init__(self, effects: Effects, model: str) -> None:
        """Those of the rows of one model."""
        self.effects = effects
        self.model = model

    def excess(self, one: ClaimContrast, unit: str) -> Excess:
        """The contrast of a claim as it was estimated, with the claim's direction and margin.

        Args:
            unit: of the outcome.
        """
        return self.as_excess(one, self.estimate(one), unit)

    def as_excess(self, one: ClaimContrast, found: Estimate, unit: str) -> Excess:
        """An estimate with the direction and the margin of a claim."""
        sampled = found.contrast.unit
        return Excess(
            one.part,
            one.against,
            found.difference,
            found.low,
            found.high,
            found.df,
            min(found.n[sampled], *found.n_second.values()) if found.n_second else found.n[sampled],
            unit,
            one.direction,
            one.smallest or 0.0,
            "text" if sampled == "vignette" else sampled,
            gap=found.gap,
            contrast=found.contrast.id,
        )

    def estimate(self, one: ClaimContrast) -> Estimate:
        """The estimate of a contrast: the run's own, where it is among them."""
        return self._effect(one).estimate

    def _effect(self, one: ClaimContrast) -> Effect:
        """A contrast: the run's own, where it is among them."""
        one = self._of_baseline(one)
        known = self._known.get(self._key(one))
        return self._made(one) if known is None else known

    @cached_property
    def _known(self) -> Mapping[Key, Effect]:
        """The run's contrasts, by what tells them apart."""
        here = self.effects.of(lambda contrast: {**contrast.cell, **contrast.first}.get("model") == self.model)
        return {_of(one.contrast): one for one in here}

    def _key(self, one: ClaimContrast) -> Key:
        """What tells a contrast from others, as ``_of`` has it of the run's."""
        shared: dict[str, str] = {"model": self.model, **one.cell}
        scale = one.scale
        if one.states:
            if one.scale:
                return ()
            scale, shared["state"] = ALL, ALL
        if one.start is None:
            shared = {name: value for name, value in shared.items() if name != "regulation"}
        second = None if one.second is None else _levels(shared, one.second)
        span = one.point if one.start is None else (one.start, one.point)
        return (one.measure, scale, _levels(shared, one.first), second, span)

    def _of_baseline(self, one: ClaimContrast) -> ClaimContrast:
        """Where no turn passes in a control, what is read in it is what was read at baseline: one contrast, not two."""
        if one.second is None or one.start is None or one.second.get("arm") not in self.effects.terms.silent:
            return one
        scales = [(state, one.scale or state) for state in one.states or (one.second.get("state", ""),)]
        held = [self._values(one, {**one.second, "state": state}, scale) for state, scale in scales]
        return replace(one, second=None) if all((values == 0.0).all() for values in held) else one

    def _made(self, one: ClaimContrast) -> Effect:
        """A contrast that the run's tables do not have, of the same scores and by the same estimator."""
        if one.states:
            return self._over_states(one)
        random = self.effects.terms.sampled(one.measure)
        first = self._values(one, one.first, one.scale)
        second = None if one.second is None else self._values(one, one.second, one.scale)
        paired = one.second is not None and one.first.get("state") == one.second.get("state")
        if paired and second is not None:
            both = pd.concat([first, second], axis=1, join="inner")
            first, second = both.iloc[:, 0], both.iloc[:, 1]
        return Effect(
            self._contrast(one, one.first, one.scale, paired, random),
            first,
            second,
            item_rows=partial(self._apart, one),
        )

    def _over_states(self, one: ClaimContrast) -> Effect:
        """The same over states, which are the units: each with the mean of its texts, on its target scale."""
        parts = []
        for state in one.states:
            second = None if one.second is None else {"state": state, **one.second}
            alone = replace(
                one, states=(), scale=one.scale or state, first={**one.first, "state": state}, second=second
            )
            parts.append(self._effect(alone))
        return over_states(parts, scale=one.scale or None)

    def after_neutral(self, one: ClaimContrast, states: Sequence[str]) -> Effect:
        """A contrast of a regulation after neutral texts, where there is no state to take back.

        Of each neutral text the mean over the scales of the states; the texts are the units.
        """
        conditions = [{**levels, "state": NEUTRAL} for levels in (one.first, one.second or {})]
        scales = list(dict.fromkeys(one.scale or state for state in states))
        samples = [
            # of more than 127 texts, pandas cannot align the codes of categories with each other
            pd.concat([self._values(one, condition, scale).rename(index=str) for scale in scales], axis=1).mean(axis=1)
            for condition in conditions
        ]
        both = pd.concat(samples, axis=1, join="inner").dropna()
        told = replace(one, second=conditions[1])
        random = (Random(self.effects.terms.unit),)
        contrast = self._contrast(told, conditions[0], scales[0] if len(scales) == 1 else ALL, True, random)
        return Effect(contrast, both.iloc[:, 0], both.iloc[:, 1])

    def of_script(self, one: ClaimContrast, script: str, texts: Mapping[str, Sequence[str]]) -> Effect:
        """A contrast of a regulation on the texts of each state that went with one of its scripts.

        The states are the units, each with the mean of these texts.
        """
        rows = []
        for state, own in texts.items():
            conditions = ({**levels, "state": state} for levels in (one.first, one.second or {}))
            first, second = (self._values(one, condition, one.scale or state) for condition in conditions)
            both = pd.concat([first, second], axis=1, join="inner")
            both = both[both.index.astype(str).isin(list(own))].dropna()
            if len(both):
                rows.append((state, *both.mean()))
        table = pd.DataFrame(rows, columns=["state", "first", "second"]).set_index("state")
        told = replace(one, cell={**one.cell, "script": script}, second={**(one.second or {}), "state": ALL})
        contrast = self._contrast(told, {**one.first, "state": ALL}, ALL, True, (Random("state"),))
        return Effect(contrast, table["first"], table["second"])

    def _contrast(
        self, one: ClaimContrast, first: Mapping[str, str], scale: str, paired: bool, random: tuple[Random, ...]
    ) -> Contrast:
        outcome: ContrastOutcome = self.effects.terms.outcome(one.measure, scale)
        cell = {"model": self.model, **one.cell, **({"point": one.point} if one.start is None else {})}
        span = None if one.start is None else (one.start, one.point)
        second = None if one.second is None else dict(one.second)
        return Contrast("hypothesis", outcome, dict(first), second, cell, span, paired, random)

    def _values(self, one: ClaimContrast, condition: Mapping[str, str], scale: str) -> pd.Series[float]:
        """One value for each unit under a condition: items, and arms that do not differ yet, averaged."""
        rows = self._rows(one, condition, scale)
        table = level(rows, one.point) if one.start is None else over_arms(change(rows, one.start, one.point))
        return table.dropna(subset=["value"]).groupby("vignette", observed=True, sort=False)["value"].mean()

    def _apart(self, one: ClaimContrast) -> pd.DataFrame:
        """The scores of a contrast with the items apart."""
        first = self._rows(one, one.first, one.scale)
        second = None if one.second is None else self._rows(one, one.second, one.scale)
        return beside(
            first,
            second,
            lambda rows: rows[one.point] if one.start is None else row_changes(rows, (one.start, one.point)),
        )

    def _rows(self, one: ClaimContrast, condition: Mapping[str, str], scale: str) -> pd.DataFrame:
        """The rows of the points that are of a condition."""
        of_scale = self.effects.of_scale(self.model, one.measure, scale)
        return under(of_scale, _idle({**one.cell, **condition}))


def _of(contrast: Contrast) -> Key:
    """What tells a contrast of the run from others."""
    shared = {name: value for name, value in contrast.cell.items() if name != "point"}
    second = None if contrast.second is None else _levels(shared, contrast.second)
    span = contrast.cell.get("point", "") if contrast.change is None else contrast.change
    return (contrast.outcome.measure, contrast.outcome.scale, _levels(shared, contrast.first), second, span)


def _levels(shared: Mapping[str, str], own: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """All levels of a condition."""
    return tuple(sorted(_idle({**shared, **own}).items()))


def _idle(levels: Mapping[str, str]) -> dict[str, str]:
    """Levels without the manner of a regulation where none is given."""
    idle = ("order", "guidance") if levels.get("regulation") == NOTHING else ()
    return {name: value for name, value in levels.items() if name not in idle}
