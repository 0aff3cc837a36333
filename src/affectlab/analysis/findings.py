"""The findings of a run: one row for each claim, state, measure and control, with its interval over vignettes.

An effect is over vignettes, the sampled unit, never over repeated reads of one text. Every effect is reported
against each of its controls, in raw units.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from affectlab.analysis.shifts import DESIGN, by_point, change, level, over_arms
from affectlab.errors import DataError
from affectlab.stats.ttest import TTest, one_sample_t, paired_t, welch_t

NEUTRAL = "neutral"
NOTHING = "none"

Values = np.ndarray[Any, np.dtype[np.float64]]
Claim = Literal["induction", "regulation", "error"]


@dataclass(frozen=True)
class Finding:
    """An effect against one control."""

    claim: Claim
    model: str
    frame: str
    technique: str
    grade: str
    state: str
    measure: str
    regulation: str | None
    """For a regulation claim, the technique."""
    against: str
    """The control: baseline, neutral, or a regulation arm."""
    estimate: float
    low: float
    high: float
    """The 95 % interval; nan where the data allow none."""
    unit: str
    n: int
    """Vignettes of the state that carry the estimate."""
    n_unit: str
    largest: bool | None = None
    """For an induction: whether no other condition moves this scale as much."""
    note: str = ""
    """Why there is no interval, where there is none."""

    def row(self) -> dict[str, Any]:
        """The finding as a plain record; nan becomes None."""
        return {name: _plain(value) for name, value in asdict(self).items()}


def findings(trials: pd.DataFrame, units: Mapping[str, str], controls: Sequence[str]) -> list[Finding]:
    """Everything that the trials say of the three claims.

    Args:
        trials: the rows of ``Run.trials()``.
        units: per measure, the unit of its scores.
        controls: the regulation arms that are controls.
    """
    points = by_point(trials)
    found: list[Finding] = []
    for place, part in points.groupby(DESIGN, observed=True, sort=False):
        design = dict(zip(DESIGN, map(str, place), strict=True))
        found += _inductions(part, design, units)
        found += _regulations(part, design, units, controls)
        found += _errors(part, design, units)
    return found


def _inductions(points: pd.DataFrame, design: dict[str, str], units: Mapping[str, str]) -> Iterator[Finding]:
    changes = over_arms(change(points, "baseline", "induced"))
    for measure, scale, part in _by(changes, "measure", "scale"):
        own, neutral = _values(part, scale), _values(part, NEUTRAL)
        if not len(own):
            continue
        means = part.groupby("state", observed=True)["value"].mean()
        largest = bool(means[scale] >= means.max())
        place = {**design, "state": scale, "measure": measure, "unit": units[measure]}
        yield _finding(place, "induction", "baseline", one_sample_t, (own,), largest=largest)
        if len(neutral):
            yield _finding(place, "induction", NEUTRAL, welch_t, (own, neutral), largest=largest)


def _regulations(
    points: pd.DataFrame, design: dict[str, str], units: Mapping[str, str], controls: Sequence[str]
) -> Iterator[Finding]:
    changes = change(points, "stabilised", "regulated")
    for measure, scale, part in _by(changes, "measure", "scale"):
        own = part[part["state"] == scale]
        arms = own.pivot_table(index="vignette", columns="regulation", values="value", observed=True, sort=False)
        place = {**design, "state": scale, "measure": measure, "unit": units[measure]}
        for technique in (arm for arm in arms if arm not in controls):
            for control in (arm for arm in controls if arm in arms):
                pairs = arms[[technique, control]].dropna()
                both = pairs[technique].to_numpy(float), pairs[control].to_numpy(float)
                yield _finding(place, "regulation", control, paired_t, both, regulation=str(technique))


def _errors(points: pd.DataFrame, design: dict[str, str], units: Mapping[str, str]) -> Iterator[Finding]:
    tasks = points[points["scale"] == "negativity"]
    given = [at for at in ("stabilised", "induced", "regulated") if at in tasks and tasks[at].notna().any()]
    if not given:
        return
    for measure, _, part in _by(level(tasks, given[0]), "measure", "scale"):
        neutral = _values(part, NEUTRAL)
        for state in (state for state in part["state"].unique() if state != NEUTRAL and len(neutral)):
            place = {**design, "state": str(state), "measure": measure, "unit": units[measure]}
            yield _finding(place, "error", NEUTRAL, welch_t, (_values(part, state), neutral))


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
    try:
        result = test(*samples)
        estimate, low, high, note = result.difference, result.low, result.high, ""
    except DataError as error:
        means = [float(sample.mean()) if len(sample) else math.nan for sample in samples]
        estimate, low, high, note = means[0] - sum(means[1:]), math.nan, math.nan, error.message
    return Finding(
        claim=claim,
        regulation=regulation,
        against=against,
        estimate=estimate,
        low=low,
        high=high,
        n=len(samples[0]),
        n_unit="vignette",
        largest=largest,
        note=note,
        **place,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
