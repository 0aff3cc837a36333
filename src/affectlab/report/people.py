"""What is found of people's tables: the record of it, and the section that shows it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from affectlab.effects.analyse import Analysis
from affectlab.effects.equivalence import decision
from affectlab.effects.estimate import Estimate
from affectlab.effects.groups import condition
from affectlab.effects.omnibus import JointTest, OmnibusEstimate
from affectlab.json_values import record
from affectlab.report.section import Section
from affectlab.report.table import Table

nan = math.nan

STANDARDISED_BY: Mapping[str, str] = {
    "Welch": "pooled SD",
    "Student": "pooled SD",
    "paired": "SD of the differences",
    "mixed": "square root of all variance components",
    "score": "log-odds × √3/π",
    "proportional odds": "log-odds × √3/π",
}
"""Per method, what the difference is divided by for d."""
DESCRIBED = ("mean_first", "mean_second", "sd_first", "sd_second")
SIZES = ("d", "g", "d_low", "d_high")
RATIOS: Mapping[str, tuple[str, str]] = {
    "proportional odds": ("log-odds of a higher step", "odds ratio"),
    "negative binomial": ("log of the ratio of means", "ratio of means"),
    "Poisson": ("log of the ratio of means", "ratio of means"),
}
"""Per method whose estimate is no difference of scores, what it is, and what its exponential is."""
FURTHER = (
    "d_av",
    "bf10",
    "ratio",
    "ratio_low",
    "ratio_high",
    "log_odds",
    "log_odds_low",
    "log_odds_high",
    "welch_t",
    "welch_df",
    "welch_p",
)
"""What a record has of ``Estimate.further``, under the same names."""

UNEVEN = 2.0
"""Where one standard deviation is more than so many times the other, the equal-variance test is remarked on."""
EXPECTED = 5.0
"""Where fewer yes or no than this are expected in a condition, the χ² distribution is a poor approximation."""


def contrast_row(found: Estimate, ends: tuple[float | None, float | None] = (None, None)) -> dict[str, Any]:
    """A contrast of two conditions as a plain record; what is not finite becomes None.

    Args:
        found: what was estimated.
        ends: of the scale of the outcome, where they are known, for the difference in percent of it.
    """
    of, asked = found.further, found.contrast
    beside = {name: of.get(name, nan) for name in (*DESCRIBED, *SIZES, *FURTHER)}
    return record(
        {
            "contrast": asked.id,
            "first": condition(asked.first),
            "second": asked.against,
            "at": asked.at,
            "test": found.method,
            "n": found.carried_by,
            "n_first": found.units,
            "n_second": found.n_second[asked.unit],
            "difference": found.difference,
            "low": found.low,
            "high": found.high,
            "percent_of_range": nan if found.method in RATIOS else of_range(found.difference, *ends),
            "se": found.se,
            "t": found.t,
            "df": found.df,
            "z": of.get("z", nan),
            "p": found.p,
            "p_holm": of.get("p_holm", nan),
            **beside,
            "standardised_by": standardised_by(found),
            "equivalence": decision(found),
            "equivalence_p": of.get("equivalence_p", nan),
            "equivalence_low": of.get("equivalence_low", nan),
            "equivalence_high": of.get("equivalence_high", nan),
            "remark": remark(found),
            "gap": found.gap,
        }
    )


def omnibus_row(found: OmnibusEstimate) -> dict[str, Any]:
    """The test of all conditions as a plain record; what is not finite becomes None."""
    test, classical = found.test, found.classical
    return record(
        {
            "at": found.asked.at,
            "test": test.test if test else "",
            **_statistic(test),
            "effect": test.effect if test else "",
            "value": test.value if test else nan,
            "low": test.low if test else nan,
            "high": test.high if test else nan,
            "n": found.n,
            "epsilon": test.epsilon if test else nan,
            "generalized_eta_squared": test.generalized if test else nan,
            **{f"uncorrected_{name}": value for name, value in _statistic(classical).items() if name != "chi2"},
            "remark": omnibus_remark(found),
            "gap": found.gap,
        }
    )


def _statistic(test: JointTest | None) -> dict[str, float]:
    """The statistic of a test: an F, or where it has no second degrees of freedom a χ²."""
    if test is None:
        return dict.fromkeys(("f", "chi2", "df1", "df2", "p"), nan)
    chi2 = math.isnan(test.df2)
    f = {"f": nan, "chi2": test.statistic} if chi2 else {"f": test.statistic, "chi2": nan}
    return {**f, "df1": test.df1, "df2": test.df2, "p": test.p}


def analysis_record(made: Analysis) -> dict[str, Any]:
    """Everything that a table says of its conditions. A single contrast's numbers stand at the top as well."""
    contrasts = [contrast_row(one, made.ends) for one in made.contrasts]
    omnibus = [omnibus_row(one) for one in made.omnibus]
    found = made.gaps
    return {
        **(contrasts[0] if len(contrasts) == 1 else {}),
        **made.design.columns(),
        "analysed_over": made.unit,
        "level": made.level,
        "conditions": [one.row() for one in made.conditions],
        "contrasts": contrasts,
        "omnibus": omnibus[0] if omnibus else None,
        "omnibus_at": omnibus[1:],
        "missing": {
            "outcome": dict(found.outcome),
            "condition": found.condition,
            "unit": found.unit,
            "incomplete_units": found.incomplete,
        },
        "readers": dict(made.readers) or None,
        "variance": dict(made.model.variance) if made.model else None,
        "method": made.model.method if made.model else None,
        "reliability": list(made.reliability),
        "notes": list(made.notes),
    }


