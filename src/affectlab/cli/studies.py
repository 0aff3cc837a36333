"""The commands that look at a study before anything is run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from textwrap import indent
from typing import TYPE_CHECKING, Annotated, Any

import typer

from affectlab.cli.app import Json, Large, Quick, StudyName, app, emit, print_columns
from affectlab.cli.models import AnswerWay, Draws, Models, PriceFile, Way
from affectlab.shown import line

if TYPE_CHECKING:
    from affectlab.experiment.preview import Question


SHOWN = 20
"""Mistakes that are named at once."""


@app.command()
def check(
    study: StudyName,
    everything: Annotated[bool, typer.Option("--all", help="Name every mistake, and not the first twenty.")] = False,
    large: Large = False,
) -> None:
    """Find everything that is wrong with a study and its materials; needs no model."""
    from affectlab.experiment import Experiment

    found = Experiment.check(study)
    for error in found.errors if everything else found.errors[:SHOWN]:
        print(error)
    if found.errors:
        beyond = len(found.errors) - SHOWN
        if beyond > 0 and not everything:
            print(f"and {beyond:,} more; --all names them")
        raise typer.Exit(2)
    for remark in found.remarks:
        print(f"note: {remark}")
    print(f"{line(study)}: no mistake found; {found.sessions(large=large):,} sessions at most")


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
    from affectlab.cli.costs import worded
    from affectlab.cli.models import settings
    from affectlab.experiment import Experiment

    decided = settings(prices=prices, way=way, draws=draws)
    experiment = Experiment.load(
        study, quick=quick, models=model or (), seed=seed, replicates=replicates, large=large, settings=decided
    )
    costs, planned = experiment.cost(), experiment.planned()
    if as_json:
        listed: dict[str, object] = {"assignment": planned.assignment} if cells else {}
        if costs:
            listed["costs"] = {name: one.record() for name, one in costs.items()}
        emit({**planned.record(), **listed})
        return
    counted, checks = planned.count, planned.checks
    print(f"plan         {experiment.plan.hash}")
    for factor, found in planned.factors.items():
        if len(found) > 1:
            print(f"  {factor:<10} {len(found)}: {_few(found)}")
    print(f"cells        {planned.cells:,}")
    print(f"sessions     {counted.sessions:,}")
    print(f"requests     {counted.asks:,} questions, {counted.distinct_asks:,} distinct")
    print(f"             {counted.replies:,} free replies, {counted.distinct_replies:,} distinct")
    print(f"tokens       {counted.tokens:,} if every request is sent with its whole conversation")
    print(f"             {counted.distinct_tokens:,} distinct: what is evaluated where beginnings are shared")
    print(
        f"validity     {checks.distinct_asks:,} questions, {checks.distinct_tokens:,} tokens: {planned.share:.1%} more"
    )
    for name, one in costs.items():
        print(f"{name:<12} {worded(one)}")
    for why in planned.unable:
        print(f"not possible {why}")
    if cells:
        shown = [factor for factor, found in planned.levels.items() if len(found) > 1 or factor == "index"]
        print()
        print_columns(shown, [[str(place[factor]) for factor in shown] for place in planned.assignment])


@app.command()
def preview(
    study: StudyName,
    cell: Annotated[int, typer.Argument(metavar="CELL", min=0, help="Its index, as `plan --cells` lists them.")] = 0,
    quick: Quick = False,
    seed: Annotated[int | None, typer.Option(min=0, help="Instead of the study's own.")] = None,
    replicates: Annotated[int | None, typer.Option(min=1, help="Instead of the study's own.")] = None,
    as_json: Json = False,
) -> None:
    """Show the whole conversation of a session, with every question on its branch; needs no model."""
    from affectlab.experiment import Experiment

    turns = Experiment.load(study, quick=quick, seed=seed, replicates=replicates).preview(cell)
    if as_json:
        emit([asdict(turn) for turn in turns])
        return
    for turn in turns:
        print(f"{turn.role or 'before anything is said'}:")
        print(indent(turn.text, "  "))
        for one in turn.questions:
            print(f"    at {one.point}, `{one.measure}`{f', item `{one.item}`' if one.item else ''} ({one.purpose})")
            for role, text in one.branch:
                print(indent(f"{role}: {text}", "      "))
            if one.opening:
                print(indent(f"it begins: {one.opening}", "      "))
            print(indent(_answers(one), "      "))


def _answers(question: Question) -> str:
    """What can be answered."""
    if question.reads:
        return f"read from inside: {', '.join(question.reads)}"
    return "options:" + ",".join(question.options) if question.options else "a reply in its own words"


def _few(levels: Sequence[Any]) -> str:
    named = [str(level) for level in levels]
    return ", ".join(named) if len(named) < 13 else f"{', '.join(named[:12])} …"
