"""The commands that look at a study before anything is run."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from affectlab.cli.app import Json, Large, Quick, StudyName, app, emit, print_columns
from affectlab.cli.models import AnswerWay, Draws, Models, PriceFile, Way

SHOWN = 20
"""Mistakes that are named at once."""


@app.command()
def check(
    study: StudyName,
    everything: Annotated[bool, typer.Option("--all", help="Name every mistake, and not the first twenty.")] = False,
    large: Large = False,
) -> None:
    """Find everything that is wrong with a study and its materials; needs no model."""
    from affectlab.design.check import checked
    from affectlab.design.size import require_size
    from affectlab.shown import line

    found = checked(study)
    for error in found.errors if everything else found.errors[:SHOWN]:
        print(error)
    if found.errors:
        beyond = len(found.errors) - SHOWN
        if beyond > 0 and not everything:
            print(f"and {beyond:,} more; --all names them")
        raise typer.Exit(2)
    for remark in found.remarks:
        print(f"note: {remark}")
    assert found.study is not None
    sessions = require_size(found.study, large=large)
    print(f"{line(study)}: no mistake found; {sessions:,} sessions at most")


@app.command()
def plan(
    study: StudyName,
    quick: Quick = False,
    large: Large = False,
    seed: Annotated[int | None, typer.Option(min=0, help="Instead of the study's own.")] = None,
    replicates: Annotated[int | None, typer.Option(min=1, help="Instead of the study's own.")] = None,
    cells: Annotated[bool, typer.Option("--cells", help="List every session with its place in the design.")] = False,
    as_json: Json = False,
    model: Models = None,
    prices: PriceFile = None,
    way: AnswerWay = Way.BEST,
    draws: Draws = 64,
) -> None:
    """Count what a study would ask, before anything is run: cells, sessions, requests, tokens, money."""
    from affectlab.cli.costs import estimates, worded
    from affectlab.design.load import load_study
    from affectlab.design.plan import Plan
    from affectlab.participants.roster import labels
    from affectlab.participants.tokens import EmbeddedTokens
    from affectlab.session.count import added, count

    loaded = load_study(study, quick=quick)
    names = tuple(model or loaded.models)
    expanded = Plan.of(loaded, seed=seed, replicates=replicates, models=labels(names), large=large)
    costs = estimates(expanded, names, prices, way, draws)
    tokens = EmbeddedTokens()
    counted, checks = count(expanded, tokens), added(expanded, tokens)
    share = checks.distinct_tokens / (counted.distinct_tokens - checks.distinct_tokens)
    places = [asdict(cell) for cell in expanded.cells]
    levels = {factor: list(dict.fromkeys(place[factor] for place in places)) for factor in places[0]}
    crossed = {factor: found for factor, found in levels.items() if factor not in _OWN}
    distinct = len({tuple(place[factor] for factor in crossed) for place in places})
    if as_json:
        listed: dict[str, object] = {"assignment": places} if cells else {}
        if costs:
            listed["costs"] = {name: one.record() for name, one in costs.items()}
        emit(
            {
                "plan_hash": expanded.hash,
                "factors": crossed,
                "cells": distinct,
                **counted._asdict(),
                "validity": {**checks._asdict(), "share": share},
                **listed,
            }
        )
        return
    print(f"plan         {expanded.hash}")
    for factor, found in crossed.items():
        if len(found) > 1:
            print(f"  {factor:<10} {len(found)}: {_few(found)}")
    print(f"cells        {distinct:,}")
    print(f"sessions     {counted.sessions:,}")
    print(f"requests     {counted.asks:,} questions, {counted.distinct_asks:,} distinct")
    print(f"             {counted.replies:,} free replies, {counted.distinct_replies:,} distinct")
    print(f"tokens       {counted.tokens:,} if every request is sent with its whole conversation")
    print(f"             {counted.distinct_tokens:,} distinct: what is evaluated where beginnings are shared")
    print(f"validity     {checks.distinct_asks:,} questions, {checks.distinct_tokens:,} tokens: {share:.1%} more")
    for name, one in costs.items():
        print(f"{name:<12} {worded(one)}")
    if cells:
        shown = [factor for factor, found in levels.items() if len(found) > 1 or factor == "index"]
        print()
        print_columns(shown, [[str(place[factor]) for factor in shown] for place in places])


_OWN = ("index", "vignette", "text", "script", "replicate", "seed")
"""What tells the sessions of a cell of the design apart."""


def _few(levels: list[str]) -> str:
    return ", ".join(levels) if len(levels) < 13 else f"{', '.join(levels[:12])} …"
