"""A model's errors compared with human effects: planted effects get the verdict that they deserve, and so do planted
nulls."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from affectlab.cli import app
from affectlab.design.load import load_study
from affectlab.effects.contrast import Contrast, ContrastOutcome
from affectlab.effects.estimate import Estimate
from affectlab.materials.references import Reference
from affectlab.participants.simulated import Simulated
from affectlab.report.evidence import Evidence
from affectlab.report.registry import sections
from affectlab.report.section import Section
from affectlab.results.barrier import at_floor
from affectlab.results.human import Comparison, human_comparisons, likeness
from affectlab.results.separation import separated
from affectlab.results.verdict import Verdict, human_size, verdict
from affectlab.run import Run
from tests.conftest import Called, Lab, planted, run
from tests.tasks.participants import SHIPPED

NONE = (math.nan, math.nan, math.nan)
NOISE = {"text": 0.02, "task": 0.05, "item": 0.02}

Made = Callable[..., Run]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The short form of a shipped study, run on a participant with a truth."""

    def make(name: str, **truth: Any) -> Run:
        study = load_study(name, quick=True)
        return run(study, Simulated(planted(**truth), study.catalogue, seed=5), tmp_path_factory.mktemp("runs") / name)

    return make


@pytest.fixture(scope="module")
def biased(made: Made) -> Run:
    """Sad texts make completions more negative; so does the word, and what happens to somebody else does not."""
    return made("sadness-bias", tasks={"sentence-completion": {"sadness": 1.0}}, arms={"sham": 0.9}, noise=NOISE)


def found(difference: float, half: float, g: float = math.nan, g_half: float = math.nan) -> Estimate:
    """An estimate with an interval of so much on either side, of many degrees of freedom."""
    contrast = Contrast(
        "error", ContrastOutcome("task", "outcome", "points"), {"state": "fear"}, {}, {}, None, paired=False
    )
    limits = (difference - half, difference + half, 0.95, half / 1.96, 1e6, math.nan)
    further = {"g": g, "d_low": g - g_half, "d_high": g + g_half}
    return Estimate(contrast, difference, *limits, {"vignette": 8}, {"vignette": 8}, "Welch", further=further)


@pytest.mark.parametrize(
    ("difference", "sign", "human", "says"),
    [
        (found(0.5, 0.2), 1, NONE, "same direction"),
        (found(0.5, 0.2), -1, NONE, "opposite"),
        (found(0.02, 0.1), 1, NONE, "nothing"),
        (found(0.1, 0.3), 1, NONE, "undetermined"),
        (found(0.02, 0.1), 0, NONE, "nothing"),
        (found(0.5, 0.2), 0, NONE, "an effect where people show none"),
        (found(0.1, 0.3), 0, NONE, "undetermined"),
        (found(0.5, 0.2, 1.5, 0.4), 1, (0.5, 0.4, 0.6), "beyond human size"),
        (found(0.5, 0.2, 0.5, 0.1), 1, (0.5, 0.4, 0.6), "human size"),
        (found(-0.5, 0.2, -0.5, 0.1), -1, (-0.5, -0.6, -0.4), "human size"),
        (found(0.5, 0.2, 0.9, 0.6), 1, (0.5, 0.4, 0.6), "same direction"),
    ],
)
def test_the_rule(difference: Estimate, sign: int, human: tuple[float, float, float], says: Verdict) -> None:
    assert verdict(difference, sign, human, margin=0.2)[0] == says


def test_a_correlation_becomes_a_standardised_difference() -> None:
    (entry,) = [one for one in SHIPPED.references if one.id == "arithmetic-math-anxiety-barroso-2021"]
    assert entry.metric == "r"
    assert entry.size is not None
    # Borenstein et al. (2009), chapter 7, p. 48: r = 0.50 is d = 1.1547
    assert human_size(entry.model_copy(update={"size": 0.5}))[0] == pytest.approx(1.1547, abs=1e-4)


def rows(vignettes: int, items: int, value: Callable[[int, int], float], name: str = "v") -> pd.DataFrame:
    cells = [(f"{name}{v}", f"i{i}", value(v, i)) for v in range(vignettes) for i in range(items)]
    return pd.DataFrame(cells, columns=["vignette", "item", "value"])


def test_guessing_is_at_floor_and_better_is_not() -> None:
    guess = rows(4, 8, lambda v, i: 0.5 + 0.1 * (-1) ** i)
    assert at_floor(guess, 0.5, "accuracy") == "at floor: accuracy 0.50 after neutral texts, guessing gives 0.5"
    assert not at_floor(guess.assign(value=guess["value"] + 0.3), 0.5, "accuracy")


def only(run: Run, effect: str) -> Comparison:
    (one,) = [one for one in human_comparisons(run) if one.reference.id == effect]
    return one


def test_a_planted_effect_is_reproduced(biased: Run) -> None:
    one = only(biased, "sentence-completion-depression-barton-2005")
    assert one.verdict == "same direction"
    assert one.difference is not None
    assert one.difference.difference == pytest.approx(1.0, abs=0.2)
    assert likeness(human_comparisons(biased)).reproduced.count == 1


