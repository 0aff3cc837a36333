"""What a program of another laboratory holds as constants: read, and never run."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from affectlab.errors import InputError
from affectlab.untrusted_file import regular

LARGEST = 2**20
_HINT = "take the file from the repository"


class ProgramText(NamedTuple):
    """A text in a program, and its line there."""

    text: str
    line: int


def source(file: Path) -> str:
    """The text of a program, or of another small file of the repository.

    Raises:
        InputError: it is missing, no regular file, or too large.
    """
    raw = regular(file, LARGEST, hint=_HINT, smaller="it is no program")
    return raw.decode("utf-8-sig", errors="replace")


def tree(file: Path) -> ast.Module:
    """A program as its grammar has it.

    Raises:
        InputError: it is missing, or no Python.
    """
    try:
        return ast.parse(source(file))
    except (SyntaxError, ValueError) as error:
        line = error.lineno if isinstance(error, SyntaxError) else None
        raise InputError("is no Python", hint=_HINT, file=file, line=line) from None


def texts_by_case(module: ast.Module, function: str) -> dict[tuple[str, ...], ProgramText]:
    """The texts that a function returns or assigns, by what its arguments are compared with on the way there.

    Args:
        module: with the function.
        function: its name.
    """
    found: dict[tuple[str, ...], ProgramText] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef) and node.name == function:
            for case, said in _cases(node.body, ()):
                found.setdefault(case, said)
    return found


def _cases(body: list[ast.stmt], case: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], ProgramText]]:
    for one in body:
        if isinstance(one, ast.If):
            value = _compared(one.test)
            yield from _cases(one.body, (*case, value) if value else case)
            yield from _cases(one.orelse, case)
        elif isinstance(one, ast.Assign | ast.Return) and one.value is not None:
            text = constant_text(one.value)
            if text and case:
                yield case, ProgramText(text, one.lineno)


def _compared(test: ast.expr) -> str:
    """The text that something is compared with."""
    if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Eq) and len(test.comparators) == 1:
        return constant_text(test.comparators[0])
    return ""


def constant_text(node: ast.expr) -> str:
    """A text that is written down in a program; nothing where it is computed."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = constant_text(node.left), constant_text(node.right)
        return left + right if left and right else ""
    return ""


def template_with(module: ast.Module, name: str) -> ProgramText | None:
    """The first text of a program in which a variable is filled, with ``{text}`` in its place."""
    for node in ast.walk(module):
        if isinstance(node, ast.JoinedStr):
            parts = [
                value.value if isinstance(value, ast.Constant) else "{text}" if _is_name(value, name) else None
                for value in node.values
            ]
            if "{text}" in parts and None not in parts:
                return ProgramText("".join(str(part) for part in parts), node.lineno)
    return None


def _is_name(value: ast.expr, name: str) -> bool:
    return isinstance(value, ast.FormattedValue) and isinstance(value.value, ast.Name) and value.value.id == name


def messages_of(module: ast.Module, role: str) -> list[ProgramText]:
    """The texts that a program sends in a role."""
    found = []
    for node in ast.walk(module):
        if isinstance(node, ast.Dict):
            pairs: Mapping[str, ast.expr] = {
                constant_text(key): value for key, value in zip(node.keys, node.values, strict=True) if key is not None
            }
            if "role" in pairs and "content" in pairs and constant_text(pairs["role"]) == role:
                text = constant_text(pairs["content"])
                found += [ProgramText(text, node.lineno)] if text else []
    return found
