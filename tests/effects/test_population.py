"""Whom an interval speaks for: texts and items, or these items, said beside it."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from affectlab.effects.contrast import Contrast, ContrastOutcome, Random
from affectlab.effects.effect import FIRST, SECOND, Effect
from affectlab.effects.estimate import Estimate
from affectlab.effects.population import Population, population
from affectlab.effects.terms import Terms
from affectlab.report.export.layout import write_table
from affectlab.report.export.modelling import contrast_table, items, script, units
from affectlab.stats.crossed import INCOMPLETE, crossed_t
from affectlab.stats.ttest import one_sample_t, welch_t
from tests.effects.conftest import WITH_DOSES, evidence_of
from tests.needs import needs_r

TEXTS_AND_ITEMS = (Random("vignette"), Random("item"))


def planted(
    *, paired: bool = False, texts: tuple[int, int] = (6, 5), number: int = 6, missing: int = 0, seed: int = 5
) -> pd.DataFrame:
    """Scores of texts by items, of which items move apart under the two conditions."""
    rng = np.random.default_rng(seed)
    shared, moved = rng.normal(0, 2, number), rng.normal(1, 1, number)
    rows = []
    for condition, count, item in ((FIRST, texts[0], shared + moved), (SECOND, texts[1], shared)):
        table = item + rng.normal(0, 1, (count, 1)) + rng.normal(0, 0.7, (count, number))
        for text, name in np.ndindex(table.shape):
            unit = f"t{text}" if paired else f"{condition}{text}"
            rows.append((condition, unit, f"i{name}", round(float(table[text, name]), 3)))
    found = pd.DataFrame(rows, columns=["condition", "unit", "item", "value"])
    return found.drop(index=rng.choice(found.index, missing, replace=False))


def effect_of(rows: pd.DataFrame, *, paired: bool = False, random: tuple[Random, ...] = TEXTS_AND_ITEMS) -> Effect:
    """A contrast of planted rows; of one condition, against its beginning."""
    means = rows.groupby(["condition", "unit"], sort=False)["value"].mean()
    both = SECOND in set(rows["condition"])
    second = {"state": "neutral"} if both else None
    contrast = Contrast(
        "induction", ContrastOutcome("m", "fear", "points"), {"state": "fear"}, second, {}, ("a", "b"), paired, random
    )
    return Effect(contrast, means[FIRST], means[SECOND] if both else None, item_rows=lambda: rows)


def interval(found: Estimate) -> tuple[float, float]:
    """The limits."""
    return found.low, found.high


def test_items_are_random_and_the_interval_for_these_items_stands_beside() -> None:
    """Beside it: R's t.test, Welch, over means of texts (scipy's equal; the golden file of stats has it)."""
    found = effect_of(planted()).estimate
    assert str(found.population) == "texts and items"
    assert found.method == "crossed Welch"
    over_texts = welch_t(*(planted().groupby(["condition", "unit"])["value"].mean()[name] for name in (FIRST, SECOND)))
    assert found.these_items is not None
    assert (found.these_items.low, found.these_items.high) == pytest.approx((over_texts.low, over_texts.high))
    assert found.high - found.low > found.these_items.high - found.these_items.low
    assert found.n["item"] == 6


def test_one_item_is_said_and_not_modelled() -> None:
    rows = planted(number=1)
    found = effect_of(rows).estimate
    assert str(found.population) == "texts, this item"
    assert found.method == "Welch"
    assert found.these_items is not None
    assert interval(found) == (found.these_items.low, found.these_items.high)


def test_items_that_are_no_sample_are_taken_as_they_are() -> None:
    terms = Terms({"m": "points", "n": "points"}, (), {}, fixed_items=["m"])
    assert terms.sampled("m") == (Random("vignette"),)
    assert terms.sampled("n") == TEXTS_AND_ITEMS
    found = effect_of(planted(), random=terms.sampled("m")).estimate
    assert str(found.population) == "texts, these items"
    assert found.method == "Welch"


def test_pairs_and_changes_are_over_texts_and_items_too() -> None:
    rows = planted(paired=True, texts=(6, 6))
    pairs = effect_of(rows, paired=True).estimate
    apart = rows.pivot(index=["unit", "item"], columns="condition", values="value")
    change = (apart[FIRST] - apart[SECOND]).rename("value").reset_index().assign(condition=FIRST)
    alone = effect_of(change).estimate
    assert (pairs.difference, *interval(pairs)) == pytest.approx((alone.difference, *interval(alone)))
    assert alone.these_items is not None
    over_texts = one_sample_t(change.groupby("unit")["value"].mean())
    assert (alone.these_items.low, alone.these_items.high) == pytest.approx((over_texts.low, over_texts.high))


def test_what_population_is_called() -> None:
    contrast = effect_of(planted()).contrast
    assert population(contrast, 4) == Population(("vignette", "item"), 4)
    assert str(population(contrast, 0)) == "texts"
    assert str(population(contrast, 4).these_items) == "texts, these items"


def test_a_change_from_baseline_says_where_its_one_reading_is_taken_as_it_is() -> None:
    first = planted(number=1)[lambda rows: rows["condition"] == FIRST]
    of = effect_of(first)
    change = Effect(replace(of.contrast, change=("baseline", "induced")), of.first, None, of.item_rows)
    assert str(change.estimate.population) == "texts, this item, this reading of the baseline"
    contrast = replace(change.contrast, cell={**change.contrast.cell, "context": "sequential"})
    assert str(replace(change, contrast=contrast).estimate.population) == "texts, this item", "each session has its own"
    several = effect_of(planted()[lambda rows: rows["condition"] == FIRST])
    modelled = replace(several.contrast, change=("baseline", "induced"))
    assert str(Effect(modelled, several.first, None, several.item_rows).estimate.population) == "texts and items"


def test_over_items_the_error_of_the_one_reading_at_baseline_is_in_the_interval() -> None:
    """By simulation, 1,000 studies: eight texts, six items, each read once at baseline with an error of SD 0.8.

    The same numbers are subtracted from every text, so that over texts alone the truth is held in less than 90 %.
    """
    rng, both, texts = np.random.default_rng(19), 0, 0
    for _ in range(1000):
        change = 0.8 * rng.normal(size=(8, 1)) + rng.normal(size=(8, 6)) - 0.8 * rng.normal(size=6)
        found, alone = crossed_t(change), one_sample_t(change.mean(axis=1))
        both += found.low <= 0.0 <= found.high
        texts += alone.low <= 0.0 <= alone.high
    assert both / 1000 >= 0.93
    assert texts / 1000 < 0.9


DESIGNS = {
    "two samples": effect_of(planted()),
    "pairs": effect_of(planted(paired=True, texts=(6, 6)), paired=True),
    "one sample": effect_of(planted()[lambda rows: rows["condition"] == FIRST]),
    "two samples, two answers missing": effect_of(planted(missing=2, seed=8)),
    "pairs, two answers missing": effect_of(planted(paired=True, texts=(6, 6), missing=2, seed=8), paired=True),
    "two items": effect_of(planted(number=2)),
    "one item": effect_of(planted(number=1)),
}


def test_r_computes_every_design_from_the_exported_scores(tmp_path: Path) -> None:
    """models.R of an export, by R with lme4 and lmerTest: difference, limits, df and p; mixed models to 1e-4."""
    found = [
        Effect(replace(one.contrast, kind=name), one.first, one.second, one.item_rows) for name, one in DESIGNS.items()
    ]
    write_table(contrast_table(found), tmp_path / "contrasts.csv")
    write_table(units(found), tmp_path / "units.csv")
    write_table(items(found), tmp_path / "items.csv")
    (tmp_path / "models.R").write_text(script(), "utf-8")
    said = subprocess.run(
        [needs_r("lmerTest"), "models.R"], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    for one, line in zip(found, said, strict=True):
        numbers = re.findall(r", (\S+) \[(\S+), (\S+)\], df (\S+), p (\S+);", line)[0]
        own = one.estimate
        exact = 1e-4 if own.method == INCOMPLETE else 1e-6
        expected = (own.difference, *interval(own), own.df, own.p)
        assert tuple(map(float, numbers)) == pytest.approx(expected, rel=exact), one.contrast.kind
    assert [one.estimate.method for one in found].count(INCOMPLETE) == 2


def test_marginal_means_of_models_are_the_intervals_for_these_items(tmp_path: Path) -> None:
    """models.R with emmeans, by lm and lmer: difference, limits, df and p."""
    named = {name: one for name, one in DESIGNS.items() if "missing" not in name}
    found = [
        Effect(replace(one.contrast, kind=name), one.first, one.second, one.item_rows) for name, one in named.items()
    ]
    write_table(contrast_table(found), tmp_path / "contrasts.csv")
    write_table(units(found), tmp_path / "units.csv")
    write_table(items(found), tmp_path / "items.csv")
    (tmp_path / "models.R").write_text(script(), "utf-8")
    needs_r("lmerTest")
    command = [needs_r("emmeans"), "models.R", "emmeans"]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout.splitlines()
    of = {one.contrast.id: one for one in found}
    assert [line.split()[0] for line in said] == list(of)
    for line in said:
        name, *numbers = line.split()
        these = of[name].estimate.these_items
        assert these is not None
        expected = (of[name].estimate.difference, these.low, these.high, these.df, these.p)
        assert tuple(map(float, numbers)) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("study", WITH_DOSES)
def test_raw_and_standardised_intervals_say_the_same_of_zero(study: str) -> None:
    for one in evidence_of(study).effects:
        found = one.estimate
        if "d" in found.further and not found.gap:
            low, high = found.further["d_low"], found.further["d_high"]
            assert (low * high > 0.0) is (found.low * found.high > 0.0), one.contrast
