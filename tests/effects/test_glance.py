"""What is said of a verdict: chosen by the verdict, with numbers that do not round onto what they are held against."""

from __future__ import annotations

from typing import Any

import pytest

from affectlab.effects.judgement import Claim, Excess, judge
from affectlab.report.excess import amount
from affectlab.report.glance import glance

SPACE = "\N{NO-BREAK SPACE}"


def excess(difference: float, low: float, high: float, *, part: str = "fear", **of: Any) -> Excess:
    given = {"direction": "higher", "margin": 0.5, "n": 4, "unit": "nats", "df": 10.0, "against": "neutral", **of}
    return Excess(part=part, difference=difference, low=low, high=high, **given)


def said(*excesses: Excess, **of: Any) -> tuple[str, str]:
    one = glance(judge([Claim("rise", "It rises.", "primary", primary=True, excesses=excesses, **of)])[0])
    return one.title, " ".join(one.sentences).replace(SPACE, " ")


@pytest.mark.parametrize(
    ("planted", "verdict", "words"),
    [
        ((-0.02, -0.21, 0.17), "not supported", "−0.02 nats [−0.21, 0.17]; a difference beyond 0.5 nats is excluded"),
        ((-0.80, -1.05, -0.55), "not supported, reversed", "−0.80 nats [−1.05, −0.55]; reversed; a difference beyond"),
        ((0.44, -0.48, 1.36), "open", "+0.44 nats [−0.48, 1.36]; neither zero nor 0.5 nats is excluded"),
        ((0.44, 0.10, 0.78), "open", "more than zero, but 0.5 nats is neither shown nor excluded"),
        ((0.81, 0.60, 1.02), "supported against neutral texts", "a difference beyond 0.5 nats is shown"),
    ],
)
def test_the_verdict_chooses_the_sentence(planted: tuple[float, float, float], verdict: str, words: str) -> None:
    title, sentences = said(excess(*planted))
    assert title == f"Rise (primary): {verdict}"
    assert words in sentences


def test_a_limit_is_not_rounded_onto_the_smallest_effect() -> None:
    assert amount(excess(0.9, 0.501, 1.3)).replace(SPACE, " ") == "+0.900 nats [0.501, 1.300]"
    assert (
        amount(excess(0.02, 0.011, 0.03, unit="probability")).replace(SPACE, " ") == "+0.020 probability [0.011, 0.030]"
    )


def test_two_texts_have_a_number_and_no_interval() -> None:
    title, sentences = said(excess(-2.1, -3.0, -1.2, n=2, gap="two texts give no interval"))
    assert title.endswith(": open")
    assert "−2.10 nats; two texts give no interval" in sentences


def test_of_several_states_the_extremes_are_told_and_open_ones_not_counted_as_shown() -> None:
    parts = [excess(2.0, 1.9, 2.1), excess(1.0, 0.9, 1.1, part="anger"), excess(0.6, 0.1, 1.1, part="worry")]
    title, sentences = said(*parts, noun="states")
    assert title == "Rise (primary): open (3 states: 2 supported, 1 open, 0 not)"
    assert "from +0.60 nats [0.10, 1.10] (worry) to +2.00 nats [1.90, 2.10] (fear)" in sentences
    assert "a difference beyond 0.5 nats is shown in fear and anger; open in worry" in sentences


def test_numbers_in_different_units_have_no_extremes() -> None:
    _, sentences = said(excess(2.0, 1.9, 2.1), excess(1.0, 0.9, 1.1, part="risk", unit="points", margin=0.25))
    assert sentences == "Against neutral texts: a difference beyond its margin is shown in all 2."


def test_the_hardest_control_comes_first_and_what_was_not_measured_last() -> None:
    controls = [excess(2.0, 1.9, 2.1), excess(0.1, 0.0, 0.2, against="sham")]
    _, sentences = said(*controls, unmeasured=("the control echo was not given",), lacking=("third-person",))
    order = ["the hardest control, the state's word alone", "Against neutral texts", "Not measured: the control echo"]
    places = [sentences.index(words) for words in order]
    assert places == sorted(places)
    assert "this outcome under the same event happening to somebody else" in sentences


def test_without_a_verdict_the_reason_is_given() -> None:
    title, sentences = said(excess(2.0, 1.9, 2.1), withheld="no control is declared")
    assert title == "Rise (primary): no verdict"
    assert sentences.startswith("No verdict: no control is declared.")
    assert "no number" not in sentences
