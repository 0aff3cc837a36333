"""What is compared at once: the scores of units under conditions, over everything or at one repeated measurement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from affectlab.effects.groups import (
    Model,
    Pairwise,
    Terms,
    Values,
    fitted,
    independent,
    independent_binary,
    mixed,
    paired,
    paired_binary,
)
from affectlab.effects.omnibus import Omnibus, between, between_binary, scores_by, within
from affectlab.tabular.cells import Cells

Pairs = Sequence[tuple[str, str]]


class Samples:
    """Different units under each condition."""

    def __init__(self, cells: Cells, at: str, scores: pd.DataFrame) -> None:
        self.at = at
        self.binary = cells.binary and not at
        self.scores: Mapping[str, Values] = scores_by(scores, cells.levels)

    def contrasts(self, pairs: Pairs, terms: Terms) -> list[Pairwise]:
        """Each pair of conditions."""
        how = independent_binary if self.binary else independent
        return [
            how(self.scores[first], self.scores[second], Pairwise(first, second, self.at), terms)
            for first, second in pairs
        ]

    def together(self, terms: Terms) -> Omnibus:
        """All conditions."""
        return (between_binary if self.binary else between)(self.scores, self.at, terms)


class Measured:
    """The same units under all conditions, which are the columns of `wide`."""

    def __init__(self, cells: Cells, at: str, scores: pd.DataFrame) -> None:
        self.at = at
        self.binary = cells.binary and not at
        self.cells = cells
        wide = scores.pivot_table(index="unit", columns="condition", values="score", observed=True, sort=False)
        self.wide = wide.reindex(columns=cells.levels)

    def contrasts(self, pairs: Pairs, terms: Terms) -> list[Pairwise]:
        """Each pair of conditions, within the units that have both."""
        return [self._contrast(Pairwise(first, second, self.at), terms) for first, second in pairs]

    def together(self, terms: Terms) -> Omnibus:
        """All conditions, within the units that have all."""
        return within(self.wide, self.at, terms, binary=self.binary)

    def _contrast(self, place: Pairwise, terms: Terms) -> Pairwise:
        cells, either = self.cells, self.wide[[place.first, place.second]]
        both = either.dropna()
        if both.empty:
            msg = f"no `{cells.over}` has a score under both {place.first} and {place.second}"
            return replace(place, gap=f"{msg}; units that differ are compared without --within")
        lost = len(either.dropna(how="all")) - len(both)
        if lost:
            cells.gaps = replace(cells.gaps, incomplete=max(cells.gaps.incomplete, lost))
            cells.notes.append(f"{lost} of `{cells.over}` lack {place.first} or {place.second} and are left out of it")
        how = paired_binary if self.binary else paired
        return how(both[place.first].to_numpy(float), both[place.second].to_numpy(float), place, terms)


def parts(cells: Cells) -> list[Samples] | list[Measured]:
    """All scores; of repeated measurements their means, then those of each level, then changes from the first."""
    if cells.paired:
        return [Measured(cells, at, scores) for at, scores in _split(cells).items()]
    return [Samples(cells, at, scores) for at, scores in _split(cells).items()]


def _split(cells: Cells) -> dict[str, pd.DataFrame]:
    if not cells.repeated:
        return {"": cells.cells}
    wide = cells.cells.pivot_table(index=["condition", "unit"], columns="within", values="score", observed=True)
    points = [str(point) for point in wide.columns]
    wide.columns = pd.Index(points)
    complete = wide.dropna()
    if len(complete) < len(wide):
        cells.gaps = replace(cells.gaps, incomplete=len(wide) - len(complete))
        name = cells.design.within
        cells.notes.append(
            f"{len(wide) - len(complete)} units lack a level of `{name}` and are left out of means over it"
        )
    found: dict[str, pd.Series[float]] = {"": complete.mean(axis=1)}
    found |= {point: wide[point].dropna() for point in points}
    found |= {f"{point} minus {points[0]}": complete[point] - complete[points[0]] for point in points[1:]}
    return {at: part.rename("score").reset_index() for at, part in found.items()}


def crossed(cells: Cells, pairs: Pairs, terms: Terms) -> tuple[list[Pairwise], Model]:
    """Contrasts of a mixed model in which units and items are both random."""
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
    made = []
    for first, second in pairs:
        either = rows["condition"].isin([first, second]).to_numpy()
        counts = int(np.unique(unit[either]).size), int(of[first]), int(of[second])
        if min(counts[1:]) < 2:
            few = first if counts[1] < 2 else second
            made.append(Pairwise(first, second, gap=f"`{few}` has 1 unit; at least 2 are needed"))
            continue
        made.append(mixed(model, counts, Pairwise(first, second), terms))
    return made, model
