"""Every command that concerns an importer, one of which comes from a package outside the tree; run as a program."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.forms.commands import called


def every(folder: Path) -> dict[str, dict[str, object]]:
    """What each command prints, by a name."""
    letters = folder / "letters"
    letters.mkdir()
    (letters / "one.txt").write_text("The garden is empty since you left.\n", "utf-8")
    (letters / "two.txt").write_text("Nobody came.\n", "utf-8")
    study = str(folder / "out" / "letters" / "study.yaml")
    commands = {
        "list": ("list", "importers"),
        "import": ("import", "letters", str(letters), "--to", str(folder / "out")),
        "json": ("import", "letters", str(letters), "--to", str(folder / "more"), "--json"),
        "refused": ("import", "letters", str(folder), "--to", str(folder / "none")),
        "check": ("check", study),
        "run": ("run", study, "--model", "simulated", "--out", str(folder / "run")),
    }
    return {name: called(*words) for name, words in commands.items()}


if __name__ == "__main__":
    print(json.dumps(every(Path(sys.argv[1]))))
