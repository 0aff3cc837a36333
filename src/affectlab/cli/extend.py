"""The command that has a run go further than it was planned."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from affectlab.cli.app import Json, RunName, app
from affectlab.cli.models import Models, On, with_servers
from affectlab.cli.runs import experiment_of, run_and_show


@app.command()
@with_servers
def extend(
    run: RunName,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why more is collected; it stays with the run.")],
    texts: Annotated[int | None, typer.Option(metavar="N", min=1, help="How many texts each state is to have.")] = None,
    replicates: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="How many replicates each cell is to have.")
    ] = None,
    model: Models = None,
    as_json: Json = False,
    executor: On = "here",
    **servers: Any,
) -> None:
    """Have a run go further, on record with the reason: more texts or replicates, or a further model."""
    experiment = experiment_of(run, servers)
    experiment.extend(reason, texts=texts, replicates=replicates, models=model or ())
    run_and_show(experiment, executor, as_json=as_json)
