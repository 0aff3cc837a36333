"""The answer that a clone's program asks for: classes whose fields are questions, and which numbers each may have."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

from affectlab.errors import InputError
from affectlab.untrusted_file import regular

LARGEST = 2**20


@dataclass(frozen=True)
class AnswerField:
    """A question's key."""

    name: str
    values: tuple[int, ...]
    line: int


@dataclass(frozen=True)
class AnswerSchema:
    """The keys of one questionnaire."""

    name: str
    file: str
    fields: tuple[AnswerField, ...]


def schemas(clone: Path) -> list[AnswerSchema]:
    """The classes of a clone's programs that list which numbers a question may be answered by, in their order.

    Raises:
        InputError: a program cannot be read.
    """
    return [one for file in sorted(clone.rglob("*schema*.py")) for one in _of(file, file.relative_to(clone).as_posix())]


def _of(file: Path, shown: str) -> list[AnswerSchema]:
    raw = regular(file, LARGEST, hint="take the file from the repository", smaller="it is no schema")
    try:
        tree = ast.parse(raw)
    except (SyntaxError, ValueError) as error:
        line = error.lineno if isinstance(error, SyntaxError) else None
        raise InputError("is no Python", hint="take the file from the repository", file=file, line=line) from None
    found = []
    for kind in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        fields = tuple(
            AnswerField(one.target.id, values, one.lineno)
            for one in kind.body
            if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name) and (values := _values(one))
        )
        if fields:
            found.append(AnswerSchema(kind.name, shown, fields))
    return found


def _values(field: ast.AnnAssign) -> tuple[int, ...]:
    """The numbers that are listed after a field, or the limits that it is held to."""
    listed = [one.value for one in ast.walk(field.annotation) if isinstance(one, ast.Constant)]
    limits = [
        one.value.value
        for one in ast.walk(field)
        if isinstance(one, ast.keyword) and one.arg in ("ge", "le") and isinstance(one.value, ast.Constant)
    ]
    return tuple(one for one in (*listed, *limits) if isinstance(one, int) and not isinstance(one, bool))
