"""`docs/reference/hypotheses.md` knows every key of a hypothesis, and its example is one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from affectlab.design.hypothesis import Hypothesis, Rivals
from affectlab.design.load import load_study

PAGE = (Path(__file__).parents[1] / "docs" / "reference" / "hypotheses.md").read_text("utf-8")


def test_the_example_is_of_a_study(tmp_path: Path) -> None:
    study = {
        **{"id": "example", "version": 1, "title": "An example", "tests": "The page.", "against": "A red test."},
        "states": ["fear", "sadness", "neutral"],
        "induction": {"arms": ["induction-text", "sham"]},
        "regulations": ["mindfulness-breathing", "neutral-reading", "none"],
        "measures": ["affect-cloze"],
        **yaml.safe_load(re.findall(r"```yaml\n(.+?)```", PAGE, re.DOTALL)[0]),
    }
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(study), "utf-8")
    assert set(load_study(tmp_path / "study.yaml").hypotheses) == {"induction", "regulation"}


@pytest.mark.parametrize("part", [Hypothesis, Rivals])
def test_every_key_is_on_the_page(part: type[Hypothesis | Rivals]) -> None:
    assert [name for name in part.model_fields if f"`{name}`" not in PAGE] == []
