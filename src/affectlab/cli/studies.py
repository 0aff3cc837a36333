"""The commands that look at a study before anything is run."""

from __future__ import annotations

from typing import Annotated

import typer

from affectlab.cli.app import Json, Quick, StudyName, app, emit
from affectlab.cli.models import AnswerWay, Draws, Models, PriceFile, Way


@app.command()
def check(study: StudyName) -> None:
    """Find everything that is wrong with a study and its materials; needs no model."""
    from affectlab.design.check import mistakes

    errors = mistakes(study)
    for error in errors:
        print(error)
    if errors:
        raise typer.Exit(2)
    print(f"{study}: no mistake found")


@app.command()
def plan(
    study: StudyName,
    quick: Quick = False,
    seed: Annotated[int | None, typer.Option(min=0, help="Instead of the study's own.")] = None,
    replicates: Annotated[int | None, typer.Option(min=1, help="Instead of the study's own.")] = None,
    as_json: Json = False,
    model: Models = None,
    prices: PriceFile = None,
    way: AnswerWay = Way.BEST,
    draws: Draws = 64,
) -> None:
    """Count what a study would ask, and what that would cost, before anything is run."""
    from affectlab.cli.costs import estimates, worded
    from affectlab.design.plan import Plan
    from affectlab.design.study import Study
    from affectlab.participants.roster import labels
    from affectlab.session.count import count

    loaded = Study.load(study, quick=quick)
    names = tuple(model or loaded.models)
    expanded = Plan.of(loaded, seed=seed, replicates=replicates, models=labels(names))
    costs = estimates(expanded, names, prices, way, draws)
    counted = count(expanded)
    if as_json:
        told = {name: one.record() for name, one in costs.items()}
        emit({"plan_hash": expanded.hash, **counted._asdict(), **({"costs": told} if told else {})})
        return
    print(f"plan         {expanded.hash}")
    print(f"sessions     {counted.sessions:,}")
    print(f"questions    {counted.asks:,} asked, {counted.distinct_asks:,} distinct")
    print(f"free replies {counted.replies:,} asked, {counted.distinct_replies:,} distinct")
    print(f"words        {counted.words:,} if every question were sent with its whole conversation")
    print(f"             {counted.distinct_words:,} that are distinct, which is what is evaluated")
    for name, one in costs.items():
        print(f"{name}  {worded(one)}")
