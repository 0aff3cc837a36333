"""Brief controls: a session under a control is over after the induction, and takes nothing from the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from affectlab.design.load import load_study
from affectlab.design.plan import Plan
from affectlab.design.steps import Measure, Perform, Say
from affectlab.errors import InputError
from affectlab.participants.simulated import Simulated
from affectlab.results.summary import summarise
from tests.conftest import Lab, run

ARMS = {
    "techniques": ["scene"],
    "texts": 4,
    "arms": ["induction-text", "no-text", "sham"],
    "control_measures": ["words"],
}


def test_it_has_one_session_per_text_and_ends_after_the_induction(lab: Lab) -> None:
    study = lab.load(induction=ARMS, measures=["words", "ratings"])
    plan = Plan.of(study)
    whole = [cell for cell in plan.cells if cell.arm == "induction-text"]
    brief = [cell for cell in plan.cells if cell.arm != "induction-text"]
    assert len(whole) == 3 * 4 * len(study.regulations)
    assert len(brief) == 2 * 4 * 2, "two states, a neutral text has no controls"
    assert {(cell.regulation, cell.script) for cell in brief} == {("none", "none")}
    for cell in brief:
        steps = plan.procedure(cell).steps
        assert not any(isinstance(step, Perform) for step in steps)
        measured = [(step.point, step.instrument.id) for step in steps if isinstance(step, Measure)]
        assert measured == [("baseline", "words"), ("induced", "words")]
        assert sum(isinstance(step, Say) for step in steps) == (1 if cell.arm == "no-text" else 2)


def test_the_other_findings_are_what_they_are_without(lab: Lab, simulated: Callable[..., Simulated]) -> None:
    truth: dict[str, Any] = {"shifts": {"fear": {"fear": 2.0}}, "arms": {"sham": 0.5}, "removes": {"breathing": 0.5}}

    def found(**changes: Any) -> dict[tuple[Any, ...], float]:
        study = lab.load(**changes)
        rows = summarise(run(study, simulated(study, **truth))).findings
        return {(row.claim, row.measure, row.state, row.against, row.regulation): row.estimate for row in rows}

    without, with_controls = found(), found(induction=ARMS)
    assert {key: with_controls[key] for key in without} == pytest.approx(without)
    assert with_controls["induction", "words", "fear", "sham", None] == pytest.approx(1.0)
    assert with_controls["induction", "words", "fear", "baseline", None] == pytest.approx(2.0)
    assert "no-text" not in {against for _, _, _, against, _ in with_controls}, "it equals the baseline"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"induction": ARMS | {"control_measures": ["wrods"]}}, "`wrods` is not measured here"),
        ({"induction": ARMS, "measure_at": ["baseline", "regulated"]}, "add `induced`"),
        ({"induction": ARMS | {"control_measures": ["words", "words"]}}, "stands twice"),
    ],
)
def test_a_mistake_is_one_line_with_its_place(lab: Lab, changes: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        lab.load(**changes)
    assert caught.value.line is not None


def test_dresden_carries_them() -> None:
    study = load_study("dresden")
    cells = Plan.of(study).cells
    assert {"no-text", "sham", "third-person"} < {cell.arm for cell in cells}
    assert {cell.regulation for cell in cells if cell.arm != "induction-text"} == {"none"}
