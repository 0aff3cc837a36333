"""The reference of the command line, from the commands themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer

from affectlab.cli import app

HEAD = """# Commands

Every command of `affectlab`, as `affectlab COMMAND --help` has it. A command ends with code 0 if all went well, 2 if
what it was given is wrong, 3 if a part of it could not be done, and 130 if it was interrupted.
"""


def page() -> str:
    """The page, in Markdown."""
    root: Any = typer.main.get_command(app)
    context = root.make_context("affectlab", [], resilient_parsing=True)
    return "\n".join([HEAD, *_of(root, context, "affectlab")])


def _of(group: Any, context: Any, name: str) -> Iterator[str]:
    for word in group.list_commands(context):
        command = group.get_command(context, word)
        if command.hidden:
            continue
        whole = f"{name} {word}"
        if hasattr(command, "list_commands"):
            yield from _of(command, command.make_context(whole, [], parent=context, resilient_parsing=True), whole)
            continue
        yield f"## {whole}\n"
        yield f"{command.help or ''}\n"
        made = type(context)(command, info_name=whole)
        yield f"```\n{' '.join([whole, *command.collect_usage_pieces(made)])}\n```\n"
        rows = [row for one in command.params if (row := _row(one, made)) is not None]
        if rows:
            yield "| given | says |\n|---|---|"
            yield from rows
            yield ""


def _row(parameter: Any, context: Any) -> str | None:
    """What is said of an option or argument; None where nothing is."""
    record = parameter.get_help_record(context)
    if record is None or "--help" in parameter.opts:
        return None
    left, right = (part.replace("|", "\\|") for part in record)
    right = right.replace("<", "&lt;")
    return f"| `{left.strip()}` | {right.strip()} |"
