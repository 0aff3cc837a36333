"""How likely a study is to find its smallest effect of interest, by simulation from an earlier run's variance."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from affectlab.design.study import Study
from affectlab.effects.effect import FIRST, SECOND, Effect
from affectlab.effects.estimate import few_units, p_of
from affectlab.errors import DataError
from affectlab.json_values import record
from affectlab.results.multiverse import claims
from affectlab.results.summary import probes, summarise
from affectlab.run import Run
from affectlab.seeds import derive
from affectlab.stats.estimate import FEWEST
from affectlab.stats.power import crossed_scores, power_independent, power_paired, simulated_power
from affectlab.stats.variance import RESIDUAL, variance_components

UNIT, ITEM = "unit", "item"
WANTED = 0.8
"""The power at which a study is usually planned."""
MOST = 500
"""Units per condition beyond which nobody plans."""
SIZES = (0.2, 0.5, 0.8, 1.2, 2.0)
"""Effects in standard deviations, where no earlier run says how large a standard deviation is."""


@dataclass(frozen=True)
class Spread:
    """The variance of what a claim on a measure is about, from an earlier run."""

    kind: str
    measure: str
    variance: Mapping[str, float]
    """Of units, of items, and what is left, in squared raw units; of paired claims, of the differences."""
    items: int
    units: int
    """Units over which it was estimated."""

    @property
    def paired(self) -> bool:
        """Whether the claim is about differences within units."""
        return self.kind == "regulation"

    @property
    def sd(self) -> float:
        """The standard deviation of the mean of a unit over its items; what an item adds to all units is none of it."""
        return math.sqrt(self.variance[UNIT] + self.variance[RESIDUAL] / self.items)


@dataclass(frozen=True)
class Power:
    """What a study can find of one kind of claim on one measure."""

    kind: str
    measure: str
    effect: float
    """The smallest effect of interest, in raw units."""
    unit: str
    sd: float
    """Of the mean of a unit, in raw units."""
    d: float
    n: int
    """Units per condition, as the study has them."""
    power: float
    low: float
    high: float
    """The share of simulated studies with p < .05, and its interval, which says how precise the simulation is."""
    predicted: float
    """By the noncentral t distribution."""
    false_alarms: float
    """The share of simulated studies without an effect that find one."""
    needed: int | None
    """Units per condition for a power of .80; None if more than anybody has."""
    note: str = ""
    """Why there is no number, where there is none."""

    def row(self) -> dict[str, Any]:
        """As a plain record; what is not finite becomes None."""
        return record(asdict(self))


def spreads(found: Sequence[Effect]) -> list[Spread]:
    """The variance of each kind of claim on each measure, pooled over states and design cells.

    Components of each claim, within its conditions (or of its differences), by ``stats.variance_components``; pooled as
    estimated, so that those below zero are not cut before they are averaged.
    """
    grouped: dict[tuple[str, str], list[Effect]] = {}
    for one in found:
        grouped.setdefault((one.contrast.kind, one.contrast.outcome.measure), []).append(one)
    made = [_spread(kind, measure, parts) for (kind, measure), parts in grouped.items()]
    return [one for one in made if one is not None]


def _spread(kind: str, measure: str, parts: Sequence[Effect]) -> Spread | None:
    tables = [table for effect in parts for table in _tables(effect)]
    found = [components for table in tables if (components := _components(table)) is not None]
    if not found:
        return None
    pooled = {source: max(float(np.mean([one[source] for one in found])), 0.0) for source in (UNIT, ITEM, RESIDUAL)}
    if not sum(pooled.values()) > 0:
        return None
    items = max(table[ITEM].nunique() for table in tables)
    return Spread(kind, measure, pooled, items, sum(table[UNIT].nunique() for table in tables))


def _tables(effect: Effect) -> Iterator[pd.DataFrame]:
    """The scores that vary by chance alone: each condition's, or the differences of a paired claim."""
    rows = effect.items
    if not effect.contrast.paired:
        for _, part in rows.groupby("condition", observed=True, sort=False):
            yield part
        return
    wide = rows.pivot_table(index=[UNIT, ITEM], columns="condition", values="value", observed=True, sort=False)
    yield (wide[FIRST] - wide[SECOND]).dropna().rename("value").reset_index()


def _components(table: pd.DataFrame) -> dict[str, float] | None:
    """The variance of units, items and the rest; None where a table is too small or does not vary."""
    values = table["value"].to_numpy(float)
    if table[UNIT].nunique() < 2:
        return None
    if table[ITEM].nunique() < 2:
        return {UNIT: float(np.var(values, ddof=1)), ITEM: 0.0, RESIDUAL: 0.0}
    facets = {name: table[name].to_numpy() for name in (UNIT, ITEM)}
    try:
        return variance_components(values, facets, terms=[(UNIT,), (ITEM,)]).estimate
    except DataError:
        return None


