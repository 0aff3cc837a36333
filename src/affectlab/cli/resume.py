"""The command that goes on with a run from its directory alone."""

from __future__ import annotations

from typing import Any

from affectlab.cli.app import Json, RunName, app
from affectlab.cli.models import On, with_servers
from affectlab.cli.runs import experiment_of, run_and_show


@app.command()
@with_servers
def resume(run: RunName, as_json: Json = False, executor: On = "here", **servers: Any) -> None:
    """Go on with a run that was interrupted, with the study, the materials and the models that it has."""
    run_and_show(experiment_of(run, servers), executor, as_json=as_json)
