"""Generated words: careful about models, true to the intervals, and nulls are results."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from affectlab.report.evidence import Evidence
from affectlab.report.sentences import findings_paragraph, sorted_out
from affectlab.report.write import report_html
from affectlab.results.findings import Finding
from affectlab.run import Run
from tests.report.conftest import NOISE, Mumbling
from tests.report.markup import parsed

STATE_WORDS = (
    "afraid|scared|anxious|nervous|angry|furious|sad|unhappy|happy|disgusted|worried|stressed|calm|distressed|upset"
)
OVERCLAIMS = re.compile(
    rf"""\b(?:
        feel|feels|felt|feeling|feelings
      | experiences|experienced|experiencing
      | suffer|suffers|suffered|suffering
      | enjoys?|enjoyed|wants|wishes|hopes|fears|worries|believes|senses
      | (?:is|are|was|were|be|been|becomes?|became|gets?|got|grows?|stays?|remains?)\s+(?:\w+ly\s+)?(?:{STATE_WORDS})
      | (?:its|their|model's|models'|participant's)\s+(?:own\s+)?(?:emotions?|moods?|mind|consciousness|suffering)
      | conscious|sentient|sentience|in\s+distress
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)

pytestmark = pytest.mark.usefixtures("blank_figures")


def overclaims(text: str) -> list[str]:
    """The words in a text that say more of a model than its answers do."""
    return [found.group(0) for found in OVERCLAIMS.finditer(text)]


@pytest.mark.parametrize(
    "sentence",
    [
        "The model feels fear.",
        "It experiences sadness.",
        "SmolLM2 is afraid after the text.",
        "The participant was visibly sad.",
        "The model suffers.",
        "The model's mood was lower.",
    ],
)
def test_the_linter_finds_overclaims(sentence: str) -> None:
    assert overclaims(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "State-congruent responding in Affect cloze: the target scale rose further than after neutral texts.",
        "For sadness the interval includes zero.",
        "The scale of calm fell after fear texts.",
    ],
)
def test_the_linter_lets_careful_words_pass(sentence: str) -> None:
    assert not overclaims(sentence)


@pytest.mark.parametrize("truth", [None, NOISE, {"refusals": 0.2, **NOISE}], ids=["planted", "nothing", "refusing"])
@pytest.mark.parametrize("kind", ["plain", "mumbling"])
def test_no_generated_sentence_says_more_than_was_measured(
    reported: Callable[..., Run], truth: dict[str, Any] | None, kind: str
) -> None:
    made = reported(truth, kind=Mumbling) if kind == "mumbling" else reported(truth)
    (body,) = parsed(report_html(made)).all("body")
    assert not overclaims(body.text(without="data-quoted"))
    labels = [one.attributes.get("aria-label", "") for one in body.all()]
    assert not overclaims(" ".join(labels))


def test_planted_effects_are_said_with_their_intervals(evidence: Evidence) -> None:
    said = plain(findings_paragraph(evidence, evidence.design_cells[0]))
    assert said.startswith("State-congruent responding in For a test: the target scale rose further than after neutral")
    assert "in all 2 states (differences from 1." in said
    assert "under breathing the target scale fell further than under reading in all 2 states" in said
    assert re.search(r"after texts of sadness \(1\.\d\d log odds, 95 % CI \[", said)
    assert "n = 4 vignettes per state" in said


def test_an_effect_that_the_engine_does_not_resolve_is_not_named(reported: Callable[..., Run]) -> None:
    run = reported()
    model = Evidence.of(run).summary.findings[0].model
    run.store.describe("resolution", {model: {"asked again": {"log probability": 100.0, "probability": 0.9}}})
    made = Evidence.of(run)
    said = plain(findings_paragraph(made, made.design_cells[0]))
    assert "rose further than after neutral texts in none of 2 states." in said
    assert "the difference is smaller than the resolution of the engine, so that it is not named" in said
    assert "[" not in said, "an effect was named"
    assert "not named" in report_html(run)


def test_nulls_are_results(reported: Callable[..., Run]) -> None:
    made = Evidence.of(reported(NOISE, smallest_effect={"words": 5.0}))
    said = plain(findings_paragraph(made, made.design_cells[0]))
    assert "none of 2 states" in said
    assert "smaller than the smallest effect of interest" in said
    assert "the texts of no state differ from neutral ones by an interval without zero" in said


@pytest.mark.parametrize(
    ("low", "high", "kinds"),
    [
        (0.1, 0.9, ["above"]),
        (0.1, 0.2, ["above", "small"]),
        (-0.9, -0.1, ["below"]),
        (-0.1, 0.2, ["negligible"]),
        (-0.1, 0.9, ["open"]),
        (float("nan"), float("nan"), ["unknown"]),
    ],
)
def test_what_may_be_said_follows_from_the_interval(low: float, high: float, kinds: list[str]) -> None:
    one = Finding(
        claim="induction",
        model="m",
        frame="f",
        technique="t",
        grade="g",
        delivery="user",
        context="branched",
        order=None,
        guidance=None,
        state="fear",
        measure="words",
        scale="fear",
        regulation=None,
        against="neutral",
        estimate=0.1,
        low=low,
        high=high,
        unit="nats",
        n=4,
        n_unit="vignette",
    )
    assert [kind for kind, found in sorted_out([one], 0.5).items() if found] == kinds
    unresolved = [kind for kind, found in sorted_out([one], 0.5, lambda found: True).items() if found]
    assert unresolved == (["unresolved"] if kinds[0] in ("above", "below") else kinds)


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")
