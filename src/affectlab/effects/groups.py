"""Two conditions of a table that people bring: raw difference, standardised beside it, or the reason for neither."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from affectlab.errors import DataError
from affectlab.plain import record
from affectlab.stats.bayes import jzs
from affectlab.stats.binary import log_odds_ratio, paired_proportions, proportion_difference, score_test
from affectlab.stats.effects import EffectSize, correction, d_av, d_z, hedges_g
from affectlab.stats.equivalence import tost_of
from affectlab.stats.mixed import MixedModel, mixed_model
from affectlab.stats.multiplicity import holm
from affectlab.stats.ttest import TTest, paired_t, student_t, welch_t

Values = np.ndarray[Any, np.dtype[np.float64]]
nan = math.nan

D_PER_LOGIT = math.sqrt(3) / math.pi
"""A logistic distribution's standard deviation is π/√3: log-odds times this are about a d (Chinn, 2000)."""

UNEVEN = 2.0
"""Where one standard deviation is more than so many times the other, the equal-variance test is remarked on."""


@dataclass(frozen=True)
class Pairwise:
    """The first condition minus the second. Numbers that the data do not give are NaN, and ``gap`` says why."""

    first: str
    second: str
    at: str = ""
    """The level of the repeated measurement at which it is made; empty where it is over all."""
    test: str = ""
    """Student, Welch, paired, mixed, score (two proportions), McNemar."""
    n: int = 0
    """Units that carry it."""
    n_first: int = 0
    n_second: int = 0
    mean_first: float = nan
    mean_second: float = nan
    sd_first: float = nan
    sd_second: float = nan
    """Standard deviations over units."""
    difference: float = nan
    """In raw units of the outcome."""
    low: float = nan
    high: float = nan
    """The interval of the raw difference."""
    percent_of_range: float = nan
    """The raw difference in percent of the scale, where its ends are known."""
    se: float = nan
    t: float = nan
    df: float = nan
    z: float = nan
    """Instead of t, where proportions are compared."""
    p: float = nan
    p_holm: float = nan
    """Adjusted for all contrasts of the table."""
    d: float = nan
    g: float = nan
    """With the small-sample correction."""
    d_low: float = nan
    d_high: float = nan
    standardised_by: str = ""
    d_av: float = nan
    """Of paired samples: standardised by the average standard deviation, comparable with samples between units."""
    bf10: float = nan
    """JZS Bayes factor for a difference, r = √2/2."""
    log_odds: float = nan
    log_odds_low: float = nan
    log_odds_high: float = nan
    welch_t: float = nan
    welch_df: float = nan
    welch_p: float = nan
    """Of independent units: without the assumption of equal variances."""
    equivalence: str = ""
    """Against the smallest effect: equivalent, different, different but negligible, undetermined."""
    equivalence_p: float = nan
    equivalence_low: float = nan
    equivalence_high: float = nan
    remark: str = ""
    gap: str = ""
    """Why there are no numbers, where there are none."""

    def row(self) -> dict[str, Any]:
        """As a plain record; what is not finite becomes None."""
        return record(asdict(self))


@dataclass(frozen=True)
class Terms:
    """How contrasts are made."""

    level: float = 0.95
    smallest: float | None = None
    """The smallest effect of interest, in raw units, for equivalence."""
    test: str = "welch"
    """For independent units: welch, or student where equal variances are assumed, as published tests often do."""


def independent(first: Values, second: Values, place: Pairwise, terms: Terms) -> Pairwise:
    """Two samples of different units.

    Welch's t, as everywhere: Student's is right for equal variances alone (type I error up to .11 at three units a
    condition), and is made where it is asked for. Welch's stands beside it.
    """
    place = _described(place, first, second)
    try:
        welch, student = welch_t(first, second, level=terms.level), student_t(first, second, level=terms.level)
        effect = hedges_g(first, second, level=terms.level)
    except DataError as error:
        return replace(place, gap=_named(error.message, place))
    chosen = student if terms.test == "student" else welch
    made = _tested(place, chosen, effect, "pooled SD", terms)
    remark = _uneven(place, chosen, welch, terms.level)
    return replace(
        made,
        n=first.size + second.size,
        welch_t=welch.t,
        welch_df=welch.df,
        welch_p=welch.p,
        bf10=_bayes(student),
        remark=remark,
    )


def paired(first: Values, second: Values, place: Pairwise, terms: Terms) -> Pairwise:
    """Two measurements of the same units, in the same order."""
    place = replace(_described(place, first, second), n=first.size)
    try:
        test = paired_t(first, second, level=terms.level)
    except DataError as error:
        return replace(place, gap=_named(error.message, place))
    try:
        effect, average = d_z(first, second, level=terms.level), d_av(first, second, level=terms.level).d
    except DataError as error:
        made = _tested(place, test, None, "", terms)
        return replace(made, n=first.size, remark=_named(error.message, place))
    made = _tested(place, test, effect, "SD of the differences", terms)
    return replace(made, n=first.size, d_av=average, bf10=_bayes(test))


def independent_binary(first: Values, second: Values, place: Pairwise, terms: Terms) -> Pairwise:
    """Two proportions in different units: raw difference, log-odds ratio, score test."""
    place = replace(_described(place, first, second), n=first.size + second.size, sd_first=nan, sd_second=nan)
    counts = float(first.sum()), float(first.size), float(second.sum()), float(second.size)
    try:
        odds, (z, p) = log_odds_ratio(*counts, level=terms.level), score_test(*counts)
    except DataError as error:
        return replace(place, gap=_named(error.message, place))
    raw = proportion_difference(*counts, level=terms.level)
    made = replace(place, test="score", z=z, p=p, difference=raw.value, low=raw.low, high=raw.high)
    return replace(
        made,
        d=odds.value * D_PER_LOGIT,
        d_low=odds.low * D_PER_LOGIT,
        d_high=odds.high * D_PER_LOGIT,
        standardised_by="log-odds × √3/π",
        log_odds=odds.value,
        log_odds_low=odds.low,
        log_odds_high=odds.high,
        **_proportions_equivalent(made, counts, terms),
    )


