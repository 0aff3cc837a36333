"""The commands that look at a study before anything is run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from textwrap import indent
from typing import TYPE_CHECKING, Annotated, Any

import typer

from affectlab.cli.app import Json, Large, Quick, Replicates, Seed, StudyName, app, emit
from affectlab.cli.models import Models, with_servers
from affectlab.shown import line

if TYPE_CHECKING:
    from affectlab.experiment.planned import Planned
    from affectlab.experiment.preview import Question
    from affectlab.report.section import Section


SHOWN = 20
"""Mistakes that are named at once."""


@app.command()
def check(
    study: StudyName,
    everything: Annotated[
        bool, typer.Option("--all", help="Name every mistake, and not only the first twenty.")
    ] = False,
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
@with_servers
def plan(
    study: StudyName,
    quick: Quick = False,
    large: Large = False,
    seed: Seed = None,
    replicates: Replicates = None,
    cells: Annotated[bool, typer.Option("--cells", help="List every session with its place in the design.")] = False,
    shards: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=1, help="Also count what a run in so many shards would ask, beside a single run."
        ),
    ] = None,
    as_json: Json = False,
    model: Models = None,
    pilot: Annotated[
        int,
        typer.Option(
            metavar="N",
            min=0,
            help="Ask the model so many questions first, to estimate how many draws all of them need; this costs.",
        ),
    ] = 0,
    **servers: Any,
) -> None:
    """Count what a study would ask, before anything is run: cells, sessions, requests, tokens, money."""
    from affectlab.cli.costs import cost_line, pilot_line
    from affectlab.cli.models import settings
    from affectlab.experiment import Experiment
    from affectlab.report.render.terminal import show

    decided = settings(**servers)
    experiment = Experiment.load(
        study, quick=quick, models=model or (), seed=seed, replicates=replicates, large=large, settings=decided
    )
    costs, planned = experiment.cost(), experiment.planned()
    pilots = experiment.pilot(pilot) if pilot else {}
    tokens = None if shards is None else (planned.evaluated(), planned.evaluated(shards))
    if as_json:
        listed: dict[str, object] = {"assignment": planned.assignment} if cells else {}
        if costs:
            listed["costs"] = {name: one.record() for name, one in costs.items()}
        if pilots:
            listed["pilots"] = {name: asdict(one) | {"total": one.total} for name, one in pilots.items()}
        if tokens is not None:
            listed["shards"] = {"shards": shards, "one_run": tokens[0], "tokens": tokens[1]}
        emit({**planned.record(), **listed})
        return
    told = {name: cost_line(one) for name, one in costs.items()}
    told |= {f"pilot, {name}": pilot_line(one) for name, one in pilots.items()}
    if tokens is not None:
        one, parts = tokens
        told["in one run"] = f"{one:,} tokens evaluated: what a block says before its questions, each block anew"
        told[f"in {shards} shards"] = f"{parts:,} tokens evaluated, {parts / one:.2f} times as many"
    show(_plan(planned, told, cells=cells))


def _plan(planned: Planned, costs: Mapping[str, str], *, cells: bool) -> Section:
    """The plan in numbers; with ``cells``, session by session."""
    from affectlab.report.section import Section
    from affectlab.report.table import Table

    counted, checks = planned.count, planned.checks
    crossed = {factor: levels for factor, levels in planned.factors.items() if len(levels) > 1}
    rows = [
        ("plan", planned.plan.hash),
        *((f"  {factor}", f"{len(levels)}: {_few(levels)}") for factor, levels in crossed.items()),
        ("cells", f"{planned.cells:,}"),
        ("sessions", f"{counted.sessions:,}"),
        ("requests", f"{counted.asks:,} questions, {counted.distinct_asks:,} distinct"),
        ("", f"{counted.replies:,} free replies, {counted.distinct_replies:,} distinct"),
        ("tokens", f"{counted.tokens:,} if every request is sent with its whole conversation"),
        ("", f"{counted.distinct_tokens:,} distinct: what is evaluated where beginnings are shared"),
        (
            "validity",
            f"{checks.distinct_asks:,} questions, {checks.distinct_tokens:,} tokens: {planned.share:.1%} more",
        ),
        *((("time", _time(*planned.seconds)),) if planned.seconds is not None else ()),
        *costs.items(),
    ]
    tables = [Table("", ("", ""), tuple(rows))]
    if cells:
        shown = [factor for factor, found in planned.levels.items() if len(found) > 1 or factor == "index"]
        places = tuple(tuple(str(design_cell[factor]) for factor in shown) for design_cell in planned.assignment)
        tables.append(Table("", tuple(shown), places))
    notes = tuple(f"A run would be refused: {why}" for why in planned.unable)
    return Section("plan", "", tables=tuple(tables), notes=notes)


@app.command()
def preview(
    study: StudyName,
    cell: Annotated[
        int,
        typer.Argument(
            metavar="CELL", min=0, help="The number of the session, as `affectlab plan STUDY --cells` lists them."
        ),
    ] = 0,
    quick: Quick = False,
    seed: Seed = None,
    replicates: Replicates = None,
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


def _time(least: float, most: float) -> str:
    """How long a run would take.

    >>> _time(110.0, 290.0)
    'about 1.8 to 4.8 minutes on two processors; `affectlab bench` measures this machine'
    """
    return (
        f"about {least / 60:.1f} to {most / 60:.1f} minutes on two processors; `affectlab bench` measures this machine"
    )


def _few(levels: Sequence[Any]) -> str:
    named = [str(level) for level in levels]
    return ", ".join(named) if len(named) < 13 else f"{', '.join(named[:12])} …"