def test_a_planted_reversal_is_opposite(made: Made) -> None:
    turned = made("sadness-bias", tasks={"sentence-completion": {"sadness": -1.0}}, noise=NOISE)
    assert only(turned, "sentence-completion-depression-barton-2005").verdict == "opposite"
    assert likeness(human_comparisons(turned)).reproduced.count == 0


def test_what_appears_under_the_word_is_role_play_and_what_needs_the_text_is_not(biased: Run) -> None:
    said = {one.arm: one for one in separated(biased)}
    assert said["sham"].part == "there too"
    assert said["sham"].sentence == "appears under sham too: role-play of the word"
    assert said["third-person"].part == "only the text"
    assert said["sham"].other.difference == pytest.approx(0.9, abs=0.2)


@pytest.fixture(scope="module")
def flat(made: Made) -> Run:
    """Where people show nothing, nothing; but moral severity rises under disgust."""
    return made("null-benchmarks", tasks={"moral-severity": {"disgust": 2.0}}, noise=NOISE)


def test_nulls_are_respected_and_a_planted_one_is_not(flat: Run) -> None:
    every = {one.reference.id: one for one in human_comparisons(flat)}
    assert every["interpretation-indirect-everaert-2017"].verdict == "nothing"
    corrected = every["moral-severity-disgust-corrected-landy-2015"]
    assert corrected.verdict in ("an effect where people show none", "undetermined")
    assert corrected.difference is not None
    assert corrected.difference.difference == pytest.approx(2.0, abs=0.3)
    summary = likeness(list(every.values()))
    assert 0 < summary.respected.count < summary.respected.of


def test_what_is_recalled_or_superseded_never_counts(flat: Run) -> None:
    every = human_comparisons(flat)
    left = [one for one in every if not one.reference.counts]
    assert left
    assert likeness(every) == likeness([one for one in every if one.reference.counts])


def recalled(entry: Reference) -> bool:
    return entry.verified == "recalled"


def test_no_recalled_entry_of_the_registry_counts() -> None:
    entries = list(SHIPPED.references)
    assert any(map(recalled, entries))
    assert not any(entry.counts for entry in entries if recalled(entry))


def test_the_command_gives_every_row_a_verdict(biased: Run) -> None:
    result = CliRunner().invoke(app, ["humans", str(biased.store.path.parent), "--json"])
    assert result.exit_code == 0, result.output
    said = json.loads(result.stdout)
    assert all(row["verdict"] for row in said["comparisons"])
    assert said["summary"][0]["effects_reproduced"]["count"] == 1
    words = CliRunner().invoke(app, ["humans", str(biased.store.path.parent)]).output
    assert "same direction" in words
    assert "role-play of the word" in words


def test_a_task_without_a_human_effect_is_separated_from_its_controls_too(
    lab: Lab, simulated: Callable[..., Simulated], called: Called, tmp_path: Path
) -> None:
    induction = {"techniques": ["scene"], "grades": ["moderate"], "texts": 4, "arms": ["induction-text", "sham"]}
    study = lab.load(induction=induction, regulations=["none"])
    run(study, simulated(study, tasks={"endings": {"sadness": 1.0}}, noise=NOISE), tmp_path / "run")
    told = json.loads(called("humans", str(tmp_path / "run"), "--json")[1])
    assert not told["comparisons"]
    assert told["separations"]
    assert "What the errors need" in called("humans", str(tmp_path / "run"))[1]


def test_the_report_has_the_forest_and_the_separation(biased: Run) -> None:
    shown: dict[str, Section] = {one.id: one for one in sections(Evidence.of(biased))}
    (figure,) = shown["human"].figures
    assert list(figure.data["effect"].unique()) == ["sentence completion depression barton 2005 +"]
    assert set(figure.data["verdict"]) == {"same direction"}
    assert "1 of 1 in the human direction" in shown["human"].sentences[0]
    assert "role-play of the word" in " ".join(shown["separation"].sentences)


def test_what_a_regulation_takes_away_is_gone(tmp_path: Path) -> None:
    study = load_study("errors", quick=True)
    kept = tuple(one for one in study.tasks if one.task == "risk-frequency")
    arms = ("none", "mindfulness-breathing")
    short = study.model_copy(update={"tasks": kept, "regulations": arms, "validity": ()})
    effect = {"tasks": {"risk-frequency": {"fear": 1.5}}, "removes": {"mindfulness-breathing": 1.0}}
    done = run(short, Simulated(planted(**effect, noise=NOISE), study.catalogue, seed=5), tmp_path / "run")
    said = {(one.state, one.arm): one for one in separated(done)}
    assert said["fear", "mindfulness-breathing"].part == "gone"
    assert said["fear", "sham"].part == "only the text"
    assert said["disgust", "mindfulness-breathing"].part == "no effect of the text"
