"""The command that goes on with a run from its directory alone."""

from __future__ import annotations

from affectlab.cli.app import Json, RunName, app
from affectlab.cli.models import (
    AnswerWay,
    BaseUrl,
    Concurrency,
    Draws,
    KeyEnv,
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
def resume(
    run: RunName,
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
    """Go on with a run that was interrupted, with the study, the materials and the models that it has."""
    from dataclasses import replace

    from affectlab.experiment import Experiment

    decided = settings(base_url, key_env, budget, prices, way, draws, concurrency, reasoning, reasoning_tokens)
    experiment = Experiment.open(run)
    before = experiment.settings
    experiment.settings = replace(decided, threads=before.threads, weights=before.weights)
    run_and_show(experiment, executor, as_json=as_json)
