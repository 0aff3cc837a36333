"""The commands that make a run and read one."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from affectlab.cli.app import Json, Large, Quick, Replicates, RunName, Scoring, Seed, StudyName, app, emit
from affectlab.cli.models import Models, On, Reader, Therapist, settings, spent, with_servers
from affectlab.errors import ParticipantError
from affectlab.shown import line
from affectlab.stopping import say_what_is_kept

if TYPE_CHECKING:
    from affectlab.experiment import Experiment, Results

Figures = Annotated[
    str | None, typer.Option("--figures", metavar="FORM", help="All figures as files: svg, png or pdf.")
]


@app.command()
@with_servers
def run(
    study: StudyName = "dresden",
    model: Models = None,
    out: Annotated[
        Path | None, typer.Option(metavar="PATH", help="The directory of the run; a new one below runs/ if not given.")
    ] = None,
    seed: Seed = None,
    replicates: Replicates = None,
    quick: Quick = False,
    large: Large = False,
    threads: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Threads of the embedded engine; measured if not given.")
    ] = None,
    weights: Annotated[
        str | None,
        typer.Option(metavar="FORMAT", help="Format of the embedded weights: f32 (the default), f16, q8_0 or as-is."),
    ] = None,
    as_json: Json = False,
    therapist: Therapist = None,
    reader: Reader = None,
    executor: On = "here",
    shard: Annotated[
        str | None,
        typer.Option("--shard", metavar="N/M", help="Run only the N-th of M parts; `affectlab merge` joins them."),
    ] = None,
    **servers: Any,
) -> None:
    """Run a study; the same command goes on with one that was interrupted."""
    from affectlab.design.shard import WHOLE, Shard
    from affectlab.experiment import Experiment

    experiment = Experiment.load(
        study,
        shard=WHOLE if shard is None else Shard.parse(shard),
        quick=quick,
        therapist=therapist,
        reader=reader,
        models=model or (),
        out=out,
        seed=seed,
        replicates=replicates,
        large=large,
        settings=settings(threads=threads, weights=weights, **servers),
    )
    run_and_show(experiment, executor, as_json=as_json)


def experiment_of(run: str, servers: Mapping[str, Any]) -> Experiment:
    """The experiment of a run, whose models are reached as it is said now; the embedded engine is as it was."""
    from dataclasses import replace

    from affectlab.experiment import Experiment

    experiment = Experiment.open(run)
    before = experiment.settings
    experiment.settings = replace(settings(**servers), threads=before.threads, weights=before.weights)
    return experiment


def run_and_show(experiment: Experiment, executor: str, *, as_json: bool) -> None:
    """Do a run to its end, show how far it is, and print what it found."""
    from affectlab.cli.progress import live

    say_what_is_kept(f"what was answered is kept in {experiment.directory}; the same command goes on where it was")
    start = time.perf_counter()
    with live(lambda: "; ".join(spent(experiment).values())) as watch:
        for event in experiment.run(executor):
            watch(event)
    seconds = time.perf_counter() - start
    results = experiment.results()
    failed = results.run.failed or results.run.given_up
    if experiment.shard.of > 1:
        _show_shard(experiment, results, seconds, as_json=as_json)
    elif as_json:
        emit({"run": str(experiment.directory), "seconds": round(seconds, 2), **results.record()})
    else:
        _show(experiment, results)
    raise typer.Exit(_FAILED if failed else 0)


def _show(experiment: Experiment, results: Results) -> None:
    """The first screen; everything else is told by commands."""
    from affectlab.page.opening import keep_opening
    from affectlab.report.render.terminal import show
    from affectlab.report.screen import first_screen

    cost = [f"{name} spent {words}" for name, words in spent(experiment).items()]
    page = str(results.report())
    keep_opening(results, experiment.directory)
    show(first_screen(results.evidence, str(experiment.directory), page, cost))
    _say_undrawn()
    _show_failures(results)


def _show_failures(results: Results) -> None:
    for name, why in results.run.failed.items():
        print(f"affectlab: {name} broke, the others went on: {why}", file=sys.stderr)
    for why in results.run.given_up:
        print(f"affectlab: given up, the rest is done, the same command tries again: {why}", file=sys.stderr)


def _show_shard(experiment: Experiment, results: Results, seconds: float, *, as_json: bool) -> None:
    """A part of a study says nothing yet; how far it is, and what is to be done with it."""
    run, where = results.run, str(experiment.directory)
    done, total = len(run.store.done()), int(run.store.described("sessions"))
    if as_json:
        shard = {"shard": str(experiment.shard), "done": done, "sessions": total}
        emit({"run": where, "seconds": round(seconds, 2), **shard})
        return
    print(f"{line(where)}: shard {experiment.shard}, {done:,} of {total:,} sessions are done")
    print(f"`affectlab merge` makes one run of this and the other {experiment.shard.of - 1:,} shards")
    _show_failures(results)


@app.command()
def report(
    run: RunName,
    form: Annotated[
        str, typer.Option("--format", metavar="FORM", help="html, md, json, or csv: the findings alone.")
    ] = "html",
    figure: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only this figure: its name, or the beginning of it.")
    ] = None,
    figures: Figures = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH", help="The file to write, or the folder of figures; in the run's directory if not given."
        ),
    ] = None,
    scoring: Scoring = None,
) -> None:
    """Write the report of a run: one HTML file that needs no network, its words and tables, or its figures."""
    from affectlab.experiment import Results

    results = Results.open(run, scoring=scoring)
    if figures is not None:
        for file in results.figures(figures, out):
            print(file)
    else:
        print(results.report(out, form=form, figure=figure))
    _say_undrawn()


def _say_undrawn() -> None:
    """Say that a report has no figures, where they could not be drawn; its numbers are all there."""
    from affectlab.report.engine import undrawn

    if why := undrawn():
        print(f"affectlab: the report is without figures, {why}; the data of each stand in it", file=sys.stderr)


class ExportForm(StrEnum):
    """What is written of a run."""

    DATASET = "dataset"
    DIALOGUES = "dialogues"
    SPSS = "spss"


@app.command()
def export(
    run: RunName,
    to: Annotated[Path, typer.Option(metavar="PATH", help="The directory to write; with `--form spss`, the file.")],
    form: Annotated[
        ExportForm,
        typer.Option(
            help="All of the run, its dialogues with a row for each speaker turn, or its scores for SPSS.",
        ),
    ] = ExportForm.DATASET,
    figures: Figures = None,
    scoring: Scoring = None,
) -> None:
    """Write a run as plain files: scores as CSV with a codebook, materials, answers, study."""
    from affectlab.experiment import Results

    print(Results.open(run, scoring=scoring).export(to, form=form.value, figures=figures))


_FAILED = ParticipantError.exit_code
"""What a run ends with in which a model broke, or a block was given up, while others went on."""
