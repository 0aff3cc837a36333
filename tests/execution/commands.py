"""Every command that concerns a participant or an executor, with those of a package outside the tree."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.conftest import laboratory
from tests.forms.commands import called


def every(folder: Path) -> dict[str, dict[str, object]]:
    """Every command, by a name."""
    lab = laboratory(folder)
    study = str(
        lab.study_with(
            models=["leaning:f"],
            hypotheses={"moves": "Fear moves."},
            smallest_effect={"words": 0.1, "endings": 0.1},
            validity="default",
        )
    )
    unknown = folder / "unknown.yaml"
    unknown.write_text(lab.study.read_text("utf-8").replace("leaning:f", "leanin"), "utf-8")
    run, both = str(folder / "run"), ("--model", "leaning:f", "--model", "simulated")
    commands = {
        "check": ("check", study),
        "plan": ("plan", study, "--json"),
        "freeze": ("freeze", study, "--json"),
        "run": ("run", study, "--out", run, "--json"),
        "replay": ("replay", run),
        "report": ("report", run, "--format", "md"),
        "validity": ("validity", run),
        "list": ("list", "models"),
        "show": ("show", "model", "leaning"),
        "here": ("run", study, *both, "--out", f"{run}-here", "--json"),
        "power": ("power", study, "--from", f"{run}-here", "--draws", "100"),
        "backwards": ("run", study, *both, "--out", f"{run}-backwards", "--on", "backwards", "--json"),
        "forgetful": ("run", study, "--out", f"{run}-forgetful", "--on", "forgetful", "--json"),
        "rest": ("run", study, "--out", f"{run}-forgetful", "--json"),
        "nobody": ("run", study, "--out", f"{run}-nobody", "--on", "nobody"),
        "unfit": ("run", study, "--out", f"{run}-unfit", "--model", "leaning:xy"),
        "exported here": ("export", f"{run}-here", "--to", str(folder / "here")),
        "exported backwards": ("export", f"{run}-backwards", "--to", str(folder / "backwards")),
        "unknown": ("check", str(unknown)),
    }
    return {name: called(*arguments) for name, arguments in commands.items()}


if __name__ == "__main__":
    print(json.dumps(every(Path(sys.argv[1]))))
