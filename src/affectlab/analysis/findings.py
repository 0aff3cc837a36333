"""The findings of a run: one row for each claim, state, measure and control, with its interval over vignettes.

An effect is over vignettes, the sampled unit, never over repeated reads of one text. Every effect is reported
against each of its controls, in raw units.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import pandas as pd

from affectlab.analysis.effect import Values, effect
from affectlab.analysis.record import record
from affectlab.analysis.shifts import (
    DESIGN,
    beginnings,
    change,
    induced,
    level,
    over_arms,
    performed,
    regulated,
    undisturbed,
)
from affectlab.design.parts import Order
from affectlab.materials.schema import NEUTRAL, NOTHING, TEXT
from affectlab.stats.ttest import TTest, one_sample_t, paired_t, welch_t

Claim = Literal["induction", "regulation", "error"]


@dataclass(frozen=True)
class Finding:
    """An effect against one control."""

    claim: Claim
    model: str
    frame: str
    technique: str
    grade: str
    delivery: str
    context: str
    state: str
    measure: str
    regulation: str | None
    """For a regulation claim, the technique."""
    order: str | None
    guidance: str | None
    """For a regulation claim, whether it came after or before the induction, and how it was delivered."""
    against: str
    """The control: baseline, neutral, an arm of the induction, or a regulation."""
    estimate: float
    low: float
    high: float
    """The 95 % interval; nan where the data allow none."""
    unit: str
    n: int
    """Units of the state that carry the estimate."""
    n_unit: str
    """The sampled unit: a vignette, or a session where a protocol is enacted."""
    largest: bool | None = None
    """For an induction: whether no other condition moves this scale as much."""
    note: str = ""
    """Why there is no interval, where there is none."""

    def row(self) -> dict[str, Any]:
        """The finding as a plain record; nan becomes None."""
        return record(asdict(self))


def findings(
    points: pd.DataFrame,
    units: Mapping[str, str],
    controls: Sequence[str],
    primary: Mapping[str, str],
    unit: str = "vignette",
) -> list[Finding]:
    """Everything that a run says of the three claims.

    Args:
        points: the rows of ``by_point``.
        units: per measure, the unit of its scores.
        controls: the regulation arms that are controls.
        primary: per task, the outcome that it is about.
        unit: what the study samples.
    """
    found: list[Finding] = []
    begins = beginnings(points)
    for place, part in points.groupby(DESIGN, observed=True, sort=False):
        design = {**dict(zip(DESIGN, map(str, place), strict=True)), "n_unit": unit}
        found += _inductions(part, design, units)
        found += _regulations(part, design, units, controls, begins)
        found += _errors(part, design, units, primary)
    return found


def _inductions(points: pd.DataFrame, design: dict[str, str], units: Mapping[str, str]) -> Iterator[Finding]:
    changes = over_arms(change(points, "baseline", induced(points)))
    for measure, scale, part in _by(changes, "measure", "scale"):
        texts = part[part["arm"] == TEXT]
        own, neutral = _values(texts, scale), _values(texts, NEUTRAL)
        if not len(own):
            continue
        means = texts.groupby("state", observed=True)["value"].mean()
        largest = bool(means[scale] >= means.max())
        place = {**design, "state": scale, "measure": measure, "unit": units[measure]}
        yield _finding(place, "induction", "baseline", one_sample_t, (own,), largest=largest)
        if len(neutral):
            yield _finding(place, "induction", NEUTRAL, welch_t, (own, neutral), largest=largest)
        for arm, both in _against_arms(part[part["state"] == scale]):
            yield _finding(place, "induction", arm, paired_t, both, largest=largest)


def _against_arms(part: pd.DataFrame) -> Iterator[tuple[str, tuple[Values, Values]]]:
    """Per control of the induction, the texts and their controls, vignette by vignette."""
    arms = part.pivot_table(index="vignette", columns="arm", values="value", observed=True, sort=False)
    for arm in (arm for arm in arms if arm != TEXT and TEXT in arms):
        pairs = arms[[TEXT, arm]].dropna()
        yield str(arm), (pairs[TEXT].to_numpy(float), pairs[arm].to_numpy(float))


def _regulations(
    points: pd.DataFrame,
    design: dict[str, str],
    units: Mapping[str, str],
    controls: Sequence[str],
    begins: Mapping[Order, Mapping[str, str]],
) -> Iterator[Finding]:
    texts = points[points["arm"] == TEXT]
    for order, at in begins.items():
        if not (texts["order"] == order).any():
            continue
        changes = regulated(texts, at)
        for measure, scale, part in _by(changes, "measure", "scale"):
            own = part[part["state"] == scale]
            place = {**design, "state": scale, "measure": measure, "unit": units[measure]}
            given = own[(own["order"] == order) & (own["regulation"] != NOTHING)]
            for guidance in given["guidance"].unique():
                alike = own[(own["regulation"] == NOTHING) | ((own["guidance"] == guidance) & (own["order"] == order))]
                yield from _techniques(alike, {**place, "order": order, "guidance": str(guidance)}, controls)


def _techniques(own: pd.DataFrame, place: dict[str, str], controls: Sequence[str]) -> Iterator[Finding]:
    """Each technique against each control that was given in the same manner, or against nothing said."""
    arms = own.pivot_table(index="vignette", columns="regulation", values="value", observed=True, sort=False)
    for technique in (arm for arm in arms if arm not in controls):
        for control in (arm for arm in controls if arm in arms):
            pairs = arms[[technique, control]].dropna()
            both = pairs[technique].to_numpy(float), pairs[control].to_numpy(float)
            yield _finding(place, "regulation", control, paired_t, both, regulation=str(technique))


def _errors(
    points: pd.DataFrame, design: dict[str, str], units: Mapping[str, str], primary: Mapping[str, str]
) -> Iterator[Finding]:
    for task, outcome in primary.items():
        rows = points[(points["measure"] == task) & (points["scale"] == outcome)]
        point = performed(rows)
        if not point:
            continue
        levels = level(undisturbed(rows, point), point)
        texts = levels[levels["arm"] == TEXT]
        neutral = _values(texts, NEUTRAL)
        for state in (state for state in texts["state"].unique() if state != NEUTRAL):
            place = {**design, "state": str(state), "measure": task, "unit": units[task]}
            if len(neutral):
                yield _finding(place, "error", NEUTRAL, welch_t, (_values(texts, state), neutral))
            for arm, both in _against_arms(levels[levels["state"] == state]):
                yield _finding(place, "error", arm, paired_t, both)


def _by(table: pd.DataFrame, first: str, second: str) -> Iterator[tuple[str, str, pd.DataFrame]]:
    for place, part in table.groupby([first, second], observed=True, sort=False):
        yield str(place[0]), str(place[1]), part


def _values(part: pd.DataFrame, state: str) -> Values:
    return part.loc[part["state"] == state, "value"].dropna().to_numpy(float)


def _finding(
    place: Mapping[str, str],
    claim: Claim,
    against: str,
    test: Callable[..., TTest],
    samples: tuple[Values, ...],
    *,
    regulation: str | None = None,
    largest: bool | None = None,
) -> Finding:
    """A finding with the interval of a test over the samples, or without one where the data allow none."""
    result = effect(test, *samples)
    return Finding(
        claim=claim,
        regulation=regulation,
        order=place.get("order"),
        guidance=place.get("guidance"),
        against=against,
        estimate=result.estimate,
        low=result.low,
        high=result.high,
        n=result.n,
        largest=largest,
        note=result.note,
        **{name: value for name, value in place.items() if name not in ("order", "guidance")},
    )
