"""The command that has a run go further than it was planned."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from affectlab.cli.app import Json, RunName, app
from affectlab.cli.models import Models, On, settings, with_servers
from affectlab.cli.runs import run_and_show


@app.command()
@with_servers
def extend(
    run: RunName,
    reason: Annotated[str, typer.Option(help="Why more is collected; it stays with the run.")],
    texts: Annotated[int | None, typer.Option(min=1, help="So many of each state.")] = None,
    replicates: Annotated[int | None, typer.Option(min=1, help="So many of each cell.")] = None,
    model: Models = None,
    as_json: Json = False,
    executor: On = "here",
    **servers: Any,
) -> None:
    """Have a run go further, on record with the reason: more texts or replicates, or a further model."""
    from dataclasses import replace

    from affectlab.experiment import Experiment

    experiment = Experiment.open(run)
    before = experiment.settings
    experiment.settings = replace(settings(**servers), threads=before.threads, weights=before.weights)
    experiment.extend(reason, texts=texts, replicates=replicates, models=model or ())
    run_and_show(experiment, executor, as_json=as_json)