def paired_binary(first: Values, second: Values, place: Pairwise, terms: Terms) -> Pairwise:
    """Two proportions in the same units: raw difference, and McNemar's exact p."""
    place = replace(_described(place, first, second), n=first.size, sd_first=nan, sd_second=nan)
    only = int(np.sum(first > second)), int(np.sum(second > first))
    try:
        raw, p = paired_proportions(only[0], only[1], first.size, level=terms.level)
    except DataError as error:
        return replace(place, gap=_named(error.message, place))
    odds = math.log((only[0] + 0.5) / (only[1] + 0.5))
    return replace(
        place,
        test="McNemar",
        p=p,
        difference=raw.value,
        low=raw.low,
        high=raw.high,
        log_odds=odds,
        remark="log-odds within units, ½ added",
    )


Model = MixedModel
"""A mixed model of units and items."""


def fitted(scores: Values, conditions: Sequence[str], facets: Mapping[str, Any], terms: Terms) -> Model:
    """The mixed model of scores under conditions, every facet random."""
    return mixed_model(scores, np.asarray(conditions), facets, level=terms.level)


def mixed(model: MixedModel, units: tuple[int, int, int], place: Pairwise, terms: Terms) -> Pairwise:
    """A contrast of a mixed model, standardised by the square root of all its variance components together."""
    test = model.contrast(place.first, place.second)
    means = model.mean(place.first).value, model.mean(place.second).value
    place = replace(place, mean_first=means[0], mean_second=means[1], n=units[0], n_first=units[1], n_second=units[2])
    made = _tested(place, test, None, "", terms)
    total = math.sqrt(sum(model.variance.values()))
    d = test.difference / total
    return replace(
        made,
        d=d,
        g=d * correction(test.df) if test.df > 1 else nan,
        d_low=test.low / total,
        d_high=test.high / total,
        standardised_by="square root of all variance components",
    )


def adjusted(contrasts: list[Pairwise]) -> list[Pairwise]:
    """The contrasts with Holm's p: over those that are over everything, and over those at single levels."""
    families = [
        [one for one in contrasts if bool(one.at) is apart and not math.isnan(one.p)] for apart in (False, True)
    ]
    found = {
        one: p for family in families if family for one, p in zip(family, holm([m.p for m in family]), strict=True)
    }
    return [replace(one, p_holm=float(found[one])) if one in found else one for one in contrasts]


def _described(place: Pairwise, first: Values, second: Values) -> Pairwise:
    def spread(x: Values) -> float:
        return float(np.std(x, ddof=1)) if x.size > 1 else nan

    return replace(
        place,
        n=first.size + second.size,
        n_first=first.size,
        n_second=second.size,
        mean_first=float(first.mean()) if first.size else nan,
        mean_second=float(second.mean()) if second.size else nan,
        sd_first=spread(first),
        sd_second=spread(second),
    )


def _tested(place: Pairwise, test: TTest, effect: EffectSize | None, by: str, terms: Terms) -> Pairwise:
    made = replace(
        place,
        test=test.test,
        difference=test.difference,
        low=test.low,
        high=test.high,
        se=test.se,
        t=test.t,
        df=test.df,
        p=test.p,
        standardised_by=by,
    )
    if effect is not None:
        made = replace(made, d=effect.d, g=effect.g, d_low=effect.low, d_high=effect.high)
    if terms.smallest is None:
        return made
    alpha = 1 - terms.level
    same = tost_of(test, lower=-terms.smallest, upper=terms.smallest, alpha=alpha)
    return replace(
        made,
        equivalence=same.decision,
        equivalence_p=same.p,
        equivalence_low=same.low,
        equivalence_high=same.high,
    )


def _proportions_equivalent(
    made: Pairwise, counts: tuple[float, float, float, float], terms: Terms
) -> Mapping[str, Any]:
    """Equivalence of proportions by the interval at twice α within the bounds; it has no p of its own."""
    if terms.smallest is None:
        return {}
    inner = proportion_difference(*counts, level=2 * terms.level - 1)
    within = -terms.smallest < inner.low and inner.high < terms.smallest
    different = made.p < 1 - terms.level
    decision = {
        (True, False): "equivalent",
        (True, True): "different but negligible",
        (False, True): "different",
        (False, False): "undetermined",
    }[within, different]
    return {"equivalence": decision, "equivalence_low": inner.low, "equivalence_high": inner.high}


def _uneven(place: Pairwise, chosen: TTest, welch: TTest, level: float) -> str:
    small, large = sorted((place.sd_first, place.sd_second))
    if chosen.test != "Student" or large <= UNEVEN * small:
        return ""
    ratio = f"one SD is {large / small:.1f} times the other" if small else "one condition does not vary at all"
    other = "" if (welch.p < 1 - level) == (chosen.p < 1 - level) else ", and decides otherwise"
    return f"{ratio}: Welch's t({welch.df:.2f}) = {welch.t:.2f}, p = {welch.p:.3g}{other}"


def _named(message: str, place: Pairwise) -> str:
    """A message of ``stats`` with the conditions' names for its samples."""
    for sample, name in (("first", place.first), ("second", place.second)):
        message = message.replace(f"the {sample} sample", f"`{name}`")
    return message.replace("both arms", f"`{place.first}` and `{place.second}`")


def _bayes(test: TTest) -> float:
    try:
        return jzs(test).bf10
    except (DataError, OverflowError):
        return nan
