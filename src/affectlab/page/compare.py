"""Runs beside each other."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from affectlab.experiment import compared
from affectlab.page.early_looks import require_shown
from affectlab.page.folder import Folder, path_of
from affectlab.page.home import listed_runs
from affectlab.page.opened import RESULTS
from affectlab.page.view import shown_page
from affectlab.report.render.html import section_html


def _compare(request: Request) -> Response:
    """The choice of runs, and those that were chosen."""
    folder: Folder = request.app.state.folder
    chosen = request.query_params.getlist("run")
    for name in chosen:
        folder.run(name)
    runs = [one for one in listed_runs(folder) if one.found is not None and one.found.sessions]
    asked = urlencode([("run", name) for name in chosen])
    names = [path_of(name) for name in chosen]
    return shown_page(request, "compare.html.j2", runs=runs, chosen=chosen, names=names, asked=asked)


def _sections(request: Request) -> Response:
    folder: Folder = request.app.state.folder
    chosen = [folder.run(name) for name in request.query_params.getlist("run")]
    for one in chosen:
        require_shown(one)
    results = [RESULTS.of(one) for one in chosen]
    made = tuple((one.id, one.title, section_html(one)) for one in compared(results))
    return shown_page(request, "sections.html.j2", sections=made, contents=(), notices=(), rest="")


ROUTES: list[BaseRoute] = [Route("/compare", _compare), Route("/compare/sections", _sections)]
