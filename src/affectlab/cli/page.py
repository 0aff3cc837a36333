"""The command that opens the page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from affectlab.cli.app import app
from affectlab.stopping import say_what_is_kept


@app.command()
def page(
    directory: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="The folder with your studies and runs.")
    ] = Path(),
    port: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=0, max=65535, help="The port to listen on; the first free one from 8642 if not given."
        ),
    ] = None,
    host: Annotated[
        str,
        typer.Option(metavar="ADDRESS", help="The address to listen on; by default this machine alone can reach it."),
    ] = "127.0.0.1",
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open a browser, or do not.")] = True,
) -> None:
    """Write, run, watch, read and compare studies in a browser, on this machine alone."""
    from affectlab.page.serve import serve

    say_what_is_kept("runs that the page has started go on by themselves")
    serve(directory, host=host, port=port, browser=browser)