def power(study: Study, earlier: Run, *, draws: int = 1000) -> list[Power]:
    """The power of a study for each smallest effect that it declares, with the variance of an earlier run.

    Each simulated study draws its units, and how each answers the items, from normal distributions with the components
    of the earlier run, and makes the test that every contrast is estimated by (``effects.estimate``): Welch's t between
    units, a t test of differences within them. It speaks of new units like those of the earlier run, and of the same
    items.

    Raises:
        DataError: the study declares no smallest effect, or the earlier run is of none of its measures.
    """
    if not study.smallest_effect:
        hint = "add `smallest_effect: {measure: points}` to the study"
        raise DataError("the study declares no smallest effect of interest", hint=hint)
    materials, summary = probes(earlier), summarise(earlier)
    found = spreads([one for one in claims(summary.effects) if summary.rests(one.contrast)])
    known = [one for one in found if one.measure in study.smallest_effect]
    left_out = [row for row in summary.left_out().itertuples() if row.measure in study.smallest_effect]
    if not known:
        measures = ", ".join(study.smallest_effect)
        gone = "".join(f"; {row.measure}: {row.reason}" for row in left_out)
        raise DataError(
            f"the earlier run says nothing of {measures}{gone}",
            hint="name a run with these measures and two units a state",
        )
    units = {id: material.unit for id, material in materials.items()}
    without = [_without(str(row.measure), str(row.model), str(row.reason), study, units) for row in left_out]
    return [*(_power(one, study, units[one.measure], draws) for one in known), *without]


def _without(measure: str, model: str, reason: str, study: Study, units: Mapping[str, str]) -> Power:
    """A measure that the earlier run says nothing of, with the reason."""
    nan = math.nan
    told = (study.smallest_effect[measure], units[measure], nan, nan, units_of(study), nan, nan, nan, nan, nan, None)
    return Power("left out", measure, *told, note=f"{model} cannot use it: {reason}")


def _power(spread: Spread, study: Study, unit: str, draws: int) -> Power:
    effect, n = study.smallest_effect[spread.measure], units_of(study)
    d = effect / spread.sd
    place = (study.seed, "power", spread.kind, spread.measure)
    told: dict[str, Any] = {"kind": spread.kind, "measure": spread.measure, "effect": effect, "unit": unit}
    told |= {"sd": spread.sd, "d": d, "n": n, "needed": needed(d, spread.paired)}
    nan = math.nan
    if note := few_units(n):
        return Power(**told, power=nan, low=nan, high=nan, predicted=nan, false_alarms=nan, note=note)
    there = simulated_power(lambda rng: _p(spread, effect, n, rng), seed=derive(*place, "effect"), draws=draws)
    none = simulated_power(lambda rng: _p(spread, 0.0, n, rng), seed=derive(*place, "none"), draws=draws)
    return Power(
        **told,
        power=there.value,
        low=there.low,
        high=there.high,
        predicted=predicted(d, n, spread.paired),
        false_alarms=none.value,
    )


def expected_power(study: Study) -> list[dict[str, Any]]:
    """The power by formula for effects in SDs of units, where no earlier run tells their variance.

    Raises:
        DataError: there are fewer than three units in a condition.
    """
    n = units_of(study)
    if few := few_units(n):
        raise DataError(few, hint=f"plan at least {FEWEST} in a condition, better eight")
    return [
        {"claim": kind, "d": d, "n": n, "power": predicted(d, n, paired), "needed": needed(d, paired)}
        for kind, paired in (("between units", False), ("within units", True))
        for d in SIZES
    ]


def units_of(study: Study) -> int:
    """Units per condition: texts per state, or sessions where a protocol is run."""
    return study.replicates if study.protocols else study.induction.texts


def predicted(d: float, n: int, paired: bool) -> float:
    """The power by formula, with n units per condition."""
    return power_paired(d, n) if paired else power_independent(d, n, n)


def needed(d: float, paired: bool) -> int | None:
    """The fewest units per condition for a power of .80.

    >>> needed(0.5, paired=True), needed(0.5, paired=False)
    (34, 64)
    """
    return next((n for n in range(FEWEST, MOST + 1) if predicted(d, n, paired) >= WANTED), None)


def _p(spread: Spread, effect: float, n: int, rng: np.random.Generator) -> float:
    """The p of one simulated study. The items are those of the measure, the same in every unit and condition."""
    numbers, own = {UNIT: n, ITEM: spread.items}, {part: spread.variance[part] for part in (UNIT, RESIDUAL)}
    if spread.paired:
        return p_of(crossed_scores(effect, own, numbers, rng).mean(axis=1))
    first, second = (crossed_scores(mean, own, numbers, rng).mean(axis=1) for mean in (effect, 0.0))
    return p_of(first, second)
