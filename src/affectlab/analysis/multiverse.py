"""The multiverse of a finding: the same question under every reasonable choice, as a specification curve.

The choices are those that a run holds: model, frame, technique, grade, delivery, context, measure, and the wording of
the question (each item alone, beside all together). What an outcome is measured in differs between measures, so the
curve is of standardised differences; the raw ones stand beside them.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from affectlab.analysis.claims import Claim, Kind, claims
from affectlab.analysis.record import record, records
from affectlab.effects.shifts import DESIGN, by_point
from affectlab.analysis.summary import controls, primary, probes
from affectlab.errors import DataError
from affectlab.run import Run
from affectlab.seeds import derive
from affectlab.stats.effects import d_z, hedges_g
from affectlab.stats.ttest import paired_t, welch_t

ALL = "all"
"""The wording of a specification that takes the mean over every item."""
CHOICES = (*DESIGN, "measure", "item")
"""The factors of a specification."""
SHUFFLES = 500
"""Rearrangements of conditions over units for the test of the whole curve; all of them, where there are fewer."""

Values = np.ndarray[Any, np.dtype[np.float64]]


class Question(NamedTuple):
    """What is asked of every specification."""

    kind: Kind
    state: str
    regulation: str
    against: str

    @property
    def label(self) -> str:
        """The question in words.

        >>> Question("regulation", "fear", "breathing", "reading").label
        'regulation of fear: breathing against reading'
        """
        what = f"{self.regulation} against {self.against}" if self.regulation else f"against {self.against}"
        return f"{self.kind} of {self.state}: {what}" if self.regulation else f"{self.kind}, {self.state} {what}"


@dataclass(frozen=True)
class Curve:
    """A finding under every specification, from the lowest to the highest."""

    question: Question
    specifications: pd.DataFrame
    """The choices; ``d`` (Hedges' g between units, d_z within them) with its interval; ``difference`` in raw units, p,
    n; ``note`` says why a specification has no number."""
    median: float
    low: float
    high: float
    """The lowest and the highest d."""
    same_sign: float
    """Share of the specifications whose sign is the median's."""
    apart: float
    """Share whose interval lies on one side of zero, that of the median."""
    p_median: float
    """Share of rearrangements of the conditions over the units whose median is as far from zero (two-sided)."""
    shuffles: int

    def row(self) -> dict[str, Any]:
        """The curve as a plain record; what is not finite becomes None."""
        summary = record({name: getattr(self, name) for name in _SUMMARY})
        return {**self.question._asdict(), **summary, "specifications": records(self.specifications)}


_SUMMARY = ("median", "low", "high", "same_sign", "apart", "p_median", "shuffles")


def multiverse(run: Run) -> list[Curve]:
    """Every finding of a run that can be asked in more than one way.

    Raises:
        DataError: no session of the run is complete.
    """
    materials = probes(run)
    return curves(list(claims(by_point(run.numbers()), primary(materials), controls(run))), seed=run.plan.seed)


def curves(found: Sequence[Claim], *, seed: int = 1) -> list[Curve]:
    """The specification curves of some claims.

    Source: Simonsohn, U., Simmons, J. P., & Nelson, L. D. (2020). Nature Human Behaviour 4, 1208–1214; Steegen, S.,
    et al. (2016). Perspectives on Psychological Science 11, 702–712.
    """
    asked: dict[Question, list[Claim]] = {}
    for one in found:
        asked.setdefault(Question(one.kind, one.state, one.regulation, one.against), []).append(one)
    made = [_curve(question, parts, seed) for question, parts in asked.items()]
    return [curve for curve in made if curve is not None]


def _curve(question: Question, parts: Sequence[Claim], seed: int) -> Curve | None:
    rows, scores = [], []
    for claim in parts:
        for item, wide in _wordings(claim):
            place = {**claim.setting, "measure": claim.measure, "item": item}
            rows.append({**place, **_difference(wide, claim.paired)})
            scores.append(wide)
    table = pd.DataFrame(rows)
    if len(table) < 2 or table["d"].notna().sum() < 2:
        return None
    table = table.sort_values("d", kind="stable").reset_index(drop=True)
    d = table["d"].dropna().to_numpy(float)
    median = float(np.median(d))
    side = table["low"] > 0 if median > 0 else table["high"] < 0
    p, shuffles = _tested(scores, parts[0].paired, derive(seed, "multiverse", question.label))
    return Curve(
        question=question,
        specifications=table,
        median=median,
        low=float(d.min()),
        high=float(d.max()),
        same_sign=float(np.mean(np.sign(d) == np.sign(median))),
        apart=float(side[table["d"].notna()].mean()),
        p_median=p,
        shuffles=shuffles,
    )


def _wordings(claim: Claim) -> Iterator[tuple[str, pd.DataFrame]]:
    """All items together, and each alone where there are several: a row for each unit, the conditions as columns."""
    units = pd.Index(claim.rows["unit"].unique())
    items = [(str(item), part) for item, part in claim.rows.groupby("item", observed=True, sort=False)]
    for item, table in [(ALL, claim.means()), *(items if len(items) > 1 else [])]:
        values = np.full((len(units), 2), np.nan)
        second = (table["condition"] == claim.against).to_numpy(int)
        values[units.get_indexer(table["unit"]), second] = table["value"]
        yield item, pd.DataFrame(values, index=units, columns=["first", "second"])


def _difference(wide: pd.DataFrame, paired: bool) -> dict[str, Any]:
    """The standardised and the raw difference of two conditions over units, or why there is none."""
    first, second = (wide[name].to_numpy(float) for name in wide)
    none = dict.fromkeys(("d", "low", "high", "difference", "p"), math.nan)
    try:
        if paired:
            both = ~(np.isnan(first) | np.isnan(second))
            size, test = d_z(first[both], second[both]), paired_t(first[both], second[both])
            d, n = size.d, int(both.sum())
        else:
            first, second = first[~np.isnan(first)], second[~np.isnan(second)]
            size, test = hedges_g(first, second), welch_t(first, second)
            d, n = size.g, first.size + second.size
    except DataError as error:
        return {**none, "n": int(wide.notna().any(axis=1).sum()), "note": error.message}
    return {
        "d": d,
        "low": size.low,
        "high": size.high,
        "difference": test.difference,
        "p": test.p,
        "n": n,
        "note": "",
    }


def _tested(scores: Sequence[pd.DataFrame], paired: bool, seed: int) -> tuple[float, int]:
    """How often the median of a curve is as far from zero when conditions are rearranged over units.

    A unit keeps its condition through all specifications, so that what they share is shared under the null as well.
    """
    units = list(dict.fromkeys(unit for table in scores for unit in table.index))
    cube = np.stack([table.reindex(units).to_numpy(float) for table in scores])
    if paired:
        arrangements = _signs(len(units), seed)
    else:
        of_first = ~np.isnan(cube[:, :, 0]).all(axis=0)
        arrangements = _labels(of_first, seed)
    medians = np.array([_median(cube, arrangement, paired) for arrangement in arrangements])
    observed, known = abs(medians[0]), medians[np.isfinite(medians)]
    if not math.isfinite(observed):
        return math.nan, len(arrangements)
    return float(np.mean(np.abs(known) >= observed - 1e-12)), len(arrangements)


def _median(cube: Values, swapped: Any, paired: bool) -> float:
    """The median over specifications of the standardised difference, the conditions of some units being swapped."""
    with np.errstate(invalid="ignore", divide="ignore"):
        if paired:
            change = (cube[:, :, 0] - cube[:, :, 1]) * np.where(swapped, -1.0, 1.0)
            mean, sd = _moments(change)
            d = mean / sd
        else:
            scores = np.where(np.isnan(cube[:, :, 0]), cube[:, :, 1], cube[:, :, 0])
            first, second = scores[:, swapped], scores[:, ~swapped]
            (m_1, s_1), (m_2, s_2) = _moments(first), _moments(second)
            n_1, n_2 = (~np.isnan(first)).sum(axis=1), (~np.isnan(second)).sum(axis=1)
            d = (m_1 - m_2) / np.sqrt(((n_1 - 1) * s_1**2 + (n_2 - 1) * s_2**2) / (n_1 + n_2 - 2))
    known = d[np.isfinite(d)]
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
