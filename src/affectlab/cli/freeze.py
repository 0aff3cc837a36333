"""The commands that write down what a study expects before it is run, and hold a run against it."""

from __future__ import annotations

from pathlib import Path
from textwrap import shorten
from typing import Annotated

import typer

from affectlab.cli.app import Json, Large, Quick, RunName, StudyName, app, emit, print_columns


@app.command()
def freeze(
    study: StudyName,
    out: Annotated[Path | None, typer.Option(help="The file to write; beside the study's own if not given.")] = None,
    model: Annotated[list[str] | None, typer.Option(help="Instead of the study's own; again for more.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Instead of the study's own.")] = None,
    replicates: Annotated[int | None, typer.Option(min=1, help="Instead of the study's own.")] = None,
    quick: Quick = False,
    large: Large = False,
    as_json: Json = False,
) -> None:
    """Write the preregistration of a study: hypotheses, smallest effects, exclusions, analysis, plan hash."""
    from affectlab.design.load import load_study, shipped
    from affectlab.design.plan import Plan
    from affectlab.design.preregistration import SUFFIX, beside, write
    from affectlab.design.preregistration import freeze as frozen
    from affectlab.participants.roster import labels

    loaded = load_study(study, quick=quick)
    models = labels(tuple(model or loaded.models))
    content = frozen(Plan.of(loaded, seed=seed, replicates=replicates, models=models, large=large))
    own = loaded.document.path if loaded.document is not None and study not in shipped() else None
    path = out or (beside(own) if own is not None else Path(f"{loaded.id}{SUFFIX}"))
    write(content, path)
    if as_json:
        emit({"file": str(path), **content})
        return
    computable = sum(one.computable for one in loaded.hypotheses.values())
    without = len(loaded.hypotheses) - computable
    said = (
        f"{computable} hypotheses"
        if not without
        else f"{computable} hypotheses and {without} sentences without verdict"
    )
    print(f"{path}: {said}, plan {content['plan_hash'][:12]}")
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
    from affectlab.analysis.deviations import deviations as compare
    from affectlab.analysis.deviations import preregistered
    from affectlab.design.preregistration import KIND, load
    from affectlab.errors import InputError
    from affectlab.run import Run

    opened = Run.open(run)
    if file is not None:
        opened.store.describe(KIND, load(file))
    frozen = preregistered(opened)
    if frozen is None:
        raise InputError("the run keeps no preregistration", hint="name the frozen file with --from", file=run)
    found = compare(opened, frozen)
    if as_json:
        emit({"preregistration": frozen["checksum"], "deviations": [one._asdict() for one in found]})
        return
    if not found:
        print(f"as preregistered (plan {frozen['plan_hash'][:12]})")
        return
    print_columns(("what", "planned", "done"), [[shorten(part, 60, placeholder=" …") for part in one] for one in found])
