"""Every way of showing a run's sections, one of which comes from a package outside the tree; run as a program."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.conftest import laboratory
from tests.forms.commands import called


def every(folder: Path) -> dict[str, dict[str, object]]:
    """What each command prints, by a name."""
    study, run = laboratory(folder).study_with(), str(folder / "run")
    commands = {
        "run": ("run", str(study), "--out", run, "--model", "simulated"),
        **{form: ("report", run, "--format", form) for form in ("html", "md", "json")},
        "sections": ("sections", run),
        "terminal": ("sections", run, "waiting"),
        "figure": ("report", run, "--figure", "waiting", "--out", str(folder / "waiting.svg")),
        "unknown": ("sections", run, "waitin"),
    }
    return {name: called(*words) for name, words in commands.items()}


if __name__ == "__main__":
    print(json.dumps(every(Path(sys.argv[1]))))
