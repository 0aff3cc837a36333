"""Every command on a study whose measures and game come from a package outside the tree; run as a program."""

from __future__ import annotations

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from affectlab.cli import main
from tests.conftest import HEAD, Lab, laboratory

STATES = ("fear", "sadness")
KNOWN: dict[str, Any] = {
    "shifts": {"fear": {"fear": 1.5}, "sadness": {"sadness": 1.0}},
    "tasks": {"balls": {"fear": 0.5}, "waits": {"sadness": 2.0}},
    "points": 20.0,
}
"""What is planted without noise: 20 points of a rating per unit of the latent state."""


def materials(lab: Lab) -> Path:
    """A study with a form of each kind that the package brings, and the instrument `line` that lies in the package."""
    lab.write(
        "instruments/inside.yaml",
        kind="instrument",
        id="inside",
        form="layers",
        minimum_coverage=0.0,
        question="",
        directions=list(STATES),
        layers=[3, 7],
        **HEAD,
    )
    lab.write(
        "instruments/told.yaml",
        kind="instrument",
        id="told",
        form="rated-reply",
        minimum_coverage=0.0,
        question="Say in a sentence how it is with you.",
        rates={"fear": "Unrest", "sadness": "Gloom"},
        raters={"first": "You judge replies. Read the next one.", "second": "You rate what people wrote. Here it is."},
        signs={state: [f"{state[:2]}{step}" for step in range(9)] for state in STATES},
        **HEAD,
    )
    lab.write(
        "tasks/balls.yaml",
        kind="task",
        id="balls",
        form="interactive",
        protocol="urns",
        question="There are two urns.",
        opening="I draw from the",
        lines={"first": "Which urn?", "won": "It wins. Which urn?", "lost": "It does not. Which urn?"},
        numbers={"rich": 0.8, "poor": 0.2},
        steps=4,
        minimum_coverage=0.1,
        primary="rich_draws",
        units={"rich_draws": "probability"},
        states=["fear"],
        blocks=[{"id": "one", "options": ["left", "right"]}],
        **HEAD,
    )
    lab.write(
        "tasks/waits.yaml",
        kind="task",
        id="waits",
        form="durations",
        question="Judge how long each wait seemed.",
        seconds=[20, 40, 80],
        minimum_coverage=0.1,
        primary="mean_ratio",
        units={"ratio": "ratio", "mean_ratio": "ratio"},
        states=["sadness"],
        **HEAD,
    )
    lab.write("truths/known.yaml", kind="truth", id="known", **KNOWN, **HEAD)
    tasks = [{"task": task, "at": "stabilised"} for task in ("balls", "waits")]
    return lab.study_with(
        measures=["line", "inside", "told"],
        tasks=tasks,
        validity="default",
        induction={"techniques": ["scene"], "grades": ["moderate"], "texts": 3},
        regulations=["breathing", "none"],
    )


def called(*arguments: str) -> dict[str, object]:
    """What a command prints, and the code with which it ends."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    sys.argv = ["affectlab", *arguments]
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
    return {"code": code, "out": out.getvalue(), "err": err.getvalue()}


def every(folder: Path) -> dict[str, dict[str, object]]:
    """Every command, by a name."""
    study, run = str(materials(laboratory(folder))), str(folder / "run")
    commands = {
        "check": ("check", study),
        "plan": ("plan", study),
        "run": ("run", study, "--out", run, "--model", "simulated"),
        **{form: ("report", run, "--format", form) for form in ("html", "md", "json", "csv")},
        "tables": ("tables", run, "--json"),
        "export": ("export", run, "--to", str(folder / "exported")),
        "validity": ("validity", run),
        "list": ("list", "instruments", "--study", study),
        "show": ("show", "task", "balls", "--study", study),
        "power": ("power", study, "--draws", "100"),
        "multiverse": ("multiverse", run),
        "humans": ("humans", run),
        "score": ("score", run),
        "replay": ("replay", run),
        "known": ("run", study, "--out", f"{run}-known", "--model", "simulated:known", "--json"),
        "exported": ("export", f"{run}-known", "--to", str(folder / "known")),
    }
    return {name: called(*arguments) for name, arguments in commands.items()}


if __name__ == "__main__":
    print(json.dumps(every(Path(sys.argv[1]))))
