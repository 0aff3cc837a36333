"""Two conditions of a table that people bring: the estimate of their contrast, and what is told of the same data."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from affectlab.effects.contrast import Contrast
from affectlab.effects.equivalence import equivalent, of_interval
from affectlab.effects.estimate import Estimate, Sample, estimate, few_in, mean_of, of_test
from affectlab.errors import DataError
from affectlab.stats.bayes import jzs
from affectlab.stats.binary import log_odds_ratio, paired_proportions, proportion_difference, score_test
from affectlab.stats.effects import correction, d_av
from affectlab.stats.estimate import FEWEST
from affectlab.stats.mixed import MixedModel, mixed_model
from affectlab.stats.moments import moments
from affectlab.stats.multiplicity import holm
from affectlab.stats.ttest import TTest, paired_t, student_t, welch_t

Values = np.ndarray[Any, np.dtype[np.float64]]
nan = math.nan

D_PER_LOGIT = math.sqrt(3) / math.pi
"""A logistic distribution's standard deviation is π/√3: log-odds times this are about a d (Chinn, 2000)."""


@dataclass(frozen=True)
class GroupTerms:
    """How contrasts are made."""

    level: float = 0.95
    smallest: float | None = None
    """The smallest effect of interest, in raw units, for equivalence."""
    test: str = "welch"
    """For independent units: welch, or student where equal variances are assumed, as published tests often do."""


def independent(contrast: Contrast, first: Sample, second: Sample, terms: GroupTerms) -> Estimate:
    """Two samples of different units.

    Welch's t, as everywhere: Student's is right for equal variances alone (type I error up to .11 at three units a
    condition), and is made where it is asked for. Welch's stands beside it.
    """
    found = estimate(contrast, first, second, level=terms.level, equal_variances=terms.test == "student")
    found = _with(found, described(first, second))
    if found.gap:
        gap = _few(contrast, first, second) or named_samples(found.gap, contrast)
        return without_interval(found, gap, min(len(first), len(second)))
    welch = welch_t(first, second, level=terms.level)
    beside = {"welch_t": welch.t, "welch_df": welch.df, "welch_p": welch.p}
    return equivalent(_with(found, beside, bf10=_bayes(student_t(first, second, level=terms.level))), terms.smallest)


def paired(contrast: Contrast, first: Values, second: Values, terms: GroupTerms) -> Estimate:
    """Two measurements of the same units, in the same order."""
    found = _with(estimate(contrast, first, second, level=terms.level), described(first, second))
    if found.gap:
        return without_interval(found, named_samples(found.gap, contrast), len(first))
    try:
        average = d_av(first, second, level=terms.level).d
        beside = {"d_av": average, "bf10": _bayes(paired_t(first, second, level=terms.level))}
        found = _with(found, beside)
    except DataError as error:
        found = replace(found, note=named_samples(error.message, contrast))
    return equivalent(found, terms.smallest)


def _few(contrast: Contrast, first: Sample, second: Sample) -> str:
    """Why two samples give no interval; empty where they have units enough."""
    return few_in({condition(contrast.first): len(first), condition(contrast.second): len(second)})


def independent_binary(contrast: Contrast, first: Values, second: Values, terms: GroupTerms) -> Estimate:
    """Two proportions in different units: raw difference, log-odds ratio, score test."""
    place = untested(contrast, described(first, second, spread=False), {"first": first.size, "second": second.size})
    counts = float(first.sum()), float(first.size), float(second.sum()), float(second.size)
    try:
        odds, (z, p) = log_odds_ratio(*counts, level=terms.level), score_test(*counts)
    except DataError as error:
        return replace(place, gap=named_samples(error.message, contrast))
    raw = proportion_difference(*counts, level=terms.level)
    if few := _few(contrast, first, second):
        return without_interval(replace(place, difference=raw.value), few, min(first.size, second.size))
    sizes = {"d": odds.value * D_PER_LOGIT, "d_low": odds.low * D_PER_LOGIT, "d_high": odds.high * D_PER_LOGIT}
    logits = {"log_odds": odds.value, "log_odds_low": odds.low, "log_odds_high": odds.high}
    made = replace(place, method="score", p=p, difference=raw.value, low=raw.low, high=raw.high, level=terms.level)
    made = _with(made, sizes, **logits, z=z)
    if terms.smallest is None:
        return made
    inner = proportion_difference(*counts, level=2 * terms.level - 1)
    return of_interval(made, inner.low, inner.high, terms.smallest)


