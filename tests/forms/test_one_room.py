"""What is peculiar to a form stands in its module: no other room asks which form something is."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import affectlab
from affectlab.materials.instrument import Instrument
from affectlab.materials.tasks import Task
from affectlab.tasks.games.registry import GAMES

SOURCE = Path(affectlab.__file__).parent
ROOMS = ("measures", "tasks")
INSIDE = [["affectlab", room] for room in ROOMS]
REMOTE = SOURCE / "participants" / "remote"
"""Where ``form`` is how a question is worded for an endpoint."""
ELSEWHERE = [
    path
    for path in sorted(SOURCE.rglob("*.py"))
    if path.relative_to(SOURCE).parts[0] not in ROOMS and not path.is_relative_to(REMOTE)
]
FORMS = {*Instrument.forms.own, *Task.forms.own, *GAMES.own} - {"rating", "choice", "completion"}
"""Names of forms that mean nothing else: `rating`, say, is also what a validity check needs."""


def asking(tree: ast.AST) -> list[str]:
    """The places in a module that ask for a form."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[:2] in [
            ["affectlab", one] for one in ROOMS
        ]:
            found.append(f"line {node.lineno} imports {node.module}")
        if isinstance(node, ast.Compare):
            parts = [node.left, *node.comparators]
            if any(isinstance(one, ast.Attribute) and one.attr == "form" for one in parts):
                found.append(f"line {node.lineno} compares `.form`")
            if any(isinstance(one, ast.Constant) and one.value in FORMS for one in parts):
                found.append(f"line {node.lineno} compares with the name of a form")
        if isinstance(node, ast.MatchClass) and "form" in node.kwd_attrs:
            found.append(f"line {node.lineno} matches `form`")
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and node.slice.value in FORMS:
            found.append(f"line {node.lineno} looks a form up by its name")
    return found


@pytest.mark.parametrize("path", ELSEWHERE, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_no_other_room_asks_for_a_form(path: Path) -> None:
    assert asking(ast.parse(path.read_text("utf-8"))) == []


def test_what_asks_is_found() -> None:
    for asks in (
        "from affectlab.measures.cloze import Cloze",
        'if one.form == "rating": pass',
        "match one:\n    case Instrument(form='cloze'): pass",
        'x = AGENTS["n-back"]',
    ):
        assert asking(ast.parse(asks)), asks
