"""Findings of a preregistered run that is not complete: hidden until somebody asks, and each look is kept with it."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import NamedTuple

from affectlab.errors import InputError
from affectlab.experiment import Standing, standing

LOOKS = "looks.jsonl"
"""Beside the answers: one line for each look."""


class EarlyLook(NamedTuple):
    """Somebody looked at the findings."""

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
    """Whether the findings are not to be shown: the run is preregistered, not complete, and nobody asked for them."""
    return found.frozen and found.state != "complete" and not early_looks(directory)


def require_shown(directory: Path) -> None:
    """Refuse what is hidden; what is shown before its time is kept as a look.

    Raises:
        InputError: the findings are hidden.
    """
    found = standing(directory)
    if are_hidden(directory, found):
        message = f"the findings of {directory.name} are hidden until its last session is complete"
        raise InputError(message, hint="they can be asked for on its first view")
    if found.frozen and found.state != "complete" and early_looks(directory)[-1].sessions != found.sessions:
        note_look(directory, found)


def note_look(directory: Path, found: Standing) -> None:
    """Keep that somebody looks at the findings now."""
    look = EarlyLook(time.time(), found.sessions, found.total)
    with (directory / LOOKS).open("a", encoding="utf-8") as file:
        file.write(json.dumps(look._asdict()) + "\n")
