"""The commands that write down what a study expects before it is run, and hold a run against it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from affectlab.cli.app import Json, Large, Quick, Replicates, RunName, Seed, StudyName, app, emit
from affectlab.shown import line


@app.command()
def freeze(
    study: StudyName,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The file to write; beside the study's own if not given.")
    ] = None,
    text: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Also write it as Markdown to this file, in the order of OSF's form."),
    ] = None,
    model: Annotated[
        list[str] | None, typer.Option(metavar="MODEL", help="A model, instead of the study's; again for several.")
    ] = None,
    seed: Seed = None,
    replicates: Replicates = None,
    quick: Quick = False,
    large: Large = False,
    as_json: Json = False,
) -> None:
    """Write the preregistration of a study: hypotheses, smallest effects, exclusions, analysis, plan hash."""
    from affectlab.experiment import Experiment

    experiment = Experiment.load(study, quick=quick, models=model or (), seed=seed, replicates=replicates, large=large)
    path, content = experiment.freeze(out, text=text)
    if as_json:
        emit({"file": str(path), **content})
        return
    loaded = experiment.study
    computable = sum(one.computable for one in loaded.hypotheses.values())
    without = len(loaded.hypotheses) - computable
    said = (
        f"{computable} hypotheses"
        if not without
        else f"{computable} hypotheses and {without} sentences without verdict"
    )
    print(f"{line(str(path))}: {said}, plan {content['plan_hash'][:12]}")
    print("Publish it before the run; a run of this study file keeps it, and its report marks what deviates.")


@app.command()
def deviations(
    run: RunName,
    file: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="The preregistration, if the run does not keep it yet."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Hold a run against its preregistration, which is kept with the run from then on."""
    from affectlab.experiment import Results
    from affectlab.report.render.terminal import show
    from affectlab.report.section import Section
    from affectlab.report.table import Table
    from affectlab.results.deviations import preregistered

    results = Results.open(run)
    found = results.deviations(file)
    frozen = preregistered(results.run)
    assert frozen is not None
    if as_json:
        emit({"preregistration": frozen["checksum"], "deviations": [one._asdict() for one in found]})
        return
    if not found:
        print(f"as preregistered (plan {frozen['plan_hash'][:12]})")
        return
    rows = tuple(tuple(map(str, one)) for one in found)
    show(Section("deviations", "", tables=(Table("Deviations", ("what", "planned", "done"), rows),)))