def of_range(difference: float, least: float | None, most: float | None) -> float:
    """A difference in percent of its scale, where both ends are known."""
    if least is None or most is None or not most > least:
        return nan
    return 100 * difference / (most - least)


def standardised_by(found: Estimate) -> str:
    """What a difference was divided by for d; empty where there is none."""
    return STANDARDISED_BY.get(found.method, "") if "d" in found.further else ""


def remark(found: Estimate) -> str:
    """What is to be known of an estimate."""
    if found.note:
        return found.note
    if found.method == "McNemar":
        return "log-odds within units, ½ added"
    return _uneven(found) if found.method == "Student" else ""


def _uneven(found: Estimate) -> str:
    """Of a test that assumes equal variances: how unequal they are, and what Welch's says."""
    of = found.further
    small, large = sorted((of["sd_first"], of["sd_second"]))
    if large <= UNEVEN * small:
        return ""
    ratio = f"one SD is {large / small:.1f} times the other" if small else "one condition does not vary at all"
    other = "" if (of["welch_p"] < 1 - found.level) == (found.p < 1 - found.level) else ", and decides otherwise"
    return f"{ratio}: Welch's t({of['welch_df']:.2f}) = {of['welch_t']:.2f}, p = {of['welch_p']:.3g}{other}"


def omnibus_remark(found: OmnibusEstimate) -> str:
    """What is to be known of a test of all conditions."""
    if found.left_out:
        return f"{found.left_out} units lack a condition and are left out of it"
    if found.expected < EXPECTED:
        return f"{found.expected:.1f} of an answer are expected in a condition: χ² is approximate"
    return ""


# --- the section


def analysis_section(made: Analysis) -> Section:
    """What a table says of its conditions: each of them, a sentence for every comparison, and what was noted."""
    columns = made.design.columns()
    head = f"{columns['outcome']} by {columns['condition']}, over {made.unit}; intervals at {made.level:.0%}"
    several = len(made.contrasts) > 1
    found = (
        *(_sentence(_omnibus_lines(together)) for together in made.omnibus),
        *(_sentence(contrast_lines(one, made.ends, several=several)) for one in made.contrasts),
    )
    noted = Section("notes", "", tuple(_noted(made)))
    return Section(
        "analysis",
        "",
        (head,),
        (_conditions(made),),
        parts=(Section("comparisons", "", found), *(() if noted.bare else (noted,))),
    )


def _sentence(lines: Iterable[str]) -> str:
    """A comparison and all that is known of it, as one sentence."""
    return "; ".join(line.strip() for line in lines)


def _noted(made: Analysis) -> Iterator[str]:
    if made.model is not None:
        parts = ", ".join(f"{source} {variance:.3g}" for source, variance in made.model.variance.items())
        yield f"variance: {parts}"
    if made.readers.get("icc_1") is not None:
        single, mean = made.readers["icc_1"], made.readers["icc_k"]
        yield f"agreement of readers: ICC(A,1) = {single:.2f}, of their mean ICC(A,k) = {mean:.2f}"
    yield from made.reliability
    yield from (f"note: {note}" for note in made.notes)


