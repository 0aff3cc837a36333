"""The command that says what a run rests on."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from affectlab.cli.app import Json, RunName, app, emit


class CitationForm(StrEnum):
    """In which a list of references is written."""

    TEXT = "text"
    BIBTEX = "bibtex"
    CFF = "cff"


@app.command()
def cite(
    run: RunName,
    form: Annotated[
        CitationForm, typer.Option("--format", metavar="FORM", help="Plain lines, BibTeX, or a citation file (CFF).")
    ] = CitationForm.TEXT,
    as_json: Json = False,
) -> None:
    """List what a run rests on, to be cited: the software, its models, and every material that it used."""
    from affectlab.experiment import Results
    from affectlab.records import citation

    found = Results.open(run).cite()
    if as_json:
        emit([one._asdict() for one in found])
        return
    written = {
        CitationForm.TEXT: citation.as_text,
        CitationForm.BIBTEX: citation.as_bibtex,
        CitationForm.CFF: citation.as_cff,
    }
    print(written[form](found), end="")
