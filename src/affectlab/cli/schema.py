"""The command that prints the schema of a file for editors."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from affectlab.cli.app import app
from affectlab.cli.catalogue import WithStudy


@app.command()
def schema(
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="`study`, or what a material's file says as its `kind`.")
    ] = "study",
    form: Annotated[
        str, typer.Option(metavar="FORM", help="The form of an instrument or a task, as its file says it.")
    ] = "",
    study: WithStudy = None,
) -> None:
    """Print the schema of a study file, or of a material, for editors (JSON Schema)."""
    from affectlab.design.editor_schema import editor_schema
    from affectlab.design.load import load_study
    from affectlab.design.study import Study
    from affectlab.errors import InputError
    from affectlab.materials.catalogue import FOLDERS, Catalogue
    from affectlab.materials.file import kind_of
    from affectlab.materials.formed import formed
    from affectlab.materials.schema import Part

    kinds: dict[str, type[Part]] = {"study": Study, **{kind_of(one): one for one in FOLDERS}}
    if kind not in kinds:
        raise InputError(f"unknown kind `{kind}`", hint=f"there are: {', '.join(kinds)}")
    catalogue = load_study(study).catalogue if study is not None else Catalogue()
    made = editor_schema(formed(kinds[kind], {"form": form}), catalogue, f"affectlab {kind}")
    print(json.dumps(made, indent=2, ensure_ascii=False))
