"""What is found of people's tables in the style of the American Psychological Association: a table, and sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from affectlab.effects.analyse import Analysis
from affectlab.effects.estimate import Estimate
from affectlab.effects.factorial import FactorialAnalysis
from affectlab.effects.groups import condition
from affectlab.report.people import RATIOS
from affectlab.report.section import Section
from affectlab.report.table import Table
from affectlab.stats.factorial import FactorialAnova

TESTS = {
    "Welch": "Welch's t test",
    "Student": "Student's t test",
    "paired": "paired t test",
    "mixed": "mixed model",
    "negative binomial": "negative binomial model",
    "Poisson": "Poisson model",
    "proportional odds": "proportional odds model",
}


def apa_p(value: float) -> str:
    """A p in three decimals without a leading zero.

    >>> apa_p(0.0312), apa_p(0.00001), apa_p(1.0)
    ('p = .031', 'p < .001', 'p > .999')
    """
    if value < 0.001:
        return "p < .001"
    return "p > .999" if value > 0.9995 else f"p = {value:.3f}".replace("0.", ".")


def apa_share(value: float) -> str:
    """A number that is never above one, without a leading zero.

    >>> apa_share(0.0612), apa_share(1.0)
    ('.06', '1.00')
    """
    shown = f"{value:.2f}"
    return shown.removeprefix("0") if shown.startswith("0.") else shown


def apa_section(made: Analysis | FactorialAnalysis) -> Section:
    """Means in a table, and a sentence for every test."""
    if isinstance(made, FactorialAnalysis):
        names, rows = made.design.factors, [(one.levels, one) for one in made.summaries]
        cells = Table("", *_described([(tuple(levels), one) for levels, one in rows], names, made.level))
        sentences = [_design(made), *apa_effects(made.test, made.level)]
        sentences += [f"No effect was tested: {made.gap}."] if made.gap else []
        tables = [cells, *([] if made.gap else [effects_table(made.test, made.level)])]
        contrasts = made.simple
    else:
        rows_of = [((one.condition,), one) for one in made.conditions]
        tables = [Table("", *_described(rows_of, (made.design.condition,), made.level))]
        sentences = list(apa_effects(made.anova, made.level)) if made.anova else []
        tables += [effects_table(made.anova, made.level)] if made.anova else []
        contrasts = made.contrasts
    several = len(contrasts) > 1
    sentences += [apa_sentence(one, several=several) for one in contrasts if not one.gap]
    parts = tuple(Section(f"apa-{at}", "", (), (table,)) for at, table in enumerate(tables))
    notes = tuple(f"note: {one}" for one in made.notes)
    return Section("apa", "", parts=(*parts, Section("apa-text", "", tuple(sentences)), Section("notes", "", notes)))


def _described(
    rows: Sequence[tuple[tuple[str, ...], object]], names: tuple[str, ...], level: float
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...], frozenset[str]]:
    head = (*names, "n", "M", "SD", f"{level:.0%} CI")
    shown = tuple((*levels, *_cells(one)) for levels, one in rows)
    return head, shown, frozenset(head[len(names) :])


def _cells(one: object) -> tuple[str, ...]:
    mean, sd, low, high = (float(getattr(one, name)) for name in ("mean", "sd", "low", "high"))
    return str(getattr(one, "n")), _two(mean), _two(sd), _limits(low, high)  # noqa: B009


def effects_table(test: FactorialAnova, level: float) -> Table:
    """The F tests of a design, as they are printed in an article."""
    head = ("Effect", "F", "df1", "df2", "p", "ηp²", f"{level:.0%} CI")
    rows = tuple(
        (
            one.name,
            _two(one.f),
            f"{one.df1 * one.epsilon:.4g}",
            f"{one.df2 * one.epsilon:.4g}",
            apa_p(one.p).removeprefix("p = ").removeprefix("p "),
            apa_share(one.partial_eta_squared),
            f"[{apa_share(one.low)}, {apa_share(one.high)}]",
        )
        for one in test.effects
    )
    return Table("", head, rows, frozenset(head[1:]))


def apa_effects(test: FactorialAnova, level: float) -> Iterator[str]:
    """A sentence for every effect."""
    for one in test.effects:
        df = f"{one.df1 * one.epsilon:.4g}, {one.df2 * one.epsilon:.4g}"
        what = "interaction" if len(one.factors) > 1 else "main effect"
        corrected = f", ε = {apa_share(one.epsilon)}" if one.epsilon < 1 - 1e-12 else ""
        yield (
            f"{one.name} ({what}): F({df}) = {_two(one.f)}, {apa_p(one.p)}, "
            f"ηp² = {apa_share(one.partial_eta_squared)}, {level:.0%} CI "
            f"[{apa_share(one.low)}, {apa_share(one.high)}]{corrected}."
        )


def apa_sentence(one: Estimate, *, several: bool = False) -> str:
    """A comparison of two conditions as a sentence of an article."""
    of = one.further
    sides = [
        f"{name} (M = {_two(of[f'mean_{side}'])}, SD = {_two(of[f'sd_{side}'])})" if f"sd_{side}" in of else name
        for side, name in (("first", condition(one.contrast.first)), ("second", one.contrast.against))
    ]
    at = f" at {one.contrast.at}" if one.contrast.at else ""
    if one.contrast.change is not None:
        at = " in the change from {} to {}".format(*one.contrast.change)
    what = "difference"
    if one.method in RATIOS:
        what = RATIOS[one.method][1]
        numbers = tuple(of[name] for name in ("ratio", "ratio_low", "ratio_high"))
    else:
        numbers = (one.difference, one.low, one.high)
    test = f"t({one.df:.4g}) = {_two(one.t)}, " if not math.isnan(one.t) else ""
    test = f"z = {_two(of['z'])}, " if "z" in of else test
    adjusted = f" (after Holm {apa_p(of['p_holm'])})" if several and "p_holm" in of else ""
    size = f", d = {_two(of['d'])} {_limits(of['d_low'], of['d_high'])}" if "d" in of else ""
    return (
        f"The {what} between {sides[0]} and {sides[1]}{at} was {_two(numbers[0])}, {one.level:.0%} CI "
        f"{_limits(*numbers[1:])}, {test}{apa_p(one.p)}{adjusted}{size} ({TESTS.get(one.method, one.method)})."
    )


def _design(made: FactorialAnalysis) -> str:
    factors = [
        f"{len(made.levels[name])} ({name}: {', '.join(made.levels[name])}; "
        f"{'within' if name in made.within else 'between'} {made.unit})"
        for name in made.design.factors
    ]
    with_ = f" with {' and '.join(made.design.covariates)} as covariate" if made.design.covariates else ""
    return f"Analysis of variance of {made.design.outcome}, {' × '.join(factors)}{with_}, N = {made.test.n}."


def _two(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.2f}".replace("-", "−")


def _limits(low: float, high: float) -> str:
    return "–" if math.isnan(low) and math.isnan(high) else f"[{_two(low)}, {_two(high)}]"