def _conditions(made: Analysis) -> Table:
    head = ("condition", "n", "rows", "missing", "mean", "SD", "interval")
    rows = tuple(
        (
            of.condition,
            str(of.n),
            str(of.rows),
            str(of.missing),
            four_digits(of.mean),
            four_digits(of.sd),
            interval(of.low, of.high),
        )
        for of in made.conditions
    )
    return Table("", head, rows, frozenset(head[1:]))


def _omnibus_lines(found: OmnibusEstimate) -> Iterator[str]:
    head = "all conditions" + (f" ({found.asked.at})" if found.asked.at else "")
    test = found.test
    if test is None:
        yield f"{head}: no result, {found.gap}"
        return
    yield f"{head}: {test.test}, {_shown_test(test)}, n = {found.n} units"
    yield f"    {test.effect} = {test.value:.3f} {interval(test.low, test.high)}".removesuffix(" -")
    if found.classical is not None:
        name = "the classical test, for equal variances" if math.isnan(test.epsilon) else "uncorrected, for sphericity"
        yield f"    {name}: {_shown_test(found.classical)}"
    said = omnibus_remark(found)
    if said:
        yield f"    {said}"


def _shown_test(test: JointTest) -> str:
    """A statistic with its degrees of freedom and p."""
    if math.isnan(test.df2):
        return f"χ²({test.df1:g}) = {test.statistic:.2f}, {p_shown(test.p)}"
    return f"F({test.df1:.4g}, {test.df2:.4g}) = {test.statistic:.2f}, {p_shown(test.p)}"


def contrast_lines(
    found: Estimate, ends: tuple[float | None, float | None] = (None, None), *, several: bool = False
) -> Iterator[str]:
    """A contrast of two conditions: raw difference, test, standardised size, what else is known."""
    of, asked = found.further, found.contrast
    head = f"{condition(asked.first)} − {asked.against}" + (f" ({asked.at})" if asked.at else "")
    if found.gap:
        known = "no result" if math.isnan(found.difference) else f"{four_digits(found.difference)}, no interval"
        yield f"{head}: {known}, {found.gap}"
        return
    percent = of_range(found.difference, *ends)
    range_ = "" if math.isnan(percent) else f" = {percent:.1f} % of the scale"
    if found.method in RATIOS:
        what, ratio = RATIOS[found.method]
        range_ = f" ({what}), {ratio} {four_digits(of['ratio'])} {interval(of['ratio_low'], of['ratio_high'])}"
    yield f"{head}: {four_digits(found.difference)} {interval(found.low, found.high)}{range_}"
    statistic = "" if math.isnan(found.t) else f"t({found.df:.4g}) = {found.t:.2f}, "
    statistic += f"z = {of['z']:.2f}, " if "z" in of else ""
    p = p_shown(found.p) + (f", Holm {p_shown(of['p_holm'])}" if several and "p_holm" in of else "")
    yield f"    {found.method}: {statistic}{p}, n = {found.carried_by} units"
    if "d" in of:
        g = "" if math.isnan(of.get("g", nan)) else f", g = {of['g']:.2f}"
        yield f"    d = {of['d']:.2f} {interval(of['d_low'], of['d_high'])}{g} (by {standardised_by(found)})"
    if "log_odds" in of:
        limits = f" {interval(of['log_odds_low'], of['log_odds_high'])}" if "log_odds_low" in of else ""
        yield f"    log-odds ratio {of['log_odds']:.2f}{limits}"
    if decision(found):
        limits = interval(of["equivalence_low"], of["equivalence_high"])
        yield f"    against the smallest effect: {decision(found)}, {limits}"
    if said := remark(found):
        yield f"    {said}"


def p_shown(value: float) -> str:
    """A p, which is never printed as zero.

    >>> p_shown(0.0), p_shown(0.01234)
    ('p < 1e-300', 'p = 0.0123')
    """
    return "p < 1e-300" if value < 1e-300 else f"p = {value:.3g}"


def four_digits(value: float) -> str:
    """A number in four digits; a dash where there is none."""
    return "-" if math.isnan(value) else f"{value:.4g}"


def interval(low: float, high: float) -> str:
    """An interval in four digits; a dash where there is none."""
    return "-" if math.isnan(low) and math.isnan(high) else f"[{low:.4g}, {high:.4g}]"
