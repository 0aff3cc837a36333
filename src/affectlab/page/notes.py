"""What somebody noted of a run, in a file beside its answers."""

from __future__ import annotations

from pathlib import Path

NOTES = "notes.txt"


def notes(directory: Path) -> str:
    """The notes of a run; empty where there are none."""
    try:
        return (directory / NOTES).read_text("utf-8", "replace")
    except OSError:
        return ""