def paired_binary(contrast: Contrast, first: Values, second: Values, terms: GroupTerms) -> Estimate:
    """Two proportions in the same units: raw difference, and McNemar's exact p."""
    place = untested(contrast, described(first, second, spread=False), {"first": first.size, "second": second.size})
    only = int(np.sum(first > second)), int(np.sum(second > first))
    try:
        raw, p = paired_proportions(only[0], only[1], first.size, level=terms.level)
    except DataError as error:
        return replace(place, gap=named_samples(error.message, contrast))
    if few := _few(contrast, first, second):
        return without_interval(replace(place, difference=raw.value), few, first.size)
    made = replace(place, method="McNemar", p=p, difference=raw.value, low=raw.low, high=raw.high, level=terms.level)
    return _with(made, {"log_odds": math.log((only[0] + 0.5) / (only[1] + 0.5))})


Model = MixedModel
"""A mixed model of units and items."""


def fitted(scores: Values, conditions: Sequence[str], facets: Mapping[str, Any], terms: GroupTerms) -> Model:
    """The mixed model of scores under conditions, every facet random."""
    return mixed_model(scores, np.asarray(conditions), facets, level=terms.level)


def mixed(contrast: Contrast, model: MixedModel, units: tuple[int, int, int], terms: GroupTerms) -> Estimate:
    """A contrast of a mixed model, standardised by the square root of all its variance components together.

    Args:
        contrast: what is asked.
        model: of all conditions.
        units: under either condition, under the first, under the second.
        terms: how it is made.
    """
    first, second = condition(contrast.first), condition(contrast.second)
    test = model.contrast(first, second)
    total = math.sqrt(sum(model.variance.values()))
    d = test.difference / total
    further = {
        "units": units[0],
        "mean_first": model.mean(first).value,
        "mean_second": model.mean(second).value,
        "d": d,
        "g": d * correction(test.df) if test.df > 1 else nan,
        "d_low": test.low / total,
        "d_high": test.high / total,
    }
    found = of_test(contrast, test, {contrast.unit: units[1]}, {contrast.unit: units[2]}, further)
    return equivalent(found, terms.smallest)


def adjusted(contrasts: Sequence[Estimate]) -> list[Estimate]:
    """The estimates with Holm's p: over those that are over everything, and over those at single levels."""
    holms: dict[int, float] = {}
    for apart in (False, True):
        family = [n for n, one in enumerate(contrasts) if bool(one.contrast.at) is apart and not math.isnan(one.p)]
        if family:
            holms |= zip(family, holm([contrasts[n].p for n in family]), strict=True)
    return [_with(one, p_holm=float(holms[n])) if n in holms else one for n, one in enumerate(contrasts)]


def condition(levels: Mapping[str, str] | None) -> str:
    """The name of a condition of a table, which has one factor."""
    return next(iter(levels.values())) if levels else ""


def untested(contrast: Contrast, further: Mapping[str, float], n: Mapping[str, int], gap: str = "") -> Estimate:
    """What there is of a contrast before, or without, a test: counts, and what describes the samples."""
    counts = {contrast.unit: n["first"]}, {contrast.unit: n["second"]}
    return Estimate(contrast, *(nan,) * 7, *counts, "", gap, further)


def without_interval(found: Estimate, gap: str, units: int) -> Estimate:
    """An estimate without interval and p, and why.

    Of two units in a condition the difference stands; of fewer, and where nothing varies, what describes the samples.

    Args:
        found: the estimate.
        gap: why.
        units: in the smaller condition.
    """
    told = {name: value for name, value in found.further.items() if name.startswith(("mean_", "sd_", "units"))}
    kept = found.difference if 1 < units < FEWEST else nan
    bare = replace(found, low=nan, high=nan, se=nan, df=nan, p=nan, method="")
    return replace(bare, difference=kept, gap=gap, further=told)


def described(first: Sample, second: Sample, *, spread: bool = True) -> dict[str, float]:
    """Means and standard deviations over units, of those that there are."""
    found = {}
    for name, sample in (("first", first), ("second", second)):
        if len(sample):
            found[f"mean_{name}"] = mean_of(sample)
        if spread and len(sample) > 1:
            found[f"sd_{name}"] = moments(sample, name).sd
    return found


def named_samples(message: str, contrast: Contrast) -> str:
    """A message of ``stats`` with the conditions' names for its samples."""
    names = {"first": condition(contrast.first), "second": condition(contrast.second)}
    for sample, name in names.items():
        message = message.replace(f"the {sample} sample", f"`{name}`")
    return message.replace("both arms", f"`{names['first']}` and `{names['second']}`")


def _with(found: Estimate, more: Mapping[str, float] | None = None, **others: float) -> Estimate:
    return replace(found, further={**found.further, **(more or {}), **others})


def _bayes(test: TTest) -> float:
    try:
        return jzs(test).bf10
    except (DataError, OverflowError):
        return nan
