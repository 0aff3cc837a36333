"""The commands for a run that is done in parts: merging its shards, and the script with which a cluster does them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from affectlab.cli.app import Json, Quick, Replicates, Seed, StudyName, app, emit
from affectlab.cli.models import Models
from affectlab.shown import line

if TYPE_CHECKING:
    from affectlab.records.merging import Merged


@app.command()
def merge(
    shards: Annotated[list[Path], typer.Argument(metavar="SHARD", help="Directories of shards, in any order.")],
    out: Annotated[
        Path, typer.Option(metavar="FOLDER", help="The directory of the run; more may be merged into it later.")
    ],
    as_json: Json = False,
) -> None:
    """Make one run of the shards of a study, also of some that are not complete; again gives the same."""
    from affectlab.records.merging import merge as take

    merged = take(shards, out)
    if as_json:
        emit(merged.record())
        return
    for said in _told(merged):
        print(said)


def _told(merged: Merged) -> list[str]:
    where = line(str(merged.directory))
    said = [f"{where}: {merged.done:,} of {merged.sessions:,} sessions are done, {merged.taken:,} of them new"]
    if merged.missing:
        said.append(f"missing: sessions {merged.where}")
    if merged.absent:
        said.append(f"nothing was merged yet of shards {', '.join(map(str, merged.absent))}")
    for shard, (answers, largest) in merged.differing.items():
        apart = "a reply among them" if largest is None else f"by {largest:.1e} at most in a log probability"
        said.append(f"shard {shard}: {answers:,} answers are not those of another shard, {apart}; see its incidents")
    if merged.missing:
        said.append(f"`affectlab run` of the study with --out {where} does what is missing; or merge more shards")
    return said


@app.command()
def slurm(
    study: StudyName,
    shards: Annotated[int, typer.Option(metavar="N", min=1, help="The number of parts in which the study is run.")],
    partition: Annotated[str, typer.Option(metavar="NAME", help="The cluster's partition.")],
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="The directory for the shards and the run.")] = Path(
        "runs"
    ),
    script: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The file to write; printed if not given.")
    ] = None,
    hours: Annotated[int, typer.Option(metavar="N", min=1, help="The time that each shard may take.")] = 4,
    processors: Annotated[int, typer.Option(metavar="N", min=1, help="Processors for each shard.")] = 1,
    memory: Annotated[str, typer.Option(metavar="SIZE", help="Memory for each shard, as SLURM writes it.")] = "4G",
    model: Models = None,
    quick: Quick = False,
    seed: Seed = None,
    replicates: Replicates = None,
) -> None:
    """Write the job script of an array in which each task does a shard, on its own disk; needs nothing but SLURM."""
    from affectlab.execution.slurm import Job, job_script
    from affectlab.experiment import Experiment

    made = Experiment.load(study, quick=quick, models=model or (), seed=seed, replicates=replicates)
    words = [study, *(word for name in model or () for word in ("--model", name)), *(["--quick"] if quick else [])]
    words += [
        word
        for name, value in (("seed", seed), ("replicates", replicates))
        if value is not None
        for word in (f"--{name}", str(value))
    ]
    text = job_script(made.plan, words, Job(shards, partition, out, hours, processors, memory))
    if script is None:
        print(text, end="")
        return
    from affectlab.atomic import file_replaced

    with file_replaced(script, "--script") as file:
        file.write_text(text, "utf-8")
    print(f"{line(str(script))}; sbatch {line(str(script))}")
