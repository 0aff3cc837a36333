"""A mistake in a task or in the registry of human effects is one line with its file, its line and a remedy."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from affectlab.design.check import file_mistakes
from affectlab.errors import CapabilityError
from affectlab.participants.base import Capabilities
from affectlab.participants.simulated import Simulated
from tests.conftest import HEAD, Lab, planted, run

LACKS = object()
ITEMS = [
    {
        "id": f"sum-{n}",
        "text": f"What is {n} and {n}",
        "options": {"right": f"{2 * n}", "wrong": f"{3 * n}"},
        "key": "right",
    }
    for n in (1, 2, 3)
]
QUIZ: dict[str, Any] = {
    "kind": "task",
    "id": "quiz",
    "form": "choice",
    "question": "Please calculate.",
    "layout": "{text}: {first} or {second}?",
    "opening": "It is",
    "minimum_coverage": 0.0,
    "primary": "accuracy",
    "units": {"accuracy": "probability"},
    "states": ["fear"],
    "control": "none",
    "scoring": "the probability of the right answer",
}
EFFECT: dict[str, Any] = {
    "id": "quiz-fear",
    "kind": "task",
    "task": "quiz",
    "state": "fear",
    "outcome": "accuracy",
    "direction": "-",
    "population": "induced",
    "bias_corrected": False,
    "statement": "An entry for a test.",
    "source": "A test",
    "doi": "10.0000/none",
    "verified": "seen",
    "seen_at": "https://example.org",
}


def with_task(lab: Lab, items: list[dict[str, Any]] = ITEMS, **changes: Any) -> None:
    lab.write("tasks/quiz.yaml", items=items, **{**QUIZ, **changes}, **HEAD)
    lab.study_with(tasks=[{"task": "quiz", "at": "stabilised"}])


def changed(content: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in {**content, **changes}.items() if value is not LACKS}


def the_line(lab: Lab, file: str) -> str:
    (error,) = file_mistakes(lab.study)
    line = str(error)
    assert re.match(rf"{re.escape(str(lab.materials / file))}:\d+: ", line)
    assert "\n" not in line
    return line


def test_a_task_without_a_mistake_has_none(lab: Lab) -> None:
    with_task(lab)
    lab.write("references/mine.yaml", kind="references", id="mine", entries=[EFFECT], **HEAD)
    assert not file_mistakes(lab.study)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"key": LACKS}, "has no key; write `key:` with one of right, wrong"),
        ({"key": "left"}, "has the key `left`; write `key:` with one of right, wrong"),
        ({"options": {"right": "2", "wrong": "3", "other": "4"}}, "has 3 options where the task has 2"),
        ({"options": {"right": "2", "false": "3"}}, "every item has right, wrong"),
        ({"id": "sum-1"}, "item `sum-1` stands twice"),
    ],
)
def test_a_mistake_in_an_item(lab: Lab, change: dict[str, Any], says: str) -> None:
    with_task(lab, [ITEMS[0], changed(ITEMS[1], change), ITEMS[2]])
    assert says in the_line(lab, "tasks/quiz.yaml")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"doi": LACKS}, "entry `quiz-fear` has no DOI; add it, or say why in `doi_missing`"),
        ({"source": LACKS}, "has no source"),
        ({"direction": LACKS}, "has no direction"),
        ({"seen_at": LACKS}, "was seen nowhere; write `seen_at`, or `verified: recalled`"),
        ({"size": 0.4}, "has the sign - and the size 0.4"),
        ({"low": 0.1, "high": -0.1}, "has its limits the wrong way round"),
        ({"superseded_by": "other"}, "no entry is called `other`"),
    ],
)
def test_a_mistake_in_the_registry(lab: Lab, change: dict[str, Any], says: str) -> None:
    with_task(lab)
    lab.write("references/mine.yaml", kind="references", id="mine", entries=[changed(EFFECT, change)], **HEAD)
    assert says in the_line(lab, "references/mine.yaml")


def test_a_participant_that_cannot_do_it_is_refused_before_anything_is_asked(lab: Lab, tmp_path: Path) -> None:
    with_task(lab)
    study = lab.load(tasks=[{"task": "quiz", "at": "stabilised"}], require=["distribution"])

    class Mute(Simulated):
        capabilities = Capabilities(distribution=False, opening=True, seed=True, identical=True, context=0)

        def respond(self, requests: Any) -> Any:
            raise AssertionError("it was asked")

    with pytest.raises(CapabilityError, match="lacks what the study requires: distribution"):
        run(study, Mute(planted(), study.catalogue), tmp_path / "run")
