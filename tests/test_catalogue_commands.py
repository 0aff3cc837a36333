"""`list`, `show` and `plan`: every kind, in the singular and the plural, and what a plan says before it is run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from affectlab.design.plan import Plan
from affectlab.session.count import count
from tests.conftest import Called, Lab

KINDS = {
    "states": "state",
    "inductions": "induction",
    "techniques": "technique",
    "regulations": "regulation",
    "instruments": "instrument",
    "tasks": "task",
    "frames": "frame",
    "controls": "control",
    "protocols": "protocol",
    "manuals": "manual",
    "references": "references",
    "checks": "check",
    "studies": "study",
    "models": "model",
}


def said(called: Called, *words: str) -> str:
    code, printed, _ = called(*words)
    assert code == 0
    return printed


@pytest.mark.parametrize(("plural", "singular"), KINDS.items())
def test_what_is_listed_can_be_shown_in_the_singular_and_the_plural(plural: str, singular: str, called: Called) -> None:
    listed = json.loads(said(called, "list", plural, "--json"))
    assert listed == json.loads(said(called, "list", singular, "--json"))
    last = listed[-1]["id"]
    shown = said(called, "show", singular, last)
    assert shown == said(called, "show", plural, last)
    assert last in shown


class Words:
    """Every word is a token, and a template puts four around a turn."""

    around, begins = 4, 2

    def __init__(self) -> None:
        self.known: dict[str, int] = {}

    def of(self, text: str) -> tuple[int, ...]:
        return tuple(self.known.setdefault(word, len(self.known)) for word in text.split())


def test_what_is_shared_is_counted_once(lab: Lab) -> None:
    study = lab.load(states=["fear"], regulations=["none"], tasks=[], measure_at=["baseline"], replicates=1)
    counted = count(Plan.of(study), Words())
    assert (counted.sessions, counted.asks, counted.distinct_asks) == (4, 8, 2)
    # worked by hand: the frame (6 words), "We begin now." and "Okay." (3 + 1), each with 4 of the template; then the
    # question "Finish the line." (3 + 4), the participant's turn begins (2), "Now I am" or "Today I am" (3)
    told = 6 + 4 + 3 + 4 + 1 + 4 + 3 + 4
    assert counted.distinct_tokens == told + 2 + 3 + 3
    # and the options, one word each: four in two scales
    assert counted.tokens == 8 * (told + 2 + 3 + 4)


def test_a_reply_counts_as_long_as_it_may_be(lab: Lab) -> None:
    without = count(Plan.of(lab.load(tasks=[{"task": "endings", "generate": False}])), Words())
    spoken = count(Plan.of(lab.load()), Words())
    assert spoken.replies > 0
    assert spoken.distinct_tokens - without.distinct_tokens >= 5 * spoken.distinct_replies


def test_a_plan_lists_its_cells(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, called: Called) -> None:
    monkeypatch.setattr("affectlab.participants.tokens.EmbeddedTokens", Words)
    plan = json.loads(said(called, "plan", str(lab.study), "--cells", "--json"))
    assert plan["cells"] == 3 * 3
    assert plan["sessions"] == len(plan["assignment"]) == 3 * 3 * 4
    assert plan["factors"]["state"] == ["fear", "sadness", "neutral"]
    assert {"asks", "distinct_asks", "replies", "tokens", "distinct_tokens"} <= set(plan)
    printed = said(called, "plan", str(lab.study), "--cells")
    assert "regulation 3: breathing, reading, none" in printed
    assert len([line for line in printed.splitlines() if "fear-" in line]) == 12


@pytest.mark.parametrize(
    ("study", "says"),
    [
        ("dresden", ("Induction: shift of", "Regulation: change of", "Errors: negativity", "Techniques against each")),
        ("context-effects", ("Conditions: shift of the own scale", "context  sequential  forked")),
        ("tsst", ("Time course: own scale", "Performance in the protocols", "longest-run")),
    ],
)
def test_a_run_prints_what_its_study_is_about(
    study: str,
    says: tuple[str, ...],
    tmp_path: Path,
    called: Called,
) -> None:
    words = ("run", study, "--quick", "--model", "simulated", "--out", str(tmp_path / "run"))
    printed = said(called, *words)
    assert [one for one in says if one not in printed] == []
    again = said(called, "manipulation", str(tmp_path / "run"))
    assert "Convergence: shift of each state's own scale" in again
