"""What a table with several factors says: main effects, interactions, and simple effects over units."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from affectlab.effects.assumptions import assumptions
from affectlab.effects.contrast import Contrast, ContrastOutcome, Random
from affectlab.effects.estimate import Estimate, few_in, few_units, of_test
from affectlab.effects.groups import GroupTerms, adjusted, independent, paired, without_interval
from affectlab.effects.steps_and_counts import kind_remark
from affectlab.stats.estimate import PointEstimate
from affectlab.stats.factorial import FactorialAnova, factorial_anova
from affectlab.tabular.factorial import CellSummary, Ends, FactorialCells, FactorialDesign
from affectlab.tabular.missing import Missing

MOST_SIMPLE = 60
"""More comparisons than this are not made for every factor: only for the first."""


@dataclass(frozen=True)
class FactorialAnalysis:
    """What a table says of a design with several factors."""

    design: FactorialDesign
    between: tuple[str, ...]
    within: tuple[str, ...]
    levels: dict[str, list[str]]
    unit: str
    summaries: tuple[CellSummary, ...]
    test: FactorialAnova
    """Without effects where ``gap`` says why there are none."""
    simple: tuple[Estimate, ...]
    """Each factor's conditions against each other, at each combination of the other factors."""
    adjusted_means: dict[tuple[str, ...], PointEstimate]
    """Of the combinations of the factors between units, at the mean of the covariates; empty without covariates."""
    checks: tuple[str, ...]
    """What the tests assume, and whether the scores are so, in words."""
    notes: tuple[str, ...]
    level: float
    cells: FactorialCells
    """The scores themselves."""
    gap: str = ""
    """Why no effect is tested: a combination of the factors between units has too few of them."""


def analyse_factors(
    table: pd.DataFrame,
    design: FactorialDesign,
    *,
    missing: Collection[str] = (),
    keep: Collection[str] = (),
    smallest: float | None = None,
    test: str | None = None,
    level: float = 0.95,
    ends: Ends = (None, None),
    labelled: bool = False,
) -> FactorialAnalysis:
    """Analyse scores by several factors, between units and within them, with covariates.

    The tests are of type III: a main effect is of the plain mean over the levels of the other factors, whatever the
    numbers of units. Simple effects are t tests of the units of two cells, Welch's between units and paired within
    them; with covariates, of adjusted means by the residual of the model. Holm's p is over those of one factor.

    Args:
        table: a row for each answer.
        design: what its columns are.
        missing: codes of missing values, ``99`` of the scores or ``column=99``.
        keep: words that usually stand for a gap and are labels here.
        smallest: the smallest effect of interest, in raw units, for tests of equivalence of simple effects.
        test: of independent units: ``welch``, or ``student``.
        level: of the intervals.
        ends: of the scale, where they are known: scores beyond them are refused.
        labelled: whether values of the outcome have labels, so that they may be an order alone.

    Raises:
        DataError: the design does not fit the table, or nothing can be tested.

    With fewer than three units in a combination of the factors between units, means and differences stand without a
    test: F tests pool the variances of the combinations, and cannot tell there whether these are alike.

    >>> scores = [1, 2, 3, 4, 5, 6, 2, 3, 4, 9, 10, 11]
    >>> table = pd.DataFrame({"a": list("xxxxxxyyyyyy"), "b": list("uuuvvvuuuvvv"), "score": scores})
    >>> made = analyse_factors(table, FactorialDesign("score", ("a", "b")))
    >>> [(one.name, round(one.f, 2), round(one.p, 4)) for one in made.test.effects]
    [('a', 27.0, 0.0008), ('b', 75.0, 0.0), ('a × b', 12.0, 0.0085)]
    """
    cells = FactorialCells(table, design, Missing.read(missing, list(map(str, table.columns)), keep), ends)
    test_of_all = factorial_anova(
        cells.scores.to_numpy(float), cells.of_between(), cells.of_within(), cells.of_covariates(), level=level
    )
    gap = combinations_too_few(cells.of_between(), len(cells.scores))
    terms = GroupTerms(level, smallest, test or "welch")
    values, factors = cells.scores.to_numpy(float).ravel(), design.factors
    kind = kind_remark(values, design.outcome, factors, labelled=labelled, within=bool(cells.within))
    groups = itertools.product(*(cells.levels[name] for name in cells.between)) if design.covariates else ()
    means = {cell: _mean(test_of_all, cell, gap) for cell in groups}
    return FactorialAnalysis(
        design=design,
        between=cells.between,
        within=cells.within,
        levels=cells.levels,
        unit=cells.unit,
        summaries=tuple(cells.summaries(level)),
        test=replace(test_of_all, effects=()) if gap else test_of_all,
        simple=tuple(_simple_effects(cells, test_of_all, terms)),
        adjusted_means=means,
        checks=() if gap else tuple(assumptions(cells, test_of_all)),
        notes=(*cells.notes, *([kind] if kind else [])),
        level=level,
        cells=cells,
        gap=gap,
    )


def combinations_too_few(between: Mapping[str, Sequence[str]], units: int) -> str:
    """Why a design has too few units for F tests; empty where it has enough.

    Args:
        between: for each factor between units the level of each unit.
        units: all of them.

    >>> combinations_too_few({"film": ["sad", "sad", "calm", "calm", "calm"]}, 5)
    '`sad` has 2 units; at least 3 are needed'
    """
    if not between:
        return few_units(units)
    return few_in(Counter(" × ".join(cell) for cell in zip(*between.values(), strict=True)))


def _mean(test: FactorialAnova, cell: tuple[str, ...], gap: str) -> PointEstimate:
    """An adjusted mean; without its interval where nothing is tested."""
    mean = test.mean(cell)
    return replace(mean, low=math.nan, high=math.nan, se=math.nan, df=math.nan) if gap else mean


def _simple_effects(cells: FactorialCells, test: FactorialAnova, terms: GroupTerms) -> Iterator[Estimate]:
    for name in cells.design.factors:
        others = [one for one in cells.design.factors if one != name]
        places = list(itertools.product(*(cells.levels[one] for one in others)))
        pairs = list(itertools.combinations(cells.levels[name], 2))
        if len(places) * len(pairs) > MOST_SIMPLE and name != cells.design.factors[0]:
            continue
        family = [
            _simple(cells, test, terms, name, pair, dict(zip(others, place, strict=True)))
            for place in places
            for pair in pairs
        ]
        yield from adjusted(family)


def _simple(
    cells: FactorialCells,
    test: FactorialAnova,
    terms: GroupTerms,
    name: str,
    pair: tuple[str, str],
    place: dict[str, str],
) -> Estimate:
    inside = name in cells.within
    first, second = ({name: level} for level in pair)
    outcome = ContrastOutcome(cells.design.outcome, "", "raw")
    asked = Contrast("condition", outcome, first, second, place, None, inside, (Random(cells.unit),))
    samples = [cells.sample({**place, name: level}) for level in pair]
    if cells.design.covariates and not cells.within:
        of = [tuple({**place, name: level}[one] for one in cells.between) for level in pair]
        counts = [{cells.unit: len(sample)} for sample in samples]
        found = of_test(asked, test.compare(of[0], of[1]), counts[0], counts[1], {})
        few = combinations_too_few(cells.of_between(), len(cells.scores))  # the residual is of all of them
        return without_interval(found, few, 2) if few else found
    if inside:
        both = pd.concat(samples, axis=1, join="inner").to_numpy(float)
        return paired(asked, both[:, 0], both[:, 1], terms)
    return independent(asked, samples[0].to_numpy(float), samples[1].to_numpy(float), terms)
