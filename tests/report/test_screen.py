"""The first screen: at most thirty lines at a hundred characters, with every verdict and what speaks against it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from affectlab.design.load import load_study
from affectlab.participants.simulated import Simulated
from affectlab.report.evidence import Evidence
from affectlab.report.render.terminal import WIDTH, plain_text
from affectlab.report.screen import MOST, first_screen
from affectlab.run import Run
from tests.conftest import Called, planted, run
from tests.effects.test_hypotheses import CLAIMS
from tests.report.conftest import Mumbling
from tests.report.test_sentences import overclaims

Reported = Callable[..., Run]
FOLDER = "runs/a-study-of-some-name-smollm2-1a2b3c4d"


def screen(made: Run | Evidence) -> list[str]:
    """The lines, as they are read."""
    evidence = made if isinstance(made, Evidence) else Evidence.of(made)
    shown = plain_text(first_screen(evidence, FOLDER, f"{FOLDER}/report.html"))
    assert max(map(len, shown)) <= WIDTH
    assert len(shown) <= MOST
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in shown]


@pytest.mark.parametrize("name", ["dresden", "controls", "sadness-bias", "therapy-trial", "tsst", "regulation-dose"])
@pytest.mark.parametrize("shift", [2.0, 0.0, -2.0], ids=["planted", "absent", "reversed"])
def test_it_fits_for_a_shipped_study_whatever_was_planted(name: str, shift: float) -> None:
    study = load_study(name, quick=True)
    shifts = {state: {state: shift} for state in study.induced}
    tasks = {"sentence-completion": dict.fromkeys(study.induced, shift / 2)}
    made = run(study, Simulated(planted(shifts=shifts, tasks=tasks, noise={"text": 0.2}), study.catalogue, seed=3))
    shown = screen(made)
    titles = [line for line in shown if line[:2] in ("1 ", "2 ", "3 ")]
    assert len(titles) == len(study.hypotheses)
    assert all(any(word in line for word in ("SUPPORTED", "OPEN", "NO VERDICT")) for line in titles)
    assert not overclaims(" ".join(shown))


def test_it_has_claim_verdict_hardest_control_the_others_and_where_the_report_is(reported: Reported) -> None:
    shown = screen(reported(hypotheses=CLAIMS))
    text = " ".join(shown)
    assert "1 Induction (primary): SUPPORTED" in text
    assert "Claim: " in text
    assert "Against the hardest control, reading: −" in text
    assert "Other control: nothing said instead (" in text
    assert "Validity: " in text
    assert shown[-2:] == [f"Report: {FOLDER}/report.html", f"More here: affectlab sections {FOLDER}"]
    assert "One nat" in text, "a unit that is used is explained"


def test_what_is_left_out_where_hypotheses_are_many_is_said(reported: Reported) -> None:
    claims = {f"claim-{number}": {**CLAIMS["induction"], "primary": number == 0} for number in range(40)}
    shown = screen(reported(hypotheses=claims))
    text = " ".join(shown)
    left = len(claims) - sum(line.startswith(tuple(f"{number} Claim" for number in range(1, 41))) for line in shown)
    assert 0 < left < len(claims)
    assert f"{left} hypotheses more. Claims, controls and what speaks against them: affectlab hypotheses" in text


def test_without_hypotheses_everything_is_exploratory(reported: Reported) -> None:
    text = " ".join(screen(reported()))
    assert "no hypotheses, so that everything found is exploratory" in text
    assert "State-congruent responding in" in text


def test_a_measure_of_no_use_is_named(reported: Reported) -> None:
    text = " ".join(screen(reported(kind=Mumbling, hypotheses=CLAIMS)))
    assert "No finding rests on Ratings 0 to 10 with simulated (coverage 0.0" in text


def test_the_command_prints_it_and_nothing_else(tmp_path: Path, called: Called) -> None:
    folder = str(tmp_path / "run")
    code, out, err = called("run", "tsst", "--quick", "--model", "simulated", "--out", folder)
    assert (code, err) == (0, "")
    shown = out.rstrip("\n").split("\n")
    assert len(shown) <= MOST
    assert shown[-1] == f"More here: affectlab sections {folder}" or folder in shown[-1]
    evidence = Evidence.of(Run.open(folder))
    assert shown == plain_text(first_screen(evidence, folder, f"{folder}/report.html"))


def test_units_are_explained_where_the_report_first_uses_them(reported: Reported) -> None:
    from affectlab.report.document import document

    sections = document(Evidence.of(reported(hypotheses=CLAIMS))).sections
    notes = [note for one in sections for note in one.notes if note.startswith("One nat")]
    assert len(notes) == 1
    assert notes[0] in sections[0].notes
