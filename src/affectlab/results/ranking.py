"""The techniques compared with human effects: effect here and in the registry, whether they are in the same order, and
how much larger they are here."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from affectlab.errors import DataError
from affectlab.json_values import record
from affectlab.materials.references import Reference
from affectlab.materials.schema import CHOSEN, NOTHING, Regulation
from affectlab.results.regulation import screen_rows
from affectlab.run import Run
from affectlab.stats.correlation import spearman

SMALLEST = 0.1
"""Human effects below this are too near to nothing to divide by."""
FEWEST = 4
"""With fewer techniques there is no order to speak of."""
MOST = 0.8
"""From this share of texts on, controls among them, one may say that almost any text does it."""


@dataclass(frozen=True)
class Order:
    """Whether a model orders the techniques as people do, by one measure and against one control."""

    model: str
    frame: str
    measure: str
    guidance: str
    order: str
    against: str
    state: str
    """``all``: over states, where these are a sample."""
    rho: float
    """Spearman's correlation over techniques."""
    low: float
    high: float
    p: float
    techniques: int
    effects: int
    """How many different human effects stand behind them: several techniques can share one."""
    ratio: float
    """The median of effect here over effect in people; nan where none can be told."""
    sentence: str
    note: str = ""

    def row(self) -> dict[str, Any]:
        """As a plain record; nan becomes None."""
        return record(asdict(self))


def human(run: Run) -> dict[str, tuple[Reference, str]]:
    """Per technique of a run, its effect in people, and whether that is of the same technique or a near one.

    The first of those it names that has a size, is a reduction of an emotion, was seen, and was not replaced by one
    that is corrected for bias.
    """
    study = run.study
    known = {entry.id: entry for entry in study.catalogue.references}
    found: dict[str, tuple[Reference, str]] = {}
    scripted = set(study.catalogue.ids(Regulation))
    for technique in (id for id in study.regulations if id in scripted and id not in (NOTHING, CHOSEN)):
        for id, nearness in (study.catalogue.get(Regulation, technique).reference or {}).items():
            entry = known.get(id)
            if entry is not None and entry.size is not None and entry.outcome == "relief" and entry.counts:
                found[technique] = (entry, nearness)
                break
    return found


def compared_with_people(run: Run, effects: pd.DataFrame) -> pd.DataFrame:
    """The screen, with the effect in people where one is known.

    Columns added: ``human``, ``human_low``, ``human_high``, ``population``, ``nearness``, ``entry``, ``ratio``.
    """
    people = human(run)
    rows = screen_rows(effects)
    controls = run.study.controls
    added = [
        # effects in people are against a control, and say nothing of one technique against another
        _beside(str(row["regulation"]), float(row["relief"]), people if row["against"] in controls else {})
        for _, row in rows.iterrows()
    ]
    return pd.concat([rows.reset_index(drop=True), pd.DataFrame(added)], axis=1)


def _beside(technique: str, relief: float, people: dict[str, tuple[Reference, str]]) -> dict[str, Any]:
    if technique not in people:
        blank = dict.fromkeys(("human", "human_low", "human_high", "ratio"), math.nan)
        return {**blank, "population": "", "nearness": "", "entry": ""}
    entry, nearness = people[technique]
    size = float(entry.size or 0.0)
    return {
        "human": size,
        "human_low": math.nan if entry.low is None else entry.low,
        "human_high": math.nan if entry.high is None else entry.high,
        "ratio": relief / size if abs(size) >= SMALLEST else math.nan,
        "population": entry.population,
        "nearness": nearness,
        "entry": entry.id,
    }


def orders(run: Run, effects: pd.DataFrame) -> Iterator[Order]:
    """Per model, measure and control, the rank correlation with people over techniques, and what it says in words.

    Ranked are the raw differences from the control, on one scale: an order needs no standard deviation.
    """
    if effects.empty:
        return
    table = compared_with_people(run, effects)
    keys = ["model", "frame", "measure", "guidance", "order", "against", "state"]
    alone = table["state"].nunique() == 1
    table = table[table["against"].isin(run.study.controls)]
    for design_cell, part in table.groupby(keys, observed=True, sort=False):
        techniques = part[part["role"] == "technique"]
        ranked = techniques[techniques["human"].notna() & techniques["estimate"].notna()]
        of = dict(zip(keys, map(str, design_cell), strict=True))
        try:
            result = spearman(-ranked["estimate"].to_numpy(float), ranked["human"].to_numpy(float))
            found = {"rho": result.value, "low": result.low, "high": result.high, "p": result.p, "note": ""}
        except DataError as error:
            found = {"rho": math.nan, "low": math.nan, "high": math.nan, "p": math.nan, "note": error.message}
        yield Order(
            **of,  # type: ignore[arg-type]
            **found,  # type: ignore[arg-type]
            techniques=len(ranked),
            effects=int(ranked["entry"].nunique()),
            ratio=float(ranked["ratio"].median()) if ranked["ratio"].notna().any() else math.nan,
            sentence=f"{_ordered(found)} {_reached(part, alone=alone)}".strip(),
        )


def _ordered(found: dict[str, Any]) -> str:
    rho, low, high = found["rho"], found["low"], found["high"]
    if math.isnan(rho):  # too few techniques with an effect known in people
        return ""
    span = f"rank correlation {rho:.2f}" + ("" if math.isnan(low) else f" [{low:.2f}, {high:.2f}]")
    if low > 0.0:
        return f"The techniques stand in an order like that in people ({span})."
    if high < 0.0:
        return f"The techniques stand in an order opposite to that in people ({span})."
    return f"Whether the techniques stand in the order known from people cannot be told ({span})."


def _reached(part: pd.DataFrame, *, alone: bool) -> str:
    """How many techniques lower the target scale by this control, and whether mere texts and what harms people do too;
    in which state, where each is told by itself."""
    against = str(part["against"].iloc[0])
    below, above = part["high"] < 0.0, part["low"] > 0.0
    technique = part["role"] == "technique"
    count, lowering, raising = int(technique.sum()), int((below & technique).sum()), int((above & technique).sum())
    state = "" if alone else f"after {part['state'].iloc[0]} texts, "
    said = f"Against {'saying nothing' if against == NOTHING else against.replace('-', ' ')}, {state}"
    if not (below | above)[technique].any():
        none = f"none of {count} techniques moves" if count > 1 else "the technique does not move"
        return f"{said}{none} the target scale by more than chance can."
    if count == 1:
        said += f"the technique {'lowers' if lowering else 'raises'} the target scale"
    else:
        said += f"{lowering} of {count} techniques lower the target scale and {raising} raise it"
    controls, held = part[~technique], int(below[~technique].sum())
    if len(controls) == 1:
        said += f"; the one other control {'lowers it too' if held else 'does not lower it'}"
    elif len(controls):
        said += f"; {held} of {len(controls)} other controls lower it too"
    if count >= FEWEST and below.mean() >= MOST:
        return f"{said}: almost any text lowers it."
    return f"{said}."
