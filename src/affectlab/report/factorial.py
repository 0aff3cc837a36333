"""What is found of a table with several factors: the record of it, and the section that shows it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from affectlab.effects.analyse import Analysis
from affectlab.effects.estimate import Estimate
from affectlab.effects.factorial import FactorialAnalysis
from affectlab.json_values import record
from affectlab.report.people import (
    analysis_record,
    analysis_section,
    contrast_lines,
    contrast_row,
    four_digits,
    interval,
    p_shown,
)
from affectlab.report.section import Section
from affectlab.report.table import Table
from affectlab.stats.factorial import FactorialAnova, FactorialEffect


def effect_row(one: FactorialEffect) -> dict[str, Any]:
    """The test of an effect as a plain record; what is not finite becomes None."""
    eps = one.epsilon
    return record(
        {
            "effect": one.name,
            "f": one.f,
            "df1": one.df1 * eps,
            "df2": one.df2 * eps,
            "p": one.p,
            "partial_eta_squared": one.partial_eta_squared,
            "low": one.low,
            "high": one.high,
            "generalized_eta_squared": one.generalized_eta_squared,
            "sum_of_squares": one.squares,
            "error_sum_of_squares": one.error,
            "epsilon": eps,
            "epsilon_huynh_feldt": one.epsilon_huynh_feldt,
            "mauchly_p": one.sphericity_p,
            "uncorrected_df1": one.df1,
            "uncorrected_df2": one.df2,
            "uncorrected_p": one.p_uncorrected,
            "huynh_feldt_p": one.p_huynh_feldt,
        }
    )


def factorial_record(made: FactorialAnalysis) -> dict[str, Any]:
    """Everything that a table says of its factors."""
    names = made.design.factors
    cells = [
        record(
            {
                **dict(zip(names, one.levels, strict=True)),
                "n": one.n,
                "missing": one.missing,
                "mean": one.mean,
                "sd": one.sd,
                "low": one.low,
                "high": one.high,
            }
        )
        for one in made.summaries
    ]
    means = [
        record(
            {**dict(zip(made.between, cell, strict=True)), "mean": m.value, "se": m.se, "low": m.low, "high": m.high}
        )
        for cell, m in made.adjusted_means.items()
    ]
    return {
        "outcome": made.design.outcome,
        "between": list(made.between),
        "within": list(made.within),
        "covariates": list(made.design.covariates),
        "analysed_over": made.unit,
        "n": made.test.n,
        "level": made.level,
        "cells": cells,
        "effects": [effect_row(one) for one in made.test.effects],
        "gap": made.gap or None,
        "simple_effects": [contrast_row(one) for one in made.simple],
        "adjusted_means": means or None,
        "assumptions": list(made.checks),
        "notes": list(made.notes),
    }


def factorial_section(made: FactorialAnalysis) -> Section:
    """What a table says of its factors: cells, tests, simple effects, assumptions."""
    design = [
        f"{name} ({len(made.levels[name])}, {'within' if name in made.within else 'between'})"
        for name in made.design.factors
    ]
    with_ = f", with {', '.join(made.design.covariates)}" if made.design.covariates else ""
    head = (
        f"{made.design.outcome} by {' × '.join(design)}{with_}, over {made.test.n} {made.unit}; "
        f"intervals at {made.level:.0%}"
    )
    simple = Section(
        "simple-effects",
        "",
        tuple(_simple_effect(one, made) for one in made.simple),
    )
    parts = [_tests(made)]
    if made.adjusted_means:
        parts.append(Section("adjusted-means", "", (), (_adjusted(made),)))
    parts.append(simple)
    noted = [f"assumption: {one}" for one in made.checks] + [f"note: {one}" for one in made.notes]
    parts.append(Section("notes", "", tuple(noted)))
    return Section("factors", "", (head,), (_cells(made),), parts=tuple(parts))


def _simple_effect(one: Estimate, made: FactorialAnalysis) -> str:
    """A comparison at levels of the other factors; with the factors, where two of them have a level of one name."""
    said = "; ".join(line.strip() for line in contrast_lines(one, several=True))
    levels = [level for of in made.levels.values() for level in of]
    if len(set(levels)) == len(levels):
        return said
    place = ", ".join(f"{name} {level}" for name, level in one.contrast.cell.items())
    return f"{next(iter(one.contrast.first))}: {said.replace(f'({one.contrast.at})', f'({place})', 1)}"


def _tests(made: FactorialAnalysis) -> Section:
    """The F tests, or why there are none."""
    if made.gap:
        return Section("anova", "", (f"no analysis of variance: {made.gap}",))
    return Section("anova", "", (), (anova_table(made.test),), notes=tuple(anova_notes(made.test)))


def _cells(made: FactorialAnalysis) -> Table:
    head = (*made.design.factors, "n", "missing", "mean", "SD", "interval")
    rows = tuple(
        (
            *one.levels,
            str(one.n),
            str(one.missing),
            four_digits(one.mean),
            four_digits(one.sd),
            interval(one.low, one.high),
        )
        for one in made.summaries
    )
    return Table("", head, rows, frozenset(head[len(made.design.factors) :]))


def anova_table(test: FactorialAnova) -> Table:
    """The F tests of a design."""
    head = ("effect", "F", "df", "p", "partial η²", "interval", "generalised η²")
    rows = tuple(
        (
            one.name,
            f"{one.f:.2f}",
            f"{one.df1 * one.epsilon:.4g}, {one.df2 * one.epsilon:.4g}",
            p_shown(one.p).removeprefix("p = ").removeprefix("p "),
            f"{one.partial_eta_squared:.3f}",
            interval(one.low, one.high),
            f"{one.generalized_eta_squared:.3f}",
        )
        for one in test.effects
    )
    return Table("", head, rows, frozenset(head[1:]))


def anova_notes(test: FactorialAnova) -> Iterator[str]:
    """How the tests are to be read: the sums of squares, and which degrees of freedom were corrected."""
    corrected = [one for one in test.effects if one.epsilon < 1 - 1e-12]
    yield "sums of squares of type III" + ("; degrees of freedom after Greenhouse and Geisser" if corrected else "")
    for one in corrected:
        yield (
            f"{one.name}: ε = {one.epsilon:.3f}; after Huynh and Feldt (ε = {one.epsilon_huynh_feldt:.3f}) "
            f"{p_shown(one.p_huynh_feldt)}; uncorrected F({one.df1:g}, {one.df2:g}), {p_shown(one.p_uncorrected)}"
        )


def _adjusted(made: FactorialAnalysis) -> Table:
    head = (*made.between, "adjusted mean", "SE", "interval")
    rows = tuple(
        (
            *cell,
            four_digits(mean.value),
            four_digits(mean.se if mean.se is not None else math.nan),
            interval(mean.low, mean.high),
        )
        for cell, mean in made.adjusted_means.items()
    )
    return Table(
        f"at the mean of {', '.join(made.design.covariates)}", head, rows, frozenset(head[len(made.between) :])
    )


def found_record(made: Analysis | FactorialAnalysis) -> dict[str, Any]:
    """Everything that a table says, whatever its design."""
    if isinstance(made, FactorialAnalysis):
        return factorial_record(made)
    said = analysis_record(made)
    if made.anova is not None:
        said["effects"] = [effect_row(one) for one in made.anova.effects]
    return said


def found_section(made: Analysis | FactorialAnalysis) -> Section:
    """What a table says, whatever its design."""
    if isinstance(made, FactorialAnalysis):
        return factorial_section(made)
    section = analysis_section(made)
    if made.anova is None:
        return section
    table = Section("anova", "", (), (anova_table(made.anova),), notes=tuple(anova_notes(made.anova)))
    first, *rest = section.parts
    return replace(section, parts=(first, table, *rest))
