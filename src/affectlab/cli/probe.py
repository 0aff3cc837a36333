"""The command that finds out what a model behind an interface can do."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from affectlab.cli.app import Json, app, emit

Name = Annotated[
    str,
    typer.Argument(
        metavar="MODEL", help="A model behind an interface; `affectlab list models` names those that are known."
    ),
]
BaseUrl = Annotated[
    str | None, typer.Option(metavar="URL", help="Address of the model's interface, as http://host:port/v1.")
]
KeyEnv = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="Environment variable that holds the key; the provider's usual one if not given."
    ),
]
Out = Annotated[Path | None, typer.Option(metavar="FILE", help="Write what was found as a model file.")]


@app.command()
def probe(
    model: Name, base_url: BaseUrl = None, key_env: KeyEnv = None, out: Out = None, as_json: Json = False
) -> None:
    """Find out what a model behind an interface can do, by some thirty small requests, and say what was seen."""
    from affectlab.atomic import file_replaced
    from affectlab.experiment.probed import probed
    from affectlab.report.render.terminal import show
    from affectlab.report.section import Section
    from affectlab.report.table import Table

    found = probed(model, base_url=base_url, key_env=key_env)
    if out is not None:
        with file_replaced(out) as part:
            part.write_text(found.file, "utf-8")
    if as_json:
        emit({name: {"found": value, "seen": seen} for name, value, seen in found.rows})
        return
    rows = tuple((name, value or "none", seen) for name, value, seen in found.rows if value or seen)
    show(Section("probe", f"What {model} can do", tables=(Table("", ("ability", "found", "seen"), rows),)))
    if out is not None:
        print(f"{out} keeps it; take part with --model {out}")
