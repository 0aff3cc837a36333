"""A run with people who come while it goes on, on two days, and what can be done with it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from affectlab_doors.visitors import Visitors

from affectlab.design.load import load_study
from affectlab.experiment import Experiment
from affectlab.participants.registry import WantedParticipant
from affectlab.report import engine
from affectlab.run import Run
from tests.conftest import BlankEngine, laboratory
from tests.forms.commands import called


def every(folder: Path) -> dict[str, dict[str, object]]:
    """Every command, by a name."""
    lab = laboratory(folder)
    study = lab.study_with(models=["visitors:2", "simulated"], measures=["ratings"], tasks=[], validity="default")
    run, alone = str(folder / "run"), folder / "alone"
    loaded = load_study(study)
    host = Visitors(WantedParticipant("visitors", loaded.catalogue))
    host.most = 8
    *_, last = Experiment(loaded, models=[host], out=alone).run()
    first = Run.open(alone)
    day = {"done": len(first.store.done()), "complete": first.complete, "last": last.kind, "said": last.message}
    # what reads keeps its moment: the log of one who takes back what it gave would wait for it
    first.store.close()
    experiment = Experiment(loaded, models=["visitors"], out=alone)
    for event in experiment.run():
        if event.done >= 12:
            experiment.pause("lunch")
    day["paused"] = event.kind
    commands = {
        "check": ("check", str(study)),
        "run": ("run", str(study), "--out", run, "--json"),
        "again": ("run", str(study), "--model", "visitors", "--out", str(alone), "--json"),
        **{form: ("report", run, "--format", form) for form in ("html", "md", "json", "csv")},
        "incidents": ("incidents", run),
        "score": ("score", run),
        "export": ("export", run, "--to", str(folder / "exported")),
        "validity": ("validity", run),
        "replay": ("replay", run),
    }
    found: dict[str, dict[str, object]] = {name: called(*arguments) for name, arguments in commands.items()}
    found["day"] = day
    return found


if __name__ == "__main__":
    setattr(engine, "_ENGINE", BlankEngine())  # noqa: B010
    print(json.dumps(every(Path(sys.argv[1]))))
