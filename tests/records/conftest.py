"""A finished run of a laboratory with materials of its own, of which each test has a copy to spoil."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from affectlab.participants.simulated import Simulated
from affectlab.run import Run
from tests.conftest import HEAD, Lab, laboratory, planted, run

ITEMS = [
    {"id": "afraid", "text": "My fear is strong", "scale": "fear", "reverse": True, "foil": False},
    {"id": "sad", "text": "My sadness is strong", "scale": "sadness", "foil": False},
]
PUBLISHED = "copyright of a publisher, for use in research only"
TRUTH = {
    "shifts": {"fear": {"fear": 1.0}, "sadness": {"sadness": 1.0}},
    "removes": {"breathing": 0.5},
    "noise": {"text": 0.1, "item": 0.05},
    "points": 1.0,
}


def mood(lab: Lab, **changes: Any) -> Path:
    """Write the laboratory's own questionnaire; as it comes, its first item has the wrong key."""
    content: dict[str, Any] = {
        "kind": "instrument",
        "id": "mood",
        "form": "rating",
        "question": "How is it for you just now, from 0 to 4?",
        "minimum_coverage": 0.0,
        "opening": "{item}:",
        "options": {"from": 0, "to": 4, "template": " {value}"},
        "items": ITEMS,
        **HEAD,
        "licence": PUBLISHED,
    }
    return lab.write("instruments/mood.yaml", **{**content, **changes})


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a laboratory, and in ``run`` a finished run of its study, as the command leaves it."""
    folder = tmp_path_factory.mktemp("evidence")
    lab = laboratory(folder)
    mood(lab)
    truth = folder / "truth.yaml"
    truth.write_text(yaml.safe_dump({**HEAD, "kind": "truth", "id": "planted", **TRUTH}), "utf-8")
    study = lab.load(
        measures=["words", "mood"],
        validity="default",
        induction={**_INDUCTION, "arms": ["induction-text", "scrambled"]},
    )
    done = run(study, Simulated(planted(**TRUTH), study.catalogue, seed=study.seed), folder / "run")
    # what `affectlab run` notes beside
    done.store.describe(
        "named_participants", {"simulated": {"name": f"simulated:{truth}", "threads": None, "weights": None}}
    )
    done.store.close()
    return folder


_INDUCTION = {"techniques": ["scene"], "grades": ["moderate"], "texts": 4, "arms": ["induction-text", "scrambled"]}


@pytest.fixture
def copied(finished: Path, tmp_path: Path) -> Lab:
    """A copy of the laboratory with the run in it."""
    shutil.copytree(finished, tmp_path / "lab")
    return Lab(tmp_path / "lab")


def opened(folder: Path) -> tuple[Run, list[str]]:
    """A run, and what was said of it."""
    said: list[str] = []
    return Run.open(folder, say=said.append), said
