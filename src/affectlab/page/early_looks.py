"""A preregistered run that is not complete: what was answered is hidden until somebody asks, and each look is kept.

Hidden is all that shows answers or is computed from them: findings, figures, files, conversations with their search and
filters, and power by the spread of the run. How far it is, what it spends and what went wrong stays to be seen.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request

from affectlab.errors import InputError
from affectlab.experiment import Standing, standing
from affectlab.page.view import named_run

LOOKS = "looks.jsonl"
"""Beside the answers: one line for each look."""


class EarlyLook(NamedTuple):
    """Somebody looked at what was answered."""

    at: float
    """When, in seconds since 1970."""
    sessions: int
    """That were complete by then."""
    total: int


def early_looks(directory: Path) -> list[EarlyLook]:
    """All looks at a run, in their order."""
    try:
        lines = (directory / LOOKS).read_text("utf-8", "replace").splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        try:
            found.append(EarlyLook(**json.loads(line)))
        except (ValueError, TypeError):
            continue
    return found


def are_hidden(directory: Path, found: Standing) -> bool:
    """Whether answers are not to be shown: the run is preregistered, not complete, and nobody asked for them."""
    return found.frozen and found.state != "complete" and not early_looks(directory)


def require_shown(directory: Path) -> None:
    """Refuse what is hidden; what is shown before its time is kept as a look.

    Raises:
        InputError: what was answered is hidden.
    """
    found = standing(directory)
    if are_hidden(directory, found):
        message = f"what was answered in {directory.name} is hidden until its last session is complete"
        raise InputError(message, hint="they can be asked for on its first view")
    keep_look(directory, found)


def keep_look(directory: Path, found: Standing) -> None:
    """Keep that something is shown before its time: once for each number of sessions."""
    if found.frozen and found.state != "complete" and early_looks(directory)[-1].sessions != found.sessions:
        note_look(directory, found)


def shown_run(request: Request) -> tuple[str, Path]:
    """The run that an address names, if what was answered in it may be shown.

    Raises:
        NotThereError: there is none in the folder of the page.
        InputError: what was answered is hidden.
    """
    name, directory = named_run(request)
    require_shown(directory)
    return name, directory


def note_look(directory: Path, found: Standing) -> None:
    """Keep that somebody looks at the answers now."""
    look = EarlyLook(time.time(), found.sessions, found.total)
    with (directory / LOOKS).open("a", encoding="utf-8") as file:
        file.write(json.dumps(look._asdict()) + "\n")
