"""`docs/reference/studies.md` knows every key of a study, and all its examples are studies."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from affectlab.design import study
from affectlab.design.load import load_study
from affectlab.design.plan import Plan

PAGE = (Path(__file__).parents[1] / "docs" / "reference" / "studies.md").read_text("utf-8")
EXAMPLES: list[dict[str, Any]] = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.+?)```", PAGE, re.DOTALL)]
LEAST = EXAMPLES[0]
COMPANY: dict[str, dict[str, Any]] = {
    "contexts": {"measures": ["affect-cloze", "ratings"]},
    "validity": {"measures": ["affect-cloze", "ratings"]},
    "therapy": {"measure_at": ["baseline", "induced", "stabilised", "regulated"]},
    "clinical_trial": {"regulations": ["mindfulness-breathing", "neutral-reading"]},
    "crossing": {"regulations": ["mindfulness-breathing", "none"]},
}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: next(iter(example)))
def test_an_example_is_a_study(example: dict[str, Any], tmp_path: Path) -> None:
    company = {key: value for name in example for key, value in COMPANY.get(name, {}).items()}
    path = tmp_path / "study.yaml"
    path.write_text(yaml.safe_dump({**LEAST, **company, **example}), "utf-8")
    assert len(Plan.of(load_study(path))) > 0
    if "quick" in example:
        assert len(Plan.of(load_study(path, quick=True))) > 0


PARTS = [
    study.Study,
    study.Inductions,
    study.Regulating,
    study.Therapy,
    study.ClinicalTrial,
    study.Testing,
    study.Crossing,
]


@pytest.mark.parametrize("part", PARTS)
def test_every_key_is_on_the_page(part: type[BaseModel]) -> None:
    assert [name for name in part.model_fields if not re.search(rf"\b{name}\b", PAGE)] == []
