"""What `--help` says: every command once, by what it is for, and every option with what it is and takes."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from affectlab.cli.app import GROUPS, app

TYPES = re.compile(r"<(str|path|int|float)\b|<list\[")
"""Of Python, which say nothing to who calls a command."""


def commands(command: Any, *path: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """A command and those below it."""
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, *path, name)


COMMANDS = dict(commands(typer.main.get_command(app)))


def said(*path: str) -> str:
    """The help of a command, on a terminal of 80 columns."""
    with contextlib.redirect_stdout(io.StringIO()) as shown, contextlib.suppress(SystemExit):
        app([*path, "--help"], prog_name="affectlab", terminal_width=80)
    return shown.getvalue()


def test_every_command_is_listed_once_with_all_that_it_does() -> None:
    listed = [name for names in GROUPS.values() for name in names]
    assert sorted(listed) == sorted(path[0] for path in COMMANDS if len(path) == 1)
    assert "…" not in said()
    assert "..." not in said().partition("Options:")[2]


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_the_help_of_a_command_fits_a_terminal_and_explains_each_option(path: tuple[str, ...]) -> None:
    lines = said(*path).splitlines()
    assert lines[0].startswith("Usage: affectlab")
    assert [line for line in lines if len(line) > 80] == []
    assert [line for line in lines if line.startswith("  -") and TYPES.search(line)] == []
    assert [one.name for one in COMMANDS[path].params if not (one.help or "").endswith((".", "`"))] == []
