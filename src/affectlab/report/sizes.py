"""Standardised effects, beside the raw ones: never instead of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

import pandas as pd

from affectlab.analysis.findings import Finding
from affectlab.effects.shifts import DESIGN
from affectlab.design.plan import TALK
from affectlab.errors import DataError
from affectlab.materials.schema import NEUTRAL, TEXT
from affectlab.report.bias import scores
from affectlab.report.evidence import Evidence, Values
from affectlab.report.setting import Setting
from affectlab.stats.effects import EffectSize, d_z, hedges_g


class Samples:
    """The scores of each vignette, found by what they belong to."""

    def __init__(self, table: pd.DataFrame, keys: Sequence[str]) -> None:
        present = table[table["value"].notna()]
        self._values = present["value"].to_numpy(float)
        self._names = present["vignette"].to_numpy() if len(present) else present.index.to_numpy()
        grouped = present.groupby(list(keys), observed=True, sort=False).indices if len(present) else {}
        self._places = {tuple(map(str, cast(tuple[Any, ...], at))): rows for at, rows in grouped.items()}

    def of(self, *place: str) -> Values | None:
        """The scores at a place, or None."""
        rows = self._places.get(place)
        return None if rows is None else self._values[rows]

    def pairs(self, first: tuple[str, ...], second: tuple[str, ...]) -> tuple[Values, Values] | None:
        """The scores of the vignettes that stand at both places."""
        a, b = self._places.get(first), self._places.get(second)
        if a is None or b is None:
            return None
        left = pd.Series(self._values[a], index=self._names[a])
        right = pd.Series(self._values[b], index=self._names[b])
        both = pd.concat([left, right], axis=1, join="inner")
        return both[0].to_numpy(float), both[1].to_numpy(float)


class Sizes:
    """The standardised effect of a finding: Hedges' g between vignettes, d_z within them."""

    def __init__(self, evidence: Evidence) -> None:
        regulation = evidence.study.regulation
        self._usual = {(regulation.orders[0], guidance) for guidance in (regulation.deliveries[0], TALK)}
        self._induced = Samples(evidence.induced_by_arm, [*DESIGN, "measure", "scale", "state", "arm"])
        self._regulated = Samples(evidence.regulated, [*DESIGN, "measure", "state", "scale", "regulation"])
        tasks = [scores(evidence, task) for task in evidence.tasks]
        tables = [table for table in tasks if len(table)]
        joined = pd.concat(tables) if tables else pd.DataFrame(columns=[*DESIGN, "vignette", "value"])
        self._errors = Samples(joined, [*DESIGN, "measure", "state"])

    def of(self, finding: Finding) -> EffectSize | None:
        """The standardised effect, or None where the data allow none."""
        place = (*Setting.of(finding), finding.measure)
        if finding.claim == "induction":
            return self._induction(finding, (*place, finding.state))
        if finding.claim == "error":
            if finding.against != NEUTRAL:
                return None
            return _size(hedges_g, self._errors.of(*place, finding.state), self._errors.of(*place, NEUTRAL))
        if (finding.order, finding.guidance) not in self._usual:
            return None
        own_scale = (*place, finding.state, finding.state)
        pairs = self._regulated.pairs((*own_scale, str(finding.regulation)), (*own_scale, finding.against))
        return _size(d_z, *(pairs or (None,)))

    def _induction(self, finding: Finding, scale: tuple[str, ...]) -> EffectSize | None:
        own = (*scale, finding.state, TEXT)
        if finding.against == "baseline":
            return _size(d_z, self._induced.of(*own))
        if finding.against == NEUTRAL:
            return _size(hedges_g, self._induced.of(*own), self._induced.of(*scale, NEUTRAL, TEXT))
        return _size(d_z, *(self._induced.pairs(own, (*scale, finding.state, finding.against)) or (None,)))


def _size(effect: Callable[..., EffectSize], *samples: Values | None) -> EffectSize | None:
    given = [sample for sample in samples if sample is not None]
    if len(given) != len(samples):
        return None
    try:
        return effect(*given)
    except DataError:
        return None
