"""Figures of a report as files of their own: drawing, picture, page of print, specification or data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from affectlab.errors import EngineError, InputError
from affectlab.report.document import document
from affectlab.report.engine import PDF, PNG, SVG, Undrawn, drawn, pictured
from affectlab.report.evidence import Evidence
from affectlab.report.figure import Figure
from affectlab.report.table import spreadsheet
from affectlab.report.theme import GROUND
from affectlab.report.write import file, save
from affectlab.run import Run
from affectlab.shown import shown

FORMS = (SVG, PNG, PDF)
"""In which all figures of a report can be written."""
SUFFIXES = (*(f".{form}" for form in FORMS), ".json", ".csv")
FOLDER = "figures"
"""Beside a report, or in an export."""


def single(run: Run, name: str, out: Path | None = None) -> Path:
    """Write one figure of a run's report, on a white ground and with its key.

    Args:
        run: what to report.
        name: the figure's name, or the beginning of it: then the first on the page that has it.
        out: the file. ``.svg`` is the drawing, ``.png`` and ``.pdf`` a picture and a page of print of it, ``.json`` its
            Vega-Lite specification, ``.csv`` the data behind it.

    Returns:
        the file.

    Raises:
        InputError: the report has no such figure, or the file's ending is none of these.
        DataError: no session of the run is complete.
        EngineError: it cannot be drawn here.
    """
    if out is not None and out.suffix not in SUFFIXES:
        raise InputError(f"a figure cannot be written as {out.name}", hint=f"end it in {', '.join(SUFFIXES)}")
    figures = list(document(Evidence.of(run)).figures)
    found = [one for one in figures if one.id == name] or [one for one in figures if one.id.startswith(f"{name}-")]
    if not found:
        names = ", ".join(one.id for one in figures)
        raise InputError(f"the report has no figure `{name}`", hint=f"its figures are {names}")
    target = file(run, out, f"{found[0].id}.svg")
    return save(target, figure_content(found[0], target.suffix))


def every(run: Run, form: str, out: Path | None = None, *, evidence: Evidence | None = None) -> list[Path]:
    """Write all figures of a run's report into one folder, each under its name.

    Args:
        run: what to report.
        form: one of ``FORMS``.
        out: the folder; ``figures`` in the run's directory if None.
        evidence: of the run, where it has been read.

    Returns:
        the files.

    Raises:
        InputError: there is no such form.
        DataError: no session of the run is complete.
        EngineError: they cannot be drawn here.
    """
    check_form(form)
    folder = file(run, out, FOLDER)
    found = document(evidence or Evidence.of(run)).figures
    return [save(folder / f"{one.id}.{form}", figure_content(one, f".{form}")) for one in found]


def check_form(form: str | None) -> None:
    """That figures can be written in a form; none is no mistake.

    Raises:
        InputError: they cannot.
    """
    if form is not None and form not in FORMS:
        raise InputError(f"figures cannot be written as {form}", hint=f"use one of {', '.join(FORMS)}")


def figure_content(figure: Figure, suffix: str) -> str | bytes:
    """A figure as the content of a file with one of the ``SUFFIXES``."""
    if suffix == ".csv":
        return spreadsheet(figure.data).to_csv(index=False)
    whole: dict[str, Any] = {**figure.specification, "background": GROUND["light"]}
    if suffix == ".json":
        return shown(json.dumps(whole, ensure_ascii=False, indent=1)) + "\n"
    try:
        return shown(drawn(whole)) if suffix == f".{SVG}" else pictured(whole, suffix.removeprefix("."))
    except Undrawn as why:
        raise EngineError(str(why), hint="give it more memory; or write the figure as .csv or .json") from None
