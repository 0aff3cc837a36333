"""`list`, `show` and `plan`: every kind, in the singular and the plural, and what a plan says before it is run."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from affectlab.cli.progress import now_and_then
from affectlab.design.plan import Plan
from affectlab.experiment import Event
from affectlab.report.render.terminal import WIDTH
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
    assert re.search(r"regulation +3: breathing, reading, none", printed)
    assert "minutes on two processors" in said(called, "plan", "dresden", "--quick")
    assert len([line for line in printed.splitlines() if "fear-" in line]) == 12


@pytest.mark.parametrize(
    ("study", "says"),
    [
        pytest.param(
            "dresden",
            {"manipulation": ("Induction in Affect cloze (nats): every finding", "Discrimination: state by scale")},
            marks=pytest.mark.long,
        ),
        (
            "dresden",
            {
                "regulation": ("Regulation in Affect cloze (nats): every finding", "Techniques against each control"),
                "sections": ("hypotheses ", "errors "),
            },
        ),
        ("context-effects", {"manipulation": ("Frame, delivery and context", "sequential")}),
        ("tsst", {"manipulation": ("Time course: the target scale", "In the protocols", "longest-run")}),
    ],
)
def test_commands_print_what_a_study_is_about(
    study: str, says: dict[str, tuple[str, ...]], tmp_path: Path, called: Called
) -> None:
    said(called, "run", study, "--quick", "--model", "simulated", "--out", str(tmp_path / "run"))
    for command, words in says.items():
        printed = said(called, command, str(tmp_path / "run"))
        assert [one for one in words if one not in printed] == []
        assert max(map(len, printed.splitlines())) <= WIDTH


def test_without_a_kind_every_kind_is_listed(called: Called) -> None:
    kinds = {one["kind"]: one["number"] for one in json.loads(said(called, "list", "--json"))}
    assert {"states", "tasks", "studies", "models", "instruments"} <= set(kinds)
    assert kinds["tasks"] == len(json.loads(said(called, "list", "tasks", "--json")))
    printed = said(called, "list")
    assert [line.split()[0] for line in printed.splitlines()] == list(kinds)
    code, _, complaint = called("list", "zzz")
    assert code == 2
    assert "…" not in complaint
    assert all(kind in complaint for kind in kinds)


def test_a_long_run_prints_a_line_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    ticks = iter([0.0, 10.0, 31.0, 40.0, 62.0])
    advance = now_and_then(lambda: "10 tokens", clock=lambda: next(ticks))
    for done in (1.0, 2.0, 3.0, 4.0):
        advance(Event("progress", done, 60, answers=int(done * 10), seconds_left=600.0 - done))
    assert capsys.readouterr().err.splitlines() == [
        "2 of 60 sessions, 20 answers, about 10 min left; 10 tokens",
        "4 of 60 sessions, 40 answers, about 10 min left; 10 tokens",
    ]
