"""The findings of a run: one row for each claim, state, measure and control, with its interval over vignettes.

An effect is over vignettes, the sampled unit, never over repeated reads of one text. Every effect is reported
against each of its controls, in raw units. Numbers are those of ``affectlab.effects``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import nan
from typing import Any, Literal, cast

from affectlab.effects.contrast import ALL
from affectlab.effects.effect import Effect
from affectlab.effects.find import Effects
from affectlab.effects.matrix import largest
from affectlab.effects.regulation import RIGHT_AFTER
from affectlab.effects.shifts import DESIGN_CELL
from affectlab.json_values import record

Claim = Literal["induction", "regulation", "error", "scale"]
"""``scale``: a scale of a measure that belongs to no state, after the texts of each."""


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
    scale: str
    """Of the measure: the state's target scale, the task's outcome, or one that belongs to no state."""
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
    """The 95 % interval for the ``population``; nan where the data allow none."""
    unit: str
    n: int
    """Units of the state that carry the estimate."""
    n_unit: str
    """The sampled unit: a vignette, or a session where a protocol is run."""
    largest: bool | None = None
    """For an induction: whether its texts move no other state's scale as much, and no other texts move its scale as
    much; None where there is one state, or one scale, only."""
    note: str = ""
    """Why there is no interval, where there is none."""
    contrast: str = ""
    """The id of the contrast."""
    population: str = ""
    """Over what the interval is: ``texts and items``; ``texts, these items`` where items are no sample."""
    low_these_items: float = nan
    high_these_items: float = nan
    """The interval for the very items that were asked."""
    method: str = ""
    """The test that the interval is of."""
    language: str = ""
    """In which everything was said and asked; empty where the study names no languages."""

    def row(self) -> dict[str, Any]:
        """The finding as a plain record; nan becomes None."""
        row = record(asdict(self))
        return row if self.language else {name: value for name, value in row.items() if name != "language"}


def findings(effects: Effects) -> list[Finding]:
    """Everything that a run says of the three claims, and of scales without a state, within each cell of the design."""
    claims = {
        "induction": _within(effects.inductions, "induction"),
        "regulation": _within(filter(lambda one: _technique(one, effects), effects.regulations), "regulation"),
        "error": _within(filter(lambda one: is_primary(one, effects), effects.errors), "error"),
        "scale": _within(filter(lambda one: _stateless(one, effects), effects.inductions), "other scale"),
    }
    both = largest(effects)
    judged = {_of(one): both[one.contrast.id] for one in effects.inductions if one.contrast.id in both}
    found: list[Finding] = []
    for design_cell in effects.points[DESIGN_CELL].drop_duplicates().astype(str).itertuples(index=False, name=None):
        for claim, cells in claims.items():
            for one in _ordered(cells.get(design_cell, [])):
                found.append(_finding(cast(Claim, claim), one, judged.get(_of(one))))
    return found


def right_after(one: Effect) -> bool:
    """Whether a regulation is told of one state, right after it."""
    change = one.contrast.change
    return change is not None and change[1] == RIGHT_AFTER and one.contrast.state != ALL


def _technique(one: Effect, effects: Effects) -> bool:
    return right_after(one) and one.contrast.first["regulation"] not in effects.terms.controls


def is_primary(one: Effect, effects: Effects) -> bool:
    """Whether an error is of the primary outcome of its task, at the first point at which that was given."""
    outcome, point = one.contrast.outcome, one.contrast.cell["point"]
    return effects.terms.primary[outcome.measure] == outcome.scale and point == effects.performed[outcome.measure]


def _within(effects: Iterable[Effect], kind: str) -> Mapping[tuple[str, ...], list[Effect]]:
    """The effects of a kind by their cell of the design."""
    cells: dict[tuple[str, ...], list[Effect]] = {}
    for one in effects:
        if one.contrast.kind == kind:
            cells.setdefault(tuple(one.contrast.cell[factor] for factor in DESIGN_CELL), []).append(one)
    return cells


def _ordered(effects: Sequence[Effect]) -> Iterator[Effect]:
    """State by state within a measure."""
    keys = [(one.contrast.cell.get("order"), one.contrast.outcome.measure, one.contrast.state) for one in effects]
    for key in dict.fromkeys(keys):
        yield from (one for one, of in zip(effects, keys, strict=True) if of == key)


def _stateless(one: Effect, effects: Effects) -> bool:
    return effects.terms.is_stateless(one.contrast.outcome.measure, one.contrast.outcome.scale)


def _of(one: Effect) -> tuple[str, ...]:
    """The state and the scale of an induction in its cell, whatever it is held against."""
    contrast = one.contrast
    return (*contrast.cell.values(), contrast.outcome.measure, contrast.kind, contrast.outcome.scale, contrast.state)


def _finding(claim: Claim, one: Effect, largest: bool | None) -> Finding:
    contrast, found = one.contrast, one.estimate
    return Finding(
        claim=claim,
        model=contrast.cell["model"],
        frame=contrast.cell["frame"],
        technique=contrast.cell["technique"],
        grade=contrast.cell["grade"],
        delivery=contrast.cell["delivery"],
        context=contrast.cell["context"],
        language=contrast.cell.get("language", ""),
        state=contrast.state,
        measure=contrast.outcome.measure,
        scale=contrast.outcome.scale,
        regulation=contrast.first.get("regulation"),
        order=contrast.cell.get("order"),
        guidance=contrast.cell.get("guidance"),
        against=contrast.against,
        estimate=found.difference,
        low=found.low,
        high=found.high,
        unit=contrast.outcome.unit,
        n=found.units,
        n_unit=contrast.unit,
        largest=largest,
        note=found.gap,
        contrast=contrast.id,
        population=str(found.population),
        low_these_items=found.these_items.low if found.these_items else nan,
        high_these_items=found.these_items.high if found.these_items else nan,
        method=found.method,
    )
