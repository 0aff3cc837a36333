"""Conditions compared within units that were measured several times under each: every unit has means of its own."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import replace

import pandas as pd

from affectlab.effects.analyse import Analysis, pairs_of_conditions, refuse_gaps
from affectlab.effects.contrast import Contrast
from affectlab.effects.equivalence import equivalent
from affectlab.effects.estimate import Estimate, few_in, of_test
from affectlab.effects.groups import adjusted, condition, without_interval
from affectlab.effects.parts import Place
from affectlab.errors import DataError
from affectlab.stats.slopes import SlopesModel, random_slopes
from affectlab.tabular.cells import Cells
from affectlab.tabular.design import Design
from affectlab.tabular.missing import Missing


def analyse_slopes(
    table: pd.DataFrame,
    design: Design,
    *,
    control: str | None = None,
    missing: Collection[str] = (),
    keep: Collection[str] = (),
    names: Mapping[str, str] | None = None,
    smallest: float | None = None,
    level: float = 0.95,
    ends: tuple[float | None, float | None] = (None, None),
) -> Analysis:
    """Compare conditions by a mixed model in which units have a random intercept and random slopes.

    For rows that are trials, beeps or days of a unit under a condition: their mean alone would give a unit of two rows
    as much weight as one of two hundred.

    Args as of ``analyse``.

    Raises:
        DataError: the design does not fit the table; conditions do not vary within units; there are items, readers or a
            repeated measurement; units have one row under each condition.
    """
    if design.item or design.reader:
        hint = f"leave out --{'item' if design.item else 'reader'}, or --slopes"
        raise DataError("slopes are modelled over units alone", hint=hint)
    if not design.paired:
        msg = f"slopes are of conditions that vary within units, and `{design.condition}` is not said to"
        raise DataError(msg, hint="name the unit again with --within")
    design.check(table)
    cells = Cells(
        table, replace(design, average=True), Missing.read(missing, list(map(str, table.columns)), keep), names
    )
    cells.within_ends(*ends)
    rows = cells.answers
    labels, units = rows["condition"].astype(str), rows["unit"].astype(str)
    model = random_slopes(rows["score"].to_numpy(float), labels.to_numpy(), units.to_numpy(), level=level)
    cells.notes.append(f"units have means of their own under every condition: {model.method}")
    under = {name: int(units[labels == name].nunique()) for name in cells.levels}
    pairs = pairs_of_conditions(cells.levels, control, design.condition)
    found = [_contrast(Place(cells).contrast(*pair), model, under, model.units) for pair in pairs]
    contrasts = adjusted([equivalent(one, smallest) for one in found])
    refuse_gaps(contrasts)
    notes = tuple(note for note in cells.notes if " are averaged: " not in note)
    return Analysis(
        design=design,
        unit=cells.over,
        conditions=tuple(cells.summaries(level)),
        contrasts=tuple(contrasts),
        omnibus=(),
        gaps=cells.gaps,
        notes=notes,
        readers={},
        model=model,
        level=level,
        ends=ends,
        cells=cells,
    )


def _contrast(asked: Contrast, model: SlopesModel, under: Mapping[str, int], units: int) -> Estimate:
    """A contrast, standardised by the spread of single rows: of units under either condition, and the residual."""
    first, second = condition(asked.first), condition(asked.second)
    test, variance = model.contrast(first, second), model.variance
    own = [variance[f"units under {name}"] for name in (first, second)]
    total = math.sqrt(sum(own) / 2 + model.residual)
    further = {
        "units": units,
        "mean_first": model.mean(first).value,
        "mean_second": model.mean(second).value,
        "d": test.difference / total,
        "d_low": test.low / total,
        "d_high": test.high / total,
    }
    found = of_test(asked, test, {asked.unit: under[first]}, {asked.unit: under[second]}, further)
    both = {name: under[name] for name in (first, second)}
    few = few_in(both)
    return without_interval(found, few, min(both.values())) if few else found
