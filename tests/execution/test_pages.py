"""The templates of the pages about executors and participants work as they stand there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from affectlab.design.plan import Plan
from affectlab.execution import executor
from affectlab.experiment import Experiment
from affectlab.participants import registry
from tests.conftest import Lab, run
from tests.house import ROOT


def template(page: str, name: str) -> Any:
    """What a page defines under a name."""
    (program,) = re.findall(
        r"```python\n(.+?)```", (ROOT / "docs" / "how-to" / page).read_text("utf-8"), flags=re.DOTALL
    )
    names: dict[str, Any] = {}
    exec(program, names)
    return names[name]


def test_the_executor_of_its_page(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backwards = template("executors.md", "Backwards")
    monkeypatch.setitem(vars(executor.EXECUTORS), "own", {**executor.EXECUTORS.own, "backwards": backwards})
    tables = []
    for name in ("here", "backwards"):
        experiment = Experiment(lab.load(), models=["simulated"], out=tmp_path / name)
        list(experiment.run(name))
        tables.append(experiment.results().scores())
    pd.testing.assert_frame_equal(*tables, check_exact=True)


def test_the_participant_of_its_page(lab: Lab) -> None:
    study = lab.load()
    leaning = template("participants.md", "Leaning")(registry.WantedParticipant("leaning:c", study.catalogue))
    scores = run(study, leaning).scores()
    assert len(scores["session"].unique()) == len(Plan.of(study))
    assert set(scores["model"]) == {"leaning-c"}
