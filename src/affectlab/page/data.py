"""People's data: a file is opened, what was understood of it is confirmed or corrected, and conditions are compared."""

from __future__ import annotations

import io
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from affectlab.errors import AffectlabError, DataError, InputError
from affectlab.page.folder import Folder, is_table, name_of, path_of
from affectlab.page.table_question import ROLES, SWITCHES, TableQuestion, scoring_instruments
from affectlab.page.view import plain_name, shown_page, words_of_request
from affectlab.page.words import PageWords
from affectlab.report.overview import values_shown

if TYPE_CHECKING:
    from affectlab.effects.analyse import Analysis
    from affectlab.effects.factorial import FactorialAnalysis
    from affectlab.report.section import Section
    from affectlab.tabular.overview import Overview

KEPT = "data"
"""The folder, below that of the page, in which files are kept that were opened from elsewhere."""


def _list(request: Request) -> Response:
    """The files of data that there are."""
    folder: Folder = request.app.state.folder
    files = [(name, path_of(name)) for name in folder.tables()]
    return shown_page(request, "data.html.j2", files=files, folder=folder.root.name or "/")


async def _keep(request: Request) -> Response:
    """Keep a file that was opened from elsewhere; the answer is its address."""
    name = request.query_params.get("name", "")
    kept = await run_in_threadpool(keep_table, request.app.state.folder, name, await request.body())
    return PlainTextResponse(f"/data/{kept}")


def keep_table(folder: Folder, name: str, content: bytes) -> str:
    """Keep a file of data in the folder; returns its name as it stands in addresses.

    Raises:
        InputError: the name is not that of a table, or another file has it.
    """
    if not is_table(name) or any(one in name for one in '/\\:*?"<>|\0') or len(name) > 120:
        raise InputError(
            f"`{name}` is no file of data that can be read",
            hint="open a CSV, a workbook, or a file of SPSS, Stata or SAS",
        )
    path = folder.below(name_of(Path(KEPT) / name))
    path.parent.mkdir(exist_ok=True)
    if path.exists() and path.read_bytes() != content:
        raise InputError(f"there is a `{name}` already", hint="rename one of the two")
    path.write_bytes(content)
    return name_of(path.relative_to(folder.root))


def _file(request: Request) -> Response:
    """A file as it was understood, what is to be compared in it, and, where columns are named, what comes of it."""
    folder: Folder = request.app.state.folder
    name = request.path_params["file"]
    path, asked = folder.table(name), TableQuestion.of(request.query_params)
    # of a file that is to be read otherwise, what its columns are is guessed anew
    compares = asked.compares and "read" not in request.query_params
    found, wrong, sections = None, None, []
    try:
        found = _understood(path, asked)
        if compares:
            sections = _compared(path, asked, words_of_request(request))
        else:
            asked = asked.guessed(found)
    except AffectlabError as error:
        wrong = error
    values: dict[str, Any] = {"name": name, "shown": path_of(name), "found": found, "wrong": wrong, "asked": asked}
    values |= {"sections": sections, "confirmed": compares, "line": _line(path_of(name), asked) if found else ""}
    values |= {"choices": _choices(found) if found else (), "instruments": scoring_instruments() if found else ()}
    values |= {"roles": ROLES, "switches": SWITCHES, "values": values_shown}
    return shown_page(request, "data_file.html.j2", **values)


def _understood(path: Path, asked: TableQuestion) -> Overview:
    from affectlab.tabular.overview import overview

    return overview(path, **asked.reading())


def _choices(found: Overview) -> list[str]:
    """The columns that can have a role: those of the file, and those that a pattern of it makes."""
    own = [one.name for one in found.columns if one.role != "wide"]
    made = [value for name, value in found.guess if name in ROLES and value is not None]
    return list(dict.fromkeys([*own, *made, "row"]))


def _line(file: str, asked: TableQuestion) -> str:
    from affectlab.tabular.overview import analyse_line

    return analyse_line(file, asked.options)


def _analysed(path: Path, asked: TableQuestion) -> Analysis | FactorialAnalysis:
    from affectlab.experiment.table import analyse_table

    return analyse_table(path, asked.analysis())


def _compared(path: Path, asked: TableQuestion, t: PageWords) -> list[str]:
    """What the comparison says, with its figure where it can be drawn, and as it would stand in an article."""
    from affectlab.report.apa import apa_section
    from affectlab.report.factorial import found_section
    from affectlab.report.figures.conditions import conditions_figure
    from affectlab.report.render.html import section_html

    made = _analysed(path, asked)
    section = found_section(made)
    try:
        section = replace(section, figures=(replace(conditions_figure(made), number=1),))
    except DataError as error:
        section = replace(section, notes=(*section.notes, f"No figure is drawn: {error.message}."))
    titled = (replace(section, title=t("data.result")), replace(apa_section(made), title=t("data.article")))
    return [section_html(_placed(one, one.id, t)) for one in titled]


def _placed(section: Section, place: str, t: PageWords) -> Section:
    """A section with headings, and with ids that stand once in a view."""
    parts = tuple(_placed(one, f"{place}-{one.id}", t) for one in section.parts)
    title = section.title or (t(f"data.part.{section.id}") if t.has(f"data.part.{section.id}") else "")
    return replace(section, id=place, title=title, parts=parts)


def _script(request: Request) -> Response:
    """The code of R that gives the same numbers, with the scores that it reads."""
    from affectlab.report.r_script import write_r

    folder: Folder = request.app.state.folder
    path, asked = folder.table(request.path_params["file"]), TableQuestion.of(request.query_params)
    packed, stem = io.BytesIO(), plain_name(path.name.partition(".")[0])
    with tempfile.TemporaryDirectory() as made, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        write_r(_analysed(path, asked), Path(made) / f"{stem}.R")
        for file in sorted(Path(made).iterdir()):
            archive.write(file, file.name)
    headers = {"content-disposition": f'attachment; filename="{stem}-R.zip"'}
    return Response(packed.getvalue(), media_type="application/zip", headers=headers)


ROUTES: list[BaseRoute] = [
    Route("/data", _list),
    Route("/data", _keep, methods=["POST"]),
    Route("/data/{file}", _file),
    Route("/data/{file}/R.zip", _script),
]
