"""The sections of the manipulation checks: what was planted stands in their tables and their sentences."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from affectlab.design.load import load_study
from affectlab.participants.simulated import Simulated
from affectlab.report.evidence import Evidence
from affectlab.report.numbers import SPACE
from affectlab.report.registry import sections
from affectlab.report.section import Section
from tests.conftest import planted, run
from tests.report.conftest import numbers

GRADES = {"mild": 0.5, "moderate": 1.0, "severe": 1.5}


def made(name: str, folder: Path, **truth: Any) -> dict[str, Section]:
    """The sections of the short form of a shipped study, on a participant with a truth."""
    study = load_study(name, quick=True)
    done = run(study, Simulated(planted(**truth), study.catalogue, seed=5), folder / name)
    evidence = Evidence.of(done)
    return {one.id: one for one in sections(evidence)}


def table(section: Section, begins: str) -> pd.DataFrame:
    return numbers(section, begins)


def said(section: Section) -> str:
    return " ".join((*section.sentences, *section.notes)).replace(SPACE, " ")


@pytest.fixture(scope="module")
def doses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Section]:
    shifts = {"fear": {"fear": 2.0, "anxiety": 0.5}, "anger": {"anger": 1.0, "disgust": 1.4}}
    folder = tmp_path_factory.mktemp("doses")
    return made("dose-response", folder, shifts=shifts, grades=GRADES, noise={"text": 0.05})


def test_the_step_from_grade_to_grade_is_the_planted_one(doses: dict[str, Section]) -> None:
    own = table(doses["dose"], "The target scale").set_index("state")
    assert own.loc["fear", "estimate"] == pytest.approx(2.0 * 0.5, abs=0.15)
    assert own.loc["sadness", "estimate"] == pytest.approx(0.0, abs=0.15)
    assert said(doses["dose"]).startswith("Of 7 steps from grade to grade, 2 have an interval above zero")


def test_a_scale_that_rises_more_than_the_own_is_named(doses: dict[str, Section]) -> None:
    own = table(doses["discrimination"], "Discrimination: each").set_index(["grade", "state"])
    assert own.loc[("severe", "anger"), "other_scale"] == "disgust"
    assert not own.loc[("severe", "anger"), "highest_in_row"]
    assert own.loc[("severe", "fear"), "other_scale"] == "anxiety"
    assert own.loc[("severe", "fear"), "highest_in_row"]
    states = list(table(doses["discrimination"], "Discrimination: state by")["state"].unique())
    assert states == ["fear", "anxiety", "anger", "sadness", "disgust", "worry", "stress"], "as the study names them"


def test_the_time_course_has_every_point(doses: dict[str, Section]) -> None:
    course = table(doses["discrimination"], "Time course")
    assert list(course["point"].unique()) == ["induced", "later-2", "later-5"]


def test_a_control_that_does_as_much_as_the_text_leaves_nothing_above_it(tmp_path: Path) -> None:
    section = made(
        "controls",
        tmp_path,
        shifts={"fear": {"fear": 2.0}},
        arms={"sham": 1.0, "echo": 0.25},
        noise={"text": 0.05},
    )["controls"]
    own = table(section, "Shift of").set_index(["state", "against"])
    assert own.loc[("fear", "sham"), "estimate"] == pytest.approx(0.0, abs=0.3)
    assert own.loc[("fear", "echo"), "estimate"] == pytest.approx(1.5, abs=0.3)
    assert "Against scrambled: of 7 states, 1 has an interval above zero" in said(section)
    assert "What each control tells apart" in said(section)


def test_contexts_are_compared_with_the_first_that_the_study_names(tmp_path: Path) -> None:
    section = made("context-effects", tmp_path, shifts={"fear": {"fear": 1.0}}, points=2.0)["conditions"]
    own = table(section, "Shift of")
    assert set(own["against"]) == {"branched"}
    assert list(own["level"].unique()) == ["sequential", "battery"]
    assert own.set_index(["state", "level"]).loc[("fear", "battery"), "shift"] == pytest.approx(2.0, abs=0.2)


def test_what_was_done_in_the_protocols_stands_side_by_side(tmp_path: Path) -> None:
    section = made("tsst", tmp_path)["protocols"]
    done = table(section, "Means over").set_index(["stage", "score"])
    assert {("speech", "words"), ("arithmetic", "errors"), ("arithmetic", "longest-run")} <= set(done.index)
    assert {"stress", "stress low", "neutral", "neutral high"} <= set(done.columns)


def test_a_run_without_such_factors_has_no_such_section(reported: Callable[..., Any]) -> None:
    ids = {one.id for one in sections(Evidence.of(reported()))}
    assert "discrimination" in ids
    assert not ids & {"dose", "controls", "conditions", "protocols"}
