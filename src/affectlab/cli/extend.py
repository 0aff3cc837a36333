"""The command that has a run go further than it was planned."""

from __future__ import annotations

from typing import Annotated

import typer

from affectlab.cli.app import Json, RunName, app
from affectlab.cli.models import (
    AnswerWay,
    BaseUrl,
    Concurrency,
    Draws,
    KeyEnv,
    Models,
    On,
    PriceFile,
    Reasoning,
    ReasoningTokens,
    Spend,
    Way,
    settings,
)
from affectlab.cli.runs import run_and_show


@app.command()
def extend(
    run: RunName,
    reason: Annotated[str, typer.Option(help="Why more is collected; it stays with the run.")],
    texts: Annotated[int | None, typer.Option(min=1, help="So many of each state.")] = None,
    replicates: Annotated[int | None, typer.Option(min=1, help="So many of each cell.")] = None,
    model: Models = None,
    as_json: Json = False,
    executor: On = "here",
    base_url: BaseUrl = None,
    key_env: KeyEnv = None,
    budget: Spend = None,
    prices: PriceFile = None,
    way: AnswerWay = Way.BEST,
    draws: Draws = 64,
    concurrency: Concurrency = 16,
    reasoning: Reasoning = None,
    reasoning_tokens: ReasoningTokens = None,
) -> None:
    """Have a run go further, on record with the reason: more texts or replicates, or a further model."""
    from dataclasses import replace

    from affectlab.experiment import Experiment

    decided = settings(base_url, key_env, budget, prices, way, draws, concurrency, reasoning, reasoning_tokens)
    experiment = Experiment.open(run)
    before = experiment.settings
    experiment.settings = replace(decided, threads=before.threads, weights=before.weights)
    experiment.extend(reason, texts=texts, replicates=replicates, models=model or ())
    run_and_show(experiment, executor, as_json=as_json)
