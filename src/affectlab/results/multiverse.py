"""The multiverse of a finding: the same question under every reasonable choice, as a specification curve.

The choices are those that a run holds: model, frame, technique, grade, delivery, context, measure, and the wording of
the question (each item alone, beside all together). Where there are units enough to standardise, a curve is of
standardised differences, over all measures; else there is one of raw differences for each unit of an outcome.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from affectlab.effects.effect import Effect, few_to_standardise
from affectlab.effects.find import Effects
from affectlab.effects.shifts import DESIGN_CELL
from affectlab.json_values import record, records
from affectlab.materials.schema import INDUCTION_TEXT, NEUTRAL
from affectlab.results.findings import is_primary, right_after
from affectlab.results.summary import Summary, summarise
from affectlab.run import Run
from affectlab.seeds import derive
from affectlab.stats.estimate import FEWEST

ALL = "all"
"""The wording of a specification that takes the mean over every item."""
CHOICES = (*DESIGN_CELL, "guidance", "measure", "item")
"""The factors of a specification."""
SHUFFLES = 500
"""Rearrangements of conditions over units for the test of the whole curve; all of them, where there are fewer."""

SD = "SD"
"""The unit of a curve of standardised differences."""

Values = np.ndarray[Any, np.dtype[np.float64]]


class SpecifiedQuestion(NamedTuple):
    """What is asked of every specification."""

    kind: str
    state: str
    regulation: str
    against: str

    @property
    def label(self) -> str:
        """The question in words.

        >>> SpecifiedQuestion("regulation", "fear", "breathing", "reading").label
        'regulation of fear: breathing against reading'
        """
        what = f"{self.regulation} against {self.against}" if self.regulation else f"against {self.against}"
        return f"{self.kind} of {self.state}: {what}" if self.regulation else f"{self.kind}, {self.state} {what}"


@dataclass(frozen=True)
class Curve:
    """A finding under every specification, from the lowest to the highest."""

    question: SpecifiedQuestion
    unit: str
    """Of what the curve is: ``SD``, or the unit of the outcome where the units are too few to standardise."""
    specifications: pd.DataFrame
    """The choices; ``d`` (Hedges' g between units, d_z within them), ``d_low`` and ``d_high``; ``difference`` in raw
    units with ``low`` and ``high``, p, n; ``contrast``, its id; ``note`` says why a specification has no ``d``."""
    median: float
    low: float
    high: float
    """The lowest and the highest difference, in the unit of the curve."""
    same_sign: float
    """Share of the specifications whose sign is the median's."""
    apart: float
    """Share whose interval lies on one side of zero, that of the median; NaN where none has an interval."""
    p_median: float
    """Share of rearrangements of the conditions over the units whose median is as far from zero (two-sided); NaN where
    the units are fewer than any test takes (three in a condition)."""
    shuffles: int
    p_least: float
    """The smallest p that so many units allow, whatever their scores: with four pairs it is above .05."""

    @property
    def shown(self) -> pd.DataFrame:
        """The specifications with what the curve is of as ``value``, ``value_low``, ``value_high``."""
        return _shown(self.specifications, self.unit)

    def row(self) -> dict[str, Any]:
        """The curve as a plain record; what is not finite becomes None."""
        summary = record({name: getattr(self, name) for name in _SUMMARY})
        return {**self.question._asdict(), **summary, "specifications": records(self.specifications)}


_SUMMARY = ("unit", "median", "low", "high", "same_sign", "apart", "p_median", "shuffles", "p_least")


def multiverse(run: Run) -> list[Curve]:
    """Every finding of a run that can be asked in more than one way.

    Raises:
        DataError: no session of the run is complete.
    """
    return curves(specified_questions(summarise(run)), seed=run.plan.seed)


def specified_questions(summary: Summary) -> list[Effect]:
    """The contrasts of a run of which the curves are made, on measures that their model can use: inductions and errors
    against neutral texts, and regulations that come after the induction against each control."""
    return [one for one in claims(summary.effects) if summary.rests(one.contrast)]


def claims(effects: Effects) -> Iterator[Effect]:
    """The contrasts of a run that are findings with two conditions, each of them of the texts themselves."""
    for one in (*effects.inductions, *effects.regulations, *effects.errors):
        contrast = one.contrast
        neutral = contrast.second == {"state": NEUTRAL, "arm": INDUCTION_TEXT}
        match contrast.kind:
            case "induction" if neutral:
                yield one
            case "error" if neutral and is_primary(one, effects):
                yield one
            case "regulation" if right_after(one) and contrast.cell["order"] == "after":
                if contrast.first["regulation"] not in effects.terms.controls:
                    yield one


def curves(found: Sequence[Effect], *, seed: int = 1) -> list[Curve]:
    """The specification curves of some contrasts. Each contrast is a specification, with its own estimate.

    Source: Simonsohn, U., Simmons, J. P., & Nelson, L. D. (2020). Nature Human Behaviour 4, 1208–1214; Steegen, S.,
    et al. (2016). Perspectives on Psychological Science 11, 702–712.
    """
    questions: dict[tuple[SpecifiedQuestion, str], list[Effect]] = {}
    for one in found:
        of = one.contrast
        question = SpecifiedQuestion(of.kind, of.state, of.first.get("regulation", ""), of.against)
        unit = of.outcome.unit if few_to_standardise(one.estimate) else SD
        questions.setdefault((question, unit), []).append(one)
    made = [_curve(question, unit, parts, seed) for (question, unit), parts in questions.items()]
    return [curve for curve in made if curve is not None]


def _curve(question: SpecifiedQuestion, unit: str, parts: Sequence[Effect], seed: int) -> Curve | None:
    rows, scores = [], []
    for effect in parts:
        cell = effect.contrast.cell
        design_cell = {factor: cell[factor] for factor in DESIGN_CELL} | {"guidance": cell.get("guidance", "")}
        for item, one in _wordings(effect):
            rows.append({**design_cell, "measure": one.contrast.outcome.measure, "item": item, **_numbers(one)})
            scores.append(_wide(one))
    table = pd.DataFrame(rows)
    told = _shown(table, unit)
    if told["value"].notna().sum() < 2:
        return None
    order = told.sort_values("value", kind="stable").index
    table, told = table.loc[order].reset_index(drop=True), told.loc[order].dropna(subset=["value"])
    values = told["value"].to_numpy(float)
    median = float(np.median(values))
    side = told["value_low"] > 0 if median > 0 else told["value_high"] < 0
    paired = parts[0].contrast.paired
    p, shuffles = _tested(scores, paired, derive(seed, "multiverse", question.label), standardised=unit == SD)
    return Curve(
        question=question,
        unit=unit,
        specifications=table,
        median=median,
        low=float(values.min()),
        high=float(values.max()),
        same_sign=float(np.mean(np.sign(values) == np.sign(median))),
        apart=float(side.mean()) if told["value_low"].notna().any() else math.nan,
        p_median=p,
        shuffles=shuffles,
        p_least=_least(scores, paired, shuffles) if shuffles else math.nan,
    )


def _shown(table: pd.DataFrame, unit: str) -> pd.DataFrame:
    of = ("d", "d_low", "d_high") if unit == SD else ("difference", "low", "high")
    names = ("value", "value_low", "value_high")
    return table.assign(**{name: table[column] for name, column in zip(names, of, strict=True)})


def _wordings(effect: Effect) -> Iterator[tuple[str, Effect]]:
    """The contrast over all items, and on each alone where there are several."""
    yield ALL, effect
    items = list(dict.fromkeys(map(str, effect.items["item"])))
    for item in items if len(items) > 1 else []:
        yield item, effect.of_item(item)


def _wide(effect: Effect) -> pd.DataFrame:
    """A row for each unit, the conditions as columns."""
    second = pd.Series(dtype=float) if effect.second is None else effect.second
    parts = [one.set_axis(one.index.astype(str)) for one in (effect.first, second)]
    return pd.concat(parts, axis=1, keys=["first", "second"])


def _numbers(effect: Effect) -> dict[str, Any]:
    """The standardised and the raw difference, or why there is none."""
    contrast, found = effect.contrast, effect.estimate
    units = found.units if contrast.paired else found.units + found.n_second.get(contrast.unit, 0)
    raw = {"difference": found.difference, "low": found.low, "high": found.high, "p": found.p}
    told = {**raw, "n": units, "contrast": contrast.id}
    few = few_to_standardise(found)
    if few or "d" not in found.further:
        note = found.gap or few or "no spread to standardise by"
        return {**dict.fromkeys(("d", "d_low", "d_high"), math.nan), **told, "note": note}
    standardised = found.further["d" if contrast.paired else "g"]
    limits = {"d_low": found.further["d_low"], "d_high": found.further["d_high"]}
    return {"d": standardised, **limits, **told, "note": ""}


def _tested(scores: Sequence[pd.DataFrame], paired: bool, seed: int, *, standardised: bool) -> tuple[float, int]:
    """How often the median of a curve is as far from zero when conditions are rearranged over units; of how many ways.

    A unit keeps its condition through all specifications, so that what they share is shared under the null as well.
    """
    if min(_sizes(scores)) < FEWEST:
        return math.nan, 0
    units = list(dict.fromkeys(unit for table in scores for unit in table.index))
    cube = np.stack([table.reindex(units).to_numpy(float) for table in scores])
    if paired:
        arrangements = _signs(len(units), seed)
    else:
        of_first = ~np.isnan(cube[:, :, 0]).all(axis=0)
        arrangements = _labels(of_first, seed)
    medians = np.array([_median(cube, arrangement, paired, standardised) for arrangement in arrangements])
    observed, known = abs(medians[0]), medians[np.isfinite(medians)]
    if not math.isfinite(observed):
        return math.nan, len(arrangements)
    return float(np.mean(np.abs(known) >= observed - 1e-12)), len(arrangements)


def _sizes(scores: Sequence[pd.DataFrame]) -> tuple[int, int]:
    """Units under either condition, in any specification."""
    missing = pd.concat([table.isna() for table in scores]).groupby(level=0).all()
    return int((~missing.iloc[:, 0]).sum()), int((~missing.iloc[:, 1]).sum())


def _least(scores: Sequence[pd.DataFrame], paired: bool, shuffles: int) -> float:
    """The smallest p that the arrangements allow: the one that was seen, and its mirror image where that is another."""
    first, second = _sizes(scores)
    mirrored = shuffles < SHUFFLES and (paired or first == second)
    return (2.0 if mirrored else 1.0) / shuffles


def _median(cube: Values, swapped: Any, paired: bool, standardised: bool) -> float:
    """The median over specifications of the difference, raw or standardised, the conditions of some units swapped."""
    with np.errstate(invalid="ignore", divide="ignore"):
        if paired:
            change = (cube[:, :, 0] - cube[:, :, 1]) * np.where(swapped, -1.0, 1.0)
            difference, sd = _moments(change)
        else:
            scores = np.where(np.isnan(cube[:, :, 0]), cube[:, :, 1], cube[:, :, 0])
            first, second = scores[:, swapped], scores[:, ~swapped]
            (m_1, s_1), (m_2, s_2) = _moments(first), _moments(second)
            n_1, n_2 = (~np.isnan(first)).sum(axis=1), (~np.isnan(second)).sum(axis=1)
            difference = m_1 - m_2
            sd = np.sqrt(((n_1 - 1) * s_1**2 + (n_2 - 1) * s_2**2) / (n_1 + n_2 - 2))
        found = difference / sd if standardised else difference
    known = found[np.isfinite(found)]
    return float(np.median(known)) if known.size else math.nan


def _moments(scores: Values) -> tuple[Values, Values]:
    """Mean and standard deviation of each row over what is there; NaN where there is too little."""
    there = ~np.isnan(scores)
    n = there.sum(axis=1)
    mean = np.where(there, scores, 0.0).sum(axis=1) / n
    squares = np.where(there, (scores - mean[:, None]) ** 2, 0.0).sum(axis=1)
    return mean, np.sqrt(squares / (n - 1))


def _signs(units: int, seed: int) -> list[Any]:
    """Which units have their conditions swapped; nothing swapped first."""
    if 2**units <= SHUFFLES:
        return [np.array(one, dtype=bool) for one in itertools.product([False, True], repeat=units)]
    rng = np.random.default_rng(seed)
    return [np.zeros(units, dtype=bool), *(rng.random(units) < 0.5 for _ in range(SHUFFLES - 1))]


def _labels(first: Any, seed: int) -> list[Any]:
    """Which units stand under the first condition; as it was first."""
    count = int(first.sum())
    if math.comb(first.size, count) <= SHUFFLES:
        chosen = itertools.combinations(range(first.size), count)
        every = [np.isin(np.arange(first.size), one) for one in chosen]
        return [first, *(one for one in every if (one != first).any())]
    rng = np.random.default_rng(seed)
    return [first, *(rng.permutation(first) for _ in range(SHUFFLES - 1))]
