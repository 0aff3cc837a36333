"""The commands that make a run and read one."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from textwrap import fill
from typing import Annotated

import typer

from affectlab.cli.app import Json, Large, Quick, RunName, Scoring, StudyName, app, emit
from affectlab.cli.models import (
    AnswerWay,
    BaseUrl,
    Concurrency,
    Draws,
    KeyEnv,
    Models,
    PriceFile,
    Reader,
    Reasoning,
    ReasoningTokens,
    Spend,
    Therapist,
    Way,
    cast,
    costs,
    seated,
    setup,
)
from affectlab.errors import ParticipantError


@app.command()
def run(
    study: StudyName = "dresden",
    model: Models = None,
    out: Annotated[Path | None, typer.Option(help="The directory of the run.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Instead of the study's own.")] = None,
    replicates: Annotated[int | None, typer.Option(min=1, help="Instead of the study's own.")] = None,
    quick: Quick = False,
    large: Large = False,
    threads: Annotated[int | None, typer.Option(min=1, help="Of the embedded engine; measured if not given.")] = None,
    weights: Annotated[str | None, typer.Option(help="Format of the embedded weights: f32, f16, q8_0, as-is.")] = None,
    as_json: Json = False,
    base_url: BaseUrl = None,
    key_env: KeyEnv = None,
    budget: Spend = None,
    prices: PriceFile = None,
    way: AnswerWay = Way.BEST,
    draws: Draws = 64,
    concurrency: Concurrency = 16,
    reasoning: Reasoning = None,
    reasoning_tokens: ReasoningTokens = None,
    therapist: Therapist = None,
    reader: Reader = None,
) -> None:
    """Run a study; the same command goes on with one that was interrupted."""
    from affectlab.cli.progress import live
    from affectlab.design.load import load_study
    from affectlab.design.plan import Plan
    from affectlab.participants.roster import labels
    from affectlab.run import carry_out

    loaded = load_study(study, quick=quick).talking(therapist=therapist, reader=reader)
    decided = setup(base_url, key_env, budget, prices, way, draws, concurrency, reasoning, reasoning_tokens)
    names = tuple(model or loaded.models)
    plan = Plan.of(loaded, seed=seed, replicates=replicates, models=labels(names), large=large)
    whom = "-".join(plan.models) if len(plan.models) < 4 else f"{len(plan.models)}-models"
    directory = out or Path("runs") / f"{loaded.id}-{whom}-{plan.hash[:8]}"
    taking_part = cast(names, loaded.catalogue, plan.seed, decided, directory, threads=threads, weights=weights)
    beside = seated(loaded, dict(zip(names, taking_part.values(), strict=True)), plan.seed, decided, directory)
    start = time.perf_counter()
    try:
        with live(len(plan), lambda: "; ".join(costs(taking_part).values())) as progress:
            done = carry_out(plan, taking_part, directory, others=beside, progress=progress)
    finally:
        for participant in dict.fromkeys([*taking_part.values(), *beside.values()]):
            participant.close()
    seconds = time.perf_counter() - start
    seats = {one: _seat(name, done.participants.get(one, {})) for one, name in zip(plan.models, names, strict=True)}
    done.store.describe("seats", seats)
    done.store.describe("seats_of_others", {seat: str(getattr(loaded.therapy, seat)) for seat in beside})
    # what reads numbers takes half a second to load: not before the study goes on
    from affectlab.analysis.summary import summarise

    summary = summarise(done)
    if as_json:
        from affectlab.analysis.hypotheses import judgements
        from affectlab.report.glance import verdict_records
        from affectlab.validity import validity

        emit(
            {
                "run": str(directory),
                "plan_hash": done.plan_hash,
                "seconds": round(seconds, 2),
                "answers": done.store.count(),
                "hypotheses": verdict_records(judgements(done, summary)),
                "findings": [finding.row() for finding in summary.findings],
                "measures": summary.measures(),
                "validity": [one.row() for one in validity(done, summary)],
                "spent": done.spent,
                "failed": done.failed,
            }
        )
        raise typer.Exit(_FAILED if done.failed else 0)
    from affectlab.cli.hypotheses import lines as glances
    from affectlab.cli.manipulation import print_checks
    from affectlab.cli.regulation import lines as regulation_lines
    from affectlab.cli.tables import print_findings
    from affectlab.report import report as write
    from affectlab.report.check import verdicts
    from affectlab.report.evidence import Evidence

    evidence = Evidence.of(done, summary)
    if evidence.judgements:
        print("\n".join([*glances(evidence.judgements), ""]))
    print_findings(summary)
    print_checks(done, summary)
    if len(loaded.regulations) > 1:
        print("\n".join(["", *regulation_lines(evidence.regulation)]))
    print(f"\n{fill(verdicts(evidence.validity), 80)}")
    page = write(done, evidence=evidence)
    print(f"\n{done.store.count()} answers in {seconds:.1f} s.  Run: {directory}  Report: {page}")
    for name, cost in costs(taking_part).items():
        print(f"{name} spent {cost}")
    for name, why in done.failed.items():
        print(f"affectlab: {name} broke, the others went on: {why}", file=sys.stderr)
    raise typer.Exit(_FAILED if done.failed else 0)


@app.command()
def report(
    run: RunName,
    form: Annotated[str, typer.Option("--format", help="html, md, json or csv.")] = "html",
    figure: Annotated[str | None, typer.Option(help="Only this figure: its name, or how that begins.")] = None,
    out: Annotated[Path | None, typer.Option(help="The file to write; beside the answers if not given.")] = None,
    scoring: Scoring = None,
) -> None:
    """Write the report of a run: one HTML file that needs no network, its words and tables, or one figure."""
    from affectlab.report import report as write
    from affectlab.report import single
    from affectlab.run import Run

    opened = Run.open(run, scoring=scoring)
    print(write(opened, out, form=form) if figure is None else single(opened, figure, out))


@app.command()
def export(
    run: RunName, to: Annotated[Path, typer.Option(help="The directory to write.")], scoring: Scoring = None
) -> None:
    """Write a run as plain files: trials as CSV with a codebook, materials, answers, study."""
    from affectlab.report.export import export as write
    from affectlab.run import Run

    print(write(Run.open(run, scoring=scoring), to))


def _seat(name: str, card: Mapping[str, object]) -> dict[str, object]:
    """What it takes to have the same participant again."""
    return {"name": name, "threads": card.get("threads"), "weights": card.get("weights")}


_FAILED = ParticipantError.exit_code
"""What a run ends with in which a model broke while others went on."""
