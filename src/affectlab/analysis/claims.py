"""What each claim of a run rests on: the scores of its units and items, from which other tables are made.

An induction is compared between units of the state and of the neutral condition, a regulation within units, an error
between units: as the findings do. Here the items are still apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from affectlab.effects.shifts import DESIGN, begun, induced, performed, starts, undisturbed
from affectlab.materials.schema import NEUTRAL, NOTHING, TEXT

Kind = Literal["induction", "regulation", "error"]


@dataclass(frozen=True)
class Claim:
    """A claim in one setting on one measure."""

    kind: Kind
    setting: Mapping[str, str]
    state: str
    measure: str
    regulation: str
    """For a regulation, the technique; else empty."""
    against: str
    rows: pd.DataFrame
    """Columns ``condition``, ``unit``, ``item``, ``value``: replicates and repeated arms are averaged."""

    @property
    def paired(self) -> bool:
        """Whether units stand under both conditions."""
        return self.kind == "regulation"

    @property
    def first(self) -> str:
        """The condition from which the other is subtracted."""
        return self.regulation or self.state

    def means(self) -> pd.DataFrame:
        """One value for each unit and condition: the mean over the items that it answered."""
        return self.rows.groupby(["condition", "unit"], observed=True, sort=False)["value"].mean().reset_index()


def claims(points: pd.DataFrame, primary: Mapping[str, str], controls: Sequence[str]) -> Iterator[Claim]:
    """Every claim that a run can be asked for.

    Args:
        points: the rows of ``by_point(Run.numbers())``.
        primary: per task, the outcome that it is about.
        controls: the regulation arms that are controls.
    """
    texts = points[points["arm"] == TEXT]
    begins = starts(points, "after")
    for place, part in texts.groupby(DESIGN, observed=True, sort=False):
        setting = dict(zip(DESIGN, map(str, place), strict=True))
        yield from _inductions(part, setting, primary)
        yield from _regulations(part, setting, primary, controls, begins)
        yield from _errors(part, setting, primary)


def _inductions(part: pd.DataFrame, setting: Mapping[str, str], primary: Mapping[str, str]) -> Iterator[Claim]:
    after = induced(part)
    if after not in part or "baseline" not in part:
        return
    for (measure, scale), rows in part.groupby(["measure", "scale"], observed=True, sort=False):
        if measure in primary or scale == NEUTRAL:
            continue
        both = _rows(rows, rows[after] - rows["baseline"], [str(scale), NEUTRAL])
        if both is not None:
            yield Claim("induction", setting, str(scale), str(measure), "", NEUTRAL, both)


def _regulations(
    part: pd.DataFrame,
    setting: Mapping[str, str],
    primary: Mapping[str, str],
    controls: Sequence[str],
    begins: Mapping[str, str],
) -> Iterator[Claim]:
    """Of regulations that come after the induction; where nothing is said it comes neither before nor after."""
    if "regulated" not in part:
        return
    after = (part["order"] == "after") | (part["regulation"] == NOTHING)
    own = part[(part["state"].astype(str) == part["scale"].astype(str)) & after]
    for (measure, state), rows in own.groupby(["measure", "state"], observed=True, sort=False):
        change = rows["regulated"] - begun(rows, begins)
        arms = [str(arm) for arm in rows["regulation"].unique()]
        for technique in (arm for arm in arms if arm not in controls):
            for control in (arm for arm in arms if arm in controls):
                both = _rows(rows, change, [technique, control], condition="regulation")
                if both is not None and measure not in primary:
                    yield Claim("regulation", setting, str(state), str(measure), technique, control, both)


def _errors(part: pd.DataFrame, setting: Mapping[str, str], primary: Mapping[str, str]) -> Iterator[Claim]:
    for task, outcome in primary.items():
        rows = part[(part["measure"] == task) & (part["scale"] == outcome)]
        point = performed(rows)
        if not point:
            continue
        rows = undisturbed(rows, point)
        for state in (str(state) for state in rows["state"].unique() if state != NEUTRAL):
            both = _rows(rows, rows[point], [state, NEUTRAL])
            if both is not None:
                yield Claim("error", setting, state, task, "", NEUTRAL, both)


def _rows(
    rows: pd.DataFrame, value: pd.Series[float], conditions: Sequence[str], condition: str = "state"
) -> pd.DataFrame | None:
    """The scores under two conditions; None where one of them has none."""
    table = pd.DataFrame(
        {
            "condition": rows[condition].astype(str),
            "unit": rows["vignette"].astype(str),
            "item": rows["item"].astype(str),
            "value": value,
        }
    )
    table = table[table["condition"].isin(conditions)].dropna(subset=["value"])
    if table["condition"].nunique() < 2:
        return None
    return table.groupby(["condition", "unit", "item"], observed=True, sort=False)["value"].mean().reset_index()
