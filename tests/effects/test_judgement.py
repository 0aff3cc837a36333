"""Verdicts on planted estimates."""

from __future__ import annotations

import math
from typing import Any

import pytest
from scipy import stats as distributions

from affectlab.effects.estimate import few_units
from affectlab.effects.judgement import ALPHA, Claim, Excess, Judgement, Verdict, corrected, judge, tails

SUPPORTED, NOT, OPEN, NONE = Verdict.SUPPORTED, Verdict.NOT_SUPPORTED, Verdict.OPEN, Verdict.NONE


def excess(
    low: float, high: float, *, df: float = 10.0, part: str = "fear", against: str = "neutral", **of: Any
) -> Excess:
    given = {"direction": "higher", "margin": 0.5, "n": 4, "unit": "nats", **of}
    return Excess(part, against, (low + high) / 2, low, high, df, **given)


def alone(*excesses: Excess, **of: Any) -> Judgement:
    return judge([Claim("one", "A claim.", "primary", excesses=excesses, **of)])[0]


@pytest.mark.parametrize(
    ("direction", "low", "high", "verdict", "remark"),
    [
        ("higher", 0.6, 1.4, SUPPORTED, ""),
        ("higher", -0.2, 0.4, NOT, ""),
        ("higher", 0.1, 0.4, NOT, "more than zero"),
        ("higher", -1.4, -0.6, NOT, "reversed"),
        ("higher", 0.2, 0.9, OPEN, "more than zero"),
        ("higher", -0.2, 0.9, OPEN, ""),
        ("lower", -1.4, -0.6, SUPPORTED, ""),
        ("lower", 0.6, 1.4, NOT, "reversed"),
        ("lower", -0.9, -0.2, OPEN, "less than zero"),
        ("not higher", -0.9, 0.4, SUPPORTED, ""),
        ("not higher", 0.6, 1.4, NOT, ""),
        ("not lower", -0.4, 2.0, SUPPORTED, ""),
        ("not lower", -0.6, 2.0, OPEN, ""),
        ("within", -0.4, 0.4, SUPPORTED, ""),
        ("within", 0.6, 1.4, NOT, ""),
        ("within", -1.4, -0.6, NOT, ""),
        ("within", 0.1, 0.6, OPEN, ""),
        ("different", 0.6, 1.4, SUPPORTED, ""),
        ("different", -1.4, -0.6, SUPPORTED, ""),
        ("different", -0.4, 0.4, NOT, ""),
        ("different", 0.1, 0.6, OPEN, ""),
    ],
)
def test_a_verdict_is_where_the_interval_lies(
    direction: str, low: float, high: float, verdict: Verdict, remark: str
) -> None:
    found = alone(excess(low, high, direction=direction))
    assert (found.verdict, found.contrasts[0].remark) == (verdict, remark)


def test_without_a_smallest_effect_not_supported_means_reversed() -> None:
    assert alone(excess(-0.1, 0.1, margin=0.0)).verdict is OPEN
    assert alone(excess(-0.3, -0.1, margin=0.0)).reversed
    assert alone(excess(0.1, 0.3, margin=0.0)).verdict is SUPPORTED


def test_p_at_the_margin_is_the_one_sided_t_of_the_interval() -> None:
    # difference 1, se 0.2, df 6: t = (1 - 0.5) / 0.2 = 2.5
    half = 0.2 * float(distributions.t.ppf(0.975, 6))
    favour, against = tails(excess(1 - half, 1 + half, df=6.0))
    assert favour == pytest.approx(float(distributions.t.sf(2.5, 6)))
    assert favour + against == pytest.approx(1.0)
    assert tails(excess(0.5, 1.5))[0] == pytest.approx(ALPHA)


