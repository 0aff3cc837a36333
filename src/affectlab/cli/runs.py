"""The commands that make a run and read one."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from affectlab.cli.app import Json, Quick, RunName, StudyName, app, emit

if TYPE_CHECKING:
    from affectlab.design.study import Study
    from affectlab.participants.base import Participant


@app.command()
def run(
    study: StudyName = "dresden",
    model: Annotated[list[str] | None, typer.Option(help="A model; again for several. See `list models`.")] = None,
    out: Annotated[Path | None, typer.Option(help="The directory of the run.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Instead of the study's own.")] = None,
    replicates: Annotated[int | None, typer.Option(min=1, help="Instead of the study's own.")] = None,
    quick: Quick = False,
    threads: Annotated[int | None, typer.Option(min=1, help="Of the embedded engine; measured if not given.")] = None,
    weights: Annotated[str | None, typer.Option(help="Format of the embedded weights: f32, f16, q8_0, as-is.")] = None,
    as_json: Json = False,
) -> None:
    """Run a study; the same command goes on with one that was interrupted."""
    from affectlab.analysis.summary import summarise
    from affectlab.cli.progress import live
    from affectlab.cli.tables import print_findings
    from affectlab.design.plan import Plan
    from affectlab.design.study import Study
    from affectlab.run import run as do

    loaded = Study.load(study, quick=quick)
    names = tuple(model or loaded.models)
    plan = Plan.of(loaded, seed=seed, replicates=replicates, models=tuple(map(_label, names)))
    directory = out or Path("runs") / f"{loaded.id}-{'-'.join(map(_label, names))}-{plan.hash[:8]}"
    cast = _cast(loaded, names, plan.seed, threads, weights)
    start = time.perf_counter()
    try:
        with live(len(plan)) as progress:
            done = do(loaded, cast, directory, seed=seed, replicates=replicates, progress=progress)
        # a closed model has no card to read
        done.store.describe("seats", {label: _seat(name, cast[label]) for label, name in zip(cast, names, strict=True)})
    finally:
        for participant in cast.values():
            participant.close()
    seconds = time.perf_counter() - start
    summary = summarise(done)
    if as_json:
        emit(
            {
                "run": str(directory),
                "plan_hash": done.plan_hash,
                "seconds": round(seconds, 2),
                "answers": done.store.count(),
                "findings": [finding.row() for finding in summary.findings],
                "measures": summary.measures(),
            }
        )
        return
    from affectlab.report import report as write

    print_findings(summary)
    page = write(done)
    print(f"\n{done.store.count()} answers in {seconds:.1f} s.  Run: {directory}  Report: {page}")


@app.command()
def report(
    run: RunName,
    form: Annotated[str, typer.Option("--format", help="html, md, json or csv.")] = "html",
    out: Annotated[Path | None, typer.Option(help="The file to write; beside the answers if not given.")] = None,
) -> None:
    """Write the report of a run: one HTML file that needs no network, or its words and tables in another form."""
    from affectlab.report import report as write
    from affectlab.run import Run

    print(write(Run.open(run), out, form=form))


@app.command()
def export(run: RunName, to: Annotated[Path, typer.Option(help="The directory to write.")]) -> None:
    """Write a run as plain files: trials as CSV with a codebook, materials, answers, study."""
    from affectlab.report.export import export as write
    from affectlab.run import Run

    print(write(Run.open(run), to))


def _label(name: str) -> str:
    """The name under which a model's rows stand."""
    return Path(name).stem if name.endswith(".gguf") else name.replace(":", "-").replace("/", "-")


def _seat(name: str, participant: Participant) -> dict[str, object]:
    """What it takes to have the same participant again."""
    card = participant.card
    return {"name": name, "threads": card.get("threads"), "weights": card.get("weights")}


def _cast(
    study: Study, names: tuple[str, ...], seed: int, threads: int | None, weights: str | None
) -> dict[str, Participant]:
    from affectlab.participants.roster import participant

    return {
        _label(name): participant(name, study.catalogue, seed=seed, threads=threads, weights=weights) for name in names
    }
