"""A model's effects beside those of people: an estimate, the human figure, and a verdict in every row."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from affectlab.design.study import Study
from affectlab.effects.effect import few_to_standardise
from affectlab.effects.error import neutral_level, states_together
from affectlab.effects.estimate import Estimate
from affectlab.effects.find import Effects
from affectlab.json_values import plain
from affectlab.materials.references import MeasuredBy, Reference
from affectlab.materials.tasks import Task
from affectlab.results.barrier import barred
from affectlab.results.given import Given
from affectlab.results.summary import effects_of
from affectlab.results.verdict import MARGIN_G, MARGINS, REPRODUCED, Verdict, human_size, sense, standardised, verdict
from affectlab.run import Run
from affectlab.stats.binary import proportion


@dataclass(frozen=True)
class Comparison:
    """One effect: the model's and people's."""

    reference: Reference
    design_cell: Mapping[str, str]
    task: str
    outcome: str
    unit: str
    difference: Estimate | None
    """State minus neutral; for an effect of the task itself, the level after neutral texts. None if not measured."""
    human: float
    human_low: float
    human_high: float
    """The human effect as a standardised difference, in the direction of the outcome; nan where none was published."""
    margin: float
    """Within which an effect counts as none, in the unit of the outcome."""
    verdict: Verdict
    reason: str = ""
    """Why it is not measurable or undetermined."""

    @property
    def sign(self) -> int:
        """The human direction in the sense of the outcome."""
        return sense(self.reference)

    def row(self) -> dict[str, Any]:
        """The comparison as a plain record; nan becomes None."""
        found, reference = self.difference, self.reference
        numbers = numbers_of(found)
        return {
            **self.design_cell,
            "effect": reference.id,
            "task": self.task,
            "outcome": self.outcome,
            "state": reference.state,
            "population": reference.population,
            "bias_corrected": reference.bias_corrected,
            "verified": reference.verified,
            "counts": reference.counts,
            "direction": {1: "+", -1: "-", 0: "0"}[self.sign],
            "human": plain(self.human),
            "human_low": plain(self.human_low),
            "human_high": plain(self.human_high),
            "metric": reference.metric,
            "doi": reference.doi,
            **numbers,
            "unit": self.unit,
            "margin": self.margin,
            "verdict": self.verdict,
            "reason": self.reason,
        }


def numbers_of(found: Estimate | None) -> dict[str, Any]:
    """An estimate as the tables of comparisons have it."""
    names = ("estimate", "low", "high", "g", "g_low", "g_high", "vignettes", "items", "contrast")
    if found is None:
        return dict.fromkeys(names)
    counts = [one["vignette"] for one in (found.n, found.n_second) if "vignette" in one]
    size = (math.nan,) * 3 if few_to_standardise(found) else standardised(found)
    raw = (found.difference, found.low, found.high, *size)
    units = min(counts, default=found.units)
    return dict(zip(names, (*map(plain, raw), units, found.n.get("item", 1), found.contrast.id), strict=True))


@dataclass(frozen=True)
class Share:
    """So many of so many, with a Wilson interval."""

    count: int
    of: int

    def row(self) -> dict[str, Any]:
        """The share as a plain record; no share of nothing."""
        if not self.of:
            return {"count": 0, "of": 0, "share": None, "low": None, "high": None}
        found = proportion(self.count, self.of)
        return {
            "count": self.count,
            "of": self.of,
            "share": self.count / self.of,
            "low": found.low,
            "high": found.high,
        }


@dataclass(frozen=True)
class Likeness:
    """How much of what people verifiably do a model does too. Recalled entries are not counted."""

    reproduced: Share
    """Effects in the human direction, of those that could be measured."""
    respected: Share
    """Human nulls where the model's effect, too, is within the margin, of those that could be measured."""
    verdicts: Mapping[str, int]
    not_measurable: int

    def row(self) -> dict[str, Any]:
        """The summary as a plain record."""
        return {
            "effects_reproduced": self.reproduced.row(),
            "nulls_respected": self.respected.row(),
            "verdicts": dict(self.verdicts),
            "not_measurable": self.not_measurable,
        }


def human_comparisons(run: Run) -> list[Comparison]:
    """Every effect of the registry on a task of the run, in every design cell.

    Raises:
        DataError: no session of the run is complete.
    """
    return compare_tasks(run.numbers(), run.study, effects_of(run))


def compare_tasks(scores: pd.DataFrame, study: Study, effects: Effects) -> list[Comparison]:
    """Every effect of the registry on a task of a study, in every design cell of its scores."""
    known = [reference for reference in study.catalogue.references if reference.kind == "task"]
    found = []
    for one, wall in barred(scores, study):
        for reference in (ref for ref in known if (ref.measured.task if ref.measured else ref.task) == one.task.id):
            found.append(_comparison(reference, one, wall, study, effects))
    return found


def likeness(comparisons: Sequence[Comparison]) -> Likeness:
    """The summary over the entries that count."""
    counted = [one for one in comparisons if one.reference.counts]
    measurable = [one for one in counted if one.verdict != "not measurable"]
    effects = [one for one in measurable if one.sign]
    nulls = [one for one in measurable if not one.sign]
    return Likeness(
        Share(sum(one.verdict in REPRODUCED for one in effects), len(effects)),
        Share(sum(one.verdict == "nothing" for one in nulls), len(nulls)),
        Counter(one.verdict for one in counted),
        len(counted) - len(measurable),
    )


def _comparison(reference: Reference, one: Given, wall: str, study: Study, effects: Effects) -> Comparison:
    measured = reference.measured
    outcome = measured.outcome if measured is not None else one.task.primary
    unit = one.task.units.get(outcome, "")
    margin = _margin(one.task, unit, study)
    human = human_size(reference)
    design_cell = (reference, one.design_cell, one.task.id, outcome, unit)
    if measured is None:
        return Comparison(*design_cell, None, *human, margin, "not measurable", "no outcome of the task measures it")
    found, missing = _measured(reference, measured, one, effects, reference.among(study.catalogue.states))
    if wall or found is None:
        return Comparison(*design_cell, found, *human, margin, "not measurable", wall or missing)
    said, reason = verdict(found, sense(reference), human, margin)
    return Comparison(*design_cell, found, *human, margin, said, reason)


def _measured(
    reference: Reference, measured: MeasuredBy, one: Given, effects: Effects, among: Sequence[str]
) -> tuple[Estimate | None, str]:
    """The model's effect in the states in which it can be looked for, or why there is none."""
    known = {of.contrast.state: of for of in one.errors(effects, measured.outcome)}
    if not len(one.neutral(measured.outcome)) or not known:
        return None, "no neutral texts in the run"
    if measured.level:
        return neutral_level(next(iter(known.values()))).estimate, ""
    states = [state for state in among if state in one.states or reference.state is not None]
    there = [known[state] for state in states if state in known]
    if not there:
        return (
            None,
            f"{reference.state or 'no state'} is not in the run" if among else "not one of our states",
        )
    return states_together(there).estimate, ""


def _margin(task: Task, unit: str, study: Study) -> float:
    stated = study.smallest_effect.get(task.id)
    return stated if stated is not None and unit == task.unit else MARGINS.get(unit, MARGIN_G)


def by_design_cell(comparisons: Sequence[Comparison]) -> Iterator[tuple[Mapping[str, str], list[Comparison]]]:
    """The comparisons of each design cell, in the order in which they come."""
    grouped: dict[tuple[str, ...], list[Comparison]] = {}
    for one in comparisons:
        grouped.setdefault(tuple(one.design_cell.values()), []).append(one)
    for part in grouped.values():
        yield part[0].design_cell, part
