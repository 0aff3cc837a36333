"""Contrasts between conditions from any tidy table, a model's or people's, over the unit that was declared."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from affectlab.effects.estimate import Estimate
from affectlab.effects.factorial import combinations_too_few
from affectlab.effects.groups import GroupTerms, Model, adjusted
from affectlab.effects.omnibus import OmnibusEstimate
from affectlab.effects.parts import crossed, parts
from affectlab.effects.steps_and_counts import MODELLED, kind_remark, refuse_within
from affectlab.errors import DataError
from affectlab.stats.factorial import FactorialAnova, factorial_anova
from affectlab.stats.slopes import SlopesModel
from affectlab.tabular.cells import Cells, ConditionSummary
from affectlab.tabular.design import Design, Gaps, lasting
from affectlab.tabular.levels import short_form
from affectlab.tabular.missing import Missing
from affectlab.tabular.scored import reliability_lines

CONTROLS = (
    "neutral",
    "control",
    "placebo",
    "baseline",
    "none",
    "untreated",
    "sham",
    "ctrl",
    "ctl",
    "before",
    "pre",
    "0",
)
"""Of two conditions, the one of such a name is subtracted; where neither has one, the second to appear is."""


@dataclass(frozen=True)
class Analysis:
    """What a table says of its conditions."""

    design: Design
    unit: str
    """What the intervals are over, in words."""
    conditions: tuple[ConditionSummary, ...]
    contrasts: tuple[Estimate, ...]
    omnibus: tuple[OmnibusEstimate, ...]
    """Of three conditions and more, all together: over everything, then at each level of what is repeated."""
    gaps: Gaps
    notes: tuple[str, ...]
    """What was assumed or left out."""
    readers: Mapping[str, float | None]
    """Agreement of readers over units: ICC(A,1) of one, ICC(A,k) of their mean."""
    model: Model | SlopesModel | None
    level: float
    ends: tuple[float | None, float | None] = (None, None)
    """Of the scale of the outcome, where they are known."""
    cells: Cells | None = field(default=None, compare=False, repr=False)
    """The scores themselves; None where only a summary is known."""
    reliability: tuple[str, ...] = ()
    """Of several items: α and ω of their mean under each condition, in words."""
    anova: FactorialAnova | None = None
    """Of a repeated measurement: conditions, its levels, and their interaction, within the units that have all."""


def analyse(
    table: pd.DataFrame,
    design: Design,
    *,
    control: str | None = None,
    missing: Collection[str] = (),
    keep: Collection[str] = (),
    names: Mapping[str, str] | None = None,
    smallest: float | None = None,
    test: str | None = None,
    level: float = 0.95,
    ends: tuple[float | None, float | None] = (None, None),
    labelled: bool = False,
) -> Analysis:
    """Compare conditions over units.

    Args:
        table: a row for each answer; columns may hold numbers or text.
        design: what the columns are.
        control: the condition that every other is compared with; without it all pairs are.
        missing: codes of missing values, beside the usual ones: ``99`` of the scores, ``column=99`` of any column;
            ``nothing`` says that no number is such a code.
        keep: words that usually stand for a gap and are labels here: ``NA``, or ``column=NA``.
        names: of conditions, by code.
        smallest: the smallest effect of interest, in raw units, for tests of equivalence.
        test: for independent units: ``welch``, which is taken if none is named, or ``student``; ``ordinal`` where the
            outcome is an order of steps (proportional odds), ``count`` where it is a count (negative binomial).
        level: of the intervals.
        ends: of the scale, where they are known: scores beyond them are refused, and differences given in percent.
        labelled: whether values of the outcome have labels, so that they may be an order alone.

    Raises:
        DataError: the design does not fit the table, or no contrast can be made.

    >>> table = pd.DataFrame({"run": range(10), "mood": ["sad"] * 5 + ["neutral"] * 5,
    ...                       "negative": [15.7, 9.7, 15, 15, 20, 7.3, 7.3, 10.7, 8.7, 9.3]})
    >>> (contrast,) = analyse(table, Design("negative", "mood", unit="run")).contrasts
    >>> contrast.method, round(contrast.t, 2), round(contrast.df, 2), round(contrast.further["d"], 2)
    ('Welch', 3.65, 5.21, 2.31)
    """
    design.check(table)
    if test is not None and design.unit is not None and not lasting(design.unit):
        design = replace(design, independent=True)  # the tests that may be named are of independent units
    cells = Cells(table, design, Missing.read(missing, list(map(str, table.columns)), keep), names)
    cells.within_ends(*ends)
    _fits(cells, test, smallest)
    pairs = tuple(pairs_of_conditions(cells.levels, control, design.condition))
    terms = GroupTerms(level, smallest, test or "welch")
    if design.item is not None:
        contrasts, of_all, model = crossed(cells, pairs, terms)
        together = [of_all]
    else:
        compared, model = parts(cells), None
        contrasts = [one for part in compared for one in part.contrasts(pairs, terms)]
        together = [part.together(pairs, terms) for part in compared]
    contrasts = adjusted(contrasts)
    refuse_gaps(contrasts)
    anova, remark = mixed_anova(cells, level)
    if test not in MODELLED and not cells.binary and len(cells.cells) == len(cells.answers):
        within, scores = cells.paired or cells.repeated or cells.item, cells.cells["score"].to_numpy(float)
        kind = kind_remark(scores, design.outcome, [design.condition], labelled=labelled, within=within)
        remark = (*remark, *filter(None, [kind]))
    return Analysis(
        design=design,
        unit=cells.over,
        conditions=tuple(cells.summaries(level)),
        contrasts=tuple(contrasts),
        omnibus=tuple(together) if len(cells.levels) > 2 else (),
        gaps=cells.gaps,
        notes=(*cells.notes, *remark),
        readers=cells.readers,
        model=model,
        level=level,
        ends=ends,
        cells=cells,
        reliability=tuple(_reliability(cells)),
        anova=anova,
    )


def _fits(cells: Cells, test: str | None, smallest: float | None) -> None:
    """Refuse a model of the outcome that the design, or what is asked beside it, does not allow."""
    if test not in MODELLED:
        return
    if cells.paired or cells.repeated or cells.item:
        refuse_within(test)
    if smallest is not None:
        msg = f"a smallest effect is a difference of means, and --test {test} compares none"
        raise DataError(msg, hint="leave out one of them")
    if len(cells.cells) < len(cells.answers):
        msg = f"rows of a unit are averaged, and --test {test} is of single answers"
        raise DataError(msg, hint="choose one row of each unit with --where, or compare means, without --test")


def mixed_anova(cells: Cells, level: float) -> tuple[FactorialAnova | None, tuple[str, ...]]:
    """Conditions between units, crossed with a repeated measurement; or why there is no such analysis of variance."""
    if not cells.repeated or cells.item or cells.paired or cells.binary:
        return None, ()
    wide = _by_unit(cells, "within")
    whole = wide.dropna()
    between = {cells.design.condition: whole.index.get_level_values("condition").astype(str).tolist()}
    within = {str(cells.design.within): [str(one) for one in wide.columns]}
    if few := combinations_too_few(between, len(whole)):
        return None, (f"no analysis of variance: {few}",)
    try:
        return factorial_anova(whole.to_numpy(float), between, within, level=level), ()
    except DataError as error:
        return None, (f"no analysis of variance: {error.message}",)


def _reliability(cells: Cells) -> Iterator[str]:
    if not cells.item or cells.repeated or cells.binary:
        return
    yield from reliability_lines(_by_unit(cells, "item"), ["condition"])


def _by_unit(cells: Cells, column: str) -> pd.DataFrame:
    """The scores, a row for each unit under a condition and a column for each value of one of the others."""
    return cells.cells.pivot_table(
        index=["condition", "unit"], columns=column, values="score", observed=True, sort=False
    )


def refuse_gaps(contrasts: Sequence[Estimate]) -> None:
    """Refuse a table of which no contrast has a difference.

    Raises:
        DataError: gives the reasons.
    """
    if all(one.gap and math.isnan(one.difference) for one in contrasts):
        reasons = dict.fromkeys(one.gap for one in contrasts)
        hint = "nothing can be compared: see what varies, and how many units each condition has"
        raise DataError("; ".join(reasons), hint=hint)


def pairs_of_conditions(levels: Sequence[str], control: str | None, condition: str) -> Iterator[tuple[str, str]]:
    """First and second of each contrast of a column of conditions; the second is subtracted."""
    if control is not None:
        known = {level.casefold(): level for level in levels}
        known |= {short_form(level): level for level in levels}
        against = control if control in levels else known.get(short_form(control.strip()).casefold())
        if against is None:
            msg = f"`{condition}` has no level `{control}`, which is to be the control"
            raise DataError(msg, hint=f"levels are {', '.join(levels)}")
        yield from ((level, against) for level in levels if level != against)
        return
    likely = [level for level in levels if level.casefold() in CONTROLS]
    for first, second in itertools.combinations(levels, 2):
        yield (second, first) if first in likely and second not in likely else (first, second)
