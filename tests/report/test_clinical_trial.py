"""The report of a trial: primary outcome first, therapist, manuals, randomisation, and nothing that it has not."""

from __future__ import annotations

import re

import pytest

from affectlab.participants.simulated import Simulated
from affectlab.report.evidence import Evidence
from affectlab.report.numbers import SPACE, estimate_text
from affectlab.report.registry import sections
from affectlab.report.section import Section
from affectlab.report.write import as_markdown
from affectlab.results.clinical_trial import trial_effects
from tests.conftest import laboratory, planted, run

TRIAL = {
    "states": ["fear"],
    "stabilisation": "stabilisation",
    "regulations": ["cognitive-restructuring", "supportive-listening", "none"],
    "therapy": {"turns": 2},
    "clinical_trial": {"primary": {"measure": "words"}, "sessions": 3},
    "tasks": [],
}


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    study = laboratory(tmp_path_factory.mktemp("trial")).load(**TRIAL)
    truth = planted(
        shifts={"fear": {"fear": 2.0}},
        removes={"cognitive-restructuring": 0.5, "supportive-listening": 0.2},
        noise={"regulation": 0.1, "item": 0.05},
    )
    return Evidence.of(run(study, Simulated(truth, study.catalogue, seed=1)))


@pytest.fixture(scope="module")
def told(trial: Evidence) -> dict[str, Section]:
    return {one.id: one for one in sections(trial)}


def test_the_findings_begin_with_the_primary_outcome(trial: Evidence, told: dict[str, Section]) -> None:
    first, *others = told["findings"].sentences
    assert first.startswith("Primary outcome of the trial: the target scale of ")
    assert first.endswith("change from stabilised to regulated.")
    for row, said in zip(trial_effects(trial.run).to_dict("records"), others, strict=False):
        number = estimate_text(row["estimate"], row["low"], row["high"], row["unit"])
        assert said.startswith(f"{row['arm'].replace('-', ' ').capitalize()} against ")
        assert number in said
        assert said.endswith(" in fear.")
        assert f"p{SPACE}" in said
    assert "Holm's method over the 2 contrasts" in others[2].replace(SPACE, " ")


def test_the_methods_name_who_treated_by_what_and_how_sessions_were_allocated(told: dict[str, Section]) -> None:
    said = "\n".join(told["methods"].sentences).replace(SPACE, " ")
    manuals = r"Talks followed 1 treatment manual \(Cognitive restructuring, version 1\) and 1 control manual"
    assert re.search(rf"Treatment\. {manuals}", said)
    assert "The therapist was the participant's own model" in said
    assert "allocated to 3 arms by chance: in permuted blocks within states" in said
    assert "There was no neutral condition" in said


def test_nothing_is_said_of_what_a_trial_has_not(trial: Evidence, told: dict[str, Section]) -> None:
    assert not {"errors", "human", "separation", "reading"} & set(told)
    shown = {one.id: one for one in told.values() for one in one.whole()}
    captions = [figure.caption for one in shown.values() for figure in one.figures]
    legends = [look.label for one in shown.values() for figure in one.figures for look in figure.legend]
    assert captions
    captions += [table.caption for one in shown.values() for table in one.tables]
    assert not [one for one in (*captions, *legends) if "neutral" in one]
    assert not [
        line for line in as_markdown(trial).splitlines() if "completion" in line.lower() and line.startswith("#")
    ]
