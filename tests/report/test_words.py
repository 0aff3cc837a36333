"""No sentence of the package says more of a model than its answers do."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import affectlab
from affectlab.design.load import load_study
from affectlab.participants.registry import participant
from affectlab.report.evidence import Evidence
from affectlab.report.registry import sections
from tests.conftest import run
from tests.report.test_sentences import overclaims

PACKAGE = Path(affectlab.__file__).parent
SUBJECTS = ("model", "participant", "SmolLM")


@pytest.mark.parametrize("name", ["therapy-trial", "tsst", "regulation-dose"])
def test_the_report_of_a_shipped_study_keeps_to_responding(name: str) -> None:
    study = load_study(name, quick=True)
    made = Evidence.of(run(study, participant("simulated", study.catalogue, seed=1, threads=None, weights=None)))
    said: list[str] = []
    for section in (part for one in sections(made) if one.id != "design" for part in one.whole()):
        said += [section.title, *section.sentences, *section.notes, *(table.title for table in section.tables)]
        said += [text for figure in section.figures for text in (figure.title, figure.caption)]
    assert len(said) > 10
    assert [found for text in said for found in overclaims(text)] == []


def sentences(file: Path) -> Iterator[str]:
    """The literal texts of a module about models, without its docstrings."""
    tree = ast.parse(file.read_text("utf-8"))
    told = {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr)}
    for node in ast.walk(tree):
        literal = isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told
        if literal and any(subject in node.value for subject in SUBJECTS):
            yield node.value


@pytest.mark.parametrize("folder", ["results", "cli", "report", "scoring"])
def test_no_text_in_the_code_says_more_of_a_model(folder: str) -> None:
    found = [(file.name, overclaims(text)) for file in (PACKAGE / folder).rglob("*.py") for text in sentences(file)]
    assert len(found) > 5 or folder == "scoring"
    assert [one for one in found if one[1]] == []
