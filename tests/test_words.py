"""The field's words: no name uses a word in a sense that has another, and no public name has two meanings."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from affectlab import renamed
from affectlab.design.study import Study
from affectlab.materials.catalogue import Catalogue
from affectlab.materials.checks import Check
from affectlab.renamed import old_names, place_now, study_before, study_now

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "affectlab"
MODULES = sorted(SOURCE.rglob("*.py"))

REPLACED = frozenset(
    (
        *("Walk", "walks", "walked", "Fork", "fork", "forks", "forked", "side_by_side", "Shelf", "Shared", "shelf"),
        *("Lanes", "lanes", "lane", "Gate", "gate", "Crew", "crew", "Shift", "Voice", "voice", "Purse", "purse"),
        *("Tally", "tally", "Journal", "journal", "Held", "going_on", "Ground", "Apart", "Hear", "hear", "heard"),
        *("Enact", "enact", "enacted", "Inquire", "inquire", "inquiring", "inquiries", "Choose", "Trial", "trial"),
        *("task_trials", "read_trials", "ASIDE", "Aside", "aside", "asides", "Beside", "Course", "_Course"),
        *("Setting", "setting", "settings_of", "by_setting", "DESIGN", "_MANNER", "MANNER", "Seat", "seat", "seats"),
        *("seated", "Cast", "casting", "roster", "beside_people", "own_largest", "warns"),
    )
)
"""Whole identifiers; a right sense of a word that stands here is in ``RIGHT``."""

RIGHT = {
    ("tabular", "trial"): "a column of people's tables",
    ("stats", "trials"): "of a binomial distribution",
}

PROSE = re.compile(
    r"\b(own scales?|beside people|roster|purse|saying yes, or no, to anything|scale named from above|"
    r"preference for a position|small change that turns the meaning|most probable against expected)\b",
    re.IGNORECASE,
)


def identifiers(path: Path) -> Iterator[str]:
    """Every name that a module binds or uses, and every keyword and field."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.arg | ast.keyword) and node.arg:
            yield node.arg
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.alias):
            yield from node.name.split(".")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_identifier_has_a_word_that_was_replaced(path: Path) -> None:
    room = path.relative_to(SOURCE).parts[0]
    used = {*identifiers(path), path.stem} & REPLACED
    assert {one for one in used if (room, one) not in RIGHT} == set()


def test_no_study_that_is_shipped_has_an_old_name() -> None:
    files = sorted((SOURCE / "materials" / "data" / "studies").glob("*.yaml"))
    assert len(files) > 10
    assert {file.name: found for file in files if (found := list(old_names(yaml.safe_load(file.read_text()))))} == {}


def test_no_key_of_a_study_is_an_old_one() -> None:
    assert set(Study.model_fields) & set(renamed.KEYS) == set()
    assert set(renamed.KEYS.values()) <= set(Study.model_fields)


def test_checks_have_the_titles_of_the_field() -> None:
    titles = {check.id: check.title for check in Catalogue().all(Check)}
    assert titles["acquiescence"] == "Acquiescence"
    assert titles["specificity"] == "Discriminant validity"
    assert [title for title in titles.values() if PROSE.search(title)] == []


@pytest.mark.parametrize("page", sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]), ids=lambda one: one.stem)
def test_no_page_says_it_in_the_old_words(page: Path) -> None:
    text = page.read_text("utf-8")
    assert page.name in ("renamed.md", "changed-values.md") or PROSE.findall(text) == []


def test_the_glossary_has_the_words_of_the_field_and_each_once() -> None:
    rows = re.findall(r"(?m)^\| ([^|]+) \| ", (ROOT / "docs" / "reference" / "glossary.md").read_text("utf-8"))[1:]
    assert len(rows) == len(set(rows)) > 30
    assert set(rows) & {"fork", "trial", "walk", "setting", "seat", "aside", "course"} == set()
    assert {"branch", "score", "design cell", "target scale", "role"} <= set(rows)


# One name, one meaning

SAME = {
    "main": "what a program is started by",
    "section": "what a module of sections is called for",
}
"""Names that are several functions of one meaning."""


def defined() -> dict[str, list[str]]:
    """Every public class and function of the package, with the modules that define it; commands bear the names of
    what they do, and are left out."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in MODULES:
        for node in ast.parse(path.read_text("utf-8")).body:
            if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) or node.name.startswith("_"):
                continue
            if not any(re.search(r"\.(command|callback)\(", ast.unparse(one)) for one in node.decorator_list):
                found[node.name].append(str(path.relative_to(SOURCE)))
    return found


def test_no_public_name_has_two_meanings() -> None:
    assert {name: where for name, where in defined().items() if len(where) > 1 and name not in SAME} == {}


# What had another name is read, and hashed as it was


def test_a_study_is_the_same_by_its_old_and_its_new_names() -> None:
    old = {
        "trial": {"sessions": 2},
        "induction": {"arms": ["text", "sham"]},
        "contexts": ["forked", "battery"],
        "hypotheses": {"one": {"over": {"context": ["forked", "battery"]}}},
        "quick": {"task_trials": 3, "contexts": ["forked"]},
    }
    now = study_now(old)
    assert now["clinical_trial"] == {"sessions": 2}
    assert now["induction"] == {"arms": ["induction-text", "sham"]}
    assert now["hypotheses"]["one"]["over"]["context"] == ["branched", "battery"]
    assert now["quick"] == {"task_items": 3, "contexts": ["branched"]}
    assert study_now(now) == now
    assert study_before(now) == old
    assert {(old, new) for _, old, new in old_names(old)} == {
        ("trial", "clinical_trial"),
        ("task_trials", "task_items"),
        ("text", "induction-text"),
        ("forked", "branched"),
    }
    assert list(old_names(now)) == []
    assert place_now(("trial", "primary")) == ("clinical_trial", "primary")
