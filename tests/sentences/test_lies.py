"""Every statement of the terminal and of the page holds; and each of many planted lies is caught."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from affectlab.design.load import load_study, shipped
from affectlab.design.study import Study
from affectlab.materials.truth import Truth
from affectlab.participants.registry import participant
from affectlab.participants.simulated import Simulated
from affectlab.report.evidence import Evidence
from affectlab.report.export import export
from affectlab.report.render.terminal import plain_text
from affectlab.report.screen import first_screen
from affectlab.report.write import report
from tests.conftest import HEAD, laboratory, run
from tests.conftest import planted as truth_of
from tests.sentences.checker import TRIPLE, Checker, read_page, read_terminal

pytestmark = pytest.mark.usefixtures("blank_figures")
OWN = "own"
"""A study of materials of its own: inductions, regulations, a cloze, a rating and a task."""
SHORT = (
    ("dresden", "present"),
    ("sadness-bias", "reversed"),
    *((OWN, how) for how in ("present", "absent", "reversed")),
)
"""What is read in every run of the tests; everything else with ``-m long``."""
PLANTED = ("present", "absent", "reversed")
"""The truths: as the simulated participant has it; nothing has an effect; every effect with the other sign."""


@dataclass(frozen=True)
class Told:
    """What a run says: lines and tables of its page, paragraphs of the terminal, and the checker of its table."""

    checker: Checker
    lines: list[str]
    tables: list[list[list[str]]]
    terminal: list[str]


CLAIM = {"states": {"each": ["fear", "sadness"]}, "exceeds": ["neutral"]}
OWN_STUDY: dict[str, Any] = {
    "measures": ["words", "felt"],
    "measure_at": ["baseline", "induced", "stabilised", "regulated"],
    "stabilisation": "stabilisation",
    "smallest_effect": {"words": 0.5, "felt": 0.5, "endings": 0.2},
    "hypotheses": {
        "induction": {**CLAIM, "primary": True, "outcome": "words", "direction": "higher"},
        "felt": {**CLAIM, "outcome": "felt", "direction": "higher"},
        "regulation": {
            **{**CLAIM, "exceeds": ["reading", "none"]},
            **{"outcome": "words", "technique": "breathing", "direction": "lower"},
        },
        "error": {**CLAIM, "outcome": {"endings": "negativity"}, "direction": "higher"},
    },
}
OWN_TRUTH: dict[str, Any] = {
    "shifts": {"fear": {"fear": 2.0}, "sadness": {"sadness": 2.0}},
    "removes": {"breathing": 0.6, "reading": 0.1},
    "tasks": {"endings": {"fear": 1.5, "sadness": 1.5}},
    "noise": {"text": 0.05, "regulation": 0.05, "task": 0.05, "item": 0.02},
}


def own_study(folder: Path) -> Study:
    """The study of the tests, with a rating of its own and a hypothesis for each of the three claims."""
    lab = laboratory(folder)
    lab.write(
        "instruments/felt.yaml",
        kind="instrument",
        id="felt",
        form="rating",
        question="How much of it is there now, from 0 to 6?",
        minimum_coverage=0.0,
        opening="{item}:",
        options={"from": 0, "to": 6, "template": " {value}"},
        items=[
            {"id": f"{state}-{number}", "text": text, "scale": state, "foil": False}
            for state, texts in (("fear", ("alarm", "danger")), ("sadness", ("loss", "farewell")))
            for number, text in enumerate(texts)
        ],
        **HEAD,
    )
    return lab.load(**OWN_STUDY)


def planted(truth: Truth, how: str) -> Truth:
    """A truth with its effects left, taken out, or turned."""
    if how == "present":
        return truth
    sign = 0.0 if how == "absent" else -1.0
    turned = {state: {scale: sign * size for scale, size in sizes.items()} for state, sizes in truth.shifts.items()}
    tasks = {task: {state: sign * size for state, size in sizes.items()} for task, sizes in truth.tasks.items()}
    return truth.model_copy(update={"shifts": turned, "tasks": tasks})


@cache
def told(name: str, how: str) -> Told:
    """The short form of a study on a simulated participant with effects as said."""
    folder = Path(mkdtemp())
    study = own_study(folder / "study") if name == OWN else load_study(name, quick=True)
    made = participant("simulated", study.catalogue, seed=study.seed)
    assert isinstance(made, Simulated)
    truth = truth_of(**OWN_TRUTH) if name == OWN else made.truth
    done = run(study, Simulated(planted(truth, how), study.catalogue, seed=study.seed))
    page = report(done, folder / "report.html").read_text("utf-8")
    screen = "\n".join(plain_text(first_screen(Evidence.of(done), "RUN", "report.html")))
    return Told(Checker(export(done, folder / "export")), *read_page(page), read_terminal(screen))


@pytest.mark.parametrize(
    ("name", "how"),
    [
        pytest.param(name, how, marks=[] if (name, how) in SHORT else pytest.mark.long)
        for name in (*sorted(shipped()), OWN)
        for how in PLANTED
    ],
)
def test_every_statement_holds(name: str, how: str) -> None:
    one = told(name, how)
    assert [str(objection) for objection in one.checker.check(one.lines, one.tables)] == []
    assert [str(objection) for objection in one.checker.check(one.terminal)] == []
    numbers = sum(len(TRIPLE.findall(line)) for line in one.terminal)
    assert numbers or (name, how) not in SHORT, "nothing was checked"


VERDICTS = {
    "present": {"induction": "supported", "felt": "supported", "regulation": "supported", "error": "supported"},
    "absent": dict.fromkeys(("induction", "felt", "regulation", "error"), "not supported"),
    "reversed": dict.fromkeys(("induction", "felt", "regulation", "error"), "not supported"),
}
"""Of effects that are four times the smallest, none, and as large with the other sign; texts hardly differ."""


@pytest.mark.parametrize("how", PLANTED)
def test_every_verdict_of_an_own_study_is_what_was_planted(how: str) -> None:
    one = told(OWN, how)
    assert {name: known.verdict for name, known in one.checker.verdicts.items() if known} == VERDICTS[how]
    said = "\n".join(one.terminal).lower()
    for name, verdict in VERDICTS[how].items():
        assert f"{name}{' (primary)' if name == 'induction' else ''}: {verdict}" in said
    assert ("reversed" in said) is (how == "reversed")


LIES: Sequence[tuple[str, str, str]] = (
    ("an estimate", r"(\(differences from )\d\.\d\d", r"\g<1>9.87"),
    ("an estimate by a hundredth", r"from \+1\.34", "from +1.35"),
    ("a lower limit", r"\[0\.83,", "[0.79,"),
    ("an upper limit", r", 1\.85\]", ", 1.95]"),
    ("a sign", r"−0\.60 nats", "+0.60 nats"),
    ("a state", r"\(anger\) to", "(stress) to"),
    ("the other extreme's state", r"\(anxiety\);", "(worry);"),
    ("a unit", r"\+0\.87 log odds", "+0.87 nats"),
    ("a control", r"Against neutral reading", "Against nothing said"),
    ("the hardest control", r"hardest control, neutral texts", "hardest control, nothing said"),
    ("a verdict, supported", r"Regulation: (open|OPEN)", "Regulation: SUPPORTED"),
    ("a verdict, not supported", r"Error: (supported|SUPPORTED)", "Error: NOT SUPPORTED"),
    ("the parts that are supported", r"2 supported, 5 open, 0 not", "5 supported, 2 open, 0 not"),
    ("the parts that are not", r"2 supported, 5 open, 0 not", "2 supported, 3 open, 2 not"),
    ("in how many states", r"in all 7 states \(differences", "in 6 of 7 states (differences"),
    ("the smallest difference",
     r"(in all 7 states \(differences from )1\.34( nats, 95 % CI )\[0\.83, 1\.85\], for anger",
     r"\g<1>1.82\g<2>[1.28, 2.37], for fear"),
    ("what is shown", r"less than zero, but −0\.5 nats is neither shown nor excluded",
     "a difference beyond −0.5 nats is shown"),
    ("the size of a family", r"after Holm over 21 and 2", "after Holm over 7 and 2"),
    ("how many answers", r"551 answers", "5,510 answers"),
    ("how many texts", r"3 texts each", "8 texts each"),
    ("how many states", r"7 states and neutral", "9 states and neutral"),
    ("what a nat is", r"2\.7 times", "3.7 times"),
    ("how many checks passed", r"Of 31 validity checks 19 passed", "Of 31 validity checks 29 passed"),
    ("a row of a table", "", ""),
)  # fmt: skip
"""What is altered, where, and into what; of ``dresden`` with its effects present."""


@pytest.mark.parametrize(("what", "pattern", "lie"), LIES, ids=[one[0] for one in LIES])
def test_a_planted_lie_is_caught(what: str, pattern: str, lie: str) -> None:
    one = told("dresden", "present")
    tables = one.tables
    lines = [*one.lines, *one.terminal]
    if pattern:
        altered = [re.sub(pattern, lie, line) for line in lines]
        assert altered != lines, "there is nothing to alter"
        lines = altered
    else:
        tables = [[["1.28" if cell == "1.82" else cell for cell in row] for row in rows] for rows in tables]
        assert tables != one.tables, "there is nothing to alter"
    assert one.checker.check(lines, tables), f"{what} was not caught"


def test_there_are_twenty_lies() -> None:
    assert len(LIES) >= 20
