"""Every state by every technique in every grade under every control comes to its end, on a simulated participant."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from affectlab.design.load import load_study
from affectlab.design.plan import Plan
from affectlab.materials.catalogue import Catalogue
from affectlab.materials.control import Control
from affectlab.materials.schema import INDUCTION_TEXT, NEUTRAL, Technique
from affectlab.materials.state import State
from affectlab.participants.simulated import Simulated
from affectlab.results.manipulation import manipulation
from affectlab.results.summary import effects_of
from affectlab.run import Run
from tests.conftest import planted, run

TECHNIQUES = Catalogue().ids(Technique)
CONDITIONS = Catalogue().ids(State)
ARMS = (INDUCTION_TEXT, *Catalogue().ids(Control))
GRADES = ("mild", "moderate", "severe")
STUDY = f"""
id: every-induction
version: 1
title: Every induction
tests: The machinery.
against: A red test.
frames: [human-plain]
states: [{", ".join(CONDITIONS)}]
induction:
  techniques: [{", ".join(TECHNIQUES)}]
  grades: [{", ".join(GRADES)}]
  arms: [{", ".join(ARMS)}]
  texts: 1
stabilisation: null
measures: [affect-cloze]
measure_at: [baseline, induced]
validity: none
"""
SHIFTS = {state: {state: 1.0} for state in CONDITIONS if state != NEUTRAL}
ARMS_BRING = {"sham": 0.5}


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder: Path = tmp_path_factory.mktemp("every")
    path = folder / "every.yaml"
    path.write_text(STUDY, "utf-8")
    study = load_study(path)
    truth = planted(shifts=SHIFTS, arms=ARMS_BRING, grades={"mild": 0.5, "moderate": 1.0, "severe": 1.5})
    return run(study, Simulated(truth, study.catalogue, seed=3), folder / "run")


def test_every_combination_has_its_answers(done: Run) -> None:
    cells = Plan.of(done.study).cells
    # a neutral text has no controls
    assert len(cells) == len(TECHNIQUES) * 3 * (7 * 7 + 1)
    scores = done.scores()
    answered = scores[scores["point"] == "induced"].groupby("session")["value"]
    assert set(answered.groups) == {cell.index for cell in cells}
    # all scales that the simulated participant was asked for were answered
    assert scores.loc[scores["scale"] != "reply", "value"].notna().all()


def test_what_a_technique_lets_the_participant_write_is_kept(done: Run) -> None:
    scores = done.scores()
    texts = scores[scores["scale"] == "reply"].groupby("technique").size()
    assert set(texts.index) == {"idiographic", "recall"}


def test_what_was_planted_stands_in_every_table(done: Run) -> None:
    tables = manipulation(effects_of(done), done.scores())
    specific = tables.specificity
    assert set(specific["technique"]) == set(TECHNIQUES)
    assert set(specific["against"]) == set(ARMS) - {INDUCTION_TEXT, "no-text"}
    severe = specific[(specific["grade"] == "severe") & (specific["against"] == "sham")]
    # the state's word has no grade: it brings half of what a moderate text does
    assert severe["estimate"].to_numpy() == pytest.approx(1.5 - 0.5)
    shifted = tables.convergence
    nothing = shifted[(shifted["grade"] == "mild") & (shifted["against"] == "baseline")]
    assert nothing["estimate"].to_numpy() == pytest.approx(0.5)
    steps = tables.dose
    assert len(steps) == len(TECHNIQUES) * 7
    assert steps["estimate"].to_numpy() == pytest.approx(0.5)
    own: pd.DataFrame = tables.discrimination[tables.discrimination["target"]]
    assert own["highest_in_row"].all()
    assert own["highest_in_column"].all()