def test_every_control_must_be_exceeded_and_one_that_is_not_decides() -> None:
    strong, weak, wide = excess(2.0, 2.2), excess(-0.1, 0.1, against="sham"), excess(-1.0, 3.0, against="no-text")
    assert alone(strong).verdict is SUPPORTED
    assert alone(strong, wide).verdict is OPEN
    found = alone(strong, wide, weak)
    assert found.verdict is NOT
    assert list(found.controls) == ["sham", "no-text", "neutral"]


def test_a_claim_holds_in_each_of_its_parts_or_not_at_all() -> None:
    fear, anger = excess(2.0, 2.2), excess(-1.0, 3.0, part="anger")
    found = alone(fear, anger)
    assert (dict(found.parts), found.verdict) == ({"fear": SUPPORTED, "anger": OPEN}, OPEN)


def test_holm_is_over_the_family_and_each_direction_apart() -> None:
    """One-sided p .005, .010, .015 and .900 for the claims, at df = ∞: adjusted .020, .030, .030 and .900."""
    planted = (0.005, 0.010, 0.015, 0.900)
    half = float(distributions.norm.ppf(0.975))
    family = []
    for p in planted:
        middle = 0.5 + float(distributions.norm.isf(p))
        family.append(excess(middle - half, middle + half, df=math.inf, part=str(p)))
    found = corrected(family)
    assert [one.p for one in found] == pytest.approx([0.020, 0.030, 0.030, 0.900])
    assert [one.p_against for one in found] == pytest.approx([1.0, 1.0, 1.0, 0.4])
    assert [one.verdict for one in found] == [SUPPORTED, OPEN, OPEN, OPEN]
    assert "not after correction" in found[1].remark


def test_families_are_corrected_apart() -> None:
    half = float(distributions.norm.ppf(0.975))
    middle = 0.5 + float(distributions.norm.isf(0.02))
    one = excess(middle - half, middle + half, df=math.inf)
    first, second = Claim("a", "", "primary", excesses=(one,)), Claim("b", "", "secondary", excesses=(one, one))
    assert [found.verdict for found in judge([first, second])] == [SUPPORTED, OPEN]


def test_two_texts_are_always_open_and_it_is_said() -> None:
    found = alone(excess(2.0, 2.2, n=2, gap=few_units(2, "texts")))
    said = "two texts give no interval; three are needed"
    assert (found.verdict, found.contrasts[0].remark) == (OPEN, said)
    # it still counts in the family
    assert found.family_size == 1


def test_what_cannot_be_estimated_is_open_and_makes_the_family_no_smaller() -> None:
    gap = excess(math.nan, math.nan, gap="nothing was answered")
    found = alone(gap, excess(0.6, 1.4, against="sham"))
    assert (found.verdict, found.family_size) == (OPEN, 2)
    assert found.contrasts[1].p == pytest.approx(2 * tails(excess(0.6, 1.4))[0])


def test_a_measure_of_no_use_gives_no_verdict_and_counts_in_no_family() -> None:
    unusable = Claim("a", "", "primary", excesses=(excess(2.0, 2.2),), withheld="coverage 3.6 %, 50 % needed")
    other = Claim("b", "", "primary", excesses=(excess(2.0, 2.2),))
    first, second = judge([unusable, other])
    assert (first.verdict, first.contrasts[0].verdict) == (NONE, NONE)
    assert (second.verdict, second.family_size) == (SUPPORTED, 1)


def test_a_sentence_has_no_verdict() -> None:
    assert judge([Claim("1", "Fear rises.", "secondary")])[0].verdict is NONE


def test_a_correlation_is_judged_in_the_scale_of_its_interval() -> None:
    # r = .6 over 25: z = .693, se = 1/sqrt(22)
    z, half = math.atanh(0.6), float(distributions.norm.ppf(0.975)) / math.sqrt(22)
    low, high = math.tanh(z - half), math.tanh(z + half)
    one = Excess("techniques", "people", 0.6, low, high, math.inf, 25, "", "higher", correlation=True)
    assert tails(one)[0] == pytest.approx(float(distributions.norm.sf(z * math.sqrt(22))))
    assert alone(one).verdict is SUPPORTED
