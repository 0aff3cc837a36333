"""What is compared at once: the scores of units under conditions, over everything or at one repeated measurement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from affectlab.effects.contrast import Contrast, ContrastOutcome, Levels, OmnibusContrast, Random
from affectlab.effects.estimate import Estimate, few_in
from affectlab.effects.groups import (
    GroupTerms,
    Model,
    Values,
    condition,
    fitted,
    independent,
    independent_binary,
    mixed,
    paired,
    paired_binary,
    untested,
    without_interval,
)
from affectlab.effects.omnibus import OmnibusEstimate, between, between_binary, scores_by, within
from affectlab.effects.steps_and_counts import MODELLED, modelled_contrasts, modelled_omnibus
from affectlab.tabular.cells import Cells

Pairs = Sequence[tuple[str, str]]

RAW = "raw"
"""The unit of an outcome of which a table says no more."""


@dataclass(frozen=True)
class Place:
    """Where conditions of a table are compared: over everything, at a level of what is repeated, in a change."""

    cells: Cells
    cell: Levels = field(default_factory=dict)
    change: tuple[str, str] | None = None

    @property
    def single(self) -> bool:
        """Whether it is one level, or one change, of what is repeated."""
        return bool(self.cell) or self.change is not None

    def contrast(self, first: str, second: str) -> Contrast:
        """One condition of the table against another."""
        design = self.cells.design
        sampled = [self.cells.over, *([str(design.item)] if self.cells.item else [])]
        return Contrast(
            "condition",
            ContrastOutcome(design.outcome, "", RAW),
            {design.condition: first},
            {design.condition: second},
            self.cell,
            self.change,
            self.cells.paired,
            tuple(map(Random, sampled)),
        )

    def omnibus(self, pairs: Pairs) -> OmnibusContrast:
        """All conditions, as far as contrasts among them are asked for."""
        return OmnibusContrast(tuple(self.contrast(first, second) for first, second in pairs))


class Samples:
    """Different units under each condition."""

    def __init__(self, place: Place, scores: pd.DataFrame) -> None:
        self.place = place
        self.binary = place.cells.binary and not place.single
        self.scores: Mapping[str, Values] = scores_by(scores, place.cells.levels)

    def contrasts(self, pairs: Pairs, terms: GroupTerms) -> list[Estimate]:
        """Each pair of conditions."""
        if terms.test in MODELLED:
            asked = [self.place.contrast(first, second) for first, second in pairs]
            made, said = modelled_contrasts(asked, self.scores, terms)
            self.place.cells.notes += said
            return made
        how = independent_binary if self.binary else independent
        return [
            how(self.place.contrast(first, second), self.scores[first], self.scores[second], terms)
            for first, second in pairs
        ]

    def together(self, pairs: Pairs, terms: GroupTerms) -> OmnibusEstimate:
        """All conditions."""
        how = modelled_omnibus if terms.test in MODELLED else between_binary if self.binary else between
        return how(self.place.omnibus(pairs), self.scores, terms)


class RepeatedMeasures:
    """The same units under all conditions, which are the columns of `wide`."""

    def __init__(self, place: Place, scores: pd.DataFrame) -> None:
        self.place = place
        self.binary = place.cells.binary and not place.single
        wide = scores.pivot_table(index="unit", columns="condition", values="score", observed=True, sort=False)
        self.wide = wide.reindex(columns=place.cells.levels)

    def contrasts(self, pairs: Pairs, terms: GroupTerms) -> list[Estimate]:
        """Each pair of conditions, within the units that have both."""
        return [self._contrast(self.place.contrast(first, second), terms) for first, second in pairs]

    def together(self, pairs: Pairs, terms: GroupTerms) -> OmnibusEstimate:
        """All conditions, within the units that have all."""
        return within(self.place.omnibus(pairs), self.wide, terms, binary=self.binary)

    def _contrast(self, asked: Contrast, terms: GroupTerms) -> Estimate:
        cells, first, second = self.place.cells, condition(asked.first), condition(asked.second)
        either = self.wide[[first, second]]
        both = either.dropna()
        if both.empty:
            msg = f"no `{cells.over}` has a score under both {first} and {second}"
            none = {"first": 0, "second": 0}
            return untested(asked, {}, none, f"{msg}; units that differ are compared without --within")
        lost = len(either.dropna(how="all")) - len(both)
        if lost:
            cells.gaps = replace(cells.gaps, incomplete=max(cells.gaps.incomplete, lost))
            cells.notes.append(f"{lost} of `{cells.over}` lack {first} or {second} and are left out of it")
        how = paired_binary if self.binary else paired
        return how(asked, both[first].to_numpy(float), both[second].to_numpy(float), terms)


def parts(cells: Cells) -> list[Samples] | list[RepeatedMeasures]:
    """All scores; of repeated measurements their means, then those of each level, then changes from the first."""
    if cells.paired:
        return [RepeatedMeasures(place, scores) for place, scores in _split(cells)]
    return [Samples(place, scores) for place, scores in _split(cells)]


def _split(cells: Cells) -> list[tuple[Place, pd.DataFrame]]:
    if not cells.repeated:
        return [(Place(cells), cells.cells)]
    wide = cells.cells.pivot_table(index=["condition", "unit"], columns="within", values="score", observed=True)
    points = [str(point) for point in wide.columns]
    wide.columns = pd.Index(points)
    complete = wide.dropna()
    name = str(cells.design.within)
    if len(complete) < len(wide):
        cells.gaps = replace(cells.gaps, incomplete=len(wide) - len(complete))
        cells.notes.append(
            f"{len(wide) - len(complete)} units lack a level of `{name}` and are left out of means over it"
        )
    found: list[tuple[Place, pd.Series[float]]] = [(Place(cells), complete.mean(axis=1))]
    found += [(Place(cells, {name: point}), wide[point].dropna()) for point in points]
    begin = points[0]
    found += [(Place(cells, change=(begin, point)), complete[point] - complete[begin]) for point in points[1:]]
    return [(place, part.rename("score").reset_index()) for place, part in found]


def crossed(cells: Cells, pairs: Pairs, terms: GroupTerms) -> tuple[list[Estimate], OmnibusEstimate, Model]:
    """Contrasts of a mixed model in which units and items are both random, and their test together."""
    rows = cells.cells
    unit = pd.factorize(rows["unit"])[0]
    if not cells.paired:
        unit = pd.factorize(pd.MultiIndex.from_arrays([rows["condition"], rows["unit"]]))[0]
    facets: dict[str, Any] = {cells.over: unit, str(cells.design.item): pd.factorize(rows["item"])[0]}
    if cells.repeated:
        facets[str(cells.design.within)] = pd.factorize(rows["within"])[0]
    conditions = list(rows["condition"].astype(str))
    model = fitted(rows["score"].to_numpy(float), conditions, facets, terms)
    cells.notes.append(f"units and items are both random: {model.method}")
    if cells.binary:
        cells.notes.append("yes and no are compared as 1 and 0, on the scale of probabilities")
    of = pd.Series(unit).groupby(rows["condition"].astype(str).to_numpy()).nunique()
    made, place = [], Place(cells)
    for first, second in pairs:
        either = rows["condition"].isin([first, second]).to_numpy()
        counts = int(np.unique(unit[either]).size), int(of[first]), int(of[second])
        asked = place.contrast(first, second)
        one, few = mixed(asked, model, counts, terms), few_in({first: counts[1], second: counts[2]})
        made.append(without_interval(one, few, min(counts[1:])) if few else one)
    few = few_in({str(name): int(n) for name, n in of.items()})
    test = None if few else model.omnibus()
    return made, OmnibusEstimate(place.omnibus(pairs), test, int(rows["unit"].nunique()), gap=few), model
